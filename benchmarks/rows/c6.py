"""C6: LAPGAN. Are pyramids exact, and are samples better than those of a GAN of one level with as many parameters?"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import swiftgan as sg

from .judges import image_judge
from .row import Figure, Measured, Row, Run, at_most, load

SEEDS = (0, 1, 2)
LEVELS = 3
"""Images of a pyramid: 28, 14 and 7 pixels, or 8, 4 and 2."""
LAPGAN: dict[str, Any] = {"width": 16, "ema": 0.999, "epochs": 4}
QUICK: dict[str, Any] = {"width": 16, "ema": 0.99, "epochs": 60}
SINGLE: dict[str, dict[str, Any]] = {"GAN": {"learning_rate": 2e-4, "beta1": 0.5}, "DCGAN": {}}
"""GANs of one level: of dense layers, as the pyramid's coarsest, and of convolutions."""
SHORT = {"GAN": 1, "DCGAN": 6}
"""What the short form must hold. Of images of 8x8 pixels a DCGAN sees all at once: there a pyramid is no help."""


def exactness(run: Run) -> float:
    """Return the largest error of images that are taken apart into pyramids and put together again."""
    images = run.data.test[0].astype(np.float32) / 255
    again = sg.reconstruct_pyramid(sg.laplacian_pyramid(images, LEVELS)).numpy()
    return float(np.abs(again - images).max())


def parameters(model: Any) -> int:
    """Return how many numbers all networks of a model train."""
    trained = (network.trainable_parameters().values() for network in model.networks_.values())
    return sum(parameter.value.numpy().size for each in trained for parameter in each)


def single(name: str, size: int, **options: Any) -> Any:
    """Return a GAN of one level, as large as a size says."""
    own = {"hidden": [size, size]} if name == "GAN" else {"width": size}
    return getattr(sg, name)(verbose=False, batch_size=64, **own, **options)


@functools.cache
def equal_size(name: str, data: str, count: int) -> int:
    """Return the size for which a GAN of one level has parameters nearest to so many."""
    images = load(data).train[0][:64]
    sizes = range(4, 400, 4)

    def distance(size: int) -> int:
        return abs(parameters(single(name, size, random_state=0).fit(images, steps=1)) - count)

    low, high = 0, len(sizes) - 1
    while low < high:  # parameters grow with the size, so the distance falls, then rises
        middle = (low + high) // 2
        low, high = (middle + 1, high) if distance(sizes[middle]) > distance(sizes[middle + 1]) else (low, middle)
    return sizes[low]


def distance(model: Any, run: Run) -> float:
    """Return the Fréchet distance of as many samples as there are test images from those."""
    real = run.data.test[0]
    samples = model.sample(len(real), random_state=run.seed)
    return float(sg.metrics.frechet_distance(real, samples, features=image_judge(run.data_name)))


@functools.cache
def pyramid(data: str, seed: int, quick: bool) -> tuple[float, int]:
    """Return the distance of a pyramid's samples, and how many parameters it has."""
    run = Run(seed, quick, data)
    model = sg.LAPGAN(random_state=seed, verbose=False, levels=LEVELS - quick, **(QUICK if quick else LAPGAN))
    model.fit(run.data.train[0])
    return distance(model, run), parameters(model)


def beside(run: Run, name: str) -> Measured:
    """Return the pyramid's distance as a share of that of a GAN of one level, trained for as many epochs."""
    ours, count = pyramid(run.data_name, run.seed, run.quick)
    model = single(name, equal_size(name, run.data_name, count), random_state=run.seed, **SINGLE[name])
    settings = QUICK if run.quick else LAPGAN
    model.set_params(ema=settings["ema"])
    theirs = distance(model.fit(run.data.train[0], epochs=settings["epochs"]), run)
    found = {"pyramid": ours, "single": theirs, "parameters": count, "single_parameters": parameters(model)}
    if not run.quick:
        # A step of the pyramid takes as long as three of a DCGAN.
        found["single, three times the epochs"] = distance(
            model.partial_fit(run.data.train[0], epochs=2 * settings["epochs"]), run
        )
    return Measured(ours / theirs, found)


ROW = Row(
    "C6",
    "LAPGAN: a GAN for each level of a Laplacian pyramid",
    (
        Figure(
            "largest error of a reconstructed image",
            at_most(1e-6, ".2g"),
            exactness,
            data="FASHION",
            published="exact but for rounding, by construction (Burt and Adelson 1983)",
        ),
        *(
            Figure(
                f"Fréchet distance over that of {name} of equal size",
                at_most(1),
                functools.partial(beside, name=name),
                data="FASHION",
                seeds=SEEDS,
                quick=at_most(SHORT[name]),
                of_mean=True,
                budget_s=300,
                published="none that compares: the paper gives Parzen likelihoods (Denton et al. 2015, table 1)",
            )
            for name in SINGLE
        ),
    ),
)

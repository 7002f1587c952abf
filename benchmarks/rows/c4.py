"""C4: conditional GANs. Do samples show the class that was asked for?"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import swiftgan as sg

from .row import Figure, Measured, Row, Run, at_least, load

SEEDS = (0, 1, 2)
EACH = 1000
"""Samples of each class that are judged."""
MODELS: dict[str, dict[str, Any]] = {
    "CGAN": {"width": 32, "epochs": 8},
    "ACGAN": {"width": 32, "epochs": 8},
    "ProjectionGAN": {"width": 32, "epochs": 8},
}


@functools.cache
def judge(data: str, epochs: int) -> sg.CNNClassifier:
    """Return a classifier of the training images, which no GAN has seen anything of."""
    return sg.CNNClassifier(random_state=0).fit(*load(data).train, epochs=epochs, verbose=False)


def judged_by(run: Run) -> sg.CNNClassifier:
    return judge(run.data_name, run.choose(4, 15))


def judges(run: Run) -> float:
    """Return the share of test images that the judge reads right."""
    return judged_by(run).score(*run.data.test)


@functools.cache
def shares(name: str, data: str, seed: int, quick: bool) -> tuple[float, ...]:
    """Return for each class the share of its samples that the judge reads as asked for."""
    run = Run(seed, quick, data)
    images, labels = run.data.train
    options = {**MODELS[name], **({"width": 16, "epochs": 60} if quick else {})}
    model = getattr(sg, name)(random_state=seed, verbose=False, **options).fit(images, labels)
    asked = np.repeat(model.classes_, EACH // 10 if quick else EACH)
    right = judged_by(run).predict(model.sample(y=asked, random_state=seed)) == asked
    return tuple(float(right[asked == label].mean()) for label in model.classes_)


def read(run: Run, name: str) -> Measured:
    """Return the share of samples that are read as asked for."""
    found = shares(name, run.data_name, run.seed, run.quick)
    return Measured(float(np.mean(found)), {"classes": [round(share, 3) for share in found]})


def best(run: Run) -> Measured:
    """Return the share of the model whose samples are read best, by the mean over the seeds."""
    seeds = SEEDS[:1] if run.quick else SEEDS
    means = {name: float(np.mean([shares(name, run.data_name, seed, run.quick) for seed in seeds])) for name in MODELS}
    name = max(means, key=means.__getitem__)
    return Measured(means[name], {"model": name})


ROW = Row(
    "C4",
    "conditional GANs: CGAN, AC-GAN, projection discriminator",
    (
        Figure(
            "test images that the judge reads right",
            at_least(0.91),
            judges,
            data="FASHION",
            quick=at_least(0.95),
            budget_s=150,
            published="none: the judge is this row's own",
        ),
        *(
            Figure(
                f"{name}, samples read as asked for",
                at_least(0.8),
                functools.partial(read, name=name),
                data="FASHION",
                seeds=SEEDS,
                of_mean=True,
                budget_s=budget,
                published=f"none that compares: {published}",
            )
            for name, budget, published in (
                ("CGAN", 480, "the paper gives Parzen likelihoods of MNIST (Mirza and Osindero 2014, table 1)"),
                ("ACGAN", 240, "the paper's samples are ImageNet's, read by Inception (Odena et al. 2017)"),
                ("ProjectionGAN", 480, "the paper's samples are ImageNet's (Miyato and Koyama 2018)"),
            )
        ),
        Figure(
            "best of them, mean over the seeds",
            at_least(0.9),
            best,
            data="FASHION",
            published="none that compares: see each",
        ),
    ),
)

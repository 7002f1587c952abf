"""C9: IcGAN and BiGAN. Do encoders find the way back, and do edits change what was asked for and keep the rest?"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import swiftgan as sg

from .row import Figure, Measured, Row, Run, at_least, at_most

SEEDS = (0, 1, 2)
ICGAN: dict[str, Any] = {"width": 32, "latent": 64, "gan_epochs": 10, "epochs": 16, "encoder_learning_rate": 1e-3}
BIGAN: dict[str, Any] = {"width": 32, "latent": 64, "joint_units": 128, "learning_rate": 1e-3, "epochs": 8}
QUICK: dict[str, Any] = {"width": 16, "latent": 16, "batch_size": 64, "gan_epochs": 60, "epochs": 90}


def attributes(run: Run, part: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return images, classes, and whether each image is brighter than the median of its class.

    The two are independent by the way they are made, so that an edit of the class has something to keep that the class
    does not tell: how bright a garment (how heavy a stroke) is among its like.
    """
    images, labels = getattr(run.data, part)
    known, classes = run.data.train
    ink = known.reshape(len(known), -1).mean(1)
    limits = np.array([np.median(ink[classes == label]) for label in range(10)])
    return images, labels, images.reshape(len(images), -1).mean(1) > limits[labels]


def joint(labels: np.ndarray, bright: np.ndarray) -> np.ndarray:
    """Return both attributes as one label: ten dark classes, then ten bright ones."""
    return labels + 10 * bright


@functools.cache
def judge(data: str, attribute: str, quick: bool) -> sg.CNNClassifier:
    """Return a classifier of one attribute of real images."""
    images, labels, bright = attributes(Run(0, quick, data), "train")
    target = {"class": labels, "bright": joint(labels, bright)}[attribute]
    return sg.CNNClassifier(random_state=0).fit(images, target, epochs=30 if quick else 15, verbose=False)


@functools.cache
def editor(data: str, seed: int, quick: bool) -> sg.IcGAN:
    images, labels, bright = attributes(Run(seed, quick, data), "train")
    model = sg.IcGAN(random_state=seed, verbose=False, **{**ICGAN, **(QUICK if quick else {})})
    return model.fit(images, joint(labels, bright))


def edited(run: Run, attribute: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return test images with one attribute changed, and what both should then be.

    What is to be kept is what the model's own encoder reads, as in the paper: the edit is told no truth.
    """
    model = editor(run.data_name, run.seed, run.quick)
    images, _, _ = attributes(run, "test")
    rng = np.random.default_rng(run.seed)
    own = model.predict(images)
    label, bright = own % 10, own // 10 == 1
    if attribute == "class":
        label = (label + rng.integers(1, 10, len(label))) % 10
    else:
        bright = ~bright
    return model.edit(images, attribute=joint(label, bright)), label, bright


def read(run: Run, images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the class and brightness that the judges see."""
    both = judge(run.data_name, "bright", run.quick).predict(images)
    return judge(run.data_name, "class", run.quick).predict(images), both // 10 == 1


def shown(run: Run, attribute: str) -> float:
    """Return the share of edits whose attribute is read as asked for."""
    images, label, bright = edited(run, attribute)
    seen, light = read(run, images)
    return float((seen == label if attribute == "class" else light == bright).mean())


def kept(run: Run, attribute: str) -> float:
    """Return the share of edits whose other attribute is read as it was in the test image itself."""
    images, _, _ = edited(run, attribute)
    _, labels, bright = attributes(run, "test")
    seen, light = read(run, images)
    return float((light == bright if attribute == "class" else seen == labels).mean())


def error(run: Run) -> Measured:
    """Return how far reconstructed test images are from themselves: the mean absolute difference, of a range of 1."""
    model = editor(run.data_name, run.seed, run.quick)
    images = run.data.test[0]
    other = np.random.default_rng(0).permutation(len(images))

    def apart(a: np.ndarray, b: np.ndarray) -> float:
        return float(np.abs(a.astype(np.float32) - b).mean() / 255)

    return Measured(apart(model.reconstruct(images), images), {"another image": round(apart(images[other], images), 4)})


def joint_error(run: Run) -> Measured:
    """Return the same of BiGAN."""
    images = run.data.train[0]
    options = {**BIGAN, **({"width": 16, "latent": 16, "batch_size": 64, "epochs": 120} if run.quick else {})}
    model = sg.BiGAN(random_state=run.seed, verbose=False, **options).fit(images)
    test = run.data.test[0]
    codes = sg.MLPClassifier(random_state=0, verbose=False)
    codes.fit(model.transform(images), run.data.train[1], epochs=20)
    right = codes.score(model.transform(test), run.data.test[1])
    apart = np.abs(model.reconstruct(test).astype(np.float32) - test).mean() / 255
    return Measured(float(apart), {"classes told from codes": round(right, 3)})


ROW = Row(
    "C9",
    "IcGAN and BiGAN: encoders, and edits of one attribute (class, brightness) that keep the other",
    (
        Figure(
            "IcGAN, mean absolute error of reconstructed test images",
            at_most(0.15),
            error,
            data="FASHION",
            seeds=SEEDS,
            budget_s=400,
        ),
        *(
            Figure(
                f"edits of the {attribute} whose {what}",
                at_least(0.8),
                functools.partial(measure, attribute=attribute),
                data="FASHION",
                seeds=SEEDS,
            )
            for attribute, other in (("class", "brightness"), ("brightness", "class"))
            for what, measure in ((f"{attribute} is read as asked for", shown), (f"{other} is kept", kept))
        ),
        Figure(
            "BiGAN, mean absolute error of reconstructed test images",
            at_most(0.2),
            joint_error,
            data="FASHION",
            seeds=SEEDS,
            budget_s=400,
        ),
    ),
)

"""C9: IcGAN and BiGAN. Do encoders find the way back, and do edits change what was asked for and keep the rest?"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import swiftgan as sg

from .row import Figure, Measured, Row, Run, at_least, at_most

SEEDS = (0, 1, 2)
ICGAN: dict[str, Any] = {"width": 32, "latent": 64, "gan_epochs": 8, "epochs": 13, "encoder_learning_rate": 1e-3}
BIGAN: dict[str, Any] = {"width": 32, "latent": 64, "joint_units": 128, "learning_rate": 1e-3, "epochs": 5}
FACES = "none that compares: the paper edits faces of CelebA (Perarnau et al. 2016)"
CODES = "none that compares: the paper gives what classifiers tell from codes (Donahue et al. 2017, table 1)"
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
    return sg.CNNClassifier(random_state=0).fit(images, target, epochs=30 if quick else 5, verbose=False)


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


def drawn(run: Run, label: np.ndarray, bright: np.ndarray) -> np.ndarray:
    """Return images of the same attributes of random noise: what an edit without the encoder would be."""
    model = editor(run.data_name, run.seed, run.quick)
    return model.generate(model.draw_noise(len(label), random_state=run.seed), joint(label, bright))


def shown(run: Run, attribute: str) -> float:
    """Return the share of edits whose attribute is read as asked for."""
    images, label, bright = edited(run, attribute)
    seen, light = read(run, images)
    return float((seen == label if attribute == "class" else light == bright).mean())


@functools.cache
def kept(run: Run, attribute: str) -> Measured:
    """Return the share of edits whose other attribute is read as it was in the test image itself."""
    images, label, bright = edited(run, attribute)
    _, labels, brightness = attributes(run, "test")

    def share(images: np.ndarray) -> float:
        seen, light = read(run, images)
        return float((light == brightness if attribute == "class" else seen == labels).mean())

    return Measured(share(images), {"of random noise": round(share(drawn(run, label, bright)), 4)})


def gain(run: Run, attribute: str) -> float:
    """Return by how much more edits keep the other attribute than images of the same attributes of random noise do.

    The generator is told both attributes, so noise that says nothing of the image keeps much of them too: what is
    beyond that is the encoder's.
    """
    found = kept(run, attribute=attribute)
    return found.value - float(found.details["of random noise"])


def identity(run: Run) -> Measured:
    """Return the share of test images whose edited brightness leaves them nearer to themselves than to another one.

    The other one has the same class and brightness, so that it takes the encoder of the noise to be told from it.
    Nearness is the correlation of pixels, which brightness does not change. Of random noise a half would be.
    """
    images, label, bright = edited(run, "brightness")
    own, labels, brightness = attributes(run, "test")
    rng = np.random.default_rng(run.seed)
    other = np.arange(len(own))
    for kind in np.unique(joint(labels, brightness)):
        rows = rng.permutation(np.flatnonzero(joint(labels, brightness) == kind))
        other[rows] = np.roll(rows, 1)

    def standard(x: np.ndarray) -> np.ndarray:
        flat = x.reshape(len(x), -1).astype(np.float64)
        flat -= flat.mean(1, keepdims=True)
        return flat / np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-9)

    def nearer(x: np.ndarray) -> float:
        return float(((standard(x) * standard(own)).sum(1) > (standard(x) * standard(own[other])).sum(1)).mean())

    return Measured(nearer(images), {"of random noise": round(nearer(drawn(run, label, bright)), 4)})


def apart(a: np.ndarray, b: np.ndarray) -> float:
    """Return the mean absolute difference of images, of a range of 1."""
    return float(np.abs(a.astype(np.float32) - b).mean() / 255)


def error(run: Run) -> Measured:
    """Return how far reconstructed test images are from themselves, over how far their class's median image is."""
    model = editor(run.data_name, run.seed, run.quick)
    images, labels = run.data.test
    known, classes = run.data.train
    medians = np.stack([np.median(known[classes == label], axis=0) for label in range(10)])
    found, of_medians = apart(model.reconstruct(images), images), apart(medians[labels], images)
    return Measured(found / of_medians, {"error": round(found, 4), "of medians": round(of_medians, 4)})


def joint_error(run: Run) -> Measured:
    """Return the same of BiGAN, which has no labels, over what the median of all images would be."""
    images = run.data.train[0]
    options = {**BIGAN, **({"width": 16, "latent": 16, "batch_size": 64, "epochs": 120} if run.quick else {})}
    model = sg.BiGAN(random_state=run.seed, verbose=False, **options).fit(images)
    test = run.data.test[0]
    codes = sg.MLPClassifier(random_state=0, verbose=False)
    codes.fit(model.transform(images), run.data.train[1], epochs=20)
    right = codes.score(model.transform(test), run.data.test[1])
    found, of_median = apart(model.reconstruct(test), test), apart(np.median(images, axis=0), test)
    details = {
        "error": round(found, 4),
        "of the median": round(of_median, 4),
        "classes told from codes": round(right, 3),
    }
    return Measured(found / of_median, details)


ROW = Row(
    "C9",
    "IcGAN and BiGAN: encoders, and edits of one attribute (class, brightness) that keep the other",
    (
        Figure(
            "IcGAN, error of reconstructed test images over that of their class's median",
            at_most(1),
            error,
            data="FASHION",
            seeds=SEEDS,
            of_mean=True,
            budget_s=760,
            published=FACES,
        ),
        *(
            Figure(
                f"edits of the {attribute} whose {what}",
                at_least(0.8),
                functools.partial(measure, attribute=attribute),
                data="FASHION",
                seeds=SEEDS,
                of_mean=True,
                budget_s=50,
                published=FACES,
            )
            for attribute, other in (("class", "brightness"), ("brightness", "class"))
            for what, measure in ((f"{attribute} is read as asked for", shown), (f"{other} is kept", kept))
        ),
        *(
            # Two standard errors of a difference of shares of 10,000 images.
            Figure(
                f"edits of the {attribute}: {other} kept more than of random noise by",
                at_least(0.01),
                functools.partial(gain, attribute=attribute),
                data="FASHION",
                seeds=SEEDS,
                quick=at_least(0),
                published=FACES,
            )
            for attribute, other in (("class", "brightness"), ("brightness", "class"))
        ),
        Figure(
            "edits of the brightness that are nearer to their image than to one like it",
            at_least(0.8),
            identity,
            data="FASHION",
            seeds=SEEDS,
            of_mean=True,
            published=FACES,
            quick=at_least(0.6),
        ),
        Figure(
            "BiGAN, error of reconstructed test images over that of the median of all",
            at_most(1),
            joint_error,
            data="FASHION",
            seeds=SEEDS,
            of_mean=True,
            quick=at_most(1.1),
            budget_s=290,
            published=CODES,
        ),
    ),
)

"""C3: DCGAN's studies. Are the discriminator's features worth having, walks smooth, and concepts forgotten?"""

from __future__ import annotations

import functools

import numpy as np
import swiftgan as sg

from .judges import image_judge
from .row import Figure, Measured, Row, Run, at_least, at_most, load

SEEDS = (0, 1, 2)
WAYS, POINTS = 64, 17
"""Walks between random noise, and samples on each."""


@functools.cache
def trained(data: str, seed: int, quick: bool, steps: int | None = None) -> sg.DCGAN:
    """Return a DCGAN of all training images, after so many steps or all; no label is looked at."""
    settings = {"width": 16, "epochs": 60, "batch_size": 64} if quick else {"width": 32, "epochs": 10}
    return sg.DCGAN(random_state=seed, verbose=False, **settings).fit(load(data).train[0], steps=steps)


def accuracy(train: np.ndarray, labels: np.ndarray, test: np.ndarray, test_labels: np.ndarray, seed: int) -> float:
    """Return the test accuracy of a linear SVM, with the strength of its penalty chosen by cross-validation."""
    from sklearn.model_selection import GridSearchCV
    from sklearn.preprocessing import StandardScaler
    from sklearn.svm import LinearSVC

    scale = StandardScaler().fit(train)
    penalties = {"C": [1e-4, 1e-3, 1e-2, 1e-1]}
    search = GridSearchCV(LinearSVC(random_state=seed), penalties, cv=3).fit(scale.transform(train), labels)
    return float(search.score(scale.transform(test), test_labels))


@functools.cache
def accuracies(data: str, seed: int, quick: bool) -> dict[str, float]:
    """Return the accuracy with features and with raw pixels, all of the same labelled images, drawn by the seed.

    Convolutions tell much before they have learned anything: features after one step stand beside.
    """
    (images, labels), (test, test_labels) = load(data)
    rows = np.random.default_rng(seed).permutation(len(images))[: 100 if quick else 1000]

    def pixels(x: np.ndarray) -> np.ndarray:
        return x.reshape(len(x), -1) / 255

    views = {
        "features": trained(data, seed, quick).features,
        "pixels": pixels,
        "features after one step": trained(data, seed, quick, 1).features,
    }
    return {
        name: accuracy(view(images[rows]), labels[rows], view(test), test_labels, seed) for name, view in views.items()
    }


def margin(run: Run) -> Measured:
    """Return by how much features beat pixels on the mean over the seeds, less the spread of the margin."""
    seeds = SEEDS[:1] if run.quick else SEEDS
    found = [accuracies(run.data_name, seed, run.quick) for seed in seeds]
    margins = np.array([each["features"] - each["pixels"] for each in found])
    spread = float(margins.std(ddof=1)) if len(seeds) > 1 else 0.0
    details = {name: [each[name] for each in found] for name in found[0]}
    return Measured(float(margins.mean()) - spread, {**details, "spread": spread})


def steps(run: Run) -> Measured:
    """Return the largest step on a walk over the walk's mean step, in the judge's features: of the worst walk."""
    model = trained(run.data_name, run.seed, run.quick)
    noise = model.draw_noise(2 * WAYS, random_state=run.seed)
    way = model.interpolate(noise[:WAYS], noise[WAYS:], n=POINTS)
    features = image_judge(run.data_name).features(way.reshape(-1, *way.shape[2:])).reshape(WAYS, POINTS, -1)
    lengths = np.linalg.norm(np.diff(features, axis=1), axis=2)
    ratios = lengths.max(axis=1) / lengths.mean(axis=1)
    return Measured(float(ratios.max()), {"median of walks": float(np.median(ratios))})


def forgotten(run: Run) -> Measured:
    """Return by which factor a class becomes rarer when the generator's features that tell of it are dropped.

    As in the paper a logistic regression on features says which tell of the concept, and those of the largest weights,
    a quarter of them, are dropped everywhere. A class is a concept of the whole image, so these are means over the
    first maps, where the paper's windows are places in the last but one. The median over the classes.
    """
    from sklearn.linear_model import LogisticRegression

    model = trained(run.data_name, run.seed, run.quick)
    classify = image_judge(run.data_name).predict
    noise = model.draw_noise(2000, random_state=run.seed)
    probe, fresh = noise[:1000], noise[1000:]
    read, before = classify(model.generate(probe)), classify(model.generate(fresh))
    maps = model.generator_features(probe, layer=0).mean(axis=(1, 2))
    ratios, kept = {}, []
    for concept in np.flatnonzero(np.bincount(before, minlength=10) >= 20):
        weights = LogisticRegression(max_iter=1000).fit(maps / maps.std(), read == concept).coef_[0]
        dropped = np.argsort(-weights)[: len(weights) // 4]
        after = classify(model.forget(fresh, dropped.tolist(), layer=0))
        ratios[str(concept)] = round(float((after == concept).sum() / (before == concept).sum()), 3)
        kept.append(float((after == before)[before != concept].mean()))
    return Measured(float(np.median(list(ratios.values()))), {"classes": ratios, "others_kept": float(np.mean(kept))})


ROW = Row(
    "C3",
    "DCGAN's studies: features, walks, forgetting",
    (
        Figure(
            "features less pixels, SVM with 1,000 labels, less the spread",
            at_least(0),
            margin,
            data="FASHION",
            # On 8x8 digits pixels are hard to beat: the short form says only that features are worth something.
            quick=at_least(-0.1),
            budget_s=1500,
            published="1,000 labels of SVHN: 22.48 % wrong (Radford et al. 2016, table 2)",
        ),
        Figure(
            "largest step of any walk over its mean",
            at_most(3),
            steps,
            data="FASHION",
            seeds=SEEDS,
            budget_s=20,
            published="none that compares: walks are pictures (Radford et al. 2016, figure 4)",
        ),
        Figure(
            "share of a class with its features dropped, median",
            at_most(0.5),
            forgotten,
            data="FASHION",
            seeds=SEEDS,
            quick=at_most(0.7),
            budget_s=20,
            published="none that compares: pictures of rooms without windows (Radford et al. 2016, figure 6)",
        ),
    ),
)

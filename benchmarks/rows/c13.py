"""C13: AnoGAN and f-AnoGAN. Are images of other classes told from those of the one class that is normal?"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import swiftgan as sg

from .row import Figure, Measured, MissingError, Row, Run, at_least

SEEDS = (0, 1, 2)
MODELS: dict[str, dict[str, Any]] = {
    "FAnoGAN": {
        "width": 16,
        "latent": 64,
        "learning_rate": 5e-4,
        "gan_epochs": 16,
        "epochs": 24,
        "encoder_learning_rate": 1e-3,
    },
    "AnoGAN": {"width": 16, "latent": 64, "epochs": 10, "search_steps": 100, "threshold_rows": 1},
}
QUICK: dict[str, dict[str, Any]] = {
    "FAnoGAN": {"latent": 16, "batch_size": 32, "learning_rate": 5e-4, "gan_epochs": 150, "epochs": 250},
    "AnoGAN": {"latent": 16, "batch_size": 32, "epochs": 100, "search_steps": 100},
}
TESTED = {"FAnoGAN": 10_000, "AnoGAN": 500}
"""How many test images are scored: a search takes as many steps for each as training does."""


def auc(scores: np.ndarray, normal: np.ndarray) -> float:
    """Return the probability that a normal image has a higher score than another one; ties count half."""
    order = np.argsort(scores, kind="stable")
    _, first, counts = np.unique(scores[order], return_index=True, return_counts=True)
    ranks = np.repeat(first + (counts + 1) / 2, counts)
    inside = normal[order].sum()
    return float((ranks[normal[order]].sum() - inside * (inside + 1) / 2) / (inside * (len(scores) - inside)))


def chosen(run: Run, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Return so many test images and labels, the same for all."""
    images, labels = run.data.test
    rows = np.random.default_rng(0).permutation(len(images))[:count]
    return images[rows], labels[rows]


def problems(run: Run, count: int, scores: Any) -> list[float]:
    """Return the AUC of each class as the normal one; ``scores`` gets training and test images."""
    images, labels = run.data.train
    tested, classes = chosen(run, count)
    return [auc(scores(images[labels == label], tested), classes == label) for label in np.unique(labels)]


def detector(run: Run, name: str) -> Measured:
    """Return a GAN's mean AUC over all classes."""
    options = {**MODELS[name], **(QUICK[name] if run.quick else {})}

    def scores(train: np.ndarray, test: np.ndarray) -> np.ndarray:
        model = getattr(sg, name)(random_state=run.seed, verbose=False, **options)
        return model.fit(train).score_samples(test)

    found = problems(run, TESTED[name], scores)
    beside = {other: round(float(np.mean(known)), 3) for other, known in peers(run.data_name, run.quick, name).items()}
    return Measured(float(np.mean(found)), {"classes": [round(one, 3) for one in found], **beside})


@functools.cache
def peers(data: str, quick: bool, name: str) -> dict[str, list[float]]:
    """Return the AUCs of an isolation forest and an autoencoder on the same images."""
    run = Run(0, quick, data)
    try:
        from sklearn.ensemble import IsolationForest
    except ImportError:
        raise MissingError("scikit-learn is not installed: pip install scikit-learn") from None

    def forest(train: np.ndarray, test: np.ndarray) -> np.ndarray:
        model = IsolationForest(random_state=0).fit(train.reshape(len(train), -1))
        return model.score_samples(test.reshape(len(test), -1))

    def autoencoder(train: np.ndarray, test: np.ndarray) -> np.ndarray:
        model = sg.Autoencoder(code=16, random_state=0, verbose=False)
        return model.fit(train, epochs=60 if quick else 20).score_samples(test)

    count = TESTED[name]
    return {"IsolationForest": problems(run, count, forest), "Autoencoder": problems(run, count, autoencoder)}


ROW = Row(
    "C13",
    "AnoGAN and f-AnoGAN: one class is normal, the other nine are not",
    tuple(
        Figure(
            f"{name}, mean AUC over the ten classes",
            at_least(0.8),
            functools.partial(detector, name=name),
            data="FASHION",
            seeds=SEEDS,
            quick=at_least(0.9),
            of_mean=True,
            budget_s=budget,
            published="none that compares: both papers have scans of retinas",
        )
        for name, budget in (("FAnoGAN", 300), ("AnoGAN", 300))
    ),
)

"""C8: the semi-supervised GAN. Do samples without labels help where labels are few?"""

from __future__ import annotations

import functools

import numpy as np
import swiftgan as sg

from .row import Figure, Measured, Row, Run, above, at_least

SEEDS = (0, 1, 2)
LABELS = (20, 50, 100, 200)
PUBLISHED = {20: 1677, 50: 221, 100: 93, 200: 90}
"""Test images of MNIST's 10,000 told wrong, by the number of labels."""
EPOCHS = {"DIGITS": 100, "FASHION": 4, "MNIST": 4}
# So much leaves nothing of the game in the discriminator's loss: the same network, start and batches, labels alone.
ALONE = 1e6


def few(labels: np.ndarray, count: int, seed: int) -> np.ndarray:
    """Return so many labels, as many of each class, drawn by the seed; the others are -1."""
    rng = np.random.default_rng(seed)
    kept = np.full(len(labels), -1)
    for label in np.unique(labels):
        rows = rng.permutation(np.flatnonzero(labels == label))[: count // 10]
        kept[rows] = label
    return kept


@functools.cache
def wrong(data: str, seed: int, quick: bool, count: int, weight: float) -> float:
    """Return the share of test images told wrong."""
    run = Run(seed, quick, data)
    images, labels = run.data.train
    model = sg.SemiSupervisedGAN(random_state=seed, verbose=False, supervised_weight=weight)
    model.fit(images, few(labels, count, seed), epochs=run.choose(EPOCHS[data], 20))
    return 1 - model.score(*run.data.test)


def gain(run: Run, count: int) -> Measured:
    """Return by how much fewer test images are told wrong than by the twin on the labels alone."""
    ours, twin = (wrong(run.data_name, run.seed, run.quick, count, weight) for weight in (1.0, ALONE))
    return Measured(twin - ours, {"error": round(ours, 4), "labels alone": round(twin, 4)})


ROW = Row(
    "C8",
    "semi-supervised GAN: K + 1 classes and feature matching",
    tuple(
        Figure(
            f"{data}, {count} labels: error below the labels' alone by",
            above(0.0),
            functools.partial(gain, count=count),
            data=data,
            seeds=SEEDS,
            budget_s=budget,
            quick=above(0.0) if count < 100 else at_least(-0.02),
            of_mean=True,
            published=f"error {PUBLISHED[count] / 10_000:.4f} on MNIST (Salimans et al. 2016, table 1)",
        )
        for data, budget in (("DIGITS", 60), ("FASHION", 80), ("MNIST", 80))
        for count in LABELS
    ),
)

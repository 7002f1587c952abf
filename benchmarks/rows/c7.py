"""C7: InfoGAN. Do the codes that it finds without labels match classes, and can they be read?"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import swiftgan as sg
from scipy.optimize import linear_sum_assignment

from .row import Figure, Measured, Row, Run, at_least, at_most

SEEDS = (0, 1, 2)
PAPER = "0.05 on MNIST (Chen et al. 2016, section 7.2)"
OPTIONS: dict[str, dict[str, Any]] = {
    "DIGITS": {"width": 32, "batch_size": 32},
    "FASHION": {"width": 32},
    "MNIST": {"width": 32},
}
"""For DIGITS chosen on seeds 100 to 102."""
EPOCHS = {"DIGITS": 100, "FASHION": 10, "MNIST": 10}
STARTS = {"DIGITS": 3}
"""Fits, of which the one is kept whose categories the training images tell most of: no label is seen."""


@functools.cache
def fitted(data: str, seed: int, quick: bool) -> sg.InfoGAN:
    run = Run(seed, quick, data)
    images, epochs = run.data.train[0], run.choose(EPOCHS[data], 40)
    starts = 1 if quick else STARTS.get(data, 1)
    # Another seed's starts are others: seeds 0, 1, 2 and starts 0, 1, 2 are nine fits.
    fits = (
        sg.InfoGAN(random_state=seed + 1000 * start, verbose=False, **OPTIONS[data]).fit(images, epochs=epochs)
        for start in range(starts)
    )
    return max(fits, key=lambda gan: told(gan, images)) if starts > 1 else next(fits)


def told(gan: sg.InfoGAN, images: np.ndarray) -> float:
    """Return the nats that an image tells of its category c, as the network reads it: H(c) - H(c | x)."""
    shares = gan.predict_proba(images).astype(np.float64)

    def entropy(p: np.ndarray) -> np.ndarray:
        return -(p * np.log(np.maximum(p, 1e-12))).sum(-1)

    return float(entropy(shares.mean(0)) - entropy(shares).mean())


def matched(clusters: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return for each category the class that is matched with it, one to one, so that most rows agree."""
    counts = np.zeros((10, 10))
    np.add.at(counts, (clusters, labels), 1)
    rows, columns = linear_sum_assignment(-counts)
    names = np.empty(10, int)
    names[rows] = columns
    return names


def error(run: Run) -> Measured:
    """Return the share of test images whose category is not the one matched with their class on the training images."""
    gan, (images, labels) = fitted(run.data_name, run.seed, run.quick), run.data.train
    clusters = gan.predict(images)
    names = matched(clusters, labels)
    found, truth = names[gan.predict(run.data.test[0])], run.data.test[1]
    details = {"training images": round(float((names[clusters] != labels).mean()), 4), "names": names.tolist()}
    return Measured(float((found != truth).mean()), details)


def information(run: Run) -> Measured:
    """Return the share of the category's entropy that can be read from samples."""
    history = fitted(run.data_name, run.seed, run.quick).history_
    nats = float(np.mean(history["mutual_information"][-200:]))
    return Measured(nats / np.log(10), {"code error": round(float(np.mean(history["code_error"][-200:])), 4)})


ROW = Row(
    "C7",
    "InfoGAN: codes found without labels",
    (
        *(
            Figure(
                f"{data}, test images whose category is not their class's{', best told of 3 fits' * (data in STARTS)}",
                at_most(bound),
                error,
                data=data,
                seeds=SEEDS,
                budget_s=budget,
                quick=at_most(0.45),
                of_mean=True,
                published=published,
            )
            for data, bound, budget, published in (
                ("DIGITS", 0.2, 150, PAPER),
                ("FASHION", 0.39, 200, "InfoGAN 0.39, ClusterGAN 0.37 (Mukherjee et al. 2019, table 2)"),
                ("MNIST", 0.05, 200, PAPER),
            )
        ),
        Figure(
            "share of the category that samples tell",
            at_least(0.9),
            information,
            data="FASHION",
            seeds=SEEDS,
            published="the bound L_I comes near H(c) on MNIST (Chen et al. 2016, figure 1)",
        ),
    ),
)

"""How good the samples of a GAN of digits are: two figures of each model, for the rows of models that draw images.

The distance is Fréchet's in the features of the rows' judge, as a multiple of what two halves of the real digits have:
1 would be as good as real. Around 40 are shapes of ink, below 10 most samples read as digits. Settings were chosen with
seed 100, which is not in the table.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import swiftgan as sg

from .judges import image_judge
from .row import Figure, Measured, Run, at_least, at_most, load

SEEDS = (0, 1, 2)
SPLITS = 20
"""Ways to halve the real digits, the mean of which is the unit."""


@dataclass(frozen=True, eq=False)  # one setup is one key of the cache
class Setup:
    """A model, how it is called in figures, its options, and the epochs of the short form."""

    name: str
    model: str
    options: Mapping[str, Any]
    quick_epochs: int
    budget_s: float
    published: str


def half(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return two halves of all real digits."""
    images = np.concatenate([images for images, _ in load("DIGITS")])
    halves = np.array_split(np.random.default_rng(seed).permutation(images), 2)
    return halves[0], halves[1]


def apart(real: np.ndarray, others: np.ndarray) -> float:
    return float(sg.metrics.frechet_distance(real, others, features=image_judge("DIGITS")))


@functools.cache
def unit() -> float:
    """Return how far two halves of the real digits are apart."""
    return float(np.mean([apart(*half(seed)) for seed in range(SPLITS)]))


@functools.cache
def samples(run: Run, setup: Setup) -> np.ndarray:
    """Return as many samples as half of the digits are, of a model trained on the training digits."""
    options = {**setup.options, **({"epochs": setup.quick_epochs} if run.quick else {})}
    gan = getattr(sg, setup.model)(random_state=run.seed, verbose=False, **options).fit(run.data.train[0])
    found: np.ndarray = gan.sample(len(half(0)[0]), random_state=run.seed)
    return found


def distance(run: Run, setup: Setup) -> Measured:
    """Return the Fréchet distance of samples from half of the digits over that of two halves."""
    found = apart(half(run.seed)[0], samples(run, setup))
    return Measured(found / unit(), {"distance": round(found, 2), "of halves": round(unit(), 3)})


def classes(run: Run, setup: Setup) -> Measured:
    """Return how many of the ten classes are at least 1 % of the samples."""
    found = sg.metrics.class_coverage(image_judge("DIGITS").predict(samples(run, setup)), 10, least=0.01)
    return Measured(found.covered, {"rarest": round(float(min(found.shares)), 3)})


def figures(*setups: Setup) -> tuple[Figure, ...]:
    """Return both figures of each setup."""
    return tuple(
        figure
        for setup in setups
        for figure in (
            Figure(
                f"{setup.name}: Fréchet distance of samples over that of halves of the digits",
                at_most(10),
                functools.partial(distance, setup=setup),
                data="DIGITS",
                seeds=SEEDS,
                of_mean=True,
                quick=at_most(30),
                budget_s=setup.budget_s,
                published=setup.published,
            ),
            Figure(
                f"{setup.name}: classes of at least 1 % of the samples",
                at_least(10),
                functools.partial(classes, setup=setup),
                data="DIGITS",
                seeds=SEEDS,
                quick=at_least(7),
                published=setup.published,
            ),
        )
    )

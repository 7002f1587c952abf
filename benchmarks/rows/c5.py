"""C5: the conditional GAN of tags. Is the true tag of a test image among the three most common ones, of several?"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import swiftgan as sg

from .row import Figure, Measured, Row, Run, at_least

SEEDS = (0, 1, 2)
WORDS: dict[str, tuple[tuple[str, ...], ...]] = {
    "DIGITS": (
        ("zero", "null", "cero"),
        ("one", "eins", "uno"),
        ("two", "zwei", "dos"),
        ("three", "drei", "tres"),
        ("four", "vier", "cuatro"),
        ("five", "fünf", "cinco"),
        ("six", "sechs", "seis"),
        ("seven", "sieben", "siete"),
        ("eight", "acht", "ocho"),
        ("nine", "neun", "nueve"),
    ),
    "FASHION": (
        ("t-shirt", "tee", "top"),
        ("trousers", "pants", "slacks"),
        ("pullover", "sweater", "jumper"),
        ("dress", "gown", "frock"),
        ("coat", "jacket", "overcoat"),
        ("sandal", "slipper", "mule"),
        ("shirt", "blouse", "button-down"),
        ("sneaker", "trainer", "plimsoll"),
        ("bag", "handbag", "purse"),
        ("ankle boot", "boot", "bootie"),
    ),
}
"""Three tags for each class."""
SIZE = 16
"""Numbers in the vector of a word."""
QUICK: dict[str, Any] = {"epochs": 40, "batch_size": 64}
# Without a penalty on its slope the discriminator learns the pairs by heart, and an image comes to have one word.
FULL: dict[str, Any] = {"epochs": 10, "learning_rate": 5e-4, "penalty": "r1", "discriminator_dropout": 0}


def vectors(words: tuple[tuple[str, ...], ...], seed: int) -> np.ndarray:
    """Return a vector for each word, (words, SIZE): those of one class lie near a direction drawn for the class."""
    source = np.random.default_rng(seed)

    def directions(*shape: int) -> np.ndarray:
        drawn = source.normal(size=(*shape, SIZE))
        return drawn / np.linalg.norm(drawn, axis=-1, keepdims=True)

    near = directions(len(words), 1) + 0.5 * directions(len(words), len(words[0]))
    return near.reshape(-1, SIZE).astype(np.float32)


@functools.cache
def measured(data: str, seed: int, quick: bool) -> tuple[float, float]:
    """Return the share of hits, and how many words of a class are drawn for an image."""
    run = Run(seed, quick, data)
    (images, labels), (test, test_labels) = run.data
    words = WORDS[run.data_name]
    each = len(words[0])
    vocabulary = vectors(words, run.seed)
    source = np.random.default_rng(run.seed)
    tags = labels * each + source.integers(0, each, len(labels))
    settings = QUICK if run.quick else FULL
    model = sg.TagGAN(random_state=run.seed, verbose=False, **settings).fit(images, vocabulary[tags])
    found = model.top_tags(test, vocabulary, k=3, nearest=3, random_state=run.seed)
    true = test_labels * each + source.integers(0, each, len(test_labels))
    # How many words are the nearest one to some vectors: one alone would be a collapse, which three votes each hide.
    drawn = model.draw_vectors(test[:200], n=50, random_state=run.seed)
    lengths = np.linalg.norm(vocabulary, axis=1)
    nearest = (drawn @ vocabulary.T / lengths).argmax(axis=2)
    # Words of the wrong class do not count, and stray ones must be one vector in twenty.
    often = [np.bincount(row, minlength=len(vocabulary)) >= 0.05 * len(row) for row in nearest]
    own = [row[each * label : each * (label + 1)].sum() for row, label in zip(often, test_labels, strict=False)]
    return float((found == true[:, None]).any(axis=1).mean()), float(np.mean(own))


def hits(run: Run) -> Measured:
    """Return the share of test images whose tag is among the three most common of a hundred vectors.

    As in the paper each vector votes for several words, the nearest ones.
    """
    return Measured(measured(run.data_name, run.seed, run.quick)[0], {"by chance": 3 / 30})


def variety(run: Run) -> float:
    """Return how many of the three words of an image's class single vectors are nearest to, one in twenty at least."""
    return measured(run.data_name, run.seed, run.quick)[1]


ROW = Row(
    "C5",
    "the conditional GAN of tags",
    (
        Figure(
            "test images whose tag is among the top 3",
            at_least(0.8),
            hits,
            data="FASHION",
            seeds=SEEDS,
            quick=at_least(0.7),
            of_mean=True,
            budget_s=45,
            published="none that compares: the paper tags photographs of MIR Flickr (Mirza and Osindero 2014, table 2)",
        ),
        Figure(
            "words of its class, of three, that are drawn for a test image",
            at_least(2),
            variety,
            data="FASHION",
            seeds=SEEDS,
            quick=at_least(1.2),
            of_mean=True,
            published="none: the paper does not count them",
        ),
    ),
)

"""The parts of a row's declaration: figures, what they must hold, and what a measurement is given."""

from __future__ import annotations

import functools
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np


@dataclass(frozen=True)
class Bound:
    """What a figure must hold: low <= value <= high."""

    text: str
    low: float = -np.inf
    high: float = np.inf
    form: str = ".4g"

    def holds(self, value: float) -> bool:
        """Whether a value is within; NaN never is."""
        return self.low <= value <= self.high

    def show(self, value: float) -> str:
        return format(value, self.form)


def at_least(low: float, form: str = ".4g") -> Bound:
    return Bound(f">= {format(low, form)}", low=low, form=form)


def above(low: float, form: str = ".4g") -> Bound:
    return Bound(f"> {format(low, form)}", low=float(np.nextafter(low, np.inf)), form=form)


def at_most(high: float, form: str = ".4g") -> Bound:
    return Bound(f"<= {format(high, form)}", high=high, form=form)


def near(value: float, tolerance: float, form: str = ".4f") -> Bound:
    return Bound(f"{format(value, form)} +- {tolerance:g}", value - tolerance, value + tolerance, form)


class Measured(NamedTuple):
    """A figure's value, and further numbers to be kept beside it."""

    value: float
    details: Mapping[str, Any]


class Data(NamedTuple):
    """Images, uint8 (n, H, W, 1) from 0 to 255, and labels: to train on and to test on."""

    train: tuple[np.ndarray, np.ndarray]
    test: tuple[np.ndarray, np.ndarray]


class MissingError(Exception):
    """Something that a figure needs is not on this machine; the text says how to get it."""


MNIST = "SWIFTGAN_MNIST"
"""The environment variable for MNIST's folder, which --mnist sets."""


@functools.cache
def load(name: str) -> Data:
    """Return DIGITS, FASHION, or MNIST from the folder that was given.

    Raises
    ------
    MissingError
        When files are not here, saying how to get them. Damaged files are another error.
    """
    import swiftgan as sg

    if name == "DIGITS":
        return Data(sg.datasets.load_digits(split="train"), sg.datasets.load_digits(split="test"))
    if name == "MNIST":
        if not (folder := os.environ.get(MNIST)):
            raise MissingError("no folder of MNIST's four IDX files was given: --mnist FOLDER")
        data = Data(*(sg.datasets.load_idx_folder(folder, split=split) for split in ("train", "test")))
        if [len(labels) for _, labels in data] != [60_000, 10_000]:
            raise ValueError(f"the files in {folder} are not MNIST: {[len(labels) for _, labels in data]} images")
        return data
    try:
        data = Data(sg.datasets.load_fashion_mnist(split="train"), sg.datasets.load_fashion_mnist(split="test"))
    except FileNotFoundError as error:
        raise MissingError(str(error)) from None
    counts = [np.bincount(labels, minlength=10).tolist() for _, labels in data]
    if counts != [[6000] * 10, [1000] * 10]:
        raise ValueError(
            f"the files in {sg.datasets.fashion_mnist_folder()} are not Fashion-MNIST: images per class {counts}, "
            "where 6,000 to train on and 1,000 to test on were expected"
        )
    return data


@dataclass(frozen=True)
class Run:
    """What a measurement is given."""

    seed: int
    quick: bool
    """A short form, for tests: on DIGITS whatever the figure's data, with less training."""
    data_name: str
    peer: str | None = None
    """An interpreter that has PyTorch."""

    @property
    def data(self) -> Data:
        return load(self.data_name)

    def choose(self, full: Any, quick: Any) -> Any:
        """Return what belongs to this form."""
        return quick if self.quick else full


Measure = Callable[[Run], "float | Measured"]


@dataclass(frozen=True)
class Figure:
    """One figure of a row: what it must hold, and the function that measures it, once for each seed."""

    name: str
    bound: Bound
    measure: Measure
    data: str = ""
    """DIGITS, FASHION, MNIST, or nothing. What needs MNIST is left out where no folder of it was given."""
    seeds: tuple[int, ...] = (0,)
    quick: Bound | None = None
    """What the short form must hold, where that is less."""
    budget_s: float = 1
    """About how many seconds a seed takes on one thread; said until a measured figure is kept."""
    of_mean: bool = False
    """Whether the bound is for the mean over the seeds, not for each."""
    published: str = ""
    """What was published of the same, with its source, or why nothing compares."""

    def bound_of(self, quick: bool) -> Bound:
        return self.quick or self.bound if quick else self.bound

    def holds(self, quick: bool, values: Sequence[float]) -> bool:
        """Whether the bound holds for the values of all seeds."""
        judged = [float(np.mean(values))] if self.of_mean else values
        return all(self.bound_of(quick).holds(value) for value in judged)

    def run(self, seed: int, quick: bool, peer: str | None) -> Measured:
        """Measure with one seed."""
        found = self.measure(Run(seed, quick, "DIGITS" if quick and self.data else self.data, peer))
        return found if isinstance(found, Measured) else Measured(float(found), {})


@dataclass(frozen=True)
class Row:
    """A row: its name, what it is, and its figures."""

    name: str
    title: str
    figures: tuple[Figure, ...] = field(default_factory=tuple)

"""A figure with what is needed to judge it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np


class Estimate(NamedTuple):
    """A figure, its standard error, and from how many samples and references it comes.

    Two figures can only be compared when their counts agree: most distances fall with the number of samples.
    """

    value: float
    standard_error: float
    n_samples: int
    n_reference: int = 0

    def __float__(self) -> float:
        return self.value

    def __str__(self) -> str:
        counts = f"{self.n_samples} samples" + (f", {self.n_reference} references" if self.n_reference else "")
        return f"{self.value:.4g} ± {self.standard_error:.2g} ({counts})"


def bootstrap_error(statistic: Callable[[np.ndarray[Any, Any]], float], n: int, resamples: int, seed: int = 0) -> float:
    """Return the standard error of a statistic of n rows, by drawing rows with replacement (Efron 1979).

    Parameters
    ----------
    statistic : callable
        From the drawn rows' indices to a number.
    resamples : int
        How many draws; with fewer than 2 the error is NaN.
    """
    if resamples < 2:
        return float("nan")
    generator = np.random.default_rng(seed)
    values = [statistic(generator.integers(n, size=n)) for _ in range(resamples)]
    return float(np.std(values, ddof=1))

"""Standard errors of figures that have no formula of their own, from drawing anew or leaving out."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import numpy as np

from .._numbers import whole
from .._random_state import as_seed
from ._inputs import Array

GROUPS = 10
ALL_GROUPS = 8
REPEATS = 3


def bootstrap_error(
    statistic: Callable[..., float], *counts: int, resamples: int = 100, random_state: int = 0
) -> float:
    """Return the standard error of a figure of one or several sets, by drawing rows with replacement (Efron 1979).

    For metrics of one's own that are smooth in the samples' weights, as means and moments are; what depends on nearest
    neighbours is misled by rows drawn twice.

    Parameters
    ----------
    statistic : callable
        From the indices of the drawn rows, one int array for each set, to a number.
    counts : int
        How many rows each set has.
    resamples : int
        How many draws, at least 2.
    random_state : int
        Seed of the draws.

    >>> import numpy as np, swiftgan as sg
    >>> values = np.random.default_rng(0).normal(size=400)
    >>> error = sg.metrics.bootstrap_error(lambda rows: np.median(values[rows]), 400)
    >>> 0.03 < error < 0.09
    True
    """
    resamples = whole("resamples", resamples, 2)
    sizes = [whole("counts", count, 1) for count in counts]
    generator = np.random.default_rng(as_seed(random_state))
    values = [float(statistic(*(generator.integers(size, size=size) for size in sizes))) for _ in range(resamples)]
    return float(np.std(values, ddof=1))


def group_errors(
    statistic: Callable[[Array, Array], Sequence[float]],
    n_real: int,
    n_fake: int,
    *,
    least: int = 2,
    size: int = 0,
    repeats: int | None = 1,
    seed: int = 0,
) -> Array | None:
    """Return the standard errors of figures of two sets: their spread over disjoint groups, scaled to the whole.

    Both sets are cut at random into as many groups. Each group gives the figures; their variance over groups, divided
    by the number of groups, is that of the whole where it falls as 1/n (subsampling, Politis and Romano 1994). Other
    than the bootstrap it repeats no row, which nearest neighbours and optimal transport do not forgive, and it costs
    less than the figures themselves.

    Parameters
    ----------
    statistic : callable
        From indices of real and of fake rows to figures.
    least : int
        Rows that a group needs of each set.
    size : int
        Rows that a group should have: there are 10 groups, or fewer, down to 2, where they would have fewer rows.
    repeats : int, optional
        Ways to cut over which variances are averaged. None: as many as make 8 groups in all.

    Returns
    -------
    array or None
        An error for each figure; None where there are too few rows for two groups.
    """
    groups = min(GROUPS, n_real // max(least, 1), n_fake // max(least, 1))
    if groups < 2:
        return None
    if size:
        groups = min(groups, max(2, min(n_real, n_fake) // size))
    if repeats is None:
        repeats = -(-ALL_GROUPS // groups)
    real_size, fake_size = n_real // groups, n_fake // groups
    generator = np.random.default_rng(seed)
    variances = []
    for _ in range(repeats):
        real, fake = generator.permutation(n_real), generator.permutation(n_fake)
        values = [
            statistic(
                real[index * real_size : (index + 1) * real_size], fake[index * fake_size : (index + 1) * fake_size]
            )
            for index in range(groups)
        ]
        variances.append(np.var(values, axis=0, ddof=1) / groups)
    errors: Array = np.sqrt(np.mean(variances, axis=0))
    return errors


def jackknife_error(*left_out: Array) -> float:
    """Return a standard error from the figures without each row of each independent set (Efron and Stein 1981)."""
    variance = 0.0
    for values in left_out:
        n = len(values)
        variance += (n - 1) / n * float(np.square(values - values.mean()).sum())
    return math.sqrt(variance)

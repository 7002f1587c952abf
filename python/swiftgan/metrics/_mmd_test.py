"""The kernel two-sample test."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from .._creation import asarray
from .._numbers import whole
from .._random_state import as_seed
from ._distances import Array
from ._estimate import Estimate
from ._inputs import Features, as_pair
from ._kernels import Kernel, kernel_sums, make_kernel
from ._resampling import jackknife_error


class MMDTest(NamedTuple):
    """What `mmd_test` found."""

    mmd: Estimate
    """The unbiased squared maximum mean discrepancy."""
    p_value: Estimate
    """How often samples of one distribution give as much or more; its standard error is that of the permutations."""
    bandwidths: tuple[float, ...]
    """The kernel's, in the unit of the features; none for the polynomial kernel."""

    def __str__(self) -> str:
        return f"MMD^2 {self.mmd}, p = {self.p_value.value:.3g}"


def mmd_test(
    real: Any,
    fake: Any,
    features: Features = None,
    *,
    kernel: str = "rbf",
    bandwidth: Any = None,
    permutations: int = 500,
    random_state: int = 0,
) -> MMDTest:
    """Test whether two sets are of one distribution, by the maximum mean discrepancy (Gretton et al. 2012).

    The labels real and fake are exchanged at random; the p-value is the share of such permutations, the given labels
    among them, whose statistic is at least the given one. Below 0.05, say, the sets differ; above it the samples are
    too few to tell. Time grows as (n + m)^2 times the permutations: about a second for 2,000 and 2,000.

    Parameters
    ----------
    real, fake : array (n, ...), (m, ...)
        At least 3 rows each.
    features : callable, object or "pca", optional
        As for `frechet_distance`. Features fitted to these very samples make the test invalid.
    kernel : {"rbf", "rational_quadratic", "polynomial"}
    bandwidth : float or sequence of float, optional
        Of several the mean of kernels is taken. By default the median distance between rows of both sets.
    permutations : int
        The smallest p-value is 1 / (permutations + 1).
    random_state : int
        Seed of the permutations.
    """
    x, y = as_pair(real, fake, features, least=3)
    random_state = as_seed(random_state)
    permutations = whole("permutations", permutations, 1)
    function, bandwidths = make_kernel(kernel, bandwidth, x, y)
    sums = kernel_sums(function, x, y)
    n, m = len(x), len(y)
    statistics = _permuted(function, np.concatenate([x, y]), n, permutations, random_state)
    # The labels as given come first, computed as the others are, so that equal statistics compare as equal.
    given = statistics[0]
    share = float((statistics >= given - 1e-12 * abs(given)).mean())
    error = math.sqrt(share * (1 - share) / (permutations + 1))
    return MMDTest(
        Estimate(sums.mmd(), jackknife_error(*sums.without_each()), m, n, better="lower"),
        Estimate(share, error, m, n),
        bandwidths,
    )


def _permuted(kernel: Kernel, rows: Array, n: int, permutations: int, seed: int) -> Array:
    """Return the statistic for the labels as given and for permuted ones, in one pass over the kernel's matrix."""
    count = len(rows)
    generator = np.random.default_rng(seed)
    first = np.zeros((count, permutations + 1))
    first[:n, 0] = 1
    for column in range(1, permutations + 1):
        first[generator.choice(count, n, replace=False), column] = 1
    members = asarray(first)
    within, row_sums, diagonal = np.zeros(permutations + 1), np.empty(count), np.empty(count)
    for span, block in kernel(rows, rows):
        within += (first[span] * (block @ members).numpy()).sum(axis=0)
        row_sums[span] = block.sum(axis=1).numpy()
        diagonal[span] = block.numpy()[np.arange(span.stop - span.start), np.arange(span.start, span.stop)]
    # a'Ka, a'K1 and 1'K1 with the diagonal left out; across what is within neither set.
    real = within - diagonal @ first
    across = row_sums @ first - within
    m = count - n
    fake = (row_sums.sum() - diagonal.sum()) - real - 2 * across
    statistics: Array = real / (n * (n - 1)) + fake / (m * (m - 1)) - 2 * across / (n * m)
    return statistics

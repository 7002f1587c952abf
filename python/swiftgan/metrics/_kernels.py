"""Kernels for two-sample statistics, and the sums of them that unbiased estimates are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from .._creation import asarray
from .._elementwise import exp
from .._numbers import positive
from .._tensor import Tensor
from ._distances import Array, spans, squared_distances

Kernel = Callable[[Array, Array], Iterator[tuple[slice, Tensor]]]
"""From two sets of rows to blocks of rows of their kernel matrix."""
KERNELS = ("polynomial", "rbf", "rational_quadratic")


def polynomial(x: Array, y: Array) -> Iterator[tuple[slice, Tensor]]:
    """Return blocks of (x.y / d + 1)^3, the kernel of KID."""
    rows, across = asarray(x / x.shape[1]), asarray(y).T
    for span in spans(len(x), len(y)):
        base = rows[span] @ across + 1
        yield span, base * base * base


def radial(bandwidths: Sequence[float], *, rational: bool) -> Kernel:
    """Return the mean of kernels of |x - y|^2 over bandwidths s.

    ``exp(-|x - y|^2 / 2 s^2)``, or rational quadratic ``1 / (1 + |x - y|^2 / 2 s^2)``.
    """

    def blocks(x: Array, y: Array) -> Iterator[tuple[slice, Tensor]]:
        for span, squares in squared_distances(x, y):
            terms = [squares * (0.5 / width**2) for width in bandwidths]
            values = [1 / (1 + term) if rational else exp(-term) for term in terms]
            total = values[0]
            for value in values[1:]:
                total = total + value
            yield span, total / len(values)

    return blocks


def make_kernel(name: str, bandwidth: Any, x: Array, y: Array) -> tuple[Kernel, tuple[float, ...]]:
    """Return a kernel by name and the bandwidths it has; None takes the median distance of the two sets together.

    Raises
    ------
    ValueError
        For an unknown kernel or a bandwidth that is not above 0, and where all points are one.
    """
    if name not in KERNELS:
        raise ValueError(f"kernel must be one of {', '.join(map(repr, KERNELS))}, not {name!r}")
    if name == "polynomial":
        if bandwidth is not None:
            raise ValueError(f"the polynomial kernel has no bandwidth, but bandwidth is {bandwidth!r}")
        return polynomial, ()
    given = [median_distance(x, y)] if bandwidth is None else np.ravel(bandwidth).tolist()
    if not given:
        raise ValueError("bandwidth must be a number or several, not an empty list")
    widths = tuple(positive("bandwidth", width) for width in given)
    return radial(widths, rational=name == "rational_quadratic"), widths


def median_distance(x: Array, y: Array, most: int = 1000) -> float:
    """Return the median distance between different rows of both sets together, from up to 1,000 of them.

    The usual choice of a bandwidth (Gretton et al. 2012, section 8); where more than half of the distances are 0, the
    median of the others.
    """
    pooled = np.concatenate([x, y])
    if len(pooled) > most:
        pooled = pooled[np.random.default_rng(0).choice(len(pooled), most, replace=False)]
    squares = np.concatenate([block.numpy() for _, block in squared_distances(pooled, pooled)])
    between = squares[np.triu_indices(len(pooled), 1)]
    scale = np.square(pooled - pooled.mean(axis=0)).sum(axis=1).max()
    positives = between[between > 1e-12 * scale]
    if not len(positives):
        raise ValueError("all rows of real and fake are equal, so that there is no median distance; give a bandwidth")
    median = float(np.median(between))
    return float(np.sqrt(median if median > 1e-12 * scale else np.median(positives)))


class Sums(NamedTuple):
    """Sums of a kernel over the rows' partners: within each set, without the row itself, and across."""

    within_real: Array
    within_fake: Array
    real_to_fake: Array
    fake_to_real: Array

    def mmd(self) -> float:
        """Return the unbiased estimate of the squared maximum mean discrepancy (Gretton et al. 2012, lemma 6)."""
        n, m = len(self.within_real), len(self.within_fake)
        within = self.within_real.sum() / (n * (n - 1)) + self.within_fake.sum() / (m * (m - 1))
        return float(within - 2 * self.real_to_fake.sum() / (n * m))

    def without_each(self) -> tuple[Array, Array]:
        """Return the estimate without each real row, and without each fake one, for the jackknife."""
        n, m = len(self.within_real), len(self.within_fake)
        real, fake, across = self.within_real.sum(), self.within_fake.sum(), self.real_to_fake.sum()
        no_real = (real - 2 * self.within_real) / ((n - 1) * (n - 2)) + fake / (m * (m - 1))
        no_fake = (fake - 2 * self.within_fake) / ((m - 1) * (m - 2)) + real / (n * (n - 1))
        no_real -= 2 * (across - self.real_to_fake) / ((n - 1) * m)
        no_fake -= 2 * (across - self.fake_to_real) / (n * (m - 1))
        return no_real, no_fake


def kernel_sums(kernel: Kernel, x: Array, y: Array) -> Sums:
    """Return the sums of a kernel for two sets, in time n^2 and memory n."""
    real_to_fake, fake_to_real = np.empty(len(x)), np.zeros(len(y))
    for span, block in kernel(x, y):
        real_to_fake[span] = block.sum(axis=1).numpy()
        fake_to_real += block.sum(axis=0).numpy()
    return Sums(_within(kernel, x), _within(kernel, y), real_to_fake, fake_to_real)


def _within(kernel: Kernel, rows: Array) -> Array:
    sums = np.empty(len(rows))
    for span, block in kernel(rows, rows):
        own = block.numpy()[np.arange(span.stop - span.start), np.arange(span.start, span.stop)]
        sums[span] = block.sum(axis=1).numpy() - own
    return sums

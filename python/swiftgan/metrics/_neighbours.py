"""The nearest training samples of generated ones, which tell whether they are copies."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from .._numbers import whole
from .._sorting import topk
from ._distances import Array, neighbour_radii, squared_distances
from ._estimate import Estimate, mean_of, share_error
from ._inputs import Features, as_pair


class NearestNeighbours(NamedTuple):
    """What `nearest_neighbours` found."""

    indices: Array
    """The rows of the nearest real samples of each fake one, nearest first, int64 (m, k)."""
    distances: Array
    """Their Euclidean distances, float64 (m, k)."""
    distance: Estimate
    """The mean distance to the nearest."""
    copies: Estimate
    """The share of fake samples at distance 0."""
    authenticity: Estimate
    """The share of fake samples that are farther from their nearest real one than that is from its own nearest."""
    copying: Estimate | None
    """The chance that a fake sample is nearer to the training data than a held-out real one: 0.5 where fake samples are
    as new as real ones, 1 where they are copied. None without held-out samples."""

    def __str__(self) -> str:
        copying = "" if self.copying is None else f", copying {self.copying}"
        return f"distance {self.distance}, copies {self.copies}, authenticity {self.authenticity}{copying}"


def nearest_neighbours(
    real: Any, fake: Any, features: Features = None, *, k: int = 1, held_out: Any = None
) -> NearestNeighbours:
    """Return the nearest training samples of generated ones, and how far a generator has learned them by heart.

    Authenticity is that of Alaa et al. 2022 (definition 4). Copying compares distances to the training data of fake and
    of held-out samples (Meehan et al. 2020, equation 1): the area under the curve of Mann and Whitney.

    Parameters
    ----------
    real : array (n, ...)
        The samples that the generator was trained on, at least 2.
    fake : array (m, ...)
    features : callable, object or "pca", optional
        As for `frechet_distance`. Neighbours by pixels miss copies that are shifted; features find them.
    k : int
        How many neighbours to return.
    held_out : array (h, ...), optional
        Real samples that the generator has not seen.

    >>> import numpy as np, swiftgan as sg
    >>> train = np.random.default_rng(0).normal(size=(100, 8))
    >>> print(sg.metrics.nearest_neighbours(train, train[:5]).copies)
    1 ± 0.16 (5 samples, 100 references)
    """
    x, y = as_pair(real, fake, features, least=1)
    if len(x) < 2:
        raise ValueError("real has 1 row, but at least 2 are needed to say how near real samples are to each other")
    k = whole("k", k, 1, len(x), why=f" (at most the {len(x)} real rows)")
    indices, distances = _nearest(y, x, k)
    nearest, counts = distances[:, 0], (len(y), len(x))
    own = np.sqrt(neighbour_radii(x, 1))[indices[:, 0]]
    copied, authentic = float((nearest == 0).mean()), float((nearest > own).mean())
    copying = None
    if held_out is not None:
        others = as_pair(real, held_out, features, least=1).fake
        copying = _copying(nearest, _nearest(others, x, 1)[1][:, 0], *counts)
    return NearestNeighbours(
        indices,
        distances,
        mean_of(nearest, len(x)),
        Estimate(copied, share_error(copied, len(y)), *counts, better="lower"),
        Estimate(authentic, share_error(authentic, len(y)), *counts, better="higher"),
        copying,
    )


def _nearest(rows: Array, among: Array, k: int) -> tuple[Array, Array]:
    """Return the indices and distances of the k nearest rows, computed from differences, so that a copy's is 0."""
    indices = np.empty((len(rows), k), np.int64)
    for span, squares in squared_distances(rows, among):
        found = squares.argmin(axis=1, keepdims=True) if k == 1 else topk(squares, k, largest=False).indices
        indices[span] = found.numpy()
    distances = np.empty(indices.shape)
    for place in range(k):
        distances[:, place] = np.sqrt(np.square(rows - among[indices[:, place]]).sum(axis=1))
    # What a product rounds to one distance may be in another order by differences.
    order = distances.argsort(axis=1, kind="stable")
    return np.take_along_axis(indices, order, axis=1), np.take_along_axis(distances, order, axis=1)


def _copying(fake: Array, held_out: Array, n_fake: int, n_real: int) -> Estimate:
    """Return P(fake < held out) + P(equal) / 2, and its standard error (DeLong et al. 1988)."""
    wins_fake = 1 - _share_below(held_out, fake)
    wins_held_out = _share_below(fake, held_out)
    variance = sum(
        float(wins.var(ddof=1)) / len(wins) if len(wins) > 1 else math.nan for wins in (wins_fake, wins_held_out)
    )
    chance, note = float(wins_held_out.mean()), f"{len(held_out)} held out"
    error = math.sqrt(variance)
    if chance in (0.0, 1.0):
        error = max(error, share_error(chance, min(n_fake, len(held_out))))
    return Estimate(chance, error, n_fake, n_real, better="lower", note=note)


def _share_below(among: Array, values: Array) -> Array:
    """Return for each value the share of others below it, equal ones counted by half."""
    ordered = np.sort(among)
    both = np.searchsorted(ordered, values, "left") + np.searchsorted(ordered, values, "right")
    shares: Array = both / (2 * len(among))
    return shares

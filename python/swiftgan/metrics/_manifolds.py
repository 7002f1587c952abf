"""Fidelity and variety by nearest neighbours: precision and recall, density and coverage."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from .._numbers import whole
from .._random_state import as_seed
from ._distances import Array, neighbour_radii, squared_distances, with_rounding
from ._estimate import Estimate, share_error
from ._inputs import Features, Pair, as_pair
from ._resampling import group_errors

# In groups of fewer rows than these the nearest neighbours are so much farther, with many features, that their figures
# spread otherwise than those of the whole.
GROUP_SIZE = 500


class PrecisionRecall(NamedTuple):
    """What `precision_recall` found."""

    precision: Estimate
    """The share of fake samples that lie within the real ones' manifold: are samples good?"""
    recall: Estimate
    """The share of real samples that lie within the fake ones' manifold: is all of the data reached?"""

    def __str__(self) -> str:
        return f"precision {self.precision}, recall {self.recall}"


class DensityCoverage(NamedTuple):
    """What `density_coverage` found."""

    density: Estimate
    """How many real neighbourhoods hold a fake sample, over k: about 1 for samples of the data's distribution, more
    where samples crowd where data is dense."""
    coverage: Estimate
    """The share of real samples whose neighbourhood holds a fake one."""

    def __str__(self) -> str:
        return f"density {self.density}, coverage {self.coverage}"


def precision_recall(
    real: Any, fake: Any, features: Features = None, *, k: int = 3, random_state: int = 0
) -> PrecisionRecall:
    """Return improved precision and recall (Kynkäänniemi et al. 2019, equations 1 and 2).

    A set's manifold is the union of the balls around its samples that reach to their k-th nearest neighbour. One
    outlier among the real samples makes a large ball and precision too high; see `density_coverage`.

    Parameters
    ----------
    real, fake : array (n, ...), (m, ...)
        More than k rows each; equal counts make precision and recall comparable with each other.
    features : callable, object or "pca", optional
        As for `frechet_distance`.
    k : int
        3 in the paper.
    random_state : int
        Seed of the groups for the standard errors, which are the spread over disjoint groups of both sets.
    """
    random_state = as_seed(random_state)
    pair, k = _checked(real, fake, features, k)
    precision, recall = _precision_recall(*pair, k)
    errors = _errors(_precision_recall, pair, k, random_state)
    n_real, n_fake = map(len, pair)
    return PrecisionRecall(
        _share(precision, errors[0], n_fake, n_fake, n_real), _share(recall, errors[1], n_real, n_fake, n_real)
    )


def density_coverage(
    real: Any, fake: Any, features: Features = None, *, k: int = 5, random_state: int = 0
) -> DensityCoverage:
    """Return density and coverage (Naeem et al. 2020, equations 2 and 3).

    As precision and recall, but real neighbourhoods count one by one, so that an outlier's weighs little. A fake sample
    on a ball's edge lies within it; for two copies of one set density is (k + 1) / k and coverage 1.

    Parameters
    ----------
    real, fake : array (n, ...), (m, ...)
        More than k rows each; coverage rises with the number of fake samples.
    features : callable, object or "pca", optional
        As for `frechet_distance`.
    k : int
        5 in the paper.
    random_state : int
        Seed of the groups for the standard errors, which are the spread over disjoint groups of both sets.
    """
    random_state = as_seed(random_state)
    pair, k = _checked(real, fake, features, k)
    density, coverage = _density_coverage(*pair, k)
    errors = _errors(_density_coverage, pair, k, random_state)
    n_real, n_fake = map(len, pair)
    # Nothing seen is no proof: as if one of two further samples had been in one ball.
    error = errors[0] if density > 0 else share_error(0.0, n_fake) / k
    return DensityCoverage(
        Estimate(density, error, n_fake, n_real), _share(coverage, errors[1], n_real, n_fake, n_real)
    )


def _checked(real: Any, fake: Any, features: Features, k: Any) -> tuple[Pair, int]:
    pair = as_pair(real, fake, features)
    most = min(map(len, pair)) - 1
    return pair, whole("k", k, 1, most, why=f" (below the {most + 1} rows of the smaller set)")


def _errors(
    figures: Callable[[Array, Array, int], Sequence[float]], pair: Pair, k: int, random_state: int
) -> Sequence[float]:
    found = group_errors(
        lambda real, fake: figures(pair.real[real], pair.fake[fake], k),
        *map(len, pair),
        least=2 * (k + 1),
        size=GROUP_SIZE,
        repeats=None,
        seed=random_state,
    )
    return (float("nan"), float("nan")) if found is None else [float(error) for error in found]


def _share(share: float, error: float, of: int, n_fake: int, n_real: int) -> Estimate:
    """Return a share of `of` samples; its error is that of independent ones at least, or where groups gave none."""
    alone = share_error(share, of)
    if math.isnan(error):
        note = "too few rows for groups: the standard error leaves out the other set's"
        return Estimate(share, alone, n_fake, n_real, better="higher", note=note)
    return Estimate(share, max(error, alone), n_fake, n_real, better="higher")


def _precision_recall(x: Array, y: Array, k: int) -> tuple[float, float]:
    middle = x.mean(axis=0)
    real, fake = (with_rounding(neighbour_radii(rows, k), rows, middle) for rows in (x, y))
    good, reached = 0, np.zeros(len(x), bool)
    for span, squares in squared_distances(y, x):
        good += int((squares <= real).any(axis=1).sum().item())
        reached |= (squares <= fake[span, None]).any(axis=0).numpy()
    return good / len(y), float(reached.mean())


def _density_coverage(x: Array, y: Array, k: int) -> tuple[float, float]:
    real = with_rounding(neighbour_radii(x, k), x, x.mean(axis=0))
    balls, covered = 0, np.zeros(len(x), bool)
    for _, squares in squared_distances(y, x):
        inside = squares <= real
        balls += int(inside.sum().item())
        covered |= inside.any(axis=0).numpy()
    return balls / (k * len(y)), float(covered.mean())

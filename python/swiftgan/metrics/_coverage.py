"""How many of a distribution's modes samples reach."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from .._numbers import positive, real_number, whole
from ._distances import spans
from ._estimate import Estimate, share_error
from ._inputs import Array, as_rows


class Coverage(NamedTuple):
    """What `mode_coverage` found."""

    covered: int
    """Modes on which at least one high-quality sample falls."""
    n_modes: int
    high_quality: Estimate
    """The share of samples within the limit of their nearest mode."""
    reverse_kl: Estimate
    """KL(samples' histogram over the modes, uniform) in nats, each sample counted for its nearest mode; 0 is even."""
    counts: Array
    """How many samples have each mode as their nearest, of high quality or not."""
    modes: Estimate
    """`covered` with its standard error: what it would spread over as many other samples."""

    def __str__(self) -> str:
        modes = f"{self.covered} of {self.n_modes} modes"
        return f"{modes}, high quality {self.high_quality}, reverse KL {self.reverse_kl:.3g}"


def mode_coverage(samples: Any, modes: Any, std: float, *, limit: float = 3.0) -> Coverage:
    """Count the modes of a Gaussian mixture that samples reach (the measures of VEEGAN, Srivastava et al. 2017).

    A mode is covered when a sample of high quality falls on it; the divergence and the counts are of all samples, each
    at its nearest mode, as the core's own measure has it.

    Parameters
    ----------
    samples : array (n, d)
    modes : array (m, d)
        The centres, such as `swiftgan.datasets.GRID25_MODES`.
    std : float
        Standard deviation around each.
    limit : float
        A sample is of high quality within so many standard deviations of its nearest mode.
    """
    points, centres = as_rows(samples), as_rows(modes, name="modes")
    if points.shape[1] != centres.shape[1]:
        raise ValueError(f"samples have {points.shape[1]} coordinates, but modes {centres.shape[1]}")
    reach = (positive("limit", limit) * positive("std", std)) ** 2
    nearest, good = np.empty(len(points), np.int64), np.empty(len(points), bool)
    for span in spans(len(points), centres.size):
        squares = np.square(points[span, None, :] - centres).sum(axis=2)
        nearest[span] = squares.argmin(axis=1)
        good[span] = squares.min(axis=1) <= reach
    counts = np.bincount(nearest, minlength=len(centres))
    hits = np.bincount(nearest[good], minlength=len(centres))
    n, share, covered = len(points), float(good.mean()), int((hits > 0).sum())
    return Coverage(
        covered,
        len(centres),
        Estimate(share, share_error(share, n), n, better="higher"),
        _divergence(counts),
        counts,
        Estimate(covered, _covered_error(hits, n), n, better="higher"),
    )


def _covered_error(hits: Array, n: int) -> float:
    """Return the standard error of the number of modes hit by n samples.

    Of samples with the chances p a mode is missed with the probability (1 - p)^n, two of them with (1 - p - p')^n. The
    chances are the hits' shares, less the modes' part in what has not been seen yet, 1 / (n + 1) for every mode hit but
    once (Good 1953), which the modes not hit have in equal parts.
    """
    seen = hits > 0
    unseen_mass = float((hits == 1).sum()) / (n + 1) if not seen.all() else 0.0
    chances = hits / n * (1 - unseen_mass * n / max(1, hits.sum()))
    chances[~seen] = unseen_mass / max(1, (~seen).sum())
    chances = np.clip(chances, 0, 1)
    missed = (1 - chances) ** n
    both = np.maximum(1 - chances[:, None] - chances, 0) ** n
    covariance = both - missed[:, None] * missed
    np.fill_diagonal(covariance, missed * (1 - missed))
    return float(np.sqrt(max(0.0, covariance.sum())))


class ClassCoverage(NamedTuple):
    """What `class_coverage` found."""

    covered: int
    """Classes that at least the least share of samples falls into."""
    n_classes: int
    smallest_share: Estimate
    """The share of the rarest class."""
    reverse_kl: Estimate
    """KL(samples' classes, uniform) in nats."""
    shares: Array

    def __str__(self) -> str:
        return f"{self.covered} of {self.n_classes} classes, smallest share {self.smallest_share}"


def class_coverage(labels: Any, n_classes: int, *, least: float = 0.0) -> ClassCoverage:
    """Count the classes among samples' labels, as a classifier gives them.

    Parameters
    ----------
    labels : int array (n,)
    n_classes : int
    least : float
        A class counts as covered when its share is above this.
    """
    n_classes, least = whole("n_classes", n_classes, 1), real_number("least", least)
    if not 0 <= least < 1:
        raise ValueError(f"least is a share, at least 0 and below 1, not {least}")
    given = np.asarray(labels)
    if given.size and (given.dtype.kind not in "iubf" or not np.array_equal(given, np.floor(given))):
        raise TypeError(f"labels must be integers from 0 to {n_classes - 1}, not of dtype {given.dtype}")
    given = given.astype(np.int64).reshape(-1)
    if not len(given) or given.min() < 0 or given.max() >= n_classes:
        found = f"they go from {given.min()} to {given.max()}" if len(given) else "there are none"
        raise ValueError(f"labels must be from 0 to {n_classes - 1}, and at least one; {found}")
    counts = np.bincount(given, minlength=n_classes)
    shares = counts / len(given)
    smallest = float(shares.min())
    return ClassCoverage(
        int((shares > least).sum()),
        n_classes,
        Estimate(smallest, share_error(smallest, len(given)), len(given), better="higher"),
        _divergence(counts),
        shares,
    )


def _divergence(counts: Array) -> Estimate:
    """Return KL(counts' shares, uniform), with the standard error of a mean of logarithms (delta method)."""
    n = int(counts.sum())
    shares = counts[counts > 0] / n
    logarithms = np.log(shares * len(counts))
    value = float(max(0.0, (shares * logarithms).sum()))
    variance = float((shares * logarithms**2).sum() - value**2)
    return Estimate(value, float(np.sqrt(max(0.0, variance) / n)), n, unit="nats", better="lower")

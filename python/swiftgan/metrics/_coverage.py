"""How many of a distribution's modes samples reach."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from ._estimate import Estimate
from ._inputs import as_rows


class Coverage(NamedTuple):
    """What `mode_coverage` found."""

    covered: int
    """Modes on which at least one high-quality sample falls."""
    n_modes: int
    high_quality: Estimate
    """The share of samples within the limit of their nearest mode."""
    reverse_kl: float
    """KL(samples' histogram over the modes, uniform) in nats, each sample counted for its nearest mode; 0 is even."""
    counts: np.ndarray[Any, Any]
    """How many samples have each mode as their nearest, of high quality or not."""

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
    points, centres = as_rows(samples), as_rows(modes)
    if points.shape[1] != centres.shape[1]:
        raise ValueError(f"samples have {points.shape[1]} coordinates, but modes {centres.shape[1]}")
    if std <= 0:
        raise ValueError(f"std must be above 0, not {std}")
    squares = ((points[:, None, :] - centres[None]) ** 2).sum(axis=2)
    nearest = squares.argmin(axis=1)
    good = squares[np.arange(len(points)), nearest] <= (limit * std) ** 2
    counts = np.bincount(nearest, minlength=len(centres))
    covered = int(np.unique(nearest[good]).size)
    share = float(good.mean())
    error = float(np.sqrt(share * (1 - share) / len(points)))
    return Coverage(covered, len(centres), Estimate(share, error, len(points)), _divergence(counts), counts)


class ClassCoverage(NamedTuple):
    """What `class_coverage` found."""

    covered: int
    """Classes that at least the least share of samples falls into."""
    n_classes: int
    smallest_share: Estimate
    """The share of the rarest class."""
    reverse_kl: float
    """KL(samples' classes, uniform) in nats."""
    shares: np.ndarray[Any, Any]

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
    given = np.asarray(labels).astype(np.int64).reshape(-1)
    if not len(given) or given.min() < 0 or given.max() >= n_classes:
        raise ValueError(f"labels must be from 0 to {n_classes - 1}, and at least one")
    counts = np.bincount(given, minlength=n_classes)
    shares = counts / len(given)
    smallest = float(shares.min())
    error = float(np.sqrt(max(smallest, 1 / len(given)) * (1 - smallest) / len(given)))
    return ClassCoverage(
        int((shares > least).sum()), n_classes, Estimate(smallest, error, len(given)), _divergence(counts), shares
    )


def _divergence(counts: np.ndarray[Any, Any]) -> float:
    shares = counts[counts > 0] / counts.sum()
    return float(max(0.0, (shares * np.log(shares * len(counts))).sum()))

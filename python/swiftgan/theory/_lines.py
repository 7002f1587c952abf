"""Learning parallel lines: the example in which the Jensen-Shannon divergence says nothing and W1 says where to go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .._numbers import whole
from ._divergences import jsd, kl, total_variation
from ._pair import Array
from ._transport import earth_mover

if TYPE_CHECKING:
    import os

    from matplotlib.figure import Figure


@dataclass(frozen=True)
class ParallelLines:
    """Distances between the laws of (0, Z) and (theta, Z), Z uniform on [0, 1], for each theta."""

    theta: Array
    jsd: Array
    """log 2 for every theta but 0."""
    w1: Array
    """|theta|."""
    kl: Array
    """Infinite for every theta but 0."""
    total_variation: Array
    """1 for every theta but 0."""

    def plot(self, path: str | os.PathLike[str] | None = None) -> Figure:
        """Draw W1 and JSD over theta with matplotlib; write a picture when a path is given."""
        from ._plots import plot_lines

        return plot_lines(self, path)


def parallel_lines(theta: Any = None, *, points: int = 32) -> ParallelLines:
    """Compute the example of two parallel lines (Arjovsky et al. 2017, example 1).

    The data lie on the line {0} x [0, 1], the samples on {theta} x [0, 1]. Moved sideways, the lines do not overlap at
    all until they are equal: JSD is log 2 and jumps to 0, KL is infinite, so no gradient says which way to move; W1 is
    |theta|. Each line is taken as so many points of equal mass, at the same heights on both: all four are then exact.

    Parameters
    ----------
    theta : array, optional
        By default 81 places from -1 to 1.
    points : int
        Points of each line.

    >>> import swiftgan as sg
    >>> lines = sg.theory.parallel_lines([-0.5, 0.0, 1.0])
    >>> lines.w1.tolist(), lines.jsd.round(3).tolist()
    ([0.5, 0.0, 1.0], [0.693, 0.0, 0.693])
    """
    points = whole("points", points, 1)
    places = np.linspace(-1, 1, 81) if theta is None else np.atleast_1d(np.asarray(theta, dtype=float))
    heights = (np.arange(points) + 0.5) / points
    rows = []
    for place in places:
        data, samples = _line(0.0, heights), _line(place, heights)
        p, q = _on_common_points(data, samples)
        rows.append((jsd(p, q), earth_mover(data, samples), kl(p, q), total_variation(p, q)))
    found = np.array(rows).reshape(-1, 4).T
    return ParallelLines(places, *found)


def _line(place: float, heights: Array) -> Array:
    return np.stack([np.full(len(heights), place), heights], axis=1)


def _on_common_points(x: Array, y: Array) -> tuple[Array, Array]:
    """Return the masses of two sets of points on all points that either has."""
    both, where = np.unique(np.concatenate([x, y]), axis=0, return_inverse=True)
    where = where.reshape(-1)
    count = len(both)
    return np.bincount(where[: len(x)], minlength=count), np.bincount(where[len(x) :], minlength=count)

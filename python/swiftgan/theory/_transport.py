"""The earth mover's distance W1: exact on a line, by linear programming on a plane and between weighted points."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._pair import Array, Pair, masses, pair, points_of

# Pairs of points beyond which a linear program takes minutes and gigabytes.
MAX_PAIRS = 1_000_000
# Nodes along each axis of a plane that is given by its ends alone: the program's size grows with their fourth power.
PLANE_NODES = 25


def wasserstein(p: Any, q: Any, grid: Any = None) -> float:
    """Return the earth mover's distance W1(p, q): the least mass times distance that turns one law into the other.

    On a line it is the integral of |F_p - F_q| of the distribution functions (Vallender 1974): exact for histograms, by
    the trapezoid rule for densities. On a plane the masses at the nodes are transported by linear programming (needs
    SciPy; at most a million pairs of nodes at which mass is missing and left over, so about 40 x 40); the distance is
    Euclidean.

    Parameters
    ----------
    p, q, grid
        As everywhere in `swiftgan.theory`. One-dimensional histograms without a grid have their masses at 0, 1, 2, ...
        Functions on a plane whose grid is two pairs (low, high) are taken at 25 x 25 nodes.

    Raises
    ------
    ValueError
        For more points than can be transported.
    ImportError
        On a plane, without SciPy.
    """
    if isinstance(grid, (tuple, list)) and len(grid) == 2 and all(np.shape(part) == (2,) for part in grid):
        grid = tuple(np.linspace(part[0], part[1], PLANE_NODES) for part in grid)
    found = pair(p, q, grid)
    if found.axes is None:
        if found.p.ndim != 1:
            raise ValueError("bins of more than one axis need a grid, which says where they lie")
        return float(np.abs(np.cumsum(found.p - found.q)[:-1]).sum())
    if len(found.axes) == 1:
        return _on_a_line(found)
    axes = tuple((axis[1:] + axis[:-1]) / 2 for axis in found.axes) if found.has_edges else found.axes
    points, weights = points_of(axes), found.weights.ravel()
    return _transport_difference(points, weights * found.p.ravel(), weights * found.q.ravel())


def earth_mover(x: Any, y: Any, a: Any = None, b: Any = None) -> float:
    """Return W1 between points with masses, exactly, with the Euclidean distance.

    Parameters
    ----------
    x, y : array (n,) or (n, d)
        Where the masses lie.
    a, b : array (n,), optional
        The masses, divided by their sum; equal ones by default.

    Raises
    ------
    ValueError
        For points of different numbers of coordinates, or more than a million pairs of points off a line.
    ImportError
        Off a line, without SciPy.

    >>> import swiftgan as sg
    >>> sg.theory.earth_mover([0.0, 1.0], [5.0, 6.0])
    5.0
    """
    points = [np.asarray(part, dtype=float) for part in (x, y)]
    points = [part[:, None] if part.ndim == 1 else part for part in points]
    if points[0].ndim != 2 or points[1].ndim != 2 or points[0].shape[1] != points[1].shape[1]:
        raise ValueError(
            f"points have the shapes {np.shape(x)} and {np.shape(y)}; (n,) or (n, d) are needed, d the same"
        )
    if not all(len(part) and np.isfinite(part).all() for part in points):
        raise ValueError("there must be at least one point on each side, and all must be finite")
    weights = []
    for part, given, name in zip(points, (a, b), ("a", "b"), strict=True):
        mass = masses(np.ones(len(part)) if given is None else given, name)
        if mass.shape != (len(part),):
            raise ValueError(f"{name} has the shape {mass.shape}, but there are {len(part)} points")
        weights.append(mass)
    if points[0].shape[1] == 1:
        place = np.concatenate([part[:, 0] for part in points])
        order = np.argsort(place, kind="stable")
        difference = np.cumsum(np.concatenate([weights[0], -weights[1]])[order])
        return float((np.abs(difference[:-1]) * np.diff(place[order])).sum())
    return _transport(points[0], points[1], weights[0], weights[1])


def _on_a_line(found: Pair) -> float:
    assert found.axes is not None
    axis, difference = found.axes[0], found.p - found.q
    means = difference if found.has_edges else (difference[1:] + difference[:-1]) / 2
    steps = means * np.diff(axis)
    heights = np.concatenate([[0.0], np.cumsum(steps)])
    low, high, widths = heights[:-1], heights[1:], np.diff(axis)
    # The distribution functions' difference is linear between two places; where it crosses 0 two triangles are left.
    sums = np.abs(low) + np.abs(high)
    squares = np.divide(low**2 + high**2, sums, out=np.zeros(len(sums)), where=sums > 0)
    return float((widths / 2 * np.where(low * high < 0, squares, sums)).sum())


def _transport_difference(points: Array, a: Array, b: Array) -> float:
    """Transport what the two do not share: mass that both have at a point need not move, as distances are a metric."""
    shared = np.minimum(a, b)
    left, missing = a - shared, b - shared
    # Rounding's dust would only make the program larger.
    dust = 1e-12
    sources, sinks = left > dust, missing > dust
    if not sources.any() or not sinks.any():
        return 0.0
    moved = float(left[sources].sum())
    return moved * _transport(
        points[sources], points[sinks], left[sources] / moved, missing[sinks] / missing[sinks].sum()
    )


def _transport(x: Array, y: Array, a: Array, b: Array) -> float:
    if len(x) * len(y) > MAX_PAIRS:
        raise ValueError(
            f"{len(x)} and {len(y)} points make {len(x) * len(y):,} pairs; at most {MAX_PAIRS:,} can be transported "
            "exactly: take a coarser grid or fewer points"
        )
    try:
        from scipy.optimize import linear_sum_assignment, linprog
        from scipy.sparse import coo_array
    except ImportError:
        raise ImportError(
            "W1 off a line is a linear program and needs SciPy, which is not installed: pip install scipy"
        ) from None
    cost = np.sqrt(((x[:, None, :] - y[None, :, :]) ** 2).sum(axis=-1))
    if len(x) == len(y) and np.ptp(a) == 0 and np.ptp(b) == 0:
        rows, columns = linear_sum_assignment(cost)
        return float(cost[rows, columns].mean())
    count = cost.size
    row = np.repeat(np.arange(len(x)), len(y))
    column = np.tile(np.arange(len(y)), len(x)) + len(x)
    index = np.arange(count)
    shape = (len(x) + len(y), count)
    matrix = coo_array((np.ones(2 * count), (np.concatenate([row, column]), np.concatenate([index, index]))), shape)
    # One equation follows from the others; leaving it out keeps rounding from making the program infeasible.
    found = linprog(cost.ravel(), A_eq=matrix.tocsr()[:-1], b_eq=np.concatenate([a, b])[:-1], method="highs")
    if not found.success:
        raise RuntimeError(f"the linear program of W1 was not solved: {found.message}")
    return float(found.fun)

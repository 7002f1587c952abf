"""What the formulas of `swiftgan.theory` are given: two laws, brought to values and weights."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray[Any, Any]

# Nodes along an axis that is given by its ends alone, for laws on a line and on a plane.
NODES = {1: 8193, 2: 513}
# By how much a density's integral over the grid may differ from 1: what is missing is outside the grid.
TOLERANCE = 0.01


class Pair(NamedTuple):
    """Two laws on the same grid: the integral of f is ``sum(weights * f)``."""

    p: Array
    q: Array
    weights: Array
    axes: tuple[Array, ...] | None
    """Coordinates along each axis: nodes, or edges of bins (one more than values); None for masses without a place."""

    @property
    def has_edges(self) -> bool:
        """Whether the axes are edges of bins."""
        return self.axes is not None and len(self.axes[0]) == self.p.shape[0] + 1

    def integral(self, values: Array) -> float:
        """Return the integral of values on the grid."""
        return float((self.weights * values).sum())


def pair(p: Any, q: Any, grid: Any) -> Pair:
    """Return two laws as densities (or masses) on one grid, each of integral 1.

    Raises
    ------
    ValueError
        For values that are negative or not finite, shapes that do not agree, or a density that does not integrate to 1.
    """
    axes = as_axes(grid)
    if axes is None:
        a, b = masses(p, "p"), masses(q, "q")
        if a.shape != b.shape:
            raise ValueError(f"p has the shape {a.shape} and q {b.shape}; histograms must have the same bins")
        return Pair(a, b, np.ones(a.shape), None)
    first, second = _on_axes(p, axes, "p"), _on_axes(q, axes, "q")
    if first.shape != second.shape:
        raise ValueError(f"p has the shape {first.shape} and q {second.shape}; both must fit the grid")
    if first.shape == _sizes(axes, 1):
        weights = _outer([np.diff(axis) for axis in axes])
        return Pair(masses(first, "p") / weights, masses(second, "q") / weights, weights, axes)
    weights = _outer([trapezoid_weights(axis) for axis in axes])
    return Pair(_normalized(first, weights, "p"), _normalized(second, weights, "q"), weights, axes)


def as_axes(grid: Any) -> tuple[Array, ...] | None:
    """Return the coordinates along each axis of a grid as the user gives it."""
    if grid is None:
        return None
    if isinstance(grid, (tuple, list)):
        parts = list(grid)
        if all(np.ndim(part) == 0 for part in parts):
            parts = [tuple(parts)] if len(parts) == 2 else [np.asarray(parts)]
    else:
        parts = [grid]
    if len(parts) not in NODES:
        raise ValueError(f"a grid has 1 or 2 axes, not {len(parts)}")
    axes = []
    for part in parts:
        axis = np.asarray(part, dtype=float)
        if isinstance(part, (tuple, list)) and axis.shape == (2,):
            axis = np.linspace(axis[0], axis[1], NODES[len(parts)])
        if axis.ndim != 1 or len(axis) < 2 or not np.isfinite(axis).all() or not (np.diff(axis) > 0).all():
            raise ValueError(
                "an axis of the grid is a pair (low, high) or an array of two or more increasing finite coordinates"
            )
        axes.append(axis)
    return tuple(axes)


def points_of(axes: tuple[Array, ...]) -> Array:
    """Return the nodes of a grid: (n,) on a line, (n0 * n1, 2) on a plane."""
    if len(axes) == 1:
        return axes[0]
    return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, len(axes))


def function_of(law: Any) -> Any:
    """Return the density as a function: of an object that has ``pdf``, as SciPy's laws do, that; None for an array."""
    if callable(getattr(law, "pdf", None)):
        return law.pdf
    if callable(getattr(law, "pmf", None)):
        raise TypeError(f"{law!r} is a discrete law without a density; give the masses, law.pmf(numbers), for each law")
    return law if callable(law) else None


def evaluate(function: Any, points: Array, name: str) -> Array:
    """Return what a function gives at points, one number for each."""
    values = np.asarray(function(points), dtype=float)
    if values.size != len(points):
        raise ValueError(f"{name} must give one number for each of {len(points)} points, but gave {values.shape}")
    return values.reshape(len(points))


def masses(values: Any, name: str) -> Array:
    """Return a histogram's counts or masses, divided by their sum."""
    found = _checked(np.asarray(values, dtype=float), name)
    if found.ndim == 0 or found.size == 0:
        raise ValueError(f"{name} is a single number or empty; a histogram is an array of counts or masses")
    total = found.sum()
    if not total > 0:
        raise ValueError(f"all masses of {name} are 0")
    shares: Array = found / total
    return shares


def trapezoid_weights(axis: Array) -> Array:
    """Return the weights of the trapezoid rule."""
    widths = np.diff(axis)
    weights = np.zeros(len(axis))
    weights[:-1] += widths / 2
    weights[1:] += widths / 2
    return weights


def _on_axes(law: Any, axes: tuple[Array, ...], name: str) -> Array:
    function = function_of(law)
    if function is not None:
        return evaluate(function, points_of(axes), name).reshape(_sizes(axes, 0))
    values = np.asarray(law, dtype=float)
    if values.shape not in (_sizes(axes, 0), _sizes(axes, 1)):
        raise ValueError(
            f"{name} has the shape {values.shape}; the grid has {_sizes(axes, 0)} nodes, "
            f"or {_sizes(axes, 1)} bins where it has their edges"
        )
    return values


def _sizes(axes: tuple[Array, ...], less: int) -> tuple[int, ...]:
    return tuple(len(axis) - less for axis in axes)


def _outer(parts: list[Array]) -> Array:
    return parts[0] if len(parts) == 1 else np.multiply.outer(parts[0], parts[1])


def _normalized(values: Array, weights: Array, name: str) -> Array:
    total = (weights * _checked(values, name)).sum()
    if abs(total - 1) > TOLERANCE:
        raise ValueError(
            f"{name} integrates to {total:.4g} over the grid, not to 1: widen the grid until it holds the law, "
            "refine it, or divide the density by its integral"
        )
    normalized: Array = values / total
    return normalized


def _checked(values: Array, name: str) -> Array:
    if not np.isfinite(values).all():
        raise ValueError(f"{name} has values that are not finite")
    if (values < 0).any():
        raise ValueError(f"{name} has negative values, down to {values.min():.4g}; densities and masses have none")
    return values

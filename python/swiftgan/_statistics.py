"""Statistics over axes, running sums and counts, under NumPy's and the array API's names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ._core import apply, operation
from ._explain import takes_tensors
from ._reductions import Axis, _axes

if TYPE_CHECKING:
    from ._tensor import Operand, Tensor

_ptp, _count_nonzero, _average, _median = (operation(name) for name in ("ptp", "count_nonzero", "average", "median"))
_quantile, _diff, _bincount, _histogram = (operation(name) for name in ("quantile", "diff", "bincount", "histogram"))
_cumulative_sum, _cumulative_prod = operation("cumulative_sum"), operation("cumulative_prod")
_flatten, _concatenate, _full = (operation(name) for name in ("flatten", "concatenate", "full"))
_linspace, _stack = operation("linspace"), operation("stack")


def ptp(x: Operand, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Return the largest minus the smallest element over axes."""
    return apply(_ptp, x, axes=_axes(axis), keep_dims=keepdims)


def count_nonzero(x: Operand, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Return how many elements over axes are not 0 (int64)."""
    return apply(_count_nonzero, x, axes=_axes(axis), keep_dims=keepdims)


def average(x: Operand, axis: Axis = None, weights: Operand | None = None, keepdims: bool = False) -> Tensor:
    """Return the mean over axes, each element counted by its weight; weights broadcast to the shape of x."""
    if weights is None:
        from ._reductions import mean

        return mean(x, axis, keepdims)
    if not hasattr(weights, "dtype"):
        weights = np.asarray(weights, x.dtype if x.dtype.kind == "f" else np.float32)
    return apply(_average, x, weights, axes=_axes(axis), keep_dims=keepdims)


def median(x: Operand, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Return the middle of the sorted elements over axes, or the mean of the two in the middle; NaN if any is NaN."""
    return apply(_median, x, axes=_axes(axis), keep_dims=keepdims)


def quantile(
    x: Operand,
    q: float | Sequence[float],
    axis: Axis = None,
    keepdims: bool = False,
    *,
    method: str = "linear",
) -> Tensor:
    """Return the values below which fractions `q` of the elements over axes lie; NaN where one is NaN.

    Parameters
    ----------
    x : tensor
        Integers count as float32.
    q : float or sequence of float
        Fractions in [0, 1]; those of a sequence are the first axis of the result.
    axis, keepdims
        As for `mean`.
    method : {"linear", "lower", "higher", "nearest", "midpoint"}
        What to do where a quantile falls between two elements.
    """
    fractions = np.asarray(q, np.float64)
    if fractions.ndim > 1:
        raise ValueError(f"q must be a number or a sequence of such, not of shape {fractions.shape}")
    found = [
        apply(_quantile, x, q=float(fraction), axes=_axes(axis), keep_dims=keepdims, method=method)
        for fraction in fractions.reshape(-1)
    ]
    if not found:
        raise ValueError("q is empty: at least one fraction is needed")
    return found[0] if not fractions.ndim else apply(_stack, *found)


def percentile(
    x: Operand, q: float | Sequence[float], axis: Axis = None, keepdims: bool = False, *, method: str = "linear"
) -> Tensor:
    """Return `quantile` for percentages `q` in [0, 100]."""
    return quantile(x, np.asarray(q, np.float64) / 100, axis, keepdims, method=method)  # type: ignore[arg-type]


# ---------------------------------------------------------------------------------------------------------- running


def cumsum(x: Operand, axis: int | None = None) -> Tensor:
    """Return the sums of all elements up to and with each along an axis (None: of all in row-major order).

    Integers and bools add up to int64, as in `sum`. float32 is added in float64 and rounded at each element.
    """
    return _running(_cumulative_sum, x, axis)


def cumprod(x: Operand, axis: int | None = None) -> Tensor:
    """Return the products of all elements up to and with each along an axis (None: of all in row-major order).

    Integers as for `cumsum`. Gradients are exact also where elements are 0.
    """
    return _running(_cumulative_prod, x, axis)


@takes_tensors
def cumulative_sum(x: Operand, *, axis: int | None = None, include_initial: bool = False) -> Tensor:
    """Return `cumsum` under the array API's name: axis None is for tensors of one axis; a first 0 can be included."""
    return _with_initial(cumsum, x, axis, 0.0 if include_initial else None)


@takes_tensors
def cumulative_prod(x: Operand, *, axis: int | None = None, include_initial: bool = False) -> Tensor:
    """Return `cumprod` under the array API's name: axis None is for tensors of one axis; a first 1 can be included."""
    return _with_initial(cumprod, x, axis, 1.0 if include_initial else None)


def _running(scan: Any, x: Any, axis: int | None) -> Tensor:
    return apply(scan, apply(_flatten, x), axis=0) if axis is None else apply(scan, x, axis=axis)


def _with_initial(running: Any, x: Any, axis: int | None, initial: float | None) -> Tensor:
    if axis is None and x.ndim != 1:
        raise ValueError(f"a tensor with {x.ndim} axes needs axis=")
    found: Tensor = running(x, axis)
    if initial is None:
        return found
    shape = list(found.shape)
    shape[axis or 0] = 1
    first = apply(_full, shape=shape, value=initial, dtype=found.dtype.name)
    return apply(_concatenate, first, found, axis=axis or 0)


def diff(x: Operand, n: int = 1, axis: int = -1) -> Tensor:
    """Return the differences of neighbours along an axis, taken n times. For bools: where neighbours differ."""
    return apply(_diff, x, n=n, axis=axis)


# ----------------------------------------------------------------------------------------------------------- counts


def bincount(x: Operand, weights: Operand | None = None, minlength: int = 0) -> Tensor:
    """Return how often each of 0, 1, ... occurs among non-negative integers (int64), or sums of weights there."""
    return apply(_bincount, *_given(x, weights), min_length=minlength)


@takes_tensors
def histogram(
    x: Operand,
    bins: int | Sequence[float] | Operand = 10,
    range: tuple[float, float] | None = None,  # noqa: A002 - NumPy's name
    weights: Operand | None = None,
) -> tuple[Tensor, Tensor]:
    """Return how many elements fall into each bin, or the sums of their weights, and the edges of the bins.

    Parameters
    ----------
    x : tensor
    bins : int, or ascending edges
        So many bins of equal width between the limits, or the edges between them; the last edge belongs to its bin.
    range : (low, high), optional
        The limits; by default the smallest and the largest element.
    weights : tensor, optional
        One number for every element of x.

    Returns
    -------
    counts : tensor
        int64, or the weights' dtype.
    edges : tensor
        One more than there are bins, in the dtype of x (float32 for integers).
    """
    from ._creation import asarray

    dtype = str(x.dtype) if x.dtype.kind == "f" else "float32"
    if isinstance(bins, (int, np.integer)):
        if bins < 1:
            raise ValueError(f"there must be at least one bin, not {bins}")
        low, high = range if range is not None else _limits(x)
        if not (np.isfinite(low) and np.isfinite(high) and low <= high):
            raise ValueError(f"the limits of the bins must be finite and ascend, but they are {low} and {high}")
        if low == high:
            low, high = low - 0.5, high + 0.5
        edges = apply(_linspace, start=float(low), end=float(high), count=int(bins) + 1, dtype=dtype)
    else:
        edges = asarray(bins, dtype)
    return apply(_histogram, *_given(x, edges, weights)), edges


def _limits(x: Any) -> tuple[float, float]:
    from ._reductions import max as largest
    from ._reductions import min as smallest

    return (float(smallest(x).item()), float(largest(x).item())) if x.size else (0.0, 1.0)


def _given(*arguments: Any) -> list[Any]:
    return [
        argument if hasattr(argument, "dtype") else np.asarray(argument)
        for argument in arguments
        if argument is not None
    ]

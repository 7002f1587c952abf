"""Sums, means and extrema over axes, under NumPy's names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ._core import apply, operation
from ._dtypes import bool_, int32, uint8
from ._explain import no_tensor

if TYPE_CHECKING:
    from ._tensor import Operand, Tensor

Axis = int | Sequence[int] | None
"""One axis, several, or all (None). Negative ones count from the last."""

_sum, _mean, _variance = (operation(name) for name in ("sum", "mean", "variance"))
_prod = operation("prod")
_max, _min, _any, _all = (operation(name) for name in ("max", "min", "any", "all"))
_argmax, _argmin, _logsumexp = (operation(name) for name in ("argmax", "argmin", "logsumexp"))
_cast, _sqrt, _not_equal = (operation(name) for name in ("cast", "sqrt", "not_equal"))
_NARROW = frozenset((bool_, uint8, int32))

# Below, `keepdims or None`: None is left out, and what is passed on takes a fifth of a small reduction's time.


def _axes(axis: Axis) -> Any:
    return axis if axis is None or isinstance(axis, (tuple, list)) else (axis,)


def _dtype(x: Any) -> Any:
    try:
        return x.dtype
    except AttributeError:
        raise no_tensor(x) from None


def sum(x: Operand, axis: Axis = None, keepdims: bool = False) -> Tensor:  # noqa: A001 - NumPy's name
    """Return the sum over axes. Integers and bools add up to int64."""
    if _dtype(x) in _NARROW:
        x = apply(_cast, x, dtype="int64")
    return apply(_sum, x, axes=_axes(axis), keep_dims=keepdims or None)


def prod(x: Operand, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Return the product over axes, of integers and bools as int64. Its gradient is exact also where elements are 0."""
    if _dtype(x) in _NARROW:
        x = apply(_cast, x, dtype="int64")
    return apply(_prod, x, axes=_axes(axis), keep_dims=keepdims or None)


def mean(x: Operand, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Return the mean over axes; that of integers is computed as float32, that of nothing is NaN."""
    return apply(_mean, x, axes=_axes(axis), keep_dims=keepdims or None)


def var(
    x: Operand, axis: Axis = None, keepdims: bool = False, correction: float = 0, *, ddof: float | None = None
) -> Tensor:
    """Return the mean squared distance from the mean; `correction` is subtracted from the count (1: unbiased).

    ``ddof`` is NumPy's older name of the correction.
    """
    less = float(correction if ddof is None else ddof)
    return apply(_variance, x, axes=_axes(axis), keep_dims=keepdims or None, correction=less)


def std(
    x: Operand, axis: Axis = None, keepdims: bool = False, correction: float = 0, *, ddof: float | None = None
) -> Tensor:
    """Return the standard deviation, the square root of `var`."""
    return apply(_sqrt, var(x, axis, keepdims, correction, ddof=ddof))


def max(x: Operand, axis: Axis = None, keepdims: bool = False) -> Tensor:  # noqa: A001 - NumPy's name
    """Return the largest element over axes; NaN wins."""
    return apply(_max, x, axes=_axes(axis), keep_dims=keepdims or None)


def min(x: Operand, axis: Axis = None, keepdims: bool = False) -> Tensor:  # noqa: A001 - NumPy's name
    """Return the smallest element over axes; NaN wins."""
    return apply(_min, x, axes=_axes(axis), keep_dims=keepdims or None)


def any(x: Operand, axis: Axis = None, keepdims: bool = False) -> Tensor:  # noqa: A001 - NumPy's name
    """Return whether any element over axes is true (not 0)."""
    return apply(_any, _truth(x), axes=_axes(axis), keep_dims=keepdims or None)


def all(x: Operand, axis: Axis = None, keepdims: bool = False) -> Tensor:  # noqa: A001 - NumPy's name
    """Return whether all elements over axes are true (not 0)."""
    return apply(_all, _truth(x), axes=_axes(axis), keep_dims=keepdims or None)


def _truth(x: Any) -> Any:
    return x if _dtype(x) == bool_ else apply(_not_equal, x, 0)


def argmax(x: Operand, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """Return the index (int64) of the first largest element along an axis, or (None) among all in row-major order."""
    return apply(_argmax, x, axis=axis, keep_dims=keepdims or None)


def argmin(x: Operand, axis: int | None = None, keepdims: bool = False) -> Tensor:
    """Return the index (int64) of the first smallest element along an axis, or (None) among all in row-major order."""
    return apply(_argmin, x, axis=axis, keep_dims=keepdims or None)


def logsumexp(x: Operand, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Return log(sum(exp(x))) over axes, without overflow."""
    return apply(_logsumexp, x, axes=_axes(axis), keep_dims=keepdims or None)

"""NumPy's functions that are a line or two of others: products, comparisons within tolerances, NaN left out."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from ._creation import asarray, eye, zeros
from ._elementwise import (
    abs,  # noqa: A004 - NumPy's names
    add,
    divide,
    equal,
    isfinite,
    isnan,
    less_equal,
    logical_and,
    logical_not,
    logical_or,
    multiply,
    subtract,
    where,
)
from ._explain import takes_tensors
from ._linear import diagonal, tensordot
from ._movement import expand_dims, flatten, pad
from ._reductions import Axis, all, max, min, sum  # noqa: A004

if TYPE_CHECKING:
    from ._tensor import Operand, Tensor


@takes_tensors
def dot(a: Operand, b: Operand) -> Tensor:
    """Return sums of products over the last axis of a and the last but one of b, or the only one of a vector.

    Of two vectors it is their inner product, of matrices the matrix product; a number multiplies. Integers are computed
    as float32, but by a number.
    """
    if not a.ndim or not np.ndim(b):
        return multiply(a, b)
    return tensordot(a, b, ([a.ndim - 1], [b.ndim - 2 if b.ndim > 1 else 0]))


@takes_tensors
def inner(a: Operand, b: Operand) -> Tensor:
    """Return sums of products over the last axes of both; a number multiplies. Integers are computed as float32."""
    if not a.ndim or not np.ndim(b):
        return multiply(a, b)
    return tensordot(a, b, ([a.ndim - 1], [b.ndim - 1]))


def ravel(x: Operand) -> Tensor:
    """Return all elements along one axis, in row-major order."""
    return flatten(x)


@takes_tensors
def diag(v: Operand, k: int = 0) -> Tensor:
    """Return the matrix with a vector on its k-th diagonal and zeros elsewhere, or the k-th diagonal of a matrix.

    Raises
    ------
    ValueError
        For a tensor that is neither a vector nor a matrix.
    """
    if v.ndim == 2:
        return diagonal(v, k)
    if v.ndim != 1:
        raise ValueError(f"diag: takes a vector or a matrix, not a tensor of shape {tuple(v.shape)}")
    size = v.shape[0] + (k if k > 0 else -k)
    # Above the main diagonal element i stands in row i, below it in column i.
    spread = expand_dims(pad(v, (0, size - v.shape[0])), 1 if k >= 0 else 0)
    return where(eye(size, k=k, dtype="bool"), spread, zeros((), v.dtype))


# ------------------------------------------------------------------------------------------------- comparisons


def isclose(a: Operand, b: Operand, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> Tensor:
    """Return where ``|a - b| <= atol + rtol * |b|``; infinities are close to themselves, NaN only with `equal_nan`."""
    a, b = _comparable(a, b)
    near = less_equal(abs(subtract(a, b)), add(multiply(abs(b), rtol), atol))
    close = logical_or(logical_and(near, isfinite(b)), equal(a, b))
    return logical_or(close, logical_and(isnan(a), isnan(b))) if equal_nan else close


def allclose(a: Operand, b: Operand, rtol: float = 1e-5, atol: float = 1e-8, equal_nan: bool = False) -> bool:
    """Return whether `isclose` holds everywhere."""
    return bool(all(isclose(a, b, rtol, atol, equal_nan)).item())


def array_equal(a1: Operand, a2: Operand, equal_nan: bool = False) -> bool:
    """Return whether shapes and all elements are equal; shapes do not broadcast."""
    a1, a2 = asarray(a1), asarray(a2)
    if a1.shape != a2.shape:
        return False
    same = equal(a1, a2)
    if equal_nan:
        same = logical_or(same, logical_and(isnan(a1), isnan(a2)))
    return bool(all(same).item())


def _comparable(a: Any, b: Any) -> tuple[Tensor, Tensor]:
    """Both as floats: differences of bytes would wrap around. What is no array is as exact as a float can be."""
    both = [asarray(x if hasattr(x, "dtype") else np.asarray(x, np.float64)) for x in (a, b)]
    if not hasattr(a, "dtype") and both[1].dtype.kind == "f":
        both[0] = both[0].astype(both[1].dtype)
    if not hasattr(b, "dtype") and both[0].dtype.kind == "f":
        both[1] = both[1].astype(both[0].dtype)
    first, second = (x if x.dtype.kind == "f" else x.astype("float64") for x in both)
    return first, second


# ------------------------------------------------------------------------------------------------- without NaN


@takes_tensors
def nansum(x: Operand, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Return the sum over axes of what is not NaN. Integers and bools add up to int64."""
    return sum(x if x.dtype.kind != "f" else where(isnan(x), 0, x), axis, keepdims)


@takes_tensors
def nanmean(x: Operand, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Return the mean over axes of what is not NaN; where there is nothing it is NaN."""
    return divide(nansum(x, axis, keepdims), sum(logical_not(isnan(x)), axis, keepdims))


@takes_tensors
def nanmax(x: Operand, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Return the largest element over axes that is not NaN; where all are it is NaN."""
    return _extreme(max, -math.inf, x, axis, keepdims)


@takes_tensors
def nanmin(x: Operand, axis: Axis = None, keepdims: bool = False) -> Tensor:
    """Return the smallest element over axes that is not NaN; where all are it is NaN."""
    return _extreme(min, math.inf, x, axis, keepdims)


def _extreme(function: Callable[..., Tensor], neutral: float, x: Any, axis: Axis, keepdims: bool) -> Tensor:
    if x.dtype.kind != "f":
        return function(x, axis, keepdims)
    missing = isnan(x)
    found = function(where(missing, neutral, x), axis, keepdims)
    return where(all(missing, axis, keepdims), math.nan, found)

"""Elements and slices by integer indices, and their replacement. Negative indices count from the end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ._core import apply, operation
from ._dtypes import DTypeLike, as_dtype, float32
from ._explain import takes_tensors

if TYPE_CHECKING:
    from ._tensor import Operand, Tensor

_gather, _scatter, _scatter_add = (operation(name) for name in ("gather", "scatter", "scatter_add"))
_take_along, _put_along = operation("take_along_axis"), operation("put_along_axis")
_add_along, _one_hot = operation("scatter_add_along_axis"), operation("one_hot")
_flatten = operation("flatten")


def take(x: Operand, indices: Operand, axis: int | None = None) -> Tensor:
    """Return the slices of x at the indices along an axis, or elements of all of x.

    Parameters
    ----------
    x : tensor
    indices : tensor, array or sequence of integers, or an integer
        Their axes take the place of the axis in the result; an integer drops it.
    axis : int, optional
        By default, as in NumPy, indices count all elements in row-major order.

    Raises
    ------
    TypeError
        For indices that are no integers; a mask of bools goes between brackets: ``x[mask]``.
    IndexError
        For an index out of range, naming it.
    """
    if axis is None:
        x, axis = apply(_flatten, x), 0
    return apply(_gather, x, integers(indices), axis=axis)


@takes_tensors
def scatter(x: Operand, indices: Operand, updates: Operand, axis: int = 0) -> Tensor:
    """Return x with the slices at the indices along an axis replaced; the last of repeated indices stays.

    `updates` has the shape that ``take(x, indices, axis)`` has.
    """
    return apply(_scatter, x, like(updates, x), integers(indices), axis=axis)


@takes_tensors
def scatter_add(x: Operand, indices: Operand, updates: Operand, axis: int = 0) -> Tensor:
    """Return x with updates added to the slices at the indices along an axis; repeated indices add up.

    `updates` has the shape that ``take(x, indices, axis)`` has.
    """
    return apply(_scatter_add, x, like(updates, x), integers(indices), axis=axis)


def take_along_axis(x: Operand, indices: Operand, axis: int = -1) -> Tensor:
    """Return elements along an axis, each by its own index: ``out[i, j] = x[i, indices[i, j]]`` for axis 1 of a matrix.

    `indices` have as many axes as x; outside the axis the shapes broadcast.
    """
    return apply(_take_along, x, integers(indices), axis=axis)


@takes_tensors
def put_along_axis(x: Operand, indices: Operand, values: Operand, axis: int) -> Tensor:
    """Return x with the elements that `take_along_axis` takes replaced; the last of repeated indices stays.

    Unlike NumPy's function this makes a new tensor. Values broadcast to the indices' shape.
    """
    return apply(_put_along, x, like(values, x), integers(indices), axis=axis)


@takes_tensors
def scatter_add_along_axis(x: Operand, indices: Operand, updates: Operand, axis: int) -> Tensor:
    """Return x with updates added to the elements that `take_along_axis` takes; repeated indices add up.

    Updates broadcast to the indices' shape.
    """
    return apply(_add_along, x, like(updates, x), integers(indices), axis=axis)


def one_hot(labels: Operand, num_classes: int, dtype: DTypeLike = float32) -> Tensor:
    """Return rows that are 1 at the label and 0 elsewhere, along a new last axis; labels outside give rows of zeros."""
    labels = labels if hasattr(labels, "dtype") else np.asarray(labels)
    return apply(_one_hot, labels, classes=num_classes, dtype=as_dtype(dtype).name)


def integers(indices: Any) -> Any:
    """Return indices as something with the dtype int32 or int64.

    Raises
    ------
    TypeError
        When they are no integers.
    """
    picked = indices if hasattr(indices, "dtype") else np.asarray(indices)
    if not picked.size and not hasattr(indices, "dtype"):
        picked = picked.astype(np.int64)
    if picked.dtype.kind not in "iu":
        raise TypeError(f"indices are integers, not {picked.dtype}; a mask goes between brackets: x[mask]")
    return picked if picked.dtype in (np.int32, np.int64) else picked.astype(np.int64)


def like(updates: Any, x: Any) -> Any:
    """Return updates in the dtype of x where that holds all of their values."""
    if not hasattr(updates, "dtype"):
        return np.asarray(updates, x.dtype)
    if updates.dtype == x.dtype or (x.dtype.kind != "f" and updates.dtype.kind == "f"):
        return updates  # of floats for integers the operation speaks
    return updates.astype(x.dtype)

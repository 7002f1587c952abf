"""NumPy's indexing, in terms of the operations slice, reshape and gather."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ._core import apply, operation

if TYPE_CHECKING:
    from ._tensor import Tensor

_slice = operation("slice")
_reshape = operation("reshape")
_gather = operation("gather")


def get_item(x: Tensor, key: Any) -> Tensor:
    """Return ``x[key]``: integers, slices with any step, Ellipsis, None, and one integer or boolean array."""
    keys = list(key) if isinstance(key, tuple) else [key]
    shape = x.shape
    arrays = [position for position, part in enumerate(keys) if _is_array(part)]
    if len(arrays) > 1:
        raise TypeError("only one index array at a time is supported; index step by step, or in NumPy")
    keys = _without_ellipsis(keys, shape)
    start, size, step, result = [], [], [], []
    picked = None
    axis = 0
    for part in keys:
        if part is None:
            result.append(1)
            continue
        if _is_array(part):
            indices, used = _positions(part, shape, axis)
            if used > 1:  # a mask over several axes: they become one
                return get_item(_merged(x, axis, used), tuple(_expanded(keys, part, indices)))
            picked = (len(result), indices)
            part = slice(None)
        extent = shape[axis]
        if isinstance(part, slice):
            first, count, stride = _range(part, extent)
            result.append(count)
        else:
            first, count, stride = _position(part, extent, axis, shape), 1, 1
        start.append(first)
        size.append(count)
        step.append(stride)
        axis += 1
    if tuple(size) != shape or any(stride != 1 for stride in step):
        x = apply(_slice, x, start=start, size=size, step=step)
    if tuple(result) != x.shape:
        x = apply(_reshape, x, shape=result)
    return x if picked is None else _take(x, *picked)


def _is_array(part: Any) -> bool:
    return isinstance(part, (list, np.ndarray)) or (hasattr(part, "__dlpack__") and getattr(part, "ndim", 0) > 0)


def _without_ellipsis(keys: list[Any], shape: tuple[int, ...]) -> list[Any]:
    if sum(part is Ellipsis for part in keys) > 1:
        raise IndexError("an index can have only one ellipsis (...)")
    used = sum(_axes(part) for part in keys if part is not None and part is not Ellipsis)
    if used > len(shape):
        raise IndexError(f"too many indices: the tensor has {len(shape)} axes (shape {shape}), but {used} are indexed")
    rest = [slice(None)] * (len(shape) - used)
    for position, part in enumerate(keys):
        if part is Ellipsis:
            return keys[:position] + rest + keys[position + 1 :]
    return keys + rest


def _axes(part: Any) -> int:
    """How many axes an index uses up: a boolean array as many as it has."""
    if not _is_array(part):
        return 1
    array = np.asarray(part)
    return array.ndim if array.dtype == bool else 1


def _position(part: Any, extent: int, axis: int, shape: tuple[int, ...]) -> int:
    if isinstance(part, (bool, np.bool_)) or not hasattr(part, "__index__"):
        raise TypeError(f"an index is an integer, slice, ellipsis, None or array of integers or booleans, not {part!r}")
    index: int = part.__index__()
    if not -extent <= index < extent:
        raise IndexError(f"index {index} is out of range for axis {axis} of shape {shape}")
    return index + extent if index < 0 else index


def _range(part: slice, extent: int) -> tuple[int, int, int]:
    first, stop, stride = part.indices(extent)
    count = len(range(first, stop, stride))
    return (first, count, stride) if count else (0, 0, 1)


def _positions(part: Any, shape: tuple[int, ...], axis: int) -> tuple[np.ndarray[Any, Any], int]:
    array = np.asarray(part)
    if array.dtype == bool:
        covered = shape[axis : axis + array.ndim]
        if array.shape != covered:
            raise IndexError(f"a boolean index of shape {array.shape} does not fit axes of shape {covered}")
        return np.flatnonzero(array), array.ndim
    if array.size == 0:
        array = array.astype(np.int64)
    if array.dtype.kind not in "iu":
        raise TypeError(f"index arrays hold integers or booleans, not {array.dtype}")
    return array.astype(np.int64, copy=False), 1


def _merged(x: Any, axis: int, count: int) -> Any:
    shape = x.shape
    return apply(_reshape, x, shape=[*shape[:axis], int(np.prod(shape[axis : axis + count])), *shape[axis + count :]])


def _expanded(keys: list[Any], mask: Any, indices: np.ndarray[Any, Any]) -> list[Any]:
    return [indices if part is mask else part for part in keys]


def _take(x: Any, axis: int, indices: np.ndarray[Any, Any]) -> Any:
    taken = apply(_gather, x, np.ascontiguousarray(indices).reshape(-1), axis=axis)
    if indices.ndim == 1:
        return taken
    return apply(_reshape, taken, shape=[*x.shape[:axis], *indices.shape, *x.shape[axis + 1 :]])

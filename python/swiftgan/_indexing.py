"""NumPy's indexing: slices, reshapes and, for arrays of indices, one gather."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from ._core import apply, operation

if TYPE_CHECKING:
    from ._tensor import Tensor

Result = TypeVar("Result")

_MASK = (
    "x[mask]: which elements the mask picks, and so the result's shape, are not known while a function is traced; keep "
    "the shape with sg.where(mask, x, 0), write x.at[mask].set(number) to replace them, or pick them outside of it"
)
_BOUNDS = (
    "x[start:stop]: the bounds are tensors whose values, and so the result's shape, are not known while a function is "
    "traced; write x[start + sg.arange(length)] for a window of known length, mask with sg.where, or pass the bounds "
    "as static Python integers"
)

_slice = operation("slice")
_reshape = operation("reshape")
_index = operation("index")


def get_item(x: Tensor, key: Any) -> Tensor:
    """Return ``x[key]``: any mix of integers, slices, Ellipsis, None, and arrays of integers or booleans."""
    shape = x.shape
    plan = Plan(key, shape)
    if tuple(plan.size) != shape or any(stride != 1 for stride in plan.step):
        x = apply(_slice, x, start=plan.start, size=plan.size, step=plan.step)
    if tuple(plan.result) != x.shape:
        x = apply(_reshape, x, shape=plan.result)
    if not plan.arrays:
        return x
    return apply(_index, x, *plan.arrays, axes=plan.axes, place=plan.place, names=plan.names)


@dataclass(slots=True)
class Plan:
    """A key taken apart: a window on the axes, the shape without dropped and with new axes, and arrays on its axes."""

    start: list[int] = field(default_factory=list)
    size: list[int] = field(default_factory=list)
    step: list[int] = field(default_factory=list)
    result: list[int] = field(default_factory=list)
    arrays: list[Any] = field(default_factory=list)
    axes: list[int] = field(default_factory=list)  # of `result`
    names: list[int] = field(default_factory=list)  # the same axes of the tensor, for errors
    place: int = 0  # where the arrays' own axes go

    def __init__(self, key: Any, shape: tuple[int, ...]) -> None:
        self.start, self.size, self.step, self.result = [], [], [], []
        self.arrays, self.axes, self.names, self.place = [], [], [], 0
        keys = _without_ellipsis(list(key) if isinstance(key, tuple) else [key], shape)
        # Integers are arrays of rank 0 where there are arrays: they belong to the group that must stand together.
        has_arrays = any(is_array(part) for part in keys)
        group: list[int] = []
        axis = 0
        for position, part in enumerate(keys):
            if part is None:
                self.result.append(1)
                continue
            if isinstance(part, slice):
                first, count, stride = _range(part, shape[axis])
                self._window(first, count, stride)
                self.result.append(count)
                axis += 1
                continue
            if has_arrays:
                if not group:
                    self.place = len(self.result)
                group.append(position)
            if is_array(part):
                axis = self._array(part, shape, axis)
            else:
                self._window(_position(part, axis, shape), 1, 1)
                axis += 1
        if group and group[-1] - group[0] != len(group) - 1:
            self.place = 0

    def _window(self, start: int, size: int, step: int) -> None:
        self.start.append(start)
        self.size.append(size)
        self.step.append(step)

    def _array(self, part: Any, shape: tuple[int, ...], axis: int) -> int:
        array = part if hasattr(part, "dtype") else np.asarray(part)
        if array.dtype != bool:
            self.arrays.append(_indices(array))
            covered: tuple[int, ...] = (shape[axis],)
        else:
            covered = shape[axis : axis + array.ndim]
            if array.shape != covered:
                raise IndexError(f"a boolean index of shape {array.shape} does not fit axes of shape {covered}")
            if not array.ndim:  # a new axis, of which the mask leaves all or nothing
                self.names.append(axis)
                self.axes.append(len(self.result))
                self.result.append(1)
            self.arrays.extend(read_known(lambda: np.nonzero(np.atleast_1d(np.asarray(array))), _MASK))
        for extent in covered:
            self._window(0, extent, 1)
            self.names.append(axis)
            self.axes.append(len(self.result))
            self.result.append(extent)
            axis += 1
        return axis


def is_array(part: Any) -> bool:
    """Whether a part of a key is an array of integers or booleans, or a list of them."""
    if isinstance(part, (list, np.ndarray, bool, np.bool_)):
        return True
    # An integer that is not known while a function is traced is one, too: it can be gathered with, and nothing else.
    return hasattr(part, "__dlpack__") and (getattr(part, "ndim", 0) > 0 or part.dtype == bool or is_traced(part))


def is_traced(part: Any) -> bool:
    """Whether a part of a key is a tensor whose elements are not known while a function is traced."""
    return bool(getattr(part, "_traced", False))


def read_known(read: Callable[[], Result], advice: str) -> Result:
    """Return what reads elements; for those of a traced tensor raise an error that says what to write in its place."""
    try:
        return read()
    except (RuntimeError, BufferError) as error:
        if "while a function is traced" not in str(error):
            raise
        raise RuntimeError(advice) from None


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
    if not is_array(part):
        return 1
    array = part if hasattr(part, "dtype") else np.asarray(part)
    return int(array.ndim) if array.dtype == bool else 1


def _position(part: Any, axis: int, shape: tuple[int, ...]) -> int:
    if not hasattr(part, "__index__"):
        raise TypeError(f"an index is an integer, slice, ellipsis, None or array of integers or booleans, not {part!r}")
    index: int = part.__index__()
    extent = shape[axis]
    if not -extent <= index < extent:
        raise IndexError(f"index {index} is out of range for axis {axis} of size {extent} (shape {shape})")
    return index + extent if index < 0 else index


def _range(part: slice, extent: int) -> tuple[int, int, int]:
    first, stop, stride = read_known(lambda: part.indices(extent), _BOUNDS)
    count = len(range(first, stop, stride))
    return (first, count, stride if count > 1 else 1) if count else (0, 0, 1)


def _indices(array: Any) -> Any:
    if array.size == 0 and array.dtype.kind == "f" and isinstance(array, np.ndarray):
        array = array.astype(np.int64)  # of an empty list
    if array.dtype.kind not in "iu":
        raise TypeError(f"index arrays hold integers or booleans, not {array.dtype}")
    return array if array.dtype in (np.int32, np.int64) else array.astype(np.int64)

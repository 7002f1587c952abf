"""Updates of tensors, which never change: ``x.at[key].set(y)`` makes a new one, in JAX's manner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ._core import apply, operation
from ._indexing import Plan, get_item, is_array, is_traced
from ._picking import integers, like

if TYPE_CHECKING:
    from ._tensor import Operand, Tensor

_arange, _reshape, _flatten = operation("arange"), operation("reshape"), operation("flatten")
_broadcast, _negative = operation("broadcast_to"), operation("negative")
_scatter, _scatter_add = operation("scatter"), operation("scatter_add")
_add, _gather, _select = operation("add"), operation("gather"), operation("select")


class At:
    """What ``x.at`` is: between brackets it takes whatever indexing takes.

    >>> import swiftgan as sg
    >>> sg.zeros(4).at[[0, 0, 2]].add(1)
    Tensor([2., 0., 1., 0.], dtype=float32)
    """

    __slots__ = ("_x",)

    def __init__(self, x: Tensor) -> None:
        self._x = x

    def __getitem__(self, key: Any) -> Updater:
        return Updater(self._x, key)


class Updater:
    """The elements of a tensor at an index, about to be replaced or added to in a new tensor."""

    __slots__ = ("_key", "_x")

    def __init__(self, x: Tensor, key: Any) -> None:
        self._x, self._key = x, key

    def get(self) -> Tensor:
        """Return the elements: ``x[key]``."""
        return get_item(self._x, self._key)

    def set(self, values: Operand) -> Tensor:
        """Return the tensor with the elements replaced. Values broadcast; the last of repeated positions stays."""
        return self._updated(_scatter, values)

    def add(self, values: Operand) -> Tensor:
        """Return the tensor with values added to the elements. They broadcast; repeated positions add up."""
        return self._updated(_scatter_add, values)

    def subtract(self, values: Operand) -> Tensor:
        """Return the tensor with values taken from the elements. They broadcast; repeated positions add up."""
        return self._updated(_scatter_add, apply(_negative, like(values, self._x)))

    def _updated(self, scatter: Any, values: Any) -> Tensor:
        x, key = self._x, self._key
        if is_array(key) and x.ndim:
            picked = key if hasattr(key, "dtype") else np.asarray(key)
            if picked.dtype.kind in "iu":
                updates = apply(_broadcast, like(values, x), shape=picked.shape + x.shape[1:])
                return apply(scatter, x, updates, integers(picked), axis=0)
            if is_traced(picked) and picked.dtype == bool:
                return self._masked(key, scatter, values)
        plan = Plan(key, x.shape)
        given = like(values, x)
        if not plan.arrays and getattr(given, "dtype", None) == x.dtype:
            updates = apply(_broadcast, given, shape=plan.result)
            return _in_window(x, plan, 0, apply(_reshape, updates, shape=plan.size), scatter is _scatter_add)
        shape = x.shape
        order = apply(_reshape, apply(_arange, end=float(x.size), dtype="int64"), shape=shape)
        positions = get_item(order, self._key)
        updates = apply(_broadcast, like(values, x), shape=positions.shape)
        return apply(_reshape, apply(scatter, apply(_flatten, x), updates, positions), shape=shape)

    def _masked(self, mask: Tensor, scatter: Any, values: Any) -> Tensor:
        """Return x with one number set or added where a mask holds that is not known while a function is traced."""
        x = self._x
        if mask.shape != x.shape[: mask.ndim]:
            raise IndexError(f"a boolean index of shape {mask.shape} does not fit axes of shape {x.shape[: mask.ndim]}")
        value = like(values, x)
        if value.shape:
            raise RuntimeError(
                f"x.at[mask]: which of the values of shape {value.shape} go where is not known while a function is "
                "traced; give one number, or write sg.where(mask, values, x) with values of x's shape"
            )
        mask = apply(_reshape, mask, shape=mask.shape + (1,) * (x.ndim - mask.ndim))
        return apply(_select, mask, apply(_add, x, value) if scatter is _scatter_add else value, x)


def _in_window(x: Any, plan: Plan, axis: int, updates: Any, adds: bool) -> Tensor:
    """Return x with its window from `axis` on replaced or added to: the slices of one axis, made of those of the next.

    Only the positions along single axes are written down, not those of all elements.
    """
    while axis < x.ndim and plan.size[axis] == x.shape[axis] and plan.step[axis] == 1:
        axis += 1
    if axis == x.ndim:
        return apply(_add, x, updates) if adds else updates
    first, count, step = plan.start[axis], plan.size[axis], plan.step[axis]
    positions = first + step * np.arange(count)
    inside = apply(_gather, x, positions, axis=axis)
    return apply(_scatter, x, _in_window(inside, plan, axis + 1, updates, adds), positions, axis=axis)

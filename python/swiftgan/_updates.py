"""Updates of tensors, which never change: ``x.at[key].set(y)`` makes a new one, in JAX's manner."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._core import apply, operation
from ._indexing import get_item
from ._picking import like

if TYPE_CHECKING:
    from ._tensor import Operand, Tensor

_arange, _reshape, _flatten = operation("arange"), operation("reshape"), operation("flatten")
_broadcast, _negative = operation("broadcast_to"), operation("negative")
_scatter, _scatter_add = operation("scatter"), operation("scatter_add")


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
        x = self._x
        shape = x.shape
        order = apply(_reshape, apply(_arange, end=float(x.size), dtype="int64"), shape=shape)
        positions = get_item(order, self._key)
        updates = apply(_broadcast, like(values, x), shape=positions.shape)
        return apply(_reshape, apply(scatter, apply(_flatten, x), updates, positions), shape=shape)

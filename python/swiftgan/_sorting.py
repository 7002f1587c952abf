"""Order: sorting, searching, different values. Equal elements keep their order; NaN comes last, in both directions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from ._core import apply, operation
from ._explain import takes_tensors

if TYPE_CHECKING:
    from ._tensor import Operand, Tensor

_sort, _argsort, _top, _take_along = (operation(n) for n in ("sort", "argsort", "top_k_indices", "take_along_axis"))
_search, _unique, _first = (operation(n) for n in ("searchsorted", "unique", "unique_first_indices"))
_inverse, _counts, _nonzero = (operation(n) for n in ("unique_inverse", "unique_counts", "flat_nonzero"))
_floor_divide, _remainder, _stack = (operation(n) for n in ("floor_divide", "remainder", "stack"))
_flatten = operation("flatten")


def sort(x: Operand, axis: int | None = -1, *, descending: bool = False, stable: bool = True) -> Tensor:
    """Return the elements in order along an axis, or (None) all of them as one vector.

    Always stable; gradients flow back to where elements came from.
    """
    if axis is None:
        x, axis = apply(_flatten, x), 0
    return apply(_sort, x, axis=axis, descending=descending)


def argsort(x: Operand, axis: int | None = -1, *, descending: bool = False, stable: bool = True) -> Tensor:
    """Return the positions (int64) that put the elements along an axis in order, or (None) those of all as one vector.

    Always stable.
    """
    if axis is None:
        x, axis = apply(_flatten, x), 0
    return apply(_argsort, x, axis=axis, descending=descending)


class TopK(NamedTuple):
    """What `topk` returns."""

    values: Tensor
    indices: Tensor


def topk(x: Operand, k: int, axis: int = -1, *, largest: bool = True) -> TopK:
    """Return the k largest (or smallest) elements along an axis in order, and their positions (int64)."""
    indices = apply(_top, x, k=k, axis=axis, largest=largest)
    return TopK(apply(_take_along, x, indices, axis=axis), indices)


def searchsorted(sorted: Operand, values: Operand, side: str = "left") -> Tensor:  # noqa: A002
    """Return how many elements of a tensor sorted ascending come before each value (int64).

    With ``side="right"`` a value belongs behind elements that equal it, else before them.
    """
    return apply(_search, sorted, values, side=side)


# ------------------------------------------------------------------------------------------------- different values


class UniqueCounts(NamedTuple):
    """What `unique_counts` returns."""

    values: Tensor
    counts: Tensor


class UniqueInverse(NamedTuple):
    """What `unique_inverse` returns."""

    values: Tensor
    inverse_indices: Tensor


class UniqueAll(NamedTuple):
    """What `unique_all` returns."""

    values: Tensor
    indices: Tensor
    inverse_indices: Tensor
    counts: Tensor


def unique_values(x: Operand) -> Tensor:
    """Return the different elements in ascending order; every NaN is different from the others."""
    return apply(_unique, x)


def unique_counts(x: Operand) -> UniqueCounts:
    """Return the different elements and how often each occurs."""
    return UniqueCounts(apply(_unique, x), apply(_counts, x))


def unique_inverse(x: Operand) -> UniqueInverse:
    """Return the different elements, and for every element of x its number among them."""
    return UniqueInverse(apply(_unique, x), apply(_inverse, x))


def unique_all(x: Operand) -> UniqueAll:
    """Return the different elements, where each occurs first, the numbers of the elements of x, and the counts."""
    return UniqueAll(apply(_unique, x), apply(_first, x), apply(_inverse, x), apply(_counts, x))


# ------------------------------------------------------------------------------------------------------- true elements


@takes_tensors
def nonzero(x: Operand) -> tuple[Tensor, ...]:
    """Return the indices of the elements that are true or not 0, one tensor (int64) for each axis."""
    if not x.ndim:
        raise ValueError("a tensor of rank 0 has no axes to give indices of; reshape it to (1,)")
    rest = apply(_nonzero, x)
    found: list[Any] = []
    for extent in reversed(x.shape):
        found.insert(0, apply(_remainder, rest, extent))
        rest = apply(_floor_divide, rest, extent)
    return tuple(found)


def flatnonzero(x: Operand) -> Tensor:
    """Return the positions in row-major order of the elements that are true or not 0 (int64)."""
    return apply(_nonzero, x)


@takes_tensors
def argwhere(x: Operand) -> Tensor:
    """Return the indices of the elements that are true or not 0, one row (int64) for each of them."""
    if not x.ndim:
        from ._creation import zeros

        return zeros((int(bool(np.asarray(x))), 0), "int64")
    return apply(_stack, *nonzero(x), axis=1)

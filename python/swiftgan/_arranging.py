"""Elements in another order, or more than once, under NumPy's and the array API's names."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ._core import apply, operation
from ._explain import takes_tensors
from ._reductions import Axis, _axes

if TYPE_CHECKING:
    from ._tensor import Operand, Tensor

_roll, _tile, _repeat, _rot90 = (operation(name) for name in ("roll", "tile", "repeat", "rot90"))
_slice, _select, _concatenate = (operation(name) for name in ("slice_axis", "select_axis", "concatenate"))
_flatten, _reshape, _broadcast = (operation(name) for name in ("flatten", "reshape", "broadcast_to"))
_tril, _triu = operation("tril"), operation("triu")


def roll(x: Operand, shift: int | Sequence[int], axis: Axis = None) -> Tensor:
    """Return the elements moved along axes (None: along all as one), those pushed out coming in at the other end."""
    return apply(_roll, x, shifts=_axes(shift), axes=_axes(axis))


def tile(x: Operand, repetitions: int | Sequence[int]) -> Tensor:
    """Return the whole repeated along each axis; with more numbers than axes, new axes come first."""
    return apply(_tile, x, counts=_axes(repetitions))


def repeat(x: Operand, repeats: int | Sequence[int] | Operand, axis: int | None = None) -> Tensor:
    """Return every slice along an axis (None: every element) repeated so many times, or each by a number of its own."""
    if axis is None:
        x, axis = apply(_flatten, x), 0
    if isinstance(repeats, (int, np.integer)):
        return apply(_repeat, x, count=int(repeats), axis=axis)
    counts: Any = repeats if hasattr(repeats, "dtype") else np.asarray(repeats, np.int64)
    if counts.ndim == 0 or counts.shape == (1,):
        return apply(_repeat, x, count=int(counts.item()), axis=axis)
    return apply(_repeat, x, counts, axis=axis)


def rot90(x: Operand, k: int = 1, axes: tuple[int, int] = (0, 1)) -> Tensor:
    """Return the tensor turned by k quarter turns in the plane of two axes, from the first towards the second."""
    return apply(_rot90, x, turns=k, axes=axes)


def tril(x: Operand, k: int = 0) -> Tensor:
    """Return the elements on and below the k-th diagonal of matrices, zeros elsewhere."""
    return apply(_tril, x, diagonal=k)


def triu(x: Operand, k: int = 0) -> Tensor:
    """Return the elements on and above the k-th diagonal of matrices, zeros elsewhere."""
    return apply(_triu, x, diagonal=k)


# ------------------------------------------------------------------------------------------------------------ pieces


@takes_tensors
def split(x: Operand, sections: int | Sequence[int], axis: int = 0) -> list[Tensor]:
    """Return a tensor's pieces along an axis: so many of equal length, or cut before the given indices.

    Raises
    ------
    ValueError
        When the axis has no so many equal pieces; `array_split` makes them nearly equal.
    """
    extent = _extent(x, axis)
    if isinstance(sections, (int, np.integer)) and (sections < 1 or extent % sections):
        raise ValueError(
            f"split: {extent} elements along axis {axis} cannot be split into {sections} equal pieces; array_split "
            "makes pieces that are nearly equal"
        )
    return array_split(x, sections, axis)


@takes_tensors
def array_split(x: Operand, sections: int | Sequence[int], axis: int = 0) -> list[Tensor]:
    """Return a tensor's pieces along an axis, the first ones longer by one where they cannot be equal."""
    extent = _extent(x, axis)
    if isinstance(sections, (int, np.integer)):
        if sections < 1:
            raise ValueError(f"there must be at least one piece, not {sections}")
        size, longer = divmod(extent, int(sections))
        cuts = [index * size + builtins.min(index, longer) for index in range(1, int(sections))]
    else:
        cuts = [int(cut) for cut in sections]
    return [
        apply(_slice, x, axis=axis, start=start, stop=stop)
        for start, stop in zip([0, *cuts], [*cuts, extent], strict=True)
    ]


@takes_tensors
def unstack(x: Operand, axis: int = 0) -> tuple[Tensor, ...]:
    """Return the slices along an axis, without it."""
    return tuple(apply(_select, x, axis=axis, index=index) for index in range(_extent(x, axis)))


def _extent(x: Any, axis: int) -> int:
    if not -x.ndim <= axis < x.ndim:
        raise IndexError(f"there is no axis {axis} in a tensor with {x.ndim} axes")
    return int(x.shape[axis])


# ----------------------------------------------------------------------------------------------------------- together


@takes_tensors
def hstack(tensors: Sequence[Operand]) -> Tensor:
    """Return tensors joined along the second axis, those of one axis along that."""
    parts = [_with_axes(x, 1) for x in tensors]
    return _joined(parts, 0 if parts and parts[0].ndim == 1 else 1)


@takes_tensors
def vstack(tensors: Sequence[Operand]) -> Tensor:
    """Return tensors joined along the first axis; those of one axis are rows."""
    return _joined([_with_axes(x, 2) for x in tensors], 0)


@takes_tensors
def dstack(tensors: Sequence[Operand]) -> Tensor:
    """Return tensors joined along the third axis."""
    return _joined([_with_axes(x, 3) for x in tensors], 2)


@takes_tensors
def column_stack(tensors: Sequence[Operand]) -> Tensor:
    """Return tensors joined along the second axis; those of one axis are columns."""
    return _joined([apply(_reshape, x, shape=(-1 if x.size else 0, 1)) if x.ndim < 2 else x for x in tensors], 1)


def _with_axes(x: Any, rank: int) -> Any:
    """Return x with at least so many axes, as NumPy's atleast_1d to atleast_3d do."""
    if x.ndim >= rank:
        return x
    shape: tuple[int, ...] = tuple(x.shape)
    if rank == 3:
        return apply(_reshape, x, shape=[1] * (2 - len(shape)) + [*shape, 1])
    return apply(_reshape, x, shape=[1] * (rank - len(shape)) + [*shape])


def _joined(tensors: Sequence[Any], axis: int) -> Tensor:
    if not tensors:
        raise ValueError("at least one tensor is needed, but the list is empty")
    return apply(_concatenate, *tensors, axis=axis)


def broadcast_arrays(*tensors: Operand) -> list[Tensor]:
    """Return the tensors repeated to the shape that broadcasting gives them, read-only and on the same memory."""
    shape = np.broadcast_shapes(*(x.shape for x in tensors))
    return [apply(_broadcast, x, shape=shape) for x in tensors]


def meshgrid(*axes: Operand, indexing: str = "xy") -> list[Tensor]:
    """Return coordinates over a grid from those of its axes, each of one axis.

    With ``indexing="ij"`` the i-th tensor varies along axis i; with "xy", as in a plot, the first two are exchanged.
    """
    if indexing not in ("xy", "ij"):
        raise ValueError(f"indexing must be 'xy' or 'ij', not {indexing!r}")
    spread = []
    for place, axis in enumerate(axes):
        if axis.ndim > 1:
            raise ValueError(f"coordinates have one axis, but those of axis {place} have the shape {axis.shape}")
        shape = [1] * len(axes)
        shape[1 - place if indexing == "xy" and len(axes) > 1 and place < 2 else place] = axis.size
        spread.append(apply(_reshape, axis, shape=shape))
    return broadcast_arrays(*spread)

"""Shapes, order and pieces of tensors, under NumPy's and the array API's names. Most results share the memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ._core import apply, operation
from ._explain import takes_tensors
from ._reductions import Axis, _axes

if TYPE_CHECKING:
    from ._tensor import Operand, Tensor

_reshape, _transpose, _broadcast = (operation(name) for name in ("reshape", "transpose", "broadcast_to"))
_concatenate, _stack, _pad, _flip = (operation(name) for name in ("concatenate", "stack", "pad", "flip"))
_expand, _squeeze, _swap, _flatten = (operation(name) for name in ("expand_dims", "squeeze", "swap_axes", "flatten"))


def reshape(x: Operand, shape: int | Sequence[int]) -> Tensor:
    """Return the elements in another shape, one size of which may be -1: whatever is left.

    Raises
    ------
    ValueError
        When the number of elements differs, naming both shapes; when more than one size is -1.
    """
    sizes = _axes(shape)
    if list(sizes).count(-1) > 1:
        raise ValueError(f"reshape: only one size may be -1, but the shape is {tuple(sizes)}")
    return apply(_reshape, x, shape=sizes)


def permute_dims(x: Operand, axes: Sequence[int]) -> Tensor:
    """Return the tensor with its axes in another order."""
    return apply(_transpose, x, axes=_axes(axes))


def transpose(x: Operand, axes: Sequence[int] | None = None) -> Tensor:
    """Return the tensor with its axes in another order, by default the reverse."""
    return apply(_transpose, x, axes=_axes(axes))


def swapaxes(x: Operand, axis1: int, axis2: int) -> Tensor:
    """Return the tensor with two axes exchanged."""
    return apply(_swap, x, axis1=axis1, axis2=axis2)


@takes_tensors
def moveaxis(x: Operand, source: int | Sequence[int], destination: int | Sequence[int]) -> Tensor:
    """Return the tensor with axes at other places; the rest stay in order.

    Raises
    ------
    IndexError
        For an axis that the tensor does not have.
    ValueError
        When the numbers of axes differ, or one is named twice.
    """
    ndim = x.ndim
    start, end = (_known_axes(axes, ndim) for axes in (source, destination))
    if len(start) != len(end):
        raise ValueError(f"{len(start)} axes cannot move to {len(end)} places")
    order = [axis for axis in range(ndim) if axis not in start]
    for place, axis in sorted(zip(end, start, strict=True)):
        order.insert(place, axis)
    return apply(_transpose, x, axes=order)


def _known_axes(axes: int | Sequence[int], ndim: int) -> list[int]:
    """Return axes counted from the first."""
    given: list[Any] = list(axes) if isinstance(axes, (list, tuple)) else [axes]
    for axis in given:
        if not -ndim <= axis < ndim:
            raise IndexError(f"there is no axis {axis} in a tensor with {ndim} axes")
    found = [axis % ndim for axis in given]
    if len(set(found)) < len(found):
        raise ValueError(f"an axis is named twice in {axes!r}")
    return found


def broadcast_to(x: Operand, shape: Sequence[int]) -> Tensor:
    """Return the tensor repeated to a shape, read-only and on the same memory."""
    return apply(_broadcast, x, shape=_axes(shape))


def expand_dims(x: Operand, axis: int) -> Tensor:
    """Return the tensor with an axis of extent 1 inserted."""
    return apply(_expand, x, axis=axis)


def squeeze(x: Operand, axis: Axis = None) -> Tensor:
    """Return the tensor without the given axes (all when None) of extent 1."""
    return apply(_squeeze, x, axes=_axes(axis))


def flatten(x: Operand, axis: int = 0) -> Tensor:
    """Return the tensor with all axes from `axis` on made one."""
    return apply(_flatten, x, axis=axis)


def flip(x: Operand, axis: Axis = None) -> Tensor:
    """Return the tensor with the order along axes (all when None) reversed."""
    return apply(_flip, x, axes=_axes(axis))


@takes_tensors
def pad(x: Operand, pad_width: int | Sequence[Any], mode: str = "constant", constant_values: float = 0) -> Tensor:
    """Return the tensor with elements added around it, as `numpy.pad` does.

    Parameters
    ----------
    x : tensor
    pad_width : int, (before, after), or one such pair per axis
        How many to add.
    mode : {"constant", "edge", "reflect", "symmetric", "wrap"}
        What to add: one value, the nearest element, the tensor mirrored at its outermost elements ("reflect": they are
        not repeated, "symmetric": they are), or the tensor again.
    constant_values : float
        The value for "constant".

    Raises
    ------
    ValueError
        For an unknown mode, negative widths, and an axis without elements unless the mode is "constant".
    """
    try:
        widths = np.broadcast_to(np.asarray(pad_width, dtype=np.int64), (x.ndim, 2))
    except ValueError:
        raise ValueError(f"pad_width must be a number, a pair or {x.ndim} pairs, not {pad_width!r}") from None
    if not isinstance(mode, str):
        raise TypeError(f"mode must be a str such as 'reflect', not {mode!r}; the value to pad with is constant_values")
    return apply(_pad, x, widths=widths.reshape(-1).tolist(), mode=mode, value=float(constant_values))


def concatenate(tensors: Sequence[Operand], axis: int = 0) -> Tensor:
    """Return tensors joined along an axis that they have."""
    return apply(_concatenate, *_some("concatenate", tensors, axis), axis=axis)


def stack(tensors: Sequence[Operand], axis: int = 0) -> Tensor:
    """Return tensors of one shape joined along a new axis."""
    return apply(_stack, *_some("stack", tensors, axis), axis=axis)


def _some(function: str, tensors: Sequence[Any], axis: Any) -> Sequence[Any]:
    if hasattr(axis, "__dlpack__") and axis.ndim:
        raise TypeError(f"{function}: axis is a tensor; tensors that are joined stand in a list: {function}([a, b])")
    if not hasattr(tensors, "__len__") or isinstance(tensors, str):
        raise TypeError(f"{function}: 'tensors' must be a list or tuple of tensors, not {tensors!r}")
    if len(tensors) == 0:
        raise ValueError(f"{function}: at least one tensor is needed, but 'tensors' is empty")
    return tensors


concat = concatenate  # the array API's name

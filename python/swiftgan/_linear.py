"""Products of tensors, and parts of matrices."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ._core import apply, operation
from ._explain import takes_tensors

if TYPE_CHECKING:
    from ._tensor import Operand, Tensor

_matmul, _einsum, _tensordot = (operation(name) for name in ("matmul", "einsum", "tensordot"))
_vecdot, _outer, _kron = (operation(name) for name in ("vecdot", "outer", "kron"))
_diagonal, _trace = operation("diagonal"), operation("trace")


def matmul(x: Operand, y: Operand) -> Tensor:
    """Return the matrix product x @ y with NumPy's shapes: leading axes broadcast, vectors lose their axis.

    Integers are multiplied as float32, and so is the result: exact up to 2**24; convert to float64 for more.

    Raises
    ------
    ValueError
        When the inner extents differ; both shapes are named.
    """
    return apply(_matmul, x, y)


def einsum(subscripts: str, *operands: Operand) -> Tensor:
    """Return Einstein's summation in NumPy's notation, such as "bij,bjk->bik", "ii", "i,j" or "...i,i->...".

    Operands are contracted by matrix products, two at a time, always the two whose product takes the fewest
    multiplications. Integers are computed as float32.

    Raises
    ------
    ValueError
        For a text that does not fit the operands; the letter is named.
    """
    if not isinstance(subscripts, str):
        raise TypeError(f"the first argument is a str such as 'ij,jk->ik', not {subscripts!r}")
    return apply(_einsum, *operands, equation=subscripts)


@takes_tensors
def tensordot(x1: Operand, x2: Operand, axes: int | tuple[Sequence[int], Sequence[int]] = 2) -> Tensor:
    """Return sums of products over pairs of axes.

    Parameters
    ----------
    x1, x2 : tensor
    axes : int or (axes of x1, axes of x2)
        A number stands for so many last axes of x1 and first ones of x2.
    """
    if isinstance(axes, int):
        if not 0 <= axes <= min(x1.ndim, x2.ndim):
            raise ValueError(f"axes must be from 0 to {min(x1.ndim, x2.ndim)}, the number of axes, not {axes}")
        pairs: tuple[Sequence[int], Sequence[int]] = (range(x1.ndim - axes, x1.ndim), range(axes))
    else:
        pairs = axes
    first, second = (list(part) if isinstance(part, (Sequence, range)) else [part] for part in pairs)
    return apply(_tensordot, x1, x2, axes1=first, axes2=second)


def vecdot(x1: Operand, x2: Operand, axis: int = -1) -> Tensor:
    """Return products summed along one axis of each; the other axes broadcast."""
    return apply(_vecdot, x1, x2, axis=axis)


def outer(x1: Operand, x2: Operand) -> Tensor:
    """Return all products of an element of one vector and one of the other: (n,) and (m,) give (n, m)."""
    return apply(_outer, x1, x2)


def kron(a: Operand, b: Operand) -> Tensor:
    """Return the Kronecker product: blocks of b, each times an element of a."""
    return apply(_kron, a, b)


def diagonal(x: Operand, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Tensor:
    """Return a diagonal of two axes as a last axis: element i is at (i, i + offset)."""
    return apply(_diagonal, x, offset=offset, axis1=axis1, axis2=axis2)


def trace(x: Operand, offset: int = 0, axis1: int = 0, axis2: int = 1) -> Tensor:
    """Return the sum of a diagonal."""
    return apply(_trace, x, offset=offset, axis1=axis1, axis2=axis2)

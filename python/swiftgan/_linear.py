"""Products of matrices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._core import apply, operation

if TYPE_CHECKING:
    from ._tensor import Operand, Tensor

_matmul = operation("matmul")


def matmul(x: Operand, y: Operand) -> Tensor:
    """Return the matrix product x @ y with NumPy's shapes: leading axes broadcast, vectors lose their axis.

    Integers are multiplied as float32, and so is the result: exact up to 2**24; convert to float64 for more.

    Raises
    ------
    ValueError
        When the inner extents differ; both shapes are named.
    """
    return apply(_matmul, x, y)

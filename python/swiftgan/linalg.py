"""Linear algebra on matrices and batches of them (leading axes), under the array API's names.

Integers are computed as float32. Everything is differentiable, any number of times.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ._core import apply, operation
from ._creation import eye
from ._explain import takes_tensors
from ._linear import matmul, outer, tensordot, vecdot
from ._movement import broadcast_to, swapaxes
from ._norms import Order, matrix_norm, vector_norm
from ._norms import norm as _norm
from ._reductions import Axis

if TYPE_CHECKING:
    from ._tensor import Operand, Tensor

__all__ = [
    "SlogdetResult",
    "cholesky",
    "det",
    "diagonal",
    "inv",
    "matmul",
    "matrix_norm",
    "matrix_power",
    "matrix_transpose",
    "norm",
    "outer",
    "slogdet",
    "solve",
    "solve_triangular",
    "tensordot",
    "trace",
    "vecdot",
    "vector_norm",
]

_cholesky, _solve, _triangular = (operation(name) for name in ("cholesky", "solve", "solve_triangular"))
_inv, _det, _slogdet, _pick = (operation(name) for name in ("inv", "det", "slogdet", "select_axis"))
_diagonal, _trace = operation("diagonal"), operation("trace")


class SlogdetResult(NamedTuple):
    """What `slogdet` returns."""

    sign: Tensor
    logabsdet: Tensor


def cholesky(x: Operand, *, upper: bool = False) -> Tensor:
    """Return the lower triangular L with ``L @ L.T`` equal to a symmetric positive definite matrix.

    The matrix is made symmetric first, as in JAX, so that its gradient is.

    Parameters
    ----------
    x : tensor (..., n, n)
    upper : bool
        Return the transpose of L instead.

    Raises
    ------
    ValueError
        When a matrix is not positive definite, naming it and the pivot, or holds NaN or infinity.
    """
    return apply(_cholesky, x, upper=bool(upper))


def solve(x1: Operand, x2: Operand) -> Tensor:
    """Return the solution of ``x1 @ y = x2``, by LU with partial pivoting.

    Parameters
    ----------
    x1 : tensor (..., n, n)
    x2 : tensor (n,) or (..., n, k)

    Raises
    ------
    ValueError
        For a singular matrix: the message names it and the pivot that is 0.
    """
    return apply(_solve, x1, x2)


def solve_triangular(
    a: Operand, b: Operand, *, lower: bool = False, trans: bool = False, unit_diagonal: bool = False
) -> Tensor:
    """Return the solution of ``A @ y = b``, where A is a triangle of `a`; named as in SciPy.

    Parameters
    ----------
    a : tensor (..., n, n)
    b : tensor (n,) or (..., n, k)
    lower : bool
        Whether A is the lower triangle; the other one is not looked at.
    trans : bool
        Whether to take the transpose of A.
    unit_diagonal : bool
        Whether the diagonal counts as ones, whatever it holds.

    Raises
    ------
    ValueError
        For a zero on the diagonal.
    """
    return apply(_triangular, a, b, lower=bool(lower), transposed=bool(trans), unit_diagonal=bool(unit_diagonal))


def inv(x: Operand) -> Tensor:
    """Return the inverse of a matrix (..., n, n). To solve a system, `solve` is faster and more accurate.

    Raises
    ------
    ValueError
        For a singular matrix.
    """
    return apply(_inv, x)


def det(x: Operand) -> Tensor:
    """Return the determinant of a matrix (..., n, n).

    Its gradient asks for the inverse, and so is an error at a singular matrix.
    """
    return apply(_det, x)


def slogdet(x: Operand) -> SlogdetResult:
    """Return the sign of the determinant and the logarithm of its magnitude: 0 and -inf for a singular matrix."""
    both = apply(_slogdet, x)
    return SlogdetResult(apply(_pick, both, axis=-1, index=0), apply(_pick, both, axis=-1, index=1))


def diagonal(x: Operand, *, offset: int = 0) -> Tensor:
    """Return a diagonal of the last two axes: 0 is the main one, positive ones lie above it."""
    return apply(_diagonal, x, offset=offset, axis1=-2, axis2=-1)


def trace(x: Operand, *, offset: int = 0) -> Tensor:
    """Return the sum of a diagonal of the last two axes."""
    return apply(_trace, x, offset=offset, axis1=-2, axis2=-1)


def matrix_transpose(x: Operand) -> Tensor:
    """Return the tensor with its last two axes exchanged."""
    return swapaxes(x, -1, -2)


@takes_tensors
def norm(x: Operand, ord: Order = None, axis: Axis = None, keepdims: bool = False) -> Tensor:  # noqa: A002
    """Return a norm as `swiftgan.norm` does, with the arguments in the order of NumPy's function."""
    return _norm(x, axis, keepdims, ord=ord)


def matrix_power(x: Operand, n: int) -> Tensor:
    """Return the product of n copies of a matrix (..., m, m), by repeated squaring.

    The power 0 is the identity; negative powers are those of the inverse. Integers are computed as float32.

    Raises
    ------
    TypeError
        When n is no integer.
    ValueError
        When the matrices are not square, or singular where n is negative.
    """
    if not hasattr(n, "__index__"):
        raise TypeError(f"matrix_power: n is an integer, not {n!r}")
    exponent, shape = n.__index__(), tuple(x.shape)
    if len(shape) < 2 or shape[-1] != shape[-2]:
        raise ValueError(f"matrix_power: the matrix must be square, but its shape is {shape}")
    result = broadcast_to(eye(shape[-1], dtype=x.dtype if x.dtype.kind == "f" else "float32"), shape)
    square = inv(x) if exponent < 0 else x
    rest = -exponent if exponent < 0 else exponent
    while rest:
        if rest & 1:
            result = matmul(result, square)
        rest >>= 1
        if rest:
            square = matmul(square, square)
    return result

"""Norms of vectors and matrices, with NumPy's rules for which of them is meant."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

from ._core import apply, operation
from ._explain import takes_tensors
from ._reductions import Axis, _axes, max, min, sum  # noqa: A004 - NumPy's names

if TYPE_CHECKING:
    from ._tensor import Operand, Tensor

Order = float | Literal["fro", "nuc"] | None
"""Which norm: a number, "fro" for Frobenius', or None for the Euclidean length of all elements."""

_norm, _absolute, _squeeze = operation("norm"), operation("absolute"), operation("squeeze")


@takes_tensors
def norm(x: Operand, axis: Axis = None, keepdims: bool = False, *, ord: Order = None) -> Tensor:  # noqa: A002
    """Return a norm over axes, by NumPy's rules: the Euclidean length, a norm of vectors, or one of matrices.

    Parameters
    ----------
    x : tensor
    axis : int, tuple of int or None
        One axis holds vectors, two hold matrices (rows first). None stands for all axes.
    ord : number, "fro" or None
        None is the root of the sum of squares over any number of axes. Of vectors a number p gives
        (sum |x|**p)**(1/p), ``inf`` the largest magnitude, ``-inf`` the smallest, 0 the number of elements that are not
        0. Of matrices see `linalg.matrix_norm`.

    Raises
    ------
    ValueError
        For an order over more than two axes, or one that matrices do not have here.
    """
    axes = tuple(range(x.ndim)) if axis is None else tuple(_axes(axis))
    if ord is None:
        return apply(_norm, x, axes=_axes(axis), keep_dims=keepdims, order=2.0)
    if len(axes) == 2:
        return _of_matrices(x, (axes[0], axes[1]), keepdims, ord)
    if len(axes) > 2:
        raise ValueError(
            f"norm: ord={ord!r} is that of vectors (one axis) or matrices (two axes), not of {len(axes)} axes; "
            "linalg.vector_norm takes all elements as one vector"
        )
    if isinstance(ord, str):
        raise ValueError(f"norm: ord={ord!r} is a norm of matrices, but there is one axis; give two, or a number")
    return apply(_norm, x, axes=list(axes), keep_dims=keepdims, order=float(ord))


def vector_norm(x: Operand, *, axis: Axis = None, keepdims: bool = False, ord: float = 2) -> Tensor:  # noqa: A002
    """Return the norm of the elements over any axes as one vector, (sum |x|**ord)**(1/ord).

    ``ord=inf`` is the largest magnitude, ``-inf`` the smallest, 0 the number of elements that are not 0.
    """
    return apply(_norm, x, axes=_axes(axis), keep_dims=keepdims, order=float(ord))


@takes_tensors
def matrix_norm(x: Operand, *, keepdims: bool = False, ord: Order = "fro") -> Tensor:  # noqa: A002
    """Return a norm of the matrices in the last two axes.

    Parameters
    ----------
    x : tensor (..., n, m)
    ord : "fro", 1, -1, inf or -inf
        Frobenius' (the root of the sum of squares), the largest or smallest sum of magnitudes of a column (1, -1) or of
        a row (inf, -inf).

    Raises
    ------
    ValueError
        For the orders 2, -2 and "nuc", which need singular values, and for others that matrices do not have.
    """
    if x.ndim < 2:
        raise ValueError(f"matrix_norm: a matrix has two axes, but the shape is {tuple(x.shape)}")
    return _of_matrices(x, (-2, -1), keepdims, "fro" if ord is None else ord)


def _of_matrices(x: Operand, axes: tuple[int, int], keepdims: bool, order: float | str) -> Tensor:
    if order == "fro":
        return apply(_norm, x, axes=list(axes), keep_dims=keepdims, order=2.0)
    if order in (2, -2, "nuc"):
        raise ValueError(
            f"norm: ord={order!r} of a matrix needs singular values, which are not available; take 'fro', 1 or inf, "
            "or give one axis for norms of vectors"
        )
    if order not in (1, -1, math.inf, -math.inf):
        raise ValueError(f"norm: a matrix has the orders 'fro', 1, -1, inf and -inf, not {order!r}")
    added, compared = axes if order in (1, -1) else axes[::-1]
    sums = sum(apply(_absolute, x), added, keepdims=True)
    found = (max if order in (1, math.inf) else min)(sums, compared, keepdims=True)
    return found if keepdims else apply(_squeeze, found, axes=list(axes))

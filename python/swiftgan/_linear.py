"""Products of matrices, and convolution."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ._core import apply, operation

if TYPE_CHECKING:
    from ._tensor import Operand, Tensor

_matmul, _conv2d, _conv_transpose2d = (operation(name) for name in ("matmul", "conv2d", "conv_transpose2d"))

Pair = int | Sequence[int]


def matmul(x: Operand, y: Operand) -> Tensor:
    """Return the matrix product x @ y with NumPy's rules: leading axes broadcast, vectors lose their axis.

    Raises
    ------
    ValueError
        When the inner extents differ; both shapes are named.
    """
    return apply(_matmul, x, y)


def conv2d(x: Operand, filter: Operand, stride: Pair = 1, padding: Pair = 0, dilation: Pair = 1) -> Tensor:  # noqa: A002
    """Return the 2-D convolution (cross-correlation) of images with a filter.

    Parameters
    ----------
    x : tensor (N, H, W, C)
    filter : tensor (height, width, C, K)
    stride, dilation : int or pair
        Along height and width.
    padding : int, pair or (top, bottom, left, right)
        Zeros around the images.

    Returns
    -------
    tensor (N, H', W', K)
        ``H' = (H + padding - dilation * (height - 1) - 1) // stride + 1``.
    """
    return apply(_conv2d, x, filter, stride=_pair(stride), padding=_padding(padding), dilation=_pair(dilation))


def conv_transpose2d(
    x: Operand,
    filter: Operand,  # noqa: A002
    stride: Pair = 1,
    padding: Pair = 0,
    dilation: Pair = 1,
    output_padding: Pair = 0,
) -> Tensor:
    """Return the transposed 2-D convolution, the adjoint of `conv2d` with the same filter.

    Parameters
    ----------
    x : tensor (N, H, W, K)
    filter : tensor (height, width, C, K)
    stride, padding, dilation
        Those of the convolution whose adjoint this is.
    output_padding : int or pair
        Rows and columns added to the result, each less than the stride.

    Returns
    -------
    tensor (N, H', W', C)
        ``H' = (H - 1) * stride + dilation * (height - 1) + 1 - padding + output_padding``.
    """
    return apply(
        _conv_transpose2d,
        x,
        filter,
        stride=_pair(stride),
        padding=_padding(padding),
        dilation=_pair(dilation),
        output_padding=_pair(output_padding),
    )


def _pair(value: Any) -> Any:
    return (value, value) if isinstance(value, int) else tuple(value)


def _padding(value: Any) -> Any:
    if isinstance(value, int):
        return (value,) * 4
    return (value[0], value[0], value[1], value[1]) if len(value) == 2 else tuple(value)

"""Products of matrices, and convolution."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ._core import apply, operation
from ._tensor import Tensor

if TYPE_CHECKING:
    from ._tensor import Operand

_matmul, _conv2d, _conv_transpose2d = (operation(name) for name in ("matmul", "conv2d", "conv_transpose2d"))

Pair = int | Sequence[int]
Padding = Pair | str


def matmul(x: Operand, y: Operand) -> Tensor:
    """Return the matrix product x @ y with NumPy's shapes: leading axes broadcast, vectors lose their axis.

    Integers are multiplied as float32, and so is the result: exact up to 2**24; convert to float64 for more.

    Raises
    ------
    ValueError
        When the inner extents differ; both shapes are named.
    """
    return apply(_matmul, x, y)


def conv2d(x: Operand, filter: Operand, stride: Pair = 1, padding: Padding = 0, dilation: Pair = 1) -> Tensor:  # noqa: A002
    """Return the 2-D convolution (cross-correlation) of images with a filter.

    Parameters
    ----------
    x : tensor (N, H, W, C)
    filter : tensor (height, width, C, K)
    stride, dilation : int or pair
        Along height and width.
    padding : int, pair, (top, bottom, left, right), "valid" or "same"
        Zeros around the images: "valid" for none, "same" for so many that ``H' = ceil(H / stride)``, an odd one at the
        bottom and right.

    Returns
    -------
    tensor (N, H', W', K)
        ``H' = (H + padding - dilation * (height - 1) - 1) // stride + 1``.
    """
    stride, dilation = _pair(stride, "stride"), _pair(dilation, "dilation")
    sides = _padding(padding, x, filter, stride, dilation)
    return apply(_conv2d, x, filter, stride=stride, padding=sides, dilation=dilation)


def conv_transpose2d(
    x: Operand,
    filter: Operand,  # noqa: A002
    stride: Pair = 1,
    padding: Padding = 0,
    dilation: Pair = 1,
    output_padding: Padding = 0,
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
        ``H' = (H - 1) * stride + dilation * (height - 1) + 1 - padding + output_padding``; ``H * stride`` with padding
        "same".
    """
    stride, dilation = _pair(stride, "stride"), _pair(dilation, "dilation")
    sides = _padding(padding, x, filter, stride, dilation, transposed=True)
    more = _pair(output_padding, "output_padding")
    if isinstance(padding, str) and padding == "same":
        if more != (0, 0):
            raise ValueError(f"padding='same' settles the result's size; leave output_padding={output_padding!r} out")
        reach = [size * (extent - 1) + 1 for size, extent in zip(dilation, _shape(filter)[:2], strict=False)]
        more = (max(stride[0] - reach[0], 0), max(stride[1] - reach[1], 0)) if len(reach) == 2 else (0, 0)
    return apply(_conv_transpose2d, x, filter, stride=stride, padding=sides, dilation=dilation, output_padding=more)


def _shape(x: Any) -> tuple[int, ...]:
    return x.shape if isinstance(x, Tensor) else np.shape(x)


def _pair(value: Any, name: str) -> tuple[int, int]:
    numbers = _integers(value)
    if len(numbers) == 1:
        numbers *= 2
    if len(numbers) != 2:
        raise TypeError(f"{name} must be an integer or a pair (height, width) of such, not {value!r}")
    return numbers[0], numbers[1]


def _integers(value: Any) -> list[int]:
    """Return the integers that an argument gives; none when it is something else."""
    items = value if isinstance(value, (list, tuple)) else [value]
    if any(isinstance(item, bool) or not hasattr(item, "__index__") for item in items):
        return []
    return [item.__index__() for item in items]


def _padding(value: Any, x: Any, filter: Any, stride: Any, dilation: Any, *, transposed: bool = False) -> list[int]:  # noqa: A002
    """Return the padding at top, bottom, left and right."""
    if isinstance(value, str) and value == "valid":
        return [0, 0, 0, 0]
    if isinstance(value, str) and value == "same":
        extents, kernel = _shape(x)[1:3], _shape(filter)[:2]
        axes = zip(extents, kernel, stride, dilation, strict=False)  # wrong ranks are the operation's business
        return [side for axis in axes for side in _same(*axis, transposed)] or [0, 0, 0, 0]
    numbers = _integers(value)
    if len(numbers) == 4:
        return numbers
    try:
        height, width = _pair(value, "padding")
    except TypeError:
        raise TypeError(
            "padding must be 'same', 'valid', an integer, a pair (height, width) or (top, bottom, left, right), "
            f"not {value!r}"
        ) from None
    return [height, height, width, width]


def _same(extent: int, kernel: int, stride: int, dilation: int, transposed: bool) -> tuple[int, int]:
    """Return the padding on both sides with which strides divide an extent; an odd one goes to the end."""
    if stride < 1:
        return 0, 0  # the operation says so
    small, large = (extent, extent * stride) if transposed else (-(-extent // stride), extent)
    total = max(0, (small - 1) * stride + dilation * (kernel - 1) + 1 - large)
    return total // 2, total - total // 2

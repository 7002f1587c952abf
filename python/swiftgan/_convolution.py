"""Convolution and transposed convolution of images and sequences, channels last."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from ._core import apply, operation
from ._tensor import Tensor

if TYPE_CHECKING:
    from ._tensor import Operand

_conv2d, _conv_transpose2d = operation("conv2d"), operation("conv_transpose2d")
_conv1d, _conv_transpose1d = operation("conv1d"), operation("conv_transpose1d")

Pair = int | Sequence[int]
Padding = Pair | str


def conv2d(
    x: Operand,
    filter: Operand,  # noqa: A002
    stride: Pair = 1,
    padding: Padding = 0,
    dilation: Pair = 1,
    groups: int = 1,
) -> Tensor:
    """Return the 2-D convolution (cross-correlation) of images with a filter.

    Parameters
    ----------
    x : tensor (N, H, W, C)
    filter : tensor (height, width, C / groups, K)
    stride, dilation : int or pair
        Along height and width.
    padding : int, pair, (top, bottom, left, right), "valid" or "same"
        Zeros around the images: "valid" for none, "same" for so many that ``H' = ceil(H / stride)``, an odd one at the
        bottom and right.
    groups : int
        The channels are cut into so many equal runs, and each run of the result sees its run of x alone. As many groups
        as channels are a depthwise convolution.

    Returns
    -------
    tensor (N, H', W', K)
        ``H' = (H + padding - dilation * (height - 1) - 1) // stride + 1``.
    """
    stride, dilation = _pair(stride, "stride"), _pair(dilation, "dilation")
    sides = _padding(padding, x, filter, stride, dilation)
    return apply(_conv2d, x, filter, stride=stride, padding=sides, dilation=dilation, groups=groups)


def conv_transpose2d(
    x: Operand,
    filter: Operand,  # noqa: A002
    stride: Pair = 1,
    padding: Padding = 0,
    dilation: Pair = 1,
    output_padding: Padding = 0,
    groups: int = 1,
) -> Tensor:
    """Return the transposed 2-D convolution, the adjoint of `conv2d` with the same filter.

    Parameters
    ----------
    x : tensor (N, H, W, K)
    filter : tensor (height, width, C / groups, K)
    stride, padding, dilation, groups
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
        height, width = _rest(filter, stride, dilation, more, output_padding)
        more = height, width
    return apply(
        _conv_transpose2d, x, filter, stride=stride, padding=sides, dilation=dilation, output_padding=more,
        groups=groups,
    )  # fmt: skip


def conv1d(
    x: Operand,
    filter: Operand,  # noqa: A002
    stride: int = 1,
    padding: Padding = 0,
    dilation: int = 1,
    groups: int = 1,
) -> Tensor:
    """Return the 1-D convolution (cross-correlation) of sequences with a filter.

    Parameters
    ----------
    x : tensor (N, W, C)
    filter : tensor (width, C / groups, K)
    stride, dilation : int
    padding : int, (before, after), "valid" or "same"
        Zeros around the sequences.
    groups : int
        As for `conv2d`.

    Returns
    -------
    tensor (N, W', K)
        ``W' = (W + padding - dilation * (width - 1) - 1) // stride + 1``.
    """
    sides = _sides(padding, x, filter, stride, dilation)
    return apply(_conv1d, x, filter, stride=stride, padding=sides, dilation=dilation, groups=groups)


def conv_transpose1d(
    x: Operand,
    filter: Operand,  # noqa: A002
    stride: int = 1,
    padding: Padding = 0,
    dilation: int = 1,
    output_padding: int = 0,
    groups: int = 1,
) -> Tensor:
    """Return the transposed 1-D convolution, the adjoint of `conv1d` with the same filter.

    Parameters
    ----------
    x : tensor (N, W, K)
    filter : tensor (width, C / groups, K)
    stride, padding, dilation, groups
        Those of the convolution whose adjoint this is.
    output_padding : int
        Elements added to the result, less than the stride.

    Returns
    -------
    tensor (N, W', C)
        ``W' = (W - 1) * stride + dilation * (width - 1) + 1 - padding + output_padding``; ``W * stride`` with padding
        "same".
    """
    sides = _sides(padding, x, filter, stride, dilation, transposed=True)
    more = output_padding
    if isinstance(padding, str) and padding == "same":
        more = _rest(filter, (stride,), (dilation,), (output_padding,), output_padding)[0]
    return apply(
        _conv_transpose1d, x, filter, stride=stride, padding=sides, dilation=dilation, output_padding=more,
        groups=groups,
    )  # fmt: skip


def _rest(filter: Any, stride: Any, dilation: Any, more: tuple[int, ...], given: Any) -> tuple[int, ...]:  # noqa: A002
    """Return the output padding with which a transposed convolution multiplies extents by the strides."""
    if any(more):
        raise ValueError(f"padding='same' settles the result's size; leave output_padding={given!r} out")
    extents = _shape(filter)[: len(stride)]
    if len(extents) < len(stride):  # the operation says so
        return more
    return tuple(max(s - d * (n - 1) - 1, 0) for n, s, d in zip(extents, stride, dilation, strict=True))


def _sides(value: Any, x: Any, filter: Any, stride: int, dilation: int, *, transposed: bool = False) -> list[int]:  # noqa: A002
    """Return the padding before and after a sequence."""
    if isinstance(value, str) and value == "valid":
        return [0, 0]
    if isinstance(value, str) and value == "same":
        extents, kernel = _shape(x)[1:2], _shape(filter)[:1]
        return list(_same(extents[0], kernel[0], stride, dilation, transposed)) if extents and kernel else [0, 0]
    numbers = _integers(value)
    if len(numbers) not in (1, 2):
        raise TypeError(f"padding must be 'same', 'valid', an integer or a pair (before, after), not {value!r}")
    return numbers * 2 if len(numbers) == 1 else numbers


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

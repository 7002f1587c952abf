"""Pooling and resizing of images and sequences, channels last."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ._convolution import Pair, _pair, _shape, _sides
from ._core import apply, operation

if TYPE_CHECKING:
    from ._tensor import Operand, Tensor

_ops = {
    name: operation(name)
    for name in [
        "max_pool1d",
        "max_pool2d",
        "avg_pool1d",
        "avg_pool2d",
        "adaptive_max_pool1d",
        "adaptive_avg_pool1d",
        "adaptive_avg_pool2d",
        "global_max_pool2d",
        "global_avg_pool2d",
        "resize",
        "pixel_shuffle",
        "pixel_unshuffle",
    ]
}


def max_pool2d(x: Operand, window: Pair, stride: Pair | None = None, padding: Pair = 0, dilation: Pair = 1) -> Tensor:
    """Return the largest element of each window of images.

    Where elements are equal the first takes the gradient. A NaN is the largest.

    Parameters
    ----------
    x : tensor (N, H, W, C)
    window : int or pair
        Height and width.
    stride : int or pair, optional
        Steps between windows, the window's size by default.
    padding : int, pair or (top, bottom, left, right)
        Rows and columns around the images that no window takes its elements from.
    dilation : int or pair
        Steps between a window's elements.

    Returns
    -------
    tensor (N, H', W', C)
        ``H' = (H + padding - dilation * (window - 1) - 1) // stride + 1``.

    Raises
    ------
    ValueError
        When a window is larger than the padded image or would hold no element of it.
    """
    window = _pair(window, "window")
    stride = window if stride is None else _pair(stride, "stride")
    dilation = _pair(dilation, "dilation")
    return apply(
        _ops["max_pool2d"], x, window=window, stride=stride, padding=_frame(padding), dilation=dilation
    )  # fmt: skip


def avg_pool2d(
    x: Operand, window: Pair, stride: Pair | None = None, padding: Pair = 0, count_include_pad: bool = True
) -> Tensor:
    """Return the mean of each window of images.

    Parameters
    ----------
    x, window, stride, padding
        As for `max_pool2d`.
    count_include_pad : bool
        Whether the padding counts as zeros; otherwise the mean is that of the elements inside the image.
    """
    window = _pair(window, "window")
    stride = window if stride is None else _pair(stride, "stride")
    return apply(
        _ops["avg_pool2d"], x, window=window, stride=stride, padding=_frame(padding),
        count_include_pad=bool(count_include_pad),
    )  # fmt: skip


def max_pool1d(
    x: Operand, window: int, stride: int | None = None, padding: int | Sequence[int] = 0, dilation: int = 1
) -> Tensor:
    """Return the largest element of each window of sequences (N, W, C), as `max_pool2d` does of images."""
    sides = _sides(padding, x, (), 1, 1)
    return apply(_ops["max_pool1d"], x, window=window, stride=stride, padding=sides, dilation=dilation)


def avg_pool1d(
    x: Operand,
    window: int,
    stride: int | None = None,
    padding: int | Sequence[int] = 0,
    count_include_pad: bool = True,
) -> Tensor:
    """Return the mean of each window of sequences (N, W, C), as `avg_pool2d` does of images."""
    sides = _sides(padding, x, (), 1, 1)
    return apply(
        _ops["avg_pool1d"], x, window=window, stride=stride, padding=sides, count_include_pad=bool(count_include_pad)
    )


def adaptive_max_pool2d(x: Operand, output_size: Pair) -> Tensor:
    """Return the largest element of each of (height, width) windows that cover images (N, H, W, C) evenly.

    Window i begins at ``floor(i * H / height)`` and ends before ``ceil((i + 1) * H / height)``.
    """
    return apply(_ops["max_pool2d"], x, output_size=_pair(output_size, "output_size"))


def adaptive_avg_pool2d(x: Operand, output_size: Pair) -> Tensor:
    """Return the mean of each of (height, width) windows that cover images evenly, as `adaptive_max_pool2d`'s do."""
    return apply(_ops["adaptive_avg_pool2d"], x, output_size=_pair(output_size, "output_size"))


def adaptive_max_pool1d(x: Operand, output_size: int) -> Tensor:
    """Return the largest element of each of so many windows that cover sequences (N, W, C) evenly."""
    return apply(_ops["adaptive_max_pool1d"], x, output_size=output_size)


def adaptive_avg_pool1d(x: Operand, output_size: int) -> Tensor:
    """Return the mean of each of so many windows that cover sequences (N, W, C) evenly."""
    return apply(_ops["adaptive_avg_pool1d"], x, output_size=output_size)


def global_max_pool2d(x: Operand) -> Tensor:
    """Return the largest element of each channel of images: (N, H, W, C) to (N, C)."""
    return apply(_ops["global_max_pool2d"], x)


def global_avg_pool2d(x: Operand) -> Tensor:
    """Return the mean of each channel of images: (N, H, W, C) to (N, C)."""
    return apply(_ops["global_avg_pool2d"], x)


def resize(
    x: Operand,
    size: Pair | None = None,
    *,
    scale: float | Sequence[float] | None = None,
    method: str = "bilinear",
    antialias: bool = False,
) -> Tensor:
    """Return images in another size.

    Positions follow the half-pixel convention (``align_corners=False``) of `jax.image.resize` and PyTorch's
    `interpolate`, whose method for "nearest" is called "nearest-exact".

    Parameters
    ----------
    x : tensor (N, H, W, C)
    size : int or pair, optional
        Height and width of the result.
    scale : float or pair, optional
        Instead of the size: factors, the result's size being rounded down.
    method : {"bilinear", "nearest"}
    antialias : bool
        Whether "bilinear" takes the mean over all of an image that is made smaller.
    """
    if (size is None) == (scale is None):
        raise TypeError("resize needs either size or scale")
    if scale is None:
        target = _pair(size, "size")
    else:
        given: Any = scale if isinstance(scale, (list, tuple)) else (scale, scale)
        factors = [float(factor) for factor in given]
        extents = _shape(x)[1:3]
        if len(factors) != 2 or len(extents) != 2:
            raise ValueError(f"scale must be one or two factors of images (N, H, W, C), not {scale!r}")
        if not all(0 < extent * factor < 2**31 for extent, factor in zip(extents, factors, strict=True)):
            raise ValueError(f"the scale {scale!r} is out of range for images of {extents[0]}x{extents[1]}")
        target = int(extents[0] * factors[0]), int(extents[1] * factors[1])
    return apply(_ops["resize"], x, size=target, method=method, antialias=bool(antialias))


def pixel_shuffle(x: Operand, factor: int) -> Tensor:
    """Return blocks of channels spread over space: (N, H, W, C * factor**2) to (N, H * factor, W * factor, C).

    Channel ``(c * factor + i) * factor + j`` goes to row i and column j of its block (Shi et al. 2016).
    """
    return apply(_ops["pixel_shuffle"], x, factor=factor)


def pixel_unshuffle(x: Operand, factor: int) -> Tensor:
    """Return blocks of pixels as channels, the inverse of `pixel_shuffle`."""
    return apply(_ops["pixel_unshuffle"], x, factor=factor)


def _frame(padding: Any) -> list[int]:
    """Return the padding at top, bottom, left and right."""
    if isinstance(padding, (list, tuple)) and len(padding) == 4:
        return list(padding)
    height, width = _pair(padding, "padding")
    return [height, height, width, width]

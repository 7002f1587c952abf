"""Image pyramids (Burt and Adelson 1983): images at half the size again and again, and what each halving loses."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from ._convolution import Pair, _pair
from ._core import apply, operation
from ._creation import asarray

if TYPE_CHECKING:
    from ._tensor import Operand, Tensor

_down = operation("pyramid_down")
_up = operation("pyramid_up")


def pyramid_down(x: Operand) -> Tensor:
    """Return images blurred and of half the height and width, rounded up.

    The blur is the binomial filter (1, 4, 6, 4, 1) / 16 along each axis; beyond the border the image is mirrored
    without repeating its edge, as in OpenCV's `pyrDown`. Integers become float32.

    Parameters
    ----------
    x : tensor (N, H, W, C)
    """
    return apply(_down, x)


def pyramid_up(x: Operand, size: Pair | None = None) -> Tensor:
    """Return images of twice the height and width, smoothly, as OpenCV's `pyrUp`.

    Parameters
    ----------
    x : tensor (N, H, W, C)
    size : int or pair, optional
        Height and width, each twice that of the images or one less: what `pyramid_down` has halved may have been odd.
    """
    return apply(_up, x) if size is None else apply(_up, x, size=_pair(size, "size"))


def gaussian_pyramid(x: Operand, levels: int) -> list[Tensor]:
    """Return images at ``levels`` sizes: these first, each of the others `pyramid_down` of the one before.

    Raises
    ------
    ValueError
        For no level, or more than there are sizes down to a single pixel.
    """
    images = _images(x)
    height, width = images.shape[1:3]
    fit = 1 + (max(height, width, 1) - 1).bit_length()
    if not 1 <= levels <= fit:
        raise ValueError(f"images of {height}x{width} have pyramids of 1 to {fit} levels, not {levels!r}")
    pyramid = [images]
    while len(pyramid) < levels:
        pyramid.append(pyramid_down(pyramid[-1]))
    return pyramid


def laplacian_pyramid(x: Operand, levels: int) -> list[Tensor]:
    """Return what each level of the Gaussian pyramid has beyond the next one expanded, and the last level itself.

    `reconstruct_pyramid` is the inverse.
    """
    images = gaussian_pyramid(x, levels)
    details = (fine - pyramid_up(coarse, fine.shape[1:3]) for fine, coarse in pairwise(images))
    return [*details, images[-1]]


def reconstruct_pyramid(pyramid: Sequence[Operand]) -> Tensor:
    """Return the images of a Laplacian pyramid, exact but for the rounding of one sum at each level.

    Raises
    ------
    ValueError
        For an empty list, or a level that is not half as large as the one before.
    """
    levels = [_images(level) for level in pyramid]
    if not levels:
        raise ValueError("a pyramid has at least one level")
    image = levels.pop()
    for detail in reversed(levels):
        image = pyramid_up(image, detail.shape[1:3]) + detail
    return image


def _images(x: Operand) -> Tensor:
    images = asarray(x)
    if images.ndim != 4:
        raise ValueError(f"pyramids are of images (N, H, W, C), not of shape {images.shape}")
    return images if images.dtype.kind == "f" else images.astype("float32")

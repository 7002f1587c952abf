"""How alike generated images are to each other, by structural similarity at several scales."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._convolution import conv2d
from .._creation import asarray
from .._numbers import positive, whole
from .._pooling import avg_pool2d
from .._random_state import as_seed
from .._tensor import Tensor
from ._distances import Array
from ._estimate import Estimate, mean_of
from ._inputs import numbers

WEIGHTS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)
WINDOW, SIGMA = 11, 1.5
K1, K2 = 0.01, 0.03
PAIRS_AT_ONCE = 256


def ms_ssim_diversity(
    fake: Any, labels: Any = None, *, pairs: int | None = None, data_range: float | None = None, random_state: int = 0
) -> Estimate:
    """Return the mean multi-scale structural similarity of random pairs of generated images.

    Odena et al. 2017, section 4.2, with the similarity of Wang et al. 2003: 1 for equal images; lower is more varied.
    Compare with the same figure of real images, and only within one kind: of all images of many classes it says little.

    Parameters
    ----------
    fake : array (n, H, W) or (n, H, W, C)
        At least 8 x 8 pixels. Images below 176 pixels have fewer than the paper's five scales, as many as keep 11
        pixels (weights sum to 1), and those below 11 a smaller window.
    labels : array (n,), optional
        Pairs are then made within classes, as in the paper.
    pairs : int, optional
        How many; by default, and at most, as many as there are with no image in two of them, which makes pairs
        independent: n / 2.
    data_range : float, optional
        The largest possible difference of two pixels. By default 255 for uint8; floats within [0, 1] have 1, and within
        [-1, 1] have 2.
    random_state : int
        Seed of the pairs.
    """
    images = numbers("fake", fake)
    images = images[..., None] if images.ndim == 3 else images
    if images.ndim != 4 or min(images.shape[1:3]) < 8 or not images.shape[3]:
        raise ValueError(f"fake must be images (n, H, W) or (n, H, W, C) of 8 x 8 pixels or more, not {np.shape(fake)}")
    if not np.isfinite(images).all():
        raise ValueError("fake images hold NaN or infinity")
    reach = _data_range(images) if data_range is None else positive("data_range", data_range)
    first, second = _pairs(len(images), labels, random_state)
    if not len(first):
        raise ValueError(
            f"fake has {len(images)} images, which make no pair" + (" within a class" if labels is not None else "")
        )
    if pairs is not None:
        pairs = whole("pairs", pairs, 1, len(first), why=" (no image is in two)")
        first, second = first[:pairs], second[:pairs]
    values = [
        ms_ssim(images[first[start : start + PAIRS_AT_ONCE]], images[second[start : start + PAIRS_AT_ONCE]], reach)
        for start in range(0, len(first), PAIRS_AT_ONCE)
    ]
    found = mean_of(np.concatenate(values), better="lower")
    note = f"{len(first)} pair{'' if len(first) == 1 else 's'}"
    return Estimate(found.value, found.standard_error, len(images), better="lower", note=note)


def ms_ssim(x: Array, y: Array, data_range: float) -> Array:
    """Return the multi-scale structural similarity of images (n, H, W, C) with others, one by one, float64 (n,).

    Wang et al. 2003, equation 7: the product over scales of contrast and structure, at the last one of luminance too,
    each to its weight; negative factors count as 0. Channels by themselves, then their mean.
    """
    count, height, width, channels = x.shape
    window = min(WINDOW, (min(height, width) - 1) // 2 * 2 + 1)
    levels = 1
    while levels < len(WEIGHTS) and min(height, width) >> levels >= WINDOW:
        levels += 1
    weights = np.array(WEIGHTS[:levels]) / sum(WEIGHTS[:levels])
    # Channels are images of their own to the filter.
    first, second = (asarray(_planes(images)) for images in (x, y))
    product = np.ones(count * channels)
    for level in range(levels):
        similarity, contrast = _ssim(first, second, window, data_range)
        factor = similarity if level == levels - 1 else contrast
        product *= np.maximum(factor, 0) ** weights[level]
        first, second = avg_pool2d(first, 2), avg_pool2d(second, 2)
    means: Array = product.reshape(count, channels).mean(axis=1)
    return means


def _planes(images: Array) -> Array:
    moved = np.moveaxis(images, 3, 1).astype(np.float64)
    return np.ascontiguousarray(moved.reshape(-1, *images.shape[1:3], 1))


def _ssim(x: Tensor, y: Tensor, window: int, data_range: float) -> tuple[Array, Array]:
    """Return the mean similarity of planes (n, H, W, 1), and its part without luminance."""
    places = np.arange(window) - window // 2
    bell = np.exp(-(places**2) / (2 * (SIGMA * window / WINDOW) ** 2))
    bell /= bell.sum()
    down, across = asarray(bell.reshape(-1, 1, 1, 1)), asarray(bell.reshape(1, -1, 1, 1))

    def blur(plane: Tensor) -> Tensor:
        return conv2d(conv2d(plane, down), across)

    mean_x, mean_y = blur(x), blur(y)
    spread = blur(x * x + y * y) - mean_x * mean_x - mean_y * mean_y
    joint = blur(x * y) - mean_x * mean_y
    c1, c2 = (K1 * data_range) ** 2, (K2 * data_range) ** 2
    contrast = (2 * joint + c2) / (spread + c2)
    similarity = contrast * (2 * mean_x * mean_y + c1) / (mean_x * mean_x + mean_y * mean_y + c1)
    return similarity.mean(axis=(1, 2, 3)).numpy(), contrast.mean(axis=(1, 2, 3)).numpy()


def _data_range(images: Array) -> float:
    if images.dtype == np.uint8:
        return 255.0
    low, high = float(images.min()), float(images.max())
    if images.dtype.kind == "f" and low >= -1 and high <= 1:
        return 1.0 if low >= 0 else 2.0
    raise ValueError(f"fake images are {images.dtype} from {low:.4g} to {high:.4g}; say what data_range they have")


def _pairs(count: int, labels: Any, seed: int) -> tuple[Array, Array]:
    """Return the images of random pairs, none in two, in random order."""
    generator = np.random.default_rng(as_seed(seed))
    classes = np.zeros(count) if labels is None else np.asarray(labels).reshape(-1)
    if len(classes) != count:
        raise ValueError(f"there are {count} images and {len(classes)} labels")
    pairs = []
    for kind in np.unique(classes):
        members = generator.permutation(np.flatnonzero(classes == kind))
        pairs.append(members[: len(members) // 2 * 2].reshape(-1, 2))
    both = generator.permutation(np.concatenate(pairs)) if pairs else np.empty((0, 2), np.int64)
    return both[:, 0], both[:, 1]

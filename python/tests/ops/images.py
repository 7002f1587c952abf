"""Pooling, resizing and shuffling of images NHWC and of sequences (batch, width, channels)."""

from __future__ import annotations

import itertools

import numpy as np

from ._entry import call, distinct, entry, normal
from ._reference import jnp


def pair(value):
    return (value, value) if isinstance(value, int) else tuple(value)


def frame(value):
    """Padding as (top, bottom, left, right)."""
    if isinstance(value, int):
        return (value,) * 4
    return tuple(value) if len(value) == 4 else (value[0], value[0], value[1], value[1])


def sliding(extent, window, stride, before, after, dilation):
    """Return the places inside the image that each window holds."""
    count = (extent + before + after - dilation * (window - 1) - 1) // stride + 1
    windows = [[i * stride - before + k * dilation for k in range(window)] for i in range(count)]
    return [[place for place in places if 0 <= place < extent] for places in windows]


def even(extent, count):
    """As many windows as asked for that cover the image evenly, by PyTorch's rule."""
    return [range(i * extent // count, -(-(i + 1) * extent // count)) for i in range(count)]


def windows_of(x, window, stride, padding, dilation, output_size):
    if output_size is not None:
        return [even(n, size) for n, size in zip(x.shape[1:3], pair(output_size), strict=True)]
    window = pair(window)
    stride, padding, dilation = pair(stride or window), frame(padding), pair(dilation)
    return [sliding(x.shape[1 + a], window[a], stride[a], *padding[2 * a : 2 * a + 2], dilation[a]) for a in (0, 1)]


def folded(x, rows, columns, fold):
    found = [[fold(x[:, np.array(r)][:, :, np.array(c)]) for c in columns] for r in rows]
    return jnp.stack([jnp.stack(row, 1) for row in found], 1)


def largest(part):
    return part.max((1, 2))


def max_pool2d(x, window=None, stride=None, padding=0, dilation=1, output_size=None):
    return folded(x, *windows_of(x, window, stride, padding, dilation, output_size), largest)


def max_pool2d_index(x, **geometry):
    """Row * width + column of each largest element."""
    rows, columns = windows_of(x, *[geometry.get(name, default) for name, default in DEFAULTS])
    image = (np.arange(x.shape[1])[:, None] * x.shape[2] + np.arange(x.shape[2]))[None, :, :, None]

    def place(part, index):
        flat = part.reshape(part.shape[0], part.shape[1] * part.shape[2], part.shape[3])
        return jnp.asarray(index.reshape(-1))[jnp.argmax(flat, 1)]

    found = [[place(x[:, np.array(r)][:, :, np.array(c)], image[:, np.array(r)][:, :, np.array(c)]) for c in columns]
             for r in rows]  # fmt: skip
    return jnp.stack([jnp.stack(row, 1) for row in found], 1)


DEFAULTS = (("window", None), ("stride", None), ("padding", 0), ("dilation", 1), ("output_size", None))


def avg_pool2d(x, window=None, stride=None, padding=0, count_include_pad=True, output_size=None):
    def average(part):
        return part.sum((1, 2)) / np.prod(pair(window)) if window and count_include_pad else part.mean((1, 2))

    return folded(x, *windows_of(x, window, stride, padding, 1, output_size), average)


def one_dimensional(theirs):
    """The reference on images one pixel high."""

    def sequences(x, *args, window=None, stride=None, padding=0, dilation=None, output_size=None, **more):
        options = dict(zip(("window", "stride"), args, strict=False))
        window, stride = options.get("window", window), options.get("stride", stride)
        if output_size is not None or (not options and window is None):
            return theirs(x[:, None], output_size=(1, output_size))[:, 0]
        sides = (0, 0, *(pair(padding)))
        if dilation is not None:
            more["dilation"] = (1, dilation)
        return theirs(x[:, None], window=(1, window), stride=(1, stride or window), padding=sides, **more)[:, 0]

    return sequences


def weights(n, m, method, antialias):
    """The matrix from n pixels to m, by the half-pixel convention."""
    middles = (np.arange(m) + 0.5) * n / m
    if method == "nearest":
        return np.eye(n)[np.floor(middles).astype(int)]
    width = max(n / m, 1.0) if antialias else 1.0
    found = np.maximum(0, 1 - np.abs(middles[:, None] - np.arange(n) - 0.5) / width)
    return found / found.sum(1, keepdims=True)


def resize(x, size, method="bilinear", antialias=False):
    rows, columns = (weights(x.shape[1 + a], pair(size)[a], method, antialias) for a in (0, 1))
    return jnp.einsum("ih,jw,nhwc->nijc", rows, columns, x)


def pixel_shuffle(x, factor):
    n, h, w, c = x.shape
    x = x.reshape(n, h, w, c // factor**2, factor, factor).transpose(0, 1, 4, 2, 5, 3)
    return x.reshape(n, h * factor, w * factor, c // factor**2)


def pixel_unshuffle(x, factor):
    n, h, w, c = x.shape
    x = x.reshape(n, h // factor, factor, w // factor, factor, c).transpose(0, 1, 3, 5, 2, 4)
    return x.reshape(n, h // factor, w // factor, c * factor**2)


BINOMIAL = np.array([1, 4, 6, 4, 1]) / 16


def mirrored(place, extent):
    """The pixel that stands at a place before the first or after the last, which are not repeated."""
    place %= max(2 * (extent - 1), 1)
    return min(place, 2 * (extent - 1) - place)


def blurred(extent):
    matrix = np.zeros((extent, extent))
    for i in range(extent):
        for k, weight in enumerate(BINOMIAL):
            matrix[i, mirrored(i + k - 2, extent)] += weight
    return matrix


def pyramid_down(x):
    """Blur, then keep every other row and column."""
    rows, columns = (blurred(extent)[::2] for extent in x.shape[1:3])
    return jnp.einsum("ih,jw,nhwc->nijc", rows, columns, x)


def pyramid_up(x, size=None):
    """Zeros between the pixels, then blur with four times the weights."""
    size = pair(size) if size is not None else (2 * x.shape[1], 2 * x.shape[2])
    rows, columns = (2 * blurred(2 * x.shape[1 + a])[: size[a], ::2] for a in (0, 1))
    return jnp.einsum("ih,jw,nhwc->nijc", rows, columns, x)


def gaussian_pyramid(x, levels):
    images = [x]
    while len(images) < levels:
        images.append(pyramid_down(images[-1]))
    return images


def laplacian_pyramid(x, levels):
    images = gaussian_pyramid(x, levels)
    details = (fine - pyramid_up(coarse, fine.shape[1:3]) for fine, coarse in itertools.pairwise(images))
    return [*details, images[-1]]


def reconstruct_pyramid(pyramid):
    image = pyramid[-1]
    for detail in reversed(pyramid[:-1]):
        image = pyramid_up(image, detail.shape[1:3]) + detail
    return image


def pooling(domain, dilated=True, **last):
    """Windows that leave a rest, overlap, hang over the edge, and cover evenly."""
    return (
        call(domain(2, 4, 6, 2), window=(2, 3)),
        call(domain(1, 5, 5, 1), window=(3, 2), stride=(2, 1), padding=(1, 0, 0, 1), **last),
        call(domain(1, 5, 4, 2), window=(2,), stride=(1,), padding=(1,), **({"dilation": (2, 1)} if dilated else last)),
        call(domain(0, 4, 4, 2), window=(2, 2)),
    )


def sequences(domain, **last):
    return call(domain(2, 7, 2), window=3), call(domain(1, 6, 1), window=2, stride=1, padding=(1, 0), **last), call(
        domain(0, 4, 2), window=2
    )  # fmt: skip


def evenly(domain):
    return (
        call(domain(2, 5, 7, 2), output_size=(3, 2)),
        call(domain(1, 2, 3, 1), output_size=(3, 5)),
        call(domain(2, 4, 4, 1), output_size=(2,)),
        call(domain(0, 4, 4, 2), output_size=(2, 2)),
    )


def adaptive(theirs):
    return lambda x, output_size: theirs(x, output_size=output_size if len(output_size) > 1 else output_size * 2)


def squared(theirs):
    """One number stands for both sides."""

    def reference(x, **options):
        single = {
            key: value[0] if isinstance(value, tuple) and len(value) == 1 else value for key, value in options.items()
        }
        return theirs(x, **single)

    return reference


BIG = normal(4, 65, 63, 8)
GLOBAL = call(distinct(2, 3, 2, 2)), call(distinct(0, 3, 3, 2)), call(distinct(1, 1, 1, 1))

OPERATIONS = {
    "max_pool2d": entry(
        squared(max_pool2d), *pooling(distinct), *evenly(distinct), types="i",
        large=call(BIG, window=(3, 3), stride=(2, 2))
    ),
    "max_pool2d_index": entry(
        squared(max_pool2d_index), *pooling(distinct), *evenly(distinct)[:2], types="i", result="int64", order=0,
        large=call(BIG, window=(3, 3), stride=(2, 2)),
    ),
    "avg_pool2d": entry(
        squared(avg_pool2d), *pooling(normal, dilated=False, count_include_pad=False),
        call(normal(1, 3, 3, 1), window=(2, 2), padding=(1, 1)),
        types="ib", result="float", large=call(BIG, window=(3, 3), stride=(2, 2)),
    ),
    "adaptive_avg_pool2d": entry(
        adaptive(avg_pool2d), *evenly(normal), types="ib", result="float", large=call(BIG, output_size=(7, 5))
    ),
    "global_max_pool2d": entry(lambda x: x.max((1, 2)), *GLOBAL, types="i", large=call(BIG)),
    "global_avg_pool2d": entry(lambda x: x.mean((1, 2)), *GLOBAL, types="ib", result="float", large=call(BIG)),
    "max_pool1d": entry(
        one_dimensional(max_pool2d), *sequences(distinct, dilation=3), types="i",
        large=call(normal(4, 20001, 8), window=3)
    ),
    "avg_pool1d": entry(
        one_dimensional(avg_pool2d), *sequences(normal, count_include_pad=False), types="ib", result="float",
        large=call(normal(4, 20001, 8), window=3),
    ),
    "adaptive_max_pool1d": entry(
        one_dimensional(max_pool2d), call(distinct(2, 5, 2), output_size=3), call(distinct(0, 5, 2), output_size=2),
        types="i",
        large=call(normal(4, 20001, 8), output_size=100),
    ),
    "adaptive_avg_pool1d": entry(
        one_dimensional(avg_pool2d), call(normal(2, 5, 2), output_size=3), call(normal(0, 5, 2), output_size=2),
        types="ib", result="float",
        large=call(normal(4, 20001, 8), output_size=100),
    ),
    "resize": entry(
        squared(resize), call(normal(2, 3, 4, 2), size=(6, 4)), call(normal(1, 5, 7, 1), size=(3,)),
        call(normal(1, 5, 7, 1), size=(2, 11), antialias=True),
        call(normal(2, 3, 4, 1), size=(6, 8), method="nearest", result="same"),
        call(normal(1, 5, 3, 2), size=(4, 7), method="nearest", result="same"),
        call(normal(0, 3, 3, 1), size=(2, 2)),
        types="ib", result="float", large=call(BIG, size=(97, 101)),
    ),
    "pyramid_down": entry(
        pyramid_down, call(normal(2, 4, 6, 2)), call(normal(1, 5, 7, 1)), call(normal(1, 1, 2, 1)),
        call(normal(0, 3, 3, 1)), types="ib", result="float", large=call(BIG),
    ),
    "pyramid_up": entry(
        squared(pyramid_up), call(normal(2, 2, 3, 2)), call(normal(1, 3, 4, 1), size=(5, 7)),
        call(normal(1, 1, 2, 1), size=(1, 4)), call(normal(1, 2, 2, 1), size=(3,)), call(normal(0, 3, 3, 1)),
        types="ib", result="float", large=call(BIG),
    ),
    "pixel_shuffle": entry(
        pixel_shuffle, call(normal(2, 2, 3, 8), factor=2), call(normal(1, 2, 1, 9), factor=3),
        call(normal(0, 2, 2, 4), factor=2),
        types="ib", large=call(normal(4, 64, 64, 16), factor=4),
    ),
    "pixel_unshuffle": entry(
        pixel_unshuffle, call(normal(2, 4, 6, 2), factor=2), call(normal(0, 2, 2, 4), factor=2),
        call(normal(1, 2, 3, 1), factor=1),
        types="ib", large=call(normal(4, 64, 64, 16), factor=4),
    ),
}  # fmt: skip

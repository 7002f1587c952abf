"""Python's public functions of images and sequences."""

from __future__ import annotations

from ._entry import call, distinct, entry, normal
from .images import (
    GLOBAL,
    avg_pool2d,
    gaussian_pyramid,
    laplacian_pyramid,
    max_pool2d,
    one_dimensional,
    pixel_shuffle,
    pixel_unshuffle,
    pyramid_down,
    pyramid_up,
    reconstruct_pyramid,
    resize,
)

FUNCTIONS = {
    "max_pool2d": entry(max_pool2d, call(distinct(1, 5, 6, 2), 2),
        call(distinct(1, 5, 6, 2), (3, 2), 1, padding=1, dilation=(1, 2)), types="i"),
    "avg_pool2d": entry(
        avg_pool2d, call(normal(1, 5, 6, 2), 2), call(normal(1, 5, 6, 2), (3, 2), stride=(1, 2), padding=(1, 0),
            count_include_pad=False),
        types="ib", result="float",
    ),
    "max_pool1d": entry(one_dimensional(max_pool2d), call(distinct(1, 7, 2), 2),
        call(distinct(1, 7, 2), 2, 1, padding=1, dilation=2), types="i"),
    "avg_pool1d": entry(
        one_dimensional(avg_pool2d), call(normal(1, 7, 2), 2), call(normal(1, 7, 2), 3, stride=2, padding=(1, 0)),
        types="ib", result="float"
    ),
    "adaptive_max_pool2d": entry(max_pool2d, call(distinct(1, 5, 6, 2), output_size=2),
        call(distinct(1, 5, 6, 2), output_size=(3, 4)), types="i"),
    "adaptive_avg_pool2d": entry(
        avg_pool2d, call(normal(1, 5, 6, 2), output_size=2), call(normal(1, 5, 6, 2), output_size=(3, 4)), types="ib",
        result="float"
    ),
    "adaptive_max_pool1d": entry(one_dimensional(max_pool2d), call(distinct(1, 7, 2), output_size=3), types="i"),
    "adaptive_avg_pool1d": entry(one_dimensional(avg_pool2d), call(normal(1, 7, 2), output_size=3), types="ib",
        result="float"),
    "global_max_pool2d": entry(lambda x: x.max((1, 2)), *GLOBAL, types="i"),
    "global_avg_pool2d": entry(lambda x: x.mean((1, 2)), *GLOBAL, types="ib", result="float"),
    "resize": entry(
        resize, call(normal(1, 3, 4, 2), 6), call(normal(1, 3, 4, 2), (2, 3), antialias=True),
        call(normal(1, 3, 4, 2), scale=1.5, theirs={"size": (4, 6)}),
        call(normal(1, 3, 4, 2), scale=(2, 1), method="nearest", result="same",
        theirs={"size": (6, 4), "method": "nearest"}),
        types="ib", result="float",
    ),
    "pyramid_down": entry(pyramid_down, call(normal(1, 5, 6, 2)), types="ib", result="float"),
    "pyramid_up": entry(
        pyramid_up, call(normal(1, 2, 3, 2)), call(normal(1, 2, 3, 2), (3, 6)), call(normal(1, 2, 2, 1), size=3),
        types="ib", result="float",
    ),
    "gaussian_pyramid": entry(gaussian_pyramid, call(normal(1, 5, 6, 2), 3), types="ib", result="float"),
    "laplacian_pyramid": entry(laplacian_pyramid, call(normal(1, 5, 6, 2), 3), types="ib", result="float"),
    "reconstruct_pyramid": entry(
        reconstruct_pyramid, call([normal(1, 5, 6, 2), normal(1, 3, 3, 2), normal(1, 2, 2, 2)]), types="ib",
        result="float",
    ),
    "pixel_shuffle": entry(pixel_shuffle, call(normal(1, 2, 2, 4), 2), types="ib"),
    "pixel_unshuffle": entry(pixel_unshuffle, call(normal(1, 2, 2, 4), factor=2), types="ib"),
}  # fmt: skip

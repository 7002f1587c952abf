"""Products of matrices, convolution, pooling and resizing."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from .catalogue import maker
from .draft import Draft, floating, promoted


@maker
def matmul(draft: Draft) -> Any:
    """Of what fits, of a matrix with its transpose, or with a vector made of its first row."""
    i = draft.numeric(lambda x: x.ndim > 0 and np.abs(x).max(initial=0) < 50)
    if i is None:
        return None
    x = draft.values[i]

    def fits(y: np.ndarray) -> bool:
        if y.ndim == 0:
            return False
        if y.shape[-2 if y.ndim > 1 else -1] != x.shape[-1]:
            return False
        try:
            np.broadcast_shapes(x.shape[:-2], y.shape[:-2])
        except ValueError:
            return False
        return True

    j = draft.numeric(fits)
    if j is not None and draft.integer(0, 2):
        return f"v{i} @ v{j}", floating(promoted(draft.dtypes[i], draft.dtypes[j]))
    return f"v{i} @ (v{i} if v{i}.ndim == 1 else xp.swapaxes(v{i}, -1, -2))", floating(draft.dtypes[i])


@maker
def conv2d(draft: Draft) -> Any:
    """A variable as an image, with a filter made of its corner."""
    i = draft.numeric(lambda x: x.ndim == 4 and x.size > 0 and np.abs(x).max() < 50)
    if i is None:
        return None
    channels = draft.values[i].shape[3]
    high, wide = (draft.integer(1, draft.values[i].shape[axis]) for axis in (1, 2))
    stride, padding, dilation = draft.integer(1, 2), draft.integer(0, 2), draft.integer(1, 2)
    padding += (dilation - 1) * max(high, wide)  # so that it fits
    corner = f"v{i}[:1, :{high}, :{wide}]"
    filters = f"xp.reshape({corner}, ({high}, {wide}, {channels}, 1))"
    return f"xp.conv2d(v{i}, {filters}, {stride}, {padding}, {dilation})", floating(draft.dtypes[i])


def image(draft: Draft, *, most: float = 1e4) -> int | None:
    """Return a variable that is images (N, H, W, C), or can be read as such."""
    return draft.numeric(lambda x: x.ndim == 4 and x.size > 0 and np.abs(x).max() < most)


@maker
def as_images(draft: Draft) -> Any:
    """Any elements as images, so that there are some."""
    i = draft.numeric(lambda x: x.ndim > 0 and x.size > 3)
    if i is None:
        return None
    size = draft.values[i].size
    side = draft.draw(st.sampled_from([n for n in range(1, size + 1) if size % n == 0]))
    shape = draft.one_of((1, side, size // side, 1), (1, size // side, 1, side), (side, 1, size // side, 1))
    return f"xp.reshape(v{i}, {shape})", draft.dtypes[i]


@maker
def grouped_conv2d(draft: Draft) -> Any:
    """A filter for each channel, made of the first image's corner."""
    i = image(draft, most=50)
    if i is None:
        return None
    channels = draft.values[i].shape[3]
    high, wide = (draft.integer(1, draft.values[i].shape[axis]) for axis in (1, 2))
    filters = f"xp.reshape(v{i}[:1, :{high}, :{wide}], ({high}, {wide}, 1, {channels}))"
    return f"xp.conv2d(v{i}, {filters}, {draft.integer(1, 2)}, {draft.integer(0, 2)}, 1, {channels})", floating(
        draft.dtypes[i]
    )


@maker
def pool(draft: Draft) -> Any:
    i = image(draft)
    if i is None:
        return None
    x = draft.values[i]
    window = tuple(draft.integer(1, min(3, x.shape[axis])) for axis in (1, 2))
    stride, padding = draft.integer(1, 2), draft.integer(0, min(window) // 2)
    if draft.flag():
        return f"xp.avg_pool2d(v{i}, {window}, {stride}, {padding}, {draft.flag()})", floating(draft.dtypes[i])
    if not (x.size > 200 or np.unique(x).size == x.size):
        return None  # which of equal elements takes the gradient is a choice, and not JAX's
    return f"xp.max_pool2d(v{i}, {window}, {stride}, {padding})", draft.dtypes[i]


@maker
def resize(draft: Draft) -> Any:
    i = image(draft)
    if i is None:
        return None
    size = draft.integer(1, 6), draft.integer(1, 6)
    if draft.flag():
        return f"xp.resize(v{i}, {size}, method='nearest')", draft.dtypes[i]
    return f"xp.resize(v{i}, {size}, antialias={draft.flag()})", floating(draft.dtypes[i])

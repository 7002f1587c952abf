"""Convolution and pooling as sums over slices: the plainest reference there is, in NumPy."""

from __future__ import annotations

import itertools
from typing import NamedTuple

import numpy as np


class Windows(NamedTuple):
    """The geometry of windows on images (N, H, W, C)."""

    size: tuple
    stride: tuple = (1, 1)
    padding: tuple = (0, 0, 0, 0)
    dilation: tuple = (1, 1)
    groups: int = 1

    def taps(self, padded):
        """Yield (p, q) and the slice of the padded images that row p and column q of the windows see."""
        reach = [(k - 1) * d + 1 for k, d in zip(self.size, self.dilation, strict=True)]
        counts = [(n - r) // s + 1 for n, r, s in zip(padded.shape[1:3], reach, self.stride, strict=True)]
        for tap in itertools.product(*map(range, self.size)):
            yield (
                tap,
                padded[
                    :,
                    *(
                        slice(t * d, t * d + (count - 1) * s + 1, s)
                        for t, d, count, s in zip(tap, self.dilation, counts, self.stride, strict=True)
                    ),
                ],
            )

    def pad(self, x, value=0.0):
        """Return the images with the padding around them."""
        return np.pad(x, ((0, 0), self.padding[:2], self.padding[2:], (0, 0)), constant_values=value)

    def _parts(self, images):
        return images.reshape(*images.shape[:3], self.groups, -1)

    def convolve(self, x, w):
        """Return the convolution of images with a filter (H, W, C / groups, K)."""
        w = w.reshape(*w.shape[:3], self.groups, -1)
        y = sum(np.einsum("nijgc,cgk->nijgk", self._parts(part), w[tap]) for tap, part in self.taps(self.pad(x)))
        return y.reshape(*y.shape[:3], -1)

    def images(self, y, w, shape):
        """Return the adjoint of `convolve` in x."""
        w = w.reshape(*w.shape[:3], self.groups, -1)
        padded = self.pad(np.zeros(shape))
        for tap, part in self.taps(padded):
            part += np.einsum("nijgk,cgk->nijgc", self._parts(y), w[tap]).reshape(part.shape)
        top, left = self.padding[0], self.padding[2]
        return padded[:, top : top + shape[1], left : left + shape[2]]

    def filters(self, x, y):
        """Return the adjoint of `convolve` in w."""
        parts = [np.einsum("nijgc,nijgk->cgk", self._parts(part), self._parts(y)) for _, part in self.taps(self.pad(x))]
        return np.stack(parts).reshape(*self.size, x.shape[3] // self.groups, -1)

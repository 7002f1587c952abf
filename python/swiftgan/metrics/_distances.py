"""Distances between all pairs of two sets, block by block: a matrix product each, never the whole matrix in memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from .. import _sorting
from .._creation import asarray
from .._elementwise import maximum
from .._movement import concatenate
from .._picking import take_along_axis
from .._tensor import Tensor

Array = np.ndarray[Any, Any]
BLOCK_BYTES = 1 << 24
ROUNDING = 1e-13
"""What a squared distance computed from a product may be off by, as a share of the points' squared norms."""


def spans(n_rows: int, n_columns: int) -> Iterator[slice]:
    """Return the blocks of rows of a float64 matrix, each of about 16 MB.

    Ctrl-C is answered between them.
    """
    step = max(1, BLOCK_BYTES // (8 * max(1, n_columns)))
    return (slice(start, min(start + step, n_rows)) for start in range(0, n_rows, step))


def squared_distances(x: Array, y: Array) -> Iterator[tuple[slice, Tensor]]:
    """Return |x_i - y_j|^2 for blocks of rows of x and all rows of y, float64 (block, m).

    Computed as |x|^2 + |y|^2 - 2 x.y about the mean of y, which keeps the numbers small.
    """
    middle = y.mean(axis=0)
    rows, columns = asarray(x - middle), asarray(y - middle)
    lengths = (columns * columns).sum(axis=1)
    across = columns.T
    for span in spans(len(x), len(y)):
        block = rows[span]
        own = (block * block).sum(axis=1, keepdims=True)
        yield span, maximum(own + lengths - 2 * (block @ across), 0)


def smallest(matrix: Tensor, k: int) -> Tensor:
    """Return the k smallest elements of each row in ascending order, (n, k).

    Columns are cut into chunks. The k smallest elements lie in the k chunks with the smallest minima, so only those are
    sorted: a few hundred elements of ten thousand.
    """
    rows, columns = matrix.shape
    width = max(1, int((columns / max(1, k)) ** 0.5))
    chunks = columns // width
    if chunks <= 2 * k:
        return _sorting.topk(matrix, k, largest=False).values
    body = matrix[:, : chunks * width].reshape(rows, chunks, width)
    nearest = _sorting.topk(body.min(axis=2), k, largest=False).indices
    picked = take_along_axis(body, nearest.reshape(rows, k, 1), axis=1).reshape(rows, k * width)
    if chunks * width < columns:
        picked = concatenate([picked, matrix[:, chunks * width :]], axis=1)
    return _sorting.topk(picked, k, largest=False).values


def neighbour_radii(rows: Array, k: int) -> Array:
    """Return the squared distance of each row to its k-th nearest other row, float64 (n,)."""
    radii = np.empty(len(rows))
    for span, squares in squared_distances(rows, rows):
        # Of the k + 1 nearest the row itself is the first.
        radii[span] = smallest(squares, k + 1)[:, k].numpy()
    return radii


def with_rounding(squares: Array, rows: Array, middle: Array) -> Array:
    """Return squared radii, grown by what rounding may add to a distance that is equal to them.

    So rows that occur twice lie within each other's radius of 0.
    """
    grown: Array = squares * (1 + ROUNDING) + ROUNDING * np.square(rows - middle).sum(axis=1)
    return grown

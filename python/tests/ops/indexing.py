"""Picking by index, and its adjoints."""

from __future__ import annotations

import numpy as np

from ._entry import call, constant, entry, index, normal
from ._reference import jnp

NOTHING = constant(np.array([], np.int32))
# Each place once, some of them counted from the end: which of repeated indices stays is NumPy's own promise.
ONCE = constant(np.array([2, -4, 3]))
ONCE_EACH = constant(np.array([[1, -4, 3], [0, 2, -1]]))


def take(x, indices, axis=0):
    return jnp.take(x, indices, axis, mode="wrap")


def scattered(how):
    def theirs(x, updates, indices, axis=0):
        return getattr(x.at[(slice(None),) * (axis % x.ndim) + (indices,)], how)(updates)

    return theirs


def along(how):
    def theirs(x, updates, indices, axis):
        places = list(np.indices(indices.shape))
        places[axis] = indices
        return getattr(x.at[tuple(places)], how)(updates)

    return theirs


def take_along(x, indices, axis):
    return jnp.take_along_axis(x, jnp.where(indices < 0, indices + x.shape[axis], indices), axis)


OPERATIONS = {
    "gather": entry(
        take, call(normal(4, 3), index(5, below=4)), call(normal(2, 4, 3), index(6, below=4), axis=1),
        call(normal(2, 4, 3), index(2, 3, below=4), axis=1), call(normal(4, 3), index(below=4), axis=-2),
        call(normal(4, 3), NOTHING, axis=-1), call(normal(0, 3), constant(np.array([2, 0], np.int32)), axis=1),
        types="ib", large=call(normal(300, 307), index(400, below=300)),
    ),
    "scatter_add": entry(
        scattered("add"), call(normal(4, 3), normal(5, 3), index(5, below=4)),
        call(normal(2, 4), normal(2, 6), index(6, below=4), axis=1),
        call(normal(2, 4, 2), normal(2, 3, 2, 2), index(3, 2, below=4), axis=1),
        call(normal(4, 3), normal(0, 3), NOTHING),
        types="l", large=call(normal(300, 307), normal(400, 307), index(400, below=300)),
    ),
    "scatter": entry(
        scattered("set"), call(normal(5, 3), normal(3, 3), ONCE), call(normal(2, 5), normal(2, 3), ONCE, axis=-1),
        call(normal(4, 3), normal(0, 3), NOTHING),
        types="ib", large=call(normal(300, 307), normal(300, 307), constant(np.arange(300)[::-1].copy())),
    ),
    "take_along_axis": entry(
        take_along, call(normal(2, 4, 3), index(2, 5, 3, below=4), axis=1),
        call(normal(4, 3), index(4, 1, below=3), axis=-1),
        call(normal(2, 3), index(0, 3, below=2), axis=0), call(normal(0, 3), index(0, 2, below=3), axis=1),
        types="ib", large=call(normal(300, 307), index(400, 307, below=300), axis=0),
    ),
    "scatter_add_along_axis": entry(
        along("add"), call(normal(2, 4, 3), normal(2, 5, 3), index(2, 5, 3, below=4), axis=1),
        call(normal(4, 3), normal(4, 6), index(4, 6, below=3), axis=-1),
        call(normal(2, 3), normal(2, 0), index(2, 0, below=3), axis=1),
        types="l", large=call(normal(300, 307), normal(400, 307), index(400, 307, below=300), axis=0),
    ),
    "put_along_axis": entry(
        along("set"), call(normal(2, 5), normal(2, 3), ONCE_EACH, axis=1),
        call(normal(2, 3), normal(0, 3), index(0, 3, below=2), axis=0),
        types="ib", large=call(normal(300, 307), normal(1, 307), index(1, 307, below=300), axis=0),
    ),
}  # fmt: skip

"""Elements in another order or more than once, and by index."""

from __future__ import annotations

import numpy as np

from . import indexing
from ._entry import call, constant, entry, index, normal, smooth
from ._reference import jax, jnp
from .functions import renamed

PLAIN = {"types": "ib", "never_large": "made of slices and broadcasts"}
UNEVEN = constant(np.array([2, 0, 1], np.int32))


def one_hot(labels, classes, dtype="float32"):
    return jax.nn.one_hot(jnp.where(labels < 0, classes, labels), classes, dtype=dtype)


def picked(x, *indices, axes, place=None, names=None):
    """NumPy's own indexing: the result's axes of indices are moved to their place."""
    key = [slice(None)] * x.ndim
    for axis, each in zip(axes, indices, strict=True):
        key[axis] = each
    found = x[tuple(key)]
    count = len(np.broadcast_shapes(*(np.shape(each) for each in indices)))
    together = list(axes) == list(range(axes[0], axes[0] + len(axes)))
    now = axes[0] if together else 0
    place = axes[0] if place is None else place
    return jnp.moveaxis(found, range(now, now + count), range(place, place + count))


PAIR = index(2, 3, below=4), index(3, below=3)

OPERATIONS = {
    "move_axes": entry(
        lambda x, source, destination: jnp.moveaxis(x, source, destination),
        call(normal(2, 3, 4), source=(0,), destination=(-1,)),
        call(normal(2, 3, 4), source=(0, 2), destination=(1, 0)), call(normal(0, 3), source=(0,), destination=(1,)),
        **PLAIN,
    ),
    "roll": entry(
        lambda x, shifts, axes=None: jnp.roll(x, shifts[0] if axes is None else shifts, axes),
        call(normal(3, 4), shifts=(5,)), call(normal(3, 4), shifts=(-1, 6), axes=(0, 1)),
        call(normal(0, 3), shifts=(2,), axes=(0,)), **PLAIN,
    ),
    "tile": entry(
        lambda x, counts: jnp.tile(x, counts), call(normal(2, 3), counts=(2, 3)), call(normal(2, 3), counts=(2,)),
        call(normal(3), counts=(2, 1, 2)), call(normal(2, 3), counts=(0, 1)), call(normal(), counts=()),
        call(normal(0, 2), counts=(2, 2)), **PLAIN,
    ),
    "repeat": entry(
        lambda x, counts=None, count=None, axis=0: jnp.repeat(
            x, count if counts is None else counts, axis, total_repeat_length=None if counts is None else 3
        ),
        call(normal(2, 3), count=2, axis=0), call(normal(2, 3), count=3, axis=-1), call(normal(2, 3), UNEVEN, axis=1),
        call(normal(0, 3), count=2, axis=1), call(normal(2), count=0, axis=0), **PLAIN,
    ),
    "rot90": entry(
        lambda x, turns=1, axes=(0, 1): jnp.rot90(x, turns, axes), call(normal(2, 3)), call(normal(2, 3), turns=2),
        call(normal(2, 3, 4), turns=-1, axes=(1, 2)), call(normal(0, 3), turns=4), call(normal(0, 3)), **PLAIN,
    ),
    **{
        name: entry(
            lambda x, diagonal=0, theirs=theirs: theirs(x, diagonal), call(normal(3, 4)),
            call(normal(2, 4, 3), diagonal=1), call(normal(3, 3), diagonal=-2), call(normal(0, 3)),
            call(normal(3, 3), diagonal=100), types="ib", large=call(normal(301, 307)),
        )
        for name, theirs in (("tril", jnp.tril), ("triu", jnp.triu))
    },
    "linspace": entry(
        lambda start, end, count, includes_end=True, dtype="float32": np.linspace(
            start, end, count, endpoint=includes_end, dtype=dtype
        ),
        call(start=-1.0, end=2.0, count=7), call(start=0.0, end=1.0, count=4, includes_end=False),
        call(start=0.0, end=1.0, count=0), call(start=3.0, end=1.0, count=1, dtype="float64", result="float64"),
        jit=False, order=0, result="float32", never_large="one line of numbers",
    ),
    "index": entry(
        picked, call(normal(4, 3), *PAIR, axes=(0, 1)), call(normal(4, 2, 3), *PAIR, axes=(0, 2), place=0),
        call(normal(2, 4, 3), *PAIR, axes=(1, 2)), call(normal(2, 4), index(3, below=4), axes=(1,), names=(1,)),
        call(normal(0, 4), index(3, below=4), axes=(1,)), types="ib",
        large=call(normal(40, 30, 20), index(500, below=40), index(500, below=30), axes=(0, 1)),
    ),
    "ravel_multi_index": entry(
        lambda *indices, shape, axes=None: jnp.ravel_multi_index(
            [jnp.where(i < 0, i + n, i) for i, n in zip(indices, shape, strict=True)], shape, mode="clip"
        ),
        call(index(3, 4, below=3), index(4, below=5), shape=(3, 5)),
        call(index(2, below=3), shape=(3,), axes=(1,)), call(index(0, below=3), shape=(3,)),
        result="int64", order=0, large=call(index(300, 300, below=9), shape=(9,)),
    ),
    "flat_nonzero": entry(
        np.flatnonzero, call(smooth(2, 3)), call(constant(np.array([[0, 2], [1, 0]]))), call(smooth(0, 2)),
        jit=False, order=0, result="int64", types="ib", never_large="reads its elements",
    ),
    "one_hot": entry(
        one_hot, call(index(3, 2, below=5), classes=4), call(index(below=3), classes=3, dtype="int32", result="int32"),
        call(index(0, below=3), classes=3), result="float32", order=0, large=call(index(3000, below=50), classes=40),
    ),
}  # fmt: skip


def plain(name, *calls, theirs=None, **options):
    return renamed(name, *calls, theirs=theirs, **{"types": "ib", **options})


def joined(name):
    return plain(name, call([normal(2, 3), normal(2, 3)]), call((normal(3), normal(3))))


def updates(which):
    return lambda x, indices, updates, axis=0: indexing.OPERATIONS[which].theirs(x, updates, indices, axis)


FUNCTIONS = {
    "roll": plain("roll", call(normal(3, 4), 2), call(normal(3, 4), (1, -1), (0, 1)), call(normal(3, 4), 1, axis=-1)),
    "tile": plain("tile", call(normal(2, 3), 2), call(normal(2, 3), (2, 1, 2))),
    "repeat": plain("repeat", call(normal(2, 3), 2), call(normal(2, 3), 2, axis=1), call(normal(3), [1, 0, 2], 0),
                    theirs=lambda x, repeats, axis=None: jnp.repeat(x, np.asarray(repeats), axis)),
    "rot90": plain("rot90", call(normal(2, 3)), call(normal(2, 3, 4), 3, axes=(1, 2))),
    "tril": plain("tril", call(normal(3, 3)), call(normal(3, 4), 1), call(normal(3, 4), k=-1)),
    "triu": plain("triu", call(normal(3, 3)), call(normal(3, 4), 1), call(normal(3, 4), k=-1)),
    "array_split": plain("array_split", call(normal(7, 2), 3), call(normal(2, 5), (1, 3), axis=1), call(normal(2), 3)),
    "unstack": plain("unstack", call(normal(3, 2)), call(normal(3, 2), axis=-1),
                     theirs=lambda x, axis=0: [jnp.take(x, i, axis) for i in range(x.shape[axis])]),
    "concat": plain("concat", call([normal(2, 3), normal(1, 3)]), call([normal(2, 1), normal(2, 3)], axis=1)),
    **{name: joined(name) for name in ("hstack", "vstack", "dstack", "column_stack")},
    "broadcast_arrays": plain("broadcast_arrays", call(normal(3, 1), normal(2))),
    "meshgrid": plain("meshgrid", call(normal(3), normal(2)), call(normal(3), normal(2), normal(4), indexing="ij"),
                      call(normal(3))),
    "one_hot": plain("one_hot", call(index(3, below=4), 4, result="float32"), call([1, 0], 3, "int32", result="int32"),
                     theirs=lambda labels, n, dtype="float32": one_hot(jnp.asarray(labels), n, dtype)),
    "take_along_axis": plain("take_along_axis", call(normal(2, 4), index(2, 3, below=4)),
                             call(normal(2, 4), index(3, 1, below=2), axis=0),
                             theirs=lambda x, i, axis=-1: indexing.OPERATIONS["take_along_axis"].theirs(x, i, axis)),
    "put_along_axis": plain("put_along_axis", call(normal(2, 5), indexing.ONCE_EACH, normal(2, 3), 1),
                            theirs=updates("put_along_axis")),
    "scatter_add_along_axis": plain(
        "scatter_add_along_axis", call(normal(2, 5), indexing.ONCE_EACH, normal(2, 3), axis=1), types="l",
        theirs=updates("scatter_add_along_axis"),
    ),
    "scatter": plain("scatter", call(normal(5, 3), indexing.ONCE, normal(3, 3)), theirs=updates("scatter")),
    "scatter_add": plain("scatter_add", call(normal(5, 3), indexing.ONCE, normal(3, 3), 0), types="l",
                         theirs=updates("scatter_add")),
}  # fmt: skip

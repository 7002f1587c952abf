"""Tensors of nothing but numbers, and of random ones."""

from __future__ import annotations

import numpy as np

from . import _philox as philox
from ._entry import call, constant, entry

KEY = constant(np.array([-3, 2**40 + 7], np.int64))


def plain(theirs, *calls, **options):
    return entry(theirs, *calls, **{"order": 0, "jit": False, "result": "float32", **options})


def draws(theirs, result="float32", **kwargs):
    """Odd counts, empty ones, and enough for the pieces that threads share."""
    calls = [call(KEY, shape=shape, **kwargs) for shape in ((3, 5), (), (1,), (2, 0), (5000,))]
    return plain(theirs, *calls, result=result, large=call(KEY, shape=(70001,), **kwargs))


def drawn(theirs, **more):
    """As `draws`, in both float types."""
    found = draws(theirs)
    calls = [call(KEY, shape=shape, dtype="float64", result="float64") for shape in ((3, 3), (7,), (0,), (5001,))]
    return plain(theirs, *found.calls, *calls, large=found.large, **more)


OPERATIONS = {
    "full": plain(
        lambda shape, value, dtype="float32": np.full(shape, value, dtype), call(shape=(2, 3), value=1.5),
        call(shape=(), value=-2.0, dtype="int64", result="int64"),
        call(shape=(2,), value=200.0, dtype="uint8", result="uint8"),
        call(shape=(2,), value=1.0, dtype="bool", result="bool"),
        call(shape=(3, 0), value=1.0, dtype="float64", result="float64"),
        never_large="writes one number everywhere",
    ),
    "arange": plain(
        lambda end, start=0.0, step=1.0, dtype="float32": np.arange(start, end, step).astype(dtype), call(end=4.0),
        call(start=1.0, end=4.0, step=0.5), call(start=5.0, end=-5.0, step=-3.0, dtype="int32", result="int32"),
        call(start=2.0, end=2.0, dtype="float64", result="float64"), large=call(end=200000.0),
    ),
    "eye": plain(
        lambda n, columns=None, diagonal=0, dtype="float32": np.eye(n, columns, diagonal, dtype), call(n=3), call(n=0),
        call(n=3, columns=4, diagonal=1), call(n=3, columns=2, diagonal=-1),
        call(n=2, dtype="int64", result="int64"),
        never_large="one copy of numbers",
    ),
    "random_uniform": drawn(philox.uniform),
    "random_normal": drawn(philox.normal, float32=1e-4),
    "random_bernoulli": draws(philox.bernoulli, "bool", p=0.3, dtype="bool"),
    "random_integers": draws(philox.integers, "int64", low=-2, high=7, dtype="int64"),
    "random_permutation": plain(
        philox.permutation, call(KEY, n=9), call(KEY, n=0), call(KEY, n=1), call(KEY, n=5000), result="int64",
        never_large="a chain of exchanges: one thread",
    ),
    "random_split": plain(
        philox.split, call(KEY, n=3), call(KEY, n=0), call(KEY, n=2, start=5), result="int64",
        never_large="a handful of keys",
    ),
}  # fmt: skip

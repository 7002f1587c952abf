"""Functions of two or three tensors, element by element, which broadcast."""

from __future__ import annotations

import numpy as np

from ._entry import boolean, call, entry, normal, positive, smooth
from ._reference import jnp


def pairs(first, second):
    """Equal shapes, all ways to broadcast, and empty ones."""
    return (
        call(first(3, 4), second(3, 4)),
        call(first(3, 4), second(4)),
        call(first(3, 1), second(2, 1, 4)),
        call(first(), second(2, 2)),
        call(first(0, 3), second(3)),
        call(first(2, 1), second(1, 0)),
    )


def binary(theirs, first=normal, second=normal, **options):
    return entry(theirs, *pairs(first, second), **{"elementwise": True, "types": "i", **options})


def comparison(theirs, extremes):
    return binary(theirs, result="bool", types="ib", order=0, extremes=extremes)


def logical(theirs):
    return binary(theirs, boolean, boolean, result="bool", order=0)


OPERATIONS = {
    "add": binary(jnp.add, extremes=np.add),
    "subtract": binary(jnp.subtract, extremes=np.subtract),
    "multiply": binary(jnp.multiply, extremes=np.multiply),
    "divide": binary(jnp.divide, second=positive, result="float", types="ib", extremes=np.divide),
    "power": binary(jnp.power, positive, result="float", types="ib", extremes=np.power),
    "maximum": binary(jnp.maximum, smooth, normal, extremes=np.maximum),
    "minimum": binary(jnp.minimum, smooth, normal, extremes=np.minimum),
    "equal": comparison(jnp.equal, np.equal),
    "not_equal": comparison(jnp.not_equal, np.not_equal),
    "less": comparison(jnp.less, np.less),
    "less_equal": comparison(jnp.less_equal, np.less_equal),
    "greater": comparison(jnp.greater, np.greater),
    "greater_equal": comparison(jnp.greater_equal, np.greater_equal),
    "logical_and": logical(jnp.logical_and),
    "logical_or": logical(jnp.logical_or),
    "logical_xor": logical(jnp.logical_xor),
    "logical_not": entry(
        jnp.logical_not, call(boolean(3, 4)), call(boolean()), call(boolean(0, 2)),
        elementwise=True, result="bool", order=0,
    ),
    "select": entry(
        jnp.where,
        call(boolean(3, 4), normal(3, 4), normal(3, 4)), call(boolean(3, 4), normal(3, 4), normal(4)),
        call(boolean(3, 1), normal(), normal(1, 4)), call(boolean(), normal(2, 1), normal(3)),
        call(boolean(0, 1), normal(3), normal(1)),
        elementwise=True, types="ib",
    ),
}  # fmt: skip

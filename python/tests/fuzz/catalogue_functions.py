"""More functions, element by element."""

from __future__ import annotations

from typing import Any

import numpy as np

from .catalogue import away, maker, unary, whole
from .draft import Draft, floating, promoted


def within(low: float, high: float) -> Any:
    return lambda x: bool(((x > low) & (x < high)).all())


for name in ("atan", "asinh", "softsign", "mish", "log_sigmoid"):
    unary(name)
for name in ("log2", "log10"):
    unary(name, within(0.05, np.inf))
for name in ("asin", "acos", "atanh"):
    unary(name, within(-0.9, 0.9))
for name in ("sinh", "cosh", "exp2"):
    unary(name, within(-8, 8))
unary("tan", within(-1.2, 1.2))
unary("acosh", within(1.2, np.inf))
unary("cbrt", lambda x: bool((np.abs(x) > 0.05).all()))
unary("trunc", lambda x: whole(x) or away(x, 1), keeps=True)


@maker
def elu(draft: Draft) -> Any:
    i = draft.numeric()
    name = draft.one_of("elu", "celu")
    return None if i is None else (f"xp.{name}(v{i}, {draft.integer(1, 12) / 8})", floating(draft.dtypes[i]))


@maker
def of_two_floats(draft: Draft) -> Any:
    """Functions with a singularity only where both are 0."""
    i = draft.numeric(lambda x: bool((np.abs(x) > 0.05).all()))
    j = None if i is None else draft.beside(i)
    if j is None:
        return None
    name = draft.one_of("hypot", "arctan2", "logaddexp")
    if name == "arctan2" and not ((draft.values[i] > 0).all() or (draft.values[j] > 0).all()):
        return None  # the angle jumps
    return f"xp.{name}(v{i}, v{j})", floating(promoted(draft.dtypes[i], draft.dtypes[j]))


@maker
def quotient(draft: Draft) -> Any:
    j = draft.numeric(lambda x: bool((np.abs(x) > 0.2).all()))
    i = None if j is None else draft.beside(j)
    if i is None:
        return None
    a, b = draft.values[i], draft.values[j]
    if not (whole(a) and whole(b)) and not away(a / b, 1):
        return None
    name = draft.one_of("floor_divide", "remainder", "fmod")
    return f"xp.{name}(v{i}, v{j})", promoted(draft.dtypes[i], draft.dtypes[j])


@maker
def bitwise(draft: Draft) -> Any:
    def is_whole(value: np.ndarray, dtype: str) -> bool:
        return dtype[0] in "iu"

    i = draft.variable(is_whole)
    if i is None:
        return None
    shape = draft.values[i].shape
    j = draft.variable(lambda value, dtype: is_whole(value, dtype) and value.shape == shape)
    name = draft.one_of("bitwise_and", "bitwise_or", "bitwise_xor")
    return f"xp.{name}(v{i}, v{j})", promoted(draft.dtypes[i], draft.dtypes[j])

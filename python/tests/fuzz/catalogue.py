"""What a step can be: functions of a draft that give code and the dtype of its value, or None where nothing fits.

Functions that jump (floor, comparisons, argmax) are only asked where float32 and float64 agree on the side, and those
with a singularity away from it: everything else is free.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .draft import Draft, floating, promoted

Maker = Callable[[Draft], "tuple[str, str] | None"]
MAKERS: dict[str, Maker] = {}

GAP = 1e-2


def maker(function: Maker) -> Maker:
    MAKERS[function.__name__.rstrip("_")] = function
    return function


# ---------------------------------------------------------------------------------------------------------- elementwise


def whole(value: np.ndarray) -> bool:
    return bool((value == np.rint(value)).all())


def away(value: np.ndarray, period: float, offset: float = 0.0) -> bool:
    """Whether no element is near offset + k * period; whole numbers are exact in both types."""
    distance = np.abs((value - offset) / period - np.rint((value - offset) / period)) * period
    return bool((distance > GAP).all())


def unary(name: str, fits: Callable[[np.ndarray], bool] = lambda value: True, *, keeps: bool = False) -> None:
    def make(draft: Draft) -> tuple[str, str] | None:
        i = draft.numeric(fits)
        if i is None:
            return None
        return f"xp.{name}(v{i})", draft.dtypes[i] if keeps else floating(draft.dtypes[i])

    MAKERS[name] = make


for name in ("tanh", "sigmoid", "softplus", "erf", "sin", "cos", "gelu", "silu"):
    unary(name)
for name in ("negative", "square", "abs", "relu"):
    unary(name, keeps=True)
for name in ("exp", "expm1"):
    unary(name, lambda x: bool((x < 8).all()))
for name in ("log", "sqrt", "rsqrt"):
    unary(name, lambda x: bool((x > 0.05).all()))
unary("reciprocal", lambda x: bool((np.abs(x) > 0.1).all()))
unary("log1p", lambda x: bool((x > -0.9).all()))
for name in ("floor", "ceil", "sign"):
    unary(name, lambda x: whole(x) or away(x, 1), keeps=True)
unary("round", lambda x: whole(x) or away(x, 1, 0.5), keeps=True)


@maker
def leaky_relu(draft: Draft) -> Any:
    i = draft.numeric(floats=True)
    return i if i is None else (f"xp.leaky_relu(v{i}, {abs(draft.number())})", draft.dtypes[i])


@maker
def clip(draft: Draft) -> Any:
    i = draft.numeric(floats=True)
    low, high = sorted([draft.number(), draft.number()])
    return i if i is None else (f"xp.clip(v{i}, {low}, {high})", draft.dtypes[i])


@maker
def astype(draft: Draft) -> Any:
    dtype = draft.one_of("float32", "float64", "int32", "int64", "uint8", "bool")
    fits = None if dtype.startswith("float") else (lambda x: whole(x) or (dtype != "bool" and away(x, 1)))
    i = draft.numeric(fits or (lambda x: True))
    if i is None or (dtype == "uint8" and draft.values[i].size and draft.values[i].min() < 0):
        return None
    return f"xp.asarray(v{i}, '{dtype}')", dtype


def arithmetic(name: str, code: str, *, result: Callable[[str], str] = lambda dtype: dtype) -> None:
    """Operators between two variables, or a variable and a number on either side."""

    def make(draft: Draft) -> tuple[str, str] | None:
        i = draft.numeric()
        if i is None:
            return None
        if draft.integer(0, 3) == 0:
            number = draft.number()
            dtype = floating(draft.dtypes[i])
            pair = (f"v{i}", f"{number}") if draft.flag() else (f"{number}", f"v{i}")
            return code.format(*pair), result(dtype)
        j = draft.beside(i)
        if j is None:
            return None
        return code.format(f"v{i}", f"v{j}"), result(promoted(draft.dtypes[i], draft.dtypes[j]))

    MAKERS[name] = make


for name, code in (("add", "{} + {}"), ("subtract", "{} - {}"), ("multiply", "{} * {}")):
    arithmetic(name, code)
for name in ("maximum", "minimum"):
    arithmetic(name, f"xp.{name}({{}}, {{}})")


@maker
def divide(draft: Draft) -> Any:
    j = draft.numeric(lambda x: bool((np.abs(x) > 0.1).all()))
    i = None if j is None else draft.beside(j)
    return None if i is None else (f"v{i} / v{j}", floating(promoted(draft.dtypes[i], draft.dtypes[j])))


@maker
def pow_(draft: Draft) -> Any:
    i = draft.numeric(lambda x: bool((x > 0.05).all()))
    j = None if i is None else draft.beside(i)
    return None if j is None else (f"xp.pow(v{i}, v{j})", floating(promoted(draft.dtypes[i], draft.dtypes[j])))


def comparison(name: str) -> None:
    def make(draft: Draft) -> tuple[str, str] | None:
        i = draft.numeric()
        j = None if i is None else draft.beside(i)
        if j is None:
            return None
        a, b = draft.values[i], draft.values[j]
        if not (whole(a) and whole(b)) and not (np.abs(a - b) > GAP).all():
            return None
        return f"xp.{name}(v{i}, v{j})", "bool"

    MAKERS[name] = make


for name in ("equal", "not_equal", "less", "less_equal", "greater", "greater_equal"):
    comparison(name)


def is_bool(value: np.ndarray, dtype: str) -> bool:
    return dtype == "bool"


@maker
def logical(draft: Draft) -> Any:
    i = draft.variable(is_bool)
    j = None if i is None else draft.beside(i, bools=True)
    name = draft.one_of("logical_and", "logical_or", "logical_xor")
    return None if j is None else (f"xp.{name}(v{i}, v{j})", "bool")


@maker
def logical_not(draft: Draft) -> Any:
    i = draft.variable(is_bool)
    return None if i is None else (f"xp.logical_not(v{i})", "bool")


@maker
def where(draft: Draft) -> Any:
    condition = draft.variable(is_bool)
    i = None if condition is None else draft.beside(condition)
    if i is None:
        return None
    j = draft.beside(condition, i)
    if j is None:
        return f"xp.where(v{condition}, v{i}, {draft.number()})", floating(draft.dtypes[i])
    return f"xp.where(v{condition}, v{i}, v{j})", promoted(draft.dtypes[i], draft.dtypes[j])


@maker
def isfinite(draft: Draft) -> Any:
    i = draft.numeric()
    return None if i is None else (f"xp.{draft.one_of('isfinite', 'isnan')}(v{i})", "bool")

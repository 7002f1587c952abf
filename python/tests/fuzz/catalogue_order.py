"""Steps that sort, run along an axis, repeat and pick by index."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import strategies as st

from .catalogue import maker
from .catalogue_reduce import accumulated, apart, emptied
from .catalogue_shape import moved
from .draft import Draft, floating


@maker
def sort(draft: Draft) -> Any:
    i = draft.numeric(lambda x: x.ndim > 0)
    if i is None:
        return None
    axis = draft.axis(i)
    if not apart(draft.values[i], axis):
        return None
    return f"xp.sort(v{i}, axis={axis})", draft.dtypes[i]


@maker
def argsort(draft: Draft) -> Any:
    i = draft.numeric(lambda x: x.ndim > 0)
    if i is None:
        return None
    axis = draft.axis(i)
    return (f"xp.argsort(v{i}, axis={axis}, stable=True)", "int64") if apart(draft.values[i], axis) else None


@maker
def running(draft: Draft) -> Any:
    i = draft.numeric(lambda x: x.ndim > 0 and np.abs(x).max(initial=0) < 3)
    if i is None:
        return None
    name = draft.one_of("cumsum", "cumprod")
    return f"xp.{name}(v{i}, axis={draft.axis(i)})", accumulated(draft.dtypes[i])


@maker
def diff(draft: Draft) -> Any:
    i = draft.numeric(lambda x: x.ndim > 0)
    return None if i is None else (f"xp.diff(v{i}, axis={draft.axis(i)})", draft.dtypes[i])


@maker
def prod(draft: Draft) -> Any:
    i = draft.numeric(lambda x: np.abs(x).max(initial=0) < 3)
    if i is None:
        return None
    return f"xp.prod(v{i}, axis={draft.axes(i)}, keepdims={draft.flag()})", accumulated(draft.dtypes[i])


@maker
def median(draft: Draft) -> Any:
    i = draft.numeric()
    if i is None:
        return None
    axis = draft.axis(i) if draft.flag() else None
    if emptied(draft.values[i], axis) or not apart(draft.values[i], axis):
        return None
    return f"xp.median(v{i}, axis={axis}, keepdims={draft.flag()})", floating(draft.dtypes[i])


@maker
def count_nonzero(draft: Draft) -> Any:
    i = draft.variable(lambda value, dtype: dtype == "bool" or bool((value == np.rint(value)).all()))
    return None if i is None else (f"xp.count_nonzero(v{i}, axis={draft.axes(i)})", "int64")


@moved
def roll(draft: Draft, i: int, x: np.ndarray) -> str:
    return f"xp.roll(v{i}, {draft.integer(-4, 4)}, {draft.axis(i)})"


@moved
def tile(draft: Draft, i: int, x: np.ndarray) -> str:
    counts = tuple(draft.integer(0, 2) for _ in range(draft.integer(1, x.ndim + 1)))
    return f"xp.tile(v{i}, {counts})"


@moved
def repeat(draft: Draft, i: int, x: np.ndarray) -> str:
    return f"xp.repeat(v{i}, {draft.integer(0, 3)}, axis={draft.axis(i)})"


@moved
def triangle(draft: Draft, i: int, x: np.ndarray) -> str | None:
    return f"xp.{draft.one_of('tril', 'triu')}(v{i}, {draft.integer(-2, 2)})" if x.ndim > 1 else None


@moved
def advanced_index(draft: Draft, i: int, x: np.ndarray) -> str | None:
    """Arrays of integers on some axes, slices and integers on others."""
    if not x.size:
        return None
    length = draft.integer(1, 3)
    keys = []
    for extent in x.shape[: draft.integer(1, x.ndim)]:
        form = draft.one_of("array", "array", "column", "slice", "integer", "new")
        if form == "new":
            keys.append("None")
        numbers = draft.draw(st.lists(st.integers(-extent, extent - 1), min_size=length, max_size=length))
        if form == "array":
            keys.append(f"xp.array({numbers})")
        elif form == "column":
            keys.append(f"xp.array({[[number] for number in numbers]})")
        elif form == "integer":
            keys.append(str(numbers[0]))
        else:
            keys.append(draft.one_of(":", "::-1", "1:"))
    return f"v{i}[{', '.join(keys)},]"


@maker
def mask_index(draft: Draft) -> Any:
    i = draft.variable(lambda value, dtype: dtype == "bool")
    if i is None:
        return None
    shape = draft.values[i].shape
    j = draft.variable(lambda value, dtype: value.shape[: len(shape)] == shape)
    return None if j is None or not shape else (f"v{j}[v{i}]", draft.dtypes[j])

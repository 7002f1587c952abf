"""Steps that reduce over axes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .catalogue import GAP, MAKERS, maker, whole
from .draft import Draft, floating


def emptied(value: np.ndarray, axes: Any) -> bool:
    """Whether one of the axes that are reduced has no elements."""
    every = range(value.ndim) if axes is None else axes if isinstance(axes, tuple) else (axes,)
    return any(value.shape[axis] == 0 for axis in every)


def reduction(name: str, *, result: Callable[[str], str], may_be_empty: bool, bools: bool = False) -> None:
    def make(draft: Draft) -> tuple[str, str] | None:
        i = draft.variable(lambda value, dtype: (dtype == "bool") == bools)
        if i is None:
            return None
        axes, keep = draft.axes(i), draft.flag()
        if not may_be_empty and emptied(draft.values[i], axes):
            return None
        return f"xp.{name}(v{i}, axis={axes}, keepdims={keep})", result(draft.dtypes[i])

    MAKERS[name] = make


def accumulated(dtype: str) -> str:
    return dtype if dtype.startswith("float") else "int64"


reduction("sum", result=accumulated, may_be_empty=True)
reduction("mean", result=floating, may_be_empty=False)
reduction("max", result=lambda dtype: dtype, may_be_empty=False)
reduction("min", result=lambda dtype: dtype, may_be_empty=False)
reduction("logsumexp", result=floating, may_be_empty=False)
reduction("any", result=lambda dtype: "bool", may_be_empty=True, bools=True)
reduction("all", result=lambda dtype: "bool", may_be_empty=True, bools=True)


@maker
def norm(draft: Draft) -> Any:
    i = draft.numeric(lambda x: bool((np.abs(x) > 0.05).all()))
    if i is None:
        return None
    axes = draft.axes(i)
    if emptied(draft.values[i], axes):
        return None
    return f"xp.norm(v{i}, axis={axes}, keepdims={draft.flag()})", floating(draft.dtypes[i])


@maker
def variance(draft: Draft) -> Any:
    i = draft.numeric()
    if i is None:
        return None
    axes, name, correction = draft.axes(i), draft.one_of("var", "std"), draft.one_of(0, 1)
    x = draft.values[i]
    spread = np.inf if emptied(x, axes) else np.var(x, axes).min() if x.size else np.inf
    if emptied(x, axes) or spread < 1e-2:  # the root of 0 has no derivative, and 0 / 0 no value
        return None
    return f"xp.{name}(v{i}, axis={axes}, keepdims={draft.flag()}, correction={correction})", floating(draft.dtypes[i])


def apart(value: np.ndarray, axis: int | None) -> bool:
    """Whether the elements along an axis are far enough from each other to be ordered in float32."""
    if whole(value):
        return True
    ordered = np.sort(value, axis=axis)
    return bool((np.diff(ordered, axis=-1 if axis is None else axis) > GAP).all())


@maker
def argument(draft: Draft) -> Any:
    i = draft.numeric()
    if i is None:
        return None
    axis = draft.axis(i) if draft.flag() else None
    if emptied(draft.values[i], axis) or not apart(draft.values[i], axis):
        return None
    return f"xp.{draft.one_of('argmax', 'argmin')}(v{i}, axis={axis}, keepdims={draft.flag()})", "int64"


@maker
def softmax(draft: Draft) -> Any:
    i = draft.numeric(lambda x: x.ndim > 0)
    if i is None:
        return None
    axis = draft.axis(i)
    if draft.values[i].shape[axis] == 0:
        return None
    return f"xp.{draft.one_of('softmax', 'log_softmax')}(v{i}, axis={axis})", floating(draft.dtypes[i])

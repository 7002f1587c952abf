"""Steps that reduce, move, join, pick and multiply."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import strategies as st

from .catalogue import GAP, MAKERS, maker, whole
from .draft import Draft, floating, promoted

# ----------------------------------------------------------------------------------------------------------- reductions


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


# ------------------------------------------------------------------------------------------------------------- movement


def moved(make: Callable[[Draft, int, np.ndarray], str | None]) -> None:
    """A step that keeps the dtype of its one operand, which has axes."""

    def made(draft: Draft) -> tuple[str, str] | None:
        i = draft.variable(lambda value, dtype: value.ndim > 0)
        code = None if i is None else make(draft, i, draft.values[i])
        return None if code is None else (code, draft.dtypes[i])

    MAKERS[make.__name__.rstrip("_")] = made


@moved
def reshape(draft: Draft, i: int, x: np.ndarray) -> str:
    """Split off a divisor, join, or leave a size open."""
    if not x.size:
        return f"xp.reshape(v{i}, {draft.one_of((0,), (2, 0), (0, 3, 1), x.shape[::-1])})"
    first = draft.draw(st.sampled_from([n for n in (1, 2, 3, 4, 5, 6) if x.size % n == 0]))
    return f"xp.reshape(v{i}, {draft.one_of((first, -1), (-1, first), (x.size,), (first, x.size // first, 1))})"


@moved
def permute_dims(draft: Draft, i: int, x: np.ndarray) -> str:
    return f"xp.permute_dims(v{i}, {tuple(draft.draw(st.permutations(range(x.ndim))))})"


@moved
def swapaxes(draft: Draft, i: int, x: np.ndarray) -> str:
    return f"xp.swapaxes(v{i}, {draft.axis(i)}, {draft.axis(i)})"


@moved
def moveaxis(draft: Draft, i: int, x: np.ndarray) -> str:
    return f"xp.moveaxis(v{i}, {draft.axis(i)}, {draft.axis(i)})"


@moved
def expand_dims(draft: Draft, i: int, x: np.ndarray) -> str:
    return f"xp.expand_dims(v{i}, {draft.integer(-x.ndim - 1, x.ndim)})"


@moved
def squeeze(draft: Draft, i: int, x: np.ndarray) -> str:
    ones = tuple(axis for axis, extent in enumerate(x.shape) if extent == 1)
    return f"xp.squeeze(v{i}, {draft.one_of(None, ones)})"


@moved
def flatten(draft: Draft, i: int, x: np.ndarray) -> str:
    return f"xp.flatten(v{i}, {draft.integer(0, x.ndim - 1)})"


@moved
def flip(draft: Draft, i: int, x: np.ndarray) -> str:
    return f"xp.flip(v{i}, {draft.axes(i)})"


@moved
def pad(draft: Draft, i: int, x: np.ndarray) -> str:
    widths = [(draft.integer(0, 2), draft.integer(0, 2)) for _ in x.shape]
    return f"xp.pad(v{i}, {widths}, {draft.one_of(0, 1)})"


@moved
def take(draft: Draft, i: int, x: np.ndarray) -> str | None:
    axis = draft.axis(i)
    extent = x.shape[axis]
    picked = draft.draw(st.lists(st.integers(-extent, extent - 1), max_size=5)) if extent else []
    return f"xp.take(v{i}, {picked}, {axis})"


@moved
def split(draft: Draft, i: int, x: np.ndarray) -> str:
    axis = draft.axis(i)
    cuts = sorted(draft.draw(st.lists(st.integers(0, x.shape[axis]), min_size=1, max_size=3)))
    return f"xp.split(v{i}, {cuts}, {axis})[{draft.integer(0, len(cuts))}]"


@moved
def index(draft: Draft, i: int, x: np.ndarray) -> str:
    """Integers, slices with any step, new axes and an ellipsis."""
    keys = []
    for extent in x.shape[: draft.integer(0, x.ndim)]:
        bound = st.none() | st.integers(-extent - 1, extent + 1)
        form = draft.one_of("slice", "slice", "integer", "new") if extent else draft.one_of("slice", "new")
        if form == "new":
            keys.append("None")
        if form == "integer":
            keys.append(str(draft.integer(-extent, extent - 1)))
        else:
            start, stop = (draft.draw(bound) for _ in range(2))
            step = draft.one_of(None, 1, 2, -1, -2)
            keys.append(":".join("" if each is None else str(each) for each in (start, stop, step)))
    if draft.flag() or not keys:
        keys.append("...")
    return f"v{i}[{', '.join(keys)}]"


@maker
def broadcast_to(draft: Draft) -> Any:
    i = draft.variable()
    if i is None:
        return None
    x = draft.values[i]
    shape = (draft.integer(0, 3), *(draft.integer(2, 3) if extent == 1 else extent for extent in x.shape))
    return f"xp.broadcast_to(v{i}, {shape[0 if draft.flag() else 1 :]})", draft.dtypes[i]


@maker
def concatenate(draft: Draft) -> Any:
    i = draft.variable(lambda value, dtype: value.ndim > 0)
    if i is None:
        return None
    axis = draft.axis(i)

    def rest(value: np.ndarray) -> tuple[int, ...]:
        return tuple(np.delete(value.shape, axis))

    x = draft.values[i]
    j = draft.variable(lambda value, dtype: value.ndim == x.ndim and rest(value) == rest(x))
    if j is None:
        return None
    return f"xp.concatenate([v{i}, v{j}, v{i}], {axis})", promoted(draft.dtypes[i], draft.dtypes[j])


@maker
def stack(draft: Draft) -> Any:
    i = draft.variable()
    j = None if i is None else draft.variable(lambda value, dtype: value.shape == draft.values[i].shape)
    if j is None:
        return None
    axis = draft.integer(-draft.values[i].ndim - 1, draft.values[i].ndim)
    return f"xp.stack([v{i}, v{j}], {axis})", promoted(draft.dtypes[i], draft.dtypes[j])


# --------------------------------------------------------------------------------------------------------------- linear


@maker
def matmul(draft: Draft) -> Any:
    """Of what fits, of a matrix with its transpose, or with a vector made of its first row."""
    i = draft.numeric(lambda x: x.ndim > 0 and np.abs(x).max(initial=0) < 50)
    if i is None:
        return None
    x = draft.values[i]

    def fits(y: np.ndarray) -> bool:
        if y.ndim == 0:
            return False
        if y.shape[-2 if y.ndim > 1 else -1] != x.shape[-1]:
            return False
        try:
            np.broadcast_shapes(x.shape[:-2], y.shape[:-2])
        except ValueError:
            return False
        return True

    j = draft.numeric(fits)
    if j is not None and draft.integer(0, 2):
        return f"v{i} @ v{j}", floating(promoted(draft.dtypes[i], draft.dtypes[j]))
    return f"v{i} @ (v{i} if v{i}.ndim == 1 else xp.swapaxes(v{i}, -1, -2))", floating(draft.dtypes[i])


@maker
def conv2d(draft: Draft) -> Any:
    """A variable as an image, with a filter made of its corner."""
    i = draft.numeric(lambda x: x.ndim == 4 and x.size > 0 and np.abs(x).max() < 50)
    if i is None:
        return None
    channels = draft.values[i].shape[3]
    high, wide = (draft.integer(1, draft.values[i].shape[axis]) for axis in (1, 2))
    stride, padding, dilation = draft.integer(1, 2), draft.integer(0, 2), draft.integer(1, 2)
    padding += (dilation - 1) * max(high, wide)  # so that it fits
    corner = f"v{i}[:1, :{high}, :{wide}]"
    filters = f"xp.reshape({corner}, ({high}, {wide}, {channels}, 1))"
    return f"xp.conv2d(v{i}, {filters}, {stride}, {padding}, {dilation})", floating(draft.dtypes[i])

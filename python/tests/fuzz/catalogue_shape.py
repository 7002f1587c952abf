"""Steps that move, join and pick elements."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import strategies as st

from .catalogue import MAKERS, maker
from .draft import Draft, promoted


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
    modes = ("edge", "reflect", "symmetric", "wrap") if x.size else ()
    mode = draft.one_of("constant", *modes)
    value = f", constant_values={draft.one_of(0, 1)}" if mode == "constant" else ""
    return f"xp.pad(v{i}, {widths}, '{mode}'{value})"


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

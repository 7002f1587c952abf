"""What an entry of the table is made of: calls with described inputs, and what holds of their results."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np


class Input(NamedTuple):
    """An array to be drawn, from a domain that suits the operation. Floats are differentiated by, others are not."""

    shape: tuple[int, ...]
    domain: str
    fixed: Any = None
    below: int = 0

    @property
    def is_float(self) -> bool:
        return self.domain not in ("boolean", "index", "constant")

    def draw(self, rng: np.random.Generator) -> np.ndarray:
        """Floats as float64 whose values float32 can hold as well, so that one reference serves both."""
        value = _DOMAINS[self.domain](self, rng)
        return np.asarray(value, np.float32).astype(np.float64) if self.is_float else np.asarray(value)


def _smooth(x: Input, rng: np.random.Generator) -> Any:
    return rng.integers(-3, 3, x.shape) + rng.uniform(0.2, 0.8, x.shape)


def _distinct(x: Input, rng: np.random.Generator) -> Any:
    return (rng.permutation(int(np.prod(x.shape))) * 0.1 - 0.65).reshape(x.shape)


def _definite(x: Input, rng: np.random.Generator) -> Any:
    a = rng.normal(size=x.shape)
    return a @ a.swapaxes(-1, -2) / max(1, x.shape[-1]) + np.eye(x.shape[-1])


def _invertible(x: Input, rng: np.random.Generator) -> Any:
    return rng.normal(size=x.shape) / max(1, x.shape[-1]) + 2 * np.eye(x.shape[-1])


_DOMAINS: dict[str, Callable[[Input, np.random.Generator], Any]] = {
    "normal": lambda x, rng: rng.normal(size=x.shape),
    "positive": lambda x, rng: rng.uniform(0.5, 2, x.shape),
    "unit": lambda x, rng: rng.uniform(-0.9, 0.9, x.shape),
    "beyond": lambda x, rng: rng.uniform(1.2, 3, x.shape),
    "fraction": lambda x, rng: rng.uniform(0.05, 0.95, x.shape),
    "smooth": _smooth,
    "distinct": _distinct,
    "definite": _definite,
    "invertible": _invertible,
    "boolean": lambda x, rng: rng.random(x.shape) < 0.5,
    "index": lambda x, rng: rng.integers(-x.below, x.below, x.shape),
    "given": lambda x, rng: np.asarray(x.fixed),
    "constant": lambda x, rng: np.asarray(x.fixed),
}


def normal(*shape: int) -> Input:
    return Input(shape, "normal")


def positive(*shape: int) -> Input:
    """From 0.5 to 2."""
    return Input(shape, "positive")


def unit(*shape: int) -> Input:
    """From -0.9 to 0.9."""
    return Input(shape, "unit")


def beyond(*shape: int) -> Input:
    """From 1.2 to 3."""
    return Input(shape, "beyond")


def fraction(*shape: int) -> Input:
    """From 0.05 to 0.95."""
    return Input(shape, "fraction")


def smooth(*shape: int) -> Input:
    """At least 0.2 away from 0 and from every integer, where steps and kinks are."""
    return Input(shape, "smooth")


def distinct(*shape: int) -> Input:
    """All at least 0.1 apart, so that order and extrema are unique; none is 0."""
    return Input(shape, "distinct")


def definite(*shape: int) -> Input:
    """Symmetric positive definite matrices."""
    return Input(shape, "definite")


def invertible(*shape: int) -> Input:
    """Well-conditioned matrices, not symmetric."""
    return Input(shape, "invertible")


def boolean(*shape: int) -> Input:
    return Input(shape, "boolean")


def index(*shape: int, below: int) -> Input:
    """Integers (int64) from -below up to but not including below."""
    return Input(shape, "index", below=below)


def constant(value: Any) -> Input:
    """This very array, by which nothing is differentiated and which keeps its dtype."""
    return Input(np.shape(value), "constant", value)


def given(value: Any) -> Input:
    """These very floats, by which gradients are taken."""
    return Input(np.shape(value), "given", value)


class Call(NamedTuple):
    """Arguments: inputs, lists of inputs, and anything else, which is passed on as it is."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    theirs: dict[str, Any] | None = None
    result: str | None = None

    @property
    def inputs(self) -> list[Input]:
        found: list[Input] = []
        _visit((self.args, self.kwargs), found.append)
        return found

    def filled(self, values: Any, *, for_reference: bool = False) -> tuple[tuple[Any, ...], dict[str, Any]]:
        supply = iter(values)
        kwargs = self.theirs if for_reference and self.theirs is not None else self.kwargs
        return _visit((self.args, kwargs), lambda _: next(supply))


def _visit(value: Any, change: Callable[[Input], Any]) -> Any:
    if isinstance(value, Input):
        return change(value)
    if isinstance(value, (list, tuple)):
        return type(value)(_visit(item, change) for item in value)
    if isinstance(value, dict):
        return {key: _visit(item, change) for key, item in value.items()}
    return value


def call(*args: Any, theirs: dict[str, Any] | None = None, result: str | None = None, **kwargs: Any) -> Call:
    """A call of the function under test. `theirs`: other keyword arguments for the reference; `result`: see Entry."""
    return Call(args, kwargs, theirs, result)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A function, its reference and the calls that compare them.

    Parameters
    ----------
    theirs : callable
        The function in jax.numpy (or NumPy, with ``jit=False``), with the same arguments, on float64.
    calls : tuple of Call
        Among them an empty input, unless `never_empty` says why there is none.
    result : str
        The result's dtype: "same" as the inputs', "float" (integers become float32), "accumulate" (smaller integers
        become int64), or the name of a dtype.
    types : str
        What inputs may be beside floats: i (int32, int64, uint8), l (int32, int64), b (bool), n (bool, which beside a
        number becomes int64 and is left out). All else must be refused.
    order : int
        How often the function can be differentiated: 0, or 2 for any number of times.
    elementwise : bool
        Inputs broadcast; any shape will do.
    extremes : callable
        NumPy's function, which tells the results at infinities, NaN, zeros and the largest numbers.
    large : Call
        One with enough elements for several threads; elementwise functions have theirs made.
    """

    theirs: Callable[..., Any]
    calls: tuple[Call, ...]
    result: str = "same"
    types: str = "f"
    order: int = 2
    elementwise: bool = False
    extremes: Callable[..., Any] | None = None
    large: Call | None = None
    jit: bool = True
    never_empty: str | None = None
    never_large: str | None = None
    float32: float = 1e-5
    float64: float = 1e-12


def entry(theirs: Callable[..., Any], *calls: Call, **options: Any) -> Entry:
    return Entry(theirs=theirs, calls=calls, **options)

"""A program while it is drawn: variables with their values in NumPy, from which the next step is chosen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from hypothesis import strategies as st

from .program import LAYOUTS, Input, Program, Step
from .reference import NUMPY

RANKS = ("bool", "uint8", "int32", "int64", "float32", "float64")
LARGEST = 1e4
MOST_ELEMENTS = 4096
EXTENTS = st.sampled_from([1, 2, 3, 3, 4, 5, 0])


def promoted(*dtypes: str) -> str:
    return max(dtypes, key=RANKS.index)


def floating(dtype: str) -> str:
    return dtype if dtype.startswith("float") else "float32"


class Draft:
    """The variables so far. `value(i)` is the reference's, floats as float64; `dtype(i)` is what swiftgan must give."""

    def __init__(self, draw: Callable[[st.SearchStrategy[Any]], Any]) -> None:
        self.draw = draw
        self.program = Program()
        self.values: list[np.ndarray] = []
        self.dtypes: list[str] = []
        self.extents = [draw(EXTENTS) for _ in range(3)]

    def one_of(self, *choices: Any) -> Any:
        return self.draw(st.sampled_from(choices))

    def integer(self, low: int, high: int) -> int:
        return self.draw(st.integers(low, high))

    def flag(self) -> bool:
        return self.draw(st.booleans())

    def number(self) -> float:
        """A number that float32 holds."""
        return self.integer(-40, 40) / 8

    def variable(self, fits: Callable[[np.ndarray, str], bool] = lambda value, dtype: True) -> int | None:
        """Return one of the variables that fit, late ones first."""
        fitting = [i for i in reversed(range(len(self.values))) if fits(self.values[i], self.dtypes[i])]
        return self.draw(st.sampled_from(fitting)) if fitting else None

    def numeric(self, fits: Callable[[np.ndarray], bool] = lambda value: True, *, floats: bool = False) -> int | None:
        return self.variable(lambda x, t: t != "bool" and (not floats or t.startswith("float")) and fits(x))

    def beside(self, *others: int, bools: bool = False) -> int | None:
        """Return a variable that broadcasts with others."""

        def fits(value: np.ndarray, dtype: str) -> bool:
            if (dtype == "bool") != bools:
                return False
            try:
                shape = np.broadcast_shapes(value.shape, *[self.values[i].shape for i in others])
                return int(np.prod(shape)) <= MOST_ELEMENTS
            except ValueError:
                return False

        return self.variable(fits)

    def axis(self, i: int) -> int | None:
        """Return an axis of a variable, from either end."""
        ndim = self.values[i].ndim
        return self.integer(-ndim, ndim - 1) if ndim else None

    def axes(self, i: int) -> Any:
        """Return None, one axis or several, as reductions take them."""
        ndim = self.values[i].ndim
        form = self.one_of("all", "one", "some") if ndim else "all"
        if form == "all":
            return None
        if form == "one":
            return self.axis(i)
        return tuple(sorted(self.draw(st.sets(st.integers(0, ndim - 1), max_size=ndim))))

    def shape(self) -> tuple[int, ...]:
        return tuple(self.draw(st.lists(st.sampled_from([*self.extents, 1]), max_size=4)))

    def add_input(self) -> None:
        dtype = self.one_of("float32", "float32", "float64", "float64", "int32", "int64", "uint8", "bool")
        shape = self.shape()
        rng = np.random.default_rng(self.integer(0, 2**16))
        x = rng.normal(size=shape).astype(np.float32)
        if not dtype.startswith("float"):
            x = x > 0 if dtype == "bool" else np.rint(np.abs(x * 4) if dtype == "uint8" else x * 4)
        layouts = list(LAYOUTS) if x.ndim else ["contiguous"]
        found = Input(np.asarray(x, dtype), self.draw(st.sampled_from(layouts)))
        self.program.inputs.append(found)
        self.values.append(reference_value(found.array()))
        self.dtypes.append(dtype)

    def add_step(self, function: str, made: tuple[str, str] | None) -> bool:
        """Add the step unless its value is too large, not finite, or does not fit its type."""
        if made is None:
            return False
        code, dtype = made
        names = {f"v{i}": value for i, value in enumerate(self.values)}
        with np.errstate(all="ignore"):
            value = reference_value(eval(code, {"xp": NUMPY, **names}))
        if value.size > MOST_ELEMENTS or value.ndim > 6:
            return False
        if dtype != "bool" and value.size:
            if not np.isfinite(value).all() or np.abs(value).max() > LARGEST:
                return False
            if dtype == "uint8" and (value.min() < 0 or value.max() > 255):
                return False
        self.program.steps.append(Step(code, function, dtype))
        self.values.append(value)
        self.dtypes.append(dtype)
        return True


def reference_value(value: Any) -> np.ndarray:
    """Floats as float64, integers as int64, so that nothing is rounded and nothing wraps around."""
    value = np.asarray(value)
    return value.astype({"f": np.float64, "i": np.int64, "u": np.int64, "b": bool}[value.dtype.kind])

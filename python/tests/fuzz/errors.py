"""Calls of every operation with arguments that make no sense: exceptions, never the end of the process.

Run as a program of its own, with limited memory: it prints each call before making it, so that the last line tells
which one ended the process.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from typing import Any

import numpy as np
import swiftgan as sg
from ops import OPERATIONS
from swiftgan import _core

ALLOWED = (ValueError, TypeError, IndexError, MemoryError, OverflowError)
GIGABYTES = 6

INTEGERS = (
    0,
    1,
    2,
    3,
    -1,
    -2,
    -3,
    4,
    5,
    7,
    2**20,
    2**31 - 1,
    2**31,
    2**32,
    2**47,
    2**62,
    2**63 - 1,
    -(2**31),
    -(2**63),
)
NUMBERS = (0.5, -1.5, 1e300, -1e300, float("nan"), float("inf"), -float("inf"), 1e-300)
TEXTS = (
    "float32",
    "int64",
    "bool",
    "complex64",
    "",
    "mean",
    "none",
    "reflect",
    "same",
    "é",
    "ij,jk->ik",
    "...i->i",
    "ii",
    "i,,j->",
    "->",
    "a.b",
    "ij->ijk",
    "...,...",
)
SHAPES = (
    (),
    (0,),
    (1,),
    (2,),
    (3,),
    (2, 3),
    (3, 2),
    (0, 3),
    (3, 0),
    (2, 2),
    (1, 4, 4, 1),
    (2, 3, 3, 2),
    (3, 3, 2, 2),
    (2, 1, 3),
    (0, 2**40),
    (2**40, 0),
)
DTYPES = ("float32", "float64", "int32", "int64", "uint8", "bool")


class Caller:
    """Draws calls from a seed."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.operations = [(each["name"], each["attributes"]) for each in json.loads(_core.registry("operation"))]

    def pick(self, choices: Any) -> Any:
        return choices[int(self.rng.integers(len(choices)))]

    def array(self) -> np.ndarray:
        shape = self.pick(SHAPES)
        x = np.asarray(self.rng.normal(size=shape) * self.pick((1, 3, 1e30)))
        dtype = self.pick(DTYPES)
        if self.rng.random() < 0.1 and x.size and dtype.startswith("float"):
            x[...] = self.pick((np.nan, np.inf, -np.inf, 0.0))
        with np.errstate(all="ignore"):
            return x.clip(-9, 9).astype(dtype) if dtype[0] in "iu" else np.asarray(x, dtype)

    def integer(self) -> int:
        return self.pick(INTEGERS[:10] if self.rng.random() < 0.8 else INTEGERS)

    def attribute(self) -> Any:
        kind = self.pick(("integer", "integer", "integers", "integers", "number", "text", "bool", "none"))
        if kind == "integer":
            return self.integer()
        if kind == "integers":
            return [self.integer() for _ in range(self.rng.integers(0, 6))]
        return {"number": self.pick(NUMBERS), "text": self.pick(TEXTS), "bool": True, "none": None}[kind]

    def call(self) -> tuple[str, list[np.ndarray], dict[str, Any]]:
        """A call of the table with something changed, or one of nothing but chance."""
        name, attributes = self.pick(self.operations)
        known = OPERATIONS.get(name)
        if known is None or self.rng.random() < 0.3:
            arrays = [self.array() for _ in range(self.pick((0, 1, 1, 1, 2, 2, 2, 3, 3, 4)))]
            return name, arrays, {key: self.attribute() for key in attributes if self.rng.random() < 0.8}
        sensible = self.pick(known.calls)
        arrays = [each.draw(self.rng) for each in sensible.inputs]
        given = dict(sensible.kwargs)
        for _ in range(self.pick((1, 1, 1, 2))):
            if arrays and (not attributes or self.rng.random() < 0.5):
                arrays[int(self.rng.integers(len(arrays)))] = self.array()
            elif attributes:
                given[self.pick(attributes)] = self.attribute()
        return name, arrays, given


def describe(name: str, arrays: list[np.ndarray], attributes: dict[str, Any]) -> str:
    shown = [
        f"np.array({x.tolist()}, '{x.dtype}').reshape{x.shape}" if x.size else f"np.zeros({x.shape}, '{x.dtype}')"
        for x in arrays
    ]
    more = [f"{key}={value!r}" for key, value in attributes.items()]
    return f"_core.apply(_core.operation({name!r}), {', '.join(shown + more)})"


def attempt(name: str, arrays: list[np.ndarray], attributes: dict[str, Any]) -> bool:
    """Whether the call is refused. A result must be readable, and its gradient not end the process either."""
    operation = _core.operation(name)
    tensors = [sg.asarray(x) for x in arrays]
    try:
        y = _core.apply(operation, *tensors, **attributes)
        if y.size < 10**6:
            y.numpy().sum()
        floats = [i for i, x in enumerate(arrays) if x.dtype.kind == "f"]
        if floats and y.dtype.kind == "f" and y.size < 10**6:

            def total(*values: Any) -> sg.Tensor:
                filled = list(tensors)
                for i, value in zip(floats, values, strict=True):
                    filled[i] = value
                return _core.apply(operation, *filled, **attributes).sum()

            sg.grad(total, tuple(range(len(floats))))(*[tensors[i] for i in floats])
    except ALLOWED as error:
        message = str(error)
        if not message or "unexpected" in message.lower():
            raise AssertionError(f"{describe(name, arrays, attributes)} says {message!r}") from error
        return True
    return False


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--calls", type=int, default=2000)
    parser.add_argument("--seconds", type=float, default=1e9)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    resource.setrlimit(resource.RLIMIT_AS, (GIGABYTES << 30, GIGABYTES << 30))
    caller, refused, end = Caller(options.seed), 0, time.monotonic() + options.seconds
    made = 0
    while made < options.calls and time.monotonic() < end:
        call = caller.call()
        sys.stdout.write(describe(*call) + "\n")
        sys.stdout.flush()
        refused += attempt(*call)
        made += 1
    sys.stdout.write(f"{made} calls, {refused} refused\n")


if __name__ == "__main__":
    main()

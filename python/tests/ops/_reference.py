"""The reference: JAX in float64, compiled once for each call of the table."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

from ._entry import Call, Entry

# The table compiles hundreds of tiny programs, and runs each a few times.
os.environ.setdefault("XLA_FLAGS", "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true")
jax = pytest.importorskip("jax")
jax.config.update("jax_enable_x64", True)
jnp = jax.numpy


def as_list(result: Any) -> list[Any]:
    return list(result) if isinstance(result, (list, tuple)) else [result]


class Derivatives(NamedTuple):
    """Values, the gradients of a weighted sum of them, and the gradients of the gradients' product with directions."""

    values: list[np.ndarray]
    first: list[np.ndarray]
    second: list[np.ndarray]


class Problem(NamedTuple):
    """A call with its arrays, and the weights and directions with which derivatives become numbers."""

    entry: Entry
    call: Call
    arrays: list[np.ndarray]
    floats: list[int]
    weights: list[np.ndarray]
    directions: list[np.ndarray]

    def with_floats(self, values: Any) -> list[Any]:
        arrays: list[Any] = list(self.arrays)
        for position, value in zip(self.floats, values, strict=True):
            arrays[position] = value
        return arrays


def compiled(problem: Problem) -> Callable[[list[Any]], Derivatives]:
    """Return the function from the floats among the inputs to the reference's values and derivatives."""
    entry, call = problem.entry, problem.call

    def values(floats: list[Any]) -> list[Any]:
        args, kwargs = call.filled(problem.with_floats(floats), for_reference=True)
        return as_list(entry.theirs(*args, **kwargs))

    def loss(floats: list[Any]) -> Any:
        return sum((w * y).sum() for w, y in zip(problem.weights, values(floats), strict=True))

    def slope(floats: list[Any]) -> Any:
        return sum((d * g).sum() for d, g in zip(problem.directions, jax.grad(loss)(floats), strict=True))

    def everything(floats: list[Any]) -> Any:
        found = values(floats)
        if entry.order == 0 or not floats or not all(jnp.issubdtype(y.dtype, jnp.floating) for y in found):
            return found, [], []
        return found, jax.grad(loss)(floats), jax.grad(slope)(floats)

    run = jax.jit(everything) if entry.jit else everything
    return lambda floats: Derivatives(*[[np.asarray(item) for item in part] for part in run(floats)])


def specials(dtype: str) -> np.ndarray:
    """Return the numbers at which functions tend to be wrong."""
    info = np.finfo(dtype)
    large = [info.max, info.max / 3, 1e30, 709.8, 88.8, 100.0, 20.0]
    small = [float(info.tiny), float(info.smallest_subnormal), 1e-30, float(info.eps), 1e-4]
    ordinary = [0.5, 1.0, 1.5, 2.0, 2.5, 3.0]
    positive = [*large, *small, *ordinary, 0.0, np.inf]
    return np.array([*positive, *(-np.array(positive)), np.nan], dtype)

"""Whether swiftgan and the references agree on a program, and its gradient."""

from __future__ import annotations

from typing import Any

import numpy as np
import swiftgan as sg

from .draft import reference_value
from .program import Program
from .reference import NUMPY, jax_library


class Difference(AssertionError):
    """The two do not agree; the message has the program to run."""


def compare_values(program: Program) -> None:
    """Every step's shape, dtype and value, in the program's own types and with all floats as float64."""
    inputs = program.inputs
    precise = program.run(NUMPY, [reference_value(each.array()) for each in inputs], lambda _, v: reference_value(v))
    doubled = program.run(sg, [sg.asarray(each.array(wide(each.values))) for each in inputs])
    own = program.run(sg, [sg.asarray(each.array()) for each in inputs])
    with np.errstate(all="ignore"):
        rounded = program.run(
            NUMPY,
            [reference_value(each.array()) for each in inputs],
            lambda number, value: as_dtype(value, program.steps[number - len(inputs)].dtype),
        )
    lost = 0.0  # how far rounding alone, in NumPy, has led the program astray
    is_double = True
    for number in range(len(inputs), len(precise)):
        step = program.steps[number - len(inputs)]
        if str(own[number].dtype) != step.dtype:
            raise difference(program, number, f"dtype {own[number].dtype}, not {step.dtype}")
        value = precise[number]
        if value.size:
            off = float(np.abs(rounded[number] * 1.0 - value).max() / scale(value))
            lost = max(lost, off if np.isfinite(off) else 1.0)
        tolerance = (1e-5 + 50 * lost) * scale(value)
        agree(program, number, own[number], value, tolerance, "in its own types")
        is_double &= doubled[number].dtype != np.float32  # which integers become
        agree(program, number, doubled[number], value, 1e-9 * scale(value) if is_double else tolerance, "in float64")


def compare_gradients(program: Program, seed: int) -> bool:
    """The gradients by the float inputs of the last float step, weighted, against JAX's. False if there are none."""
    inputs = program.inputs
    chosen = [i for i, each in enumerate(inputs) if each.values.dtype.kind == "f"]
    floats = [i for i, step in enumerate(program.steps) if step.dtype.startswith("float")]
    if not chosen or not floats or any(step.function == "mask_index" for step in program.steps):
        return False  # JAX compiles no shapes that depend on values
    short = Program(inputs, program.steps[: floats[-1] + 1])
    precise = short.run(NUMPY, [reference_value(each.array()) for each in inputs])
    weight = np.random.default_rng(seed).normal(size=np.shape(precise[-1]))
    arrays = [each.array(wide(each.values)) for each in inputs]

    def total(library: Any, start: list[Any]) -> Any:
        def function(*values: Any) -> Any:
            filled = list(start)
            for i, value in zip(chosen, values, strict=True):
                filled[i] = value
            return (short.run(library, filled)[-1] * weight).sum()

        return function

    every = tuple(range(len(chosen)))
    found = sg.grad(total(sg, [sg.asarray(array) for array in arrays]), every)(*[sg.asarray(arrays[i]) for i in chosen])
    try:
        expected = jax_gradients(total, arrays, chosen)
    except TypeError as error:
        if "dot_general" not in str(error):
            raise
        return False  # JAX cannot differentiate its own median of a single number
    largest = max(scale(np.asarray(g)) for g in expected)
    doubled = short.run(sg, [sg.asarray(array) for array in arrays])
    tolerance = 1e-4 if any(v.dtype == np.float32 for v in doubled) else 1e-8
    for i, ours, theirs in zip(chosen, found, expected, strict=True):
        if not np.allclose(ours.numpy(), theirs, rtol=tolerance, atol=tolerance * largest, equal_nan=True):
            of = f"of the sum of v{len(precise) - 1}, weighted by default_rng({seed}).normal"
            raise Difference(f"the gradient by v{i} {of}, is\n{ours}\nnot\n{theirs}\n\n{short}")
    return True


def compare_compiled(program: Program) -> bool:
    """All values, and the last float step's gradient, compiled and op by op. False where a value decides on a shape."""
    # Programs take contiguous arguments: a sum over memory that runs backwards would add up in another order.
    inputs = [sg.asarray(np.ascontiguousarray(each.array()).reshape(each.values.shape)) for each in program.inputs]
    chosen = tuple(i for i, each in enumerate(program.inputs) if each.values.dtype.kind == "f")
    floats = [i for i, step in enumerate(program.steps) if step.dtype.startswith("float")]

    def values(*arguments: Any) -> list[Any]:
        return program.run(sg, list(arguments))[len(arguments) :]

    def slopes(*arguments: Any) -> list[Any]:
        def last(*leaves: Any) -> Any:
            filled = list(arguments)
            for i, leaf in zip(chosen, leaves, strict=True):
                filled[i] = leaf
            return Program(program.inputs, program.steps[: floats[-1] + 1]).run(sg, filled)[-1].sum()

        return list(sg.grad(last, tuple(range(len(chosen))))(*[arguments[i] for i in chosen]))

    for what, function in (("v", values), ("gradient ", slopes)):
        if function is slopes and not (chosen and floats):
            continue
        expected = function(*inputs)
        try:
            found = sg.compile(function)(*inputs)
        except RuntimeError as error:
            if "while a function is traced" not in str(error):
                raise
            return False
        for number, (ours, theirs) in enumerate(zip(found, expected, strict=True)):
            a, b = np.asarray(ours.numpy()), np.asarray(theirs.numpy())
            # Sums of matrix products may be one product, which rounds otherwise; all else has the same bits.
            tolerance = 1e-5 * scale(b) if any("@" in s.code or "matmul" in s.code for s in program.steps) else 0.0
            if (
                a.shape != b.shape
                or a.dtype != b.dtype
                or not np.allclose(a * 1.0, b * 1.0, rtol=0, atol=tolerance, equal_nan=True)
            ):
                place = len(program.inputs) + number if function is values else number
                raise Difference(f"compiled, {what}{place} is\n{a}\nnot\n{b}\n\n{program}")
    return True


def jax_gradients(total: Any, arrays: list[np.ndarray], chosen: list[int]) -> list[np.ndarray]:
    from ops._reference import jax, jnp

    start = [jnp.asarray(reference_value(array)) for array in arrays]
    function = jax.jit(jax.grad(total(jax_library(), start), tuple(range(len(chosen)))))
    return [np.asarray(g) for g in function(*[np.array(arrays[i], np.float64) for i in chosen])]


def wide(values: np.ndarray) -> str:
    return "float64" if values.dtype.kind == "f" else str(values.dtype)


def as_dtype(value: Any, dtype: str) -> np.ndarray:
    value = reference_value(value)
    return value.astype(np.float32).astype(np.float64) if dtype == "float32" else value


def scale(value: np.ndarray) -> float:
    finite = np.abs(value[np.isfinite(value)] * 1.0) if value.size else np.zeros(1)
    return max(1.0, float(finite.max(initial=0)))


def agree(program: Program, number: int, ours: Any, value: np.ndarray, tolerance: float, where: str) -> None:
    if ours.shape != value.shape:
        raise difference(program, number, f"shape {ours.shape}, not {value.shape}")
    if not np.allclose(ours.numpy() * 1.0, value * 1.0, rtol=0, atol=tolerance, equal_nan=True):
        raise difference(program, number, f"{where}, tolerance {tolerance:.3g}: {ours.numpy()}\nnot\n{value}")


def difference(program: Program, number: int, what: str) -> Difference:
    upto = Program(program.inputs, program.steps[: number - len(program.inputs) + 1])
    return Difference(f"v{number}: {what}\n\n{upto}")

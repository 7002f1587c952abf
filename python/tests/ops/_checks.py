"""What is checked of every call in the table."""

from __future__ import annotations

import functools
import itertools
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import swiftgan as sg

from ._entry import Call, Entry, Input
from ._reference import Derivatives, Problem, as_list, compiled, specials

FLOATS = ("float32", "float64")
TYPE_LETTERS = {"int32": {"i", "l"}, "int64": {"i", "l"}, "uint8": {"i"}, "bool": {"b"}}
OTHERS = tuple(TYPE_LETTERS)


def dtype_of(rule: str, given: str) -> str:
    """Return the dtype that an entry's rule promises for inputs of a dtype."""
    if rule == "same":
        return given
    if rule == "float":
        return given if given in FLOATS else "float32"
    if rule == "accumulate":
        return "int64" if given in OTHERS else given
    return rule


def close(found: Any, expected: np.ndarray, tolerance: float, what: str) -> None:
    """Compare relative to the largest expected value: small elements of a sum carry the large ones' rounding."""
    found = np.asarray(found)
    assert found.shape == expected.shape, f"{what}: shape {found.shape}, not {expected.shape}"
    finite = np.abs(expected[np.isfinite(expected)], dtype=np.float64) if expected.size else expected
    scale = max(1.0, float(finite.max())) if finite.size else 1.0
    np.testing.assert_allclose(
        found.astype(np.float64), expected.astype(np.float64), rtol=tolerance, atol=tolerance * scale, err_msg=what
    )


class Checked:
    """One call of an entry, with its arrays and the reference's answers."""

    def __init__(self, ours: Callable[..., Any], entry: Entry, call: Call, name: str) -> None:
        self.ours, self.entry, self.call, self.name = ours, entry, call, name
        rng = np.random.default_rng(zlib.crc32(name.encode()))
        inputs = call.inputs
        self.floats = [position for position, each in enumerate(inputs) if each.is_float]
        arrays = [each.draw(rng) for each in inputs]
        shapes = [y.shape for y in self.run(arrays)]
        weights = [rng.normal(size=shape) for shape in shapes]
        directions = [rng.normal(size=arrays[position].shape) for position in self.floats]
        self.problem = Problem(entry, call, arrays, self.floats, weights, directions)

    @functools.cached_property
    def reference(self) -> Callable[[list[Any]], Derivatives]:
        return compiled(self.problem)

    @functools.cached_property
    def expected(self) -> Derivatives:
        return self.reference([self.problem.arrays[position] for position in self.floats])

    def tolerance(self, dtype: str) -> float:
        return self.entry.float64 if dtype == "float64" else self.entry.float32

    def run(self, arrays: list[Any]) -> list[sg.Tensor]:
        args, kwargs = self.call.filled(arrays)
        return as_list(self.ours(*args, **kwargs))

    def arrays(self, dtype: str, change: Callable[[np.ndarray], np.ndarray] = lambda x: x) -> list[np.ndarray]:
        """Return the inputs, the floats among them in a dtype and all of them in another layout."""
        arrays = list(self.problem.arrays)
        for position in self.floats:
            arrays[position] = arrays[position].astype(dtype)
        return [change(array) for array in arrays]

    def gradients(self, arrays: list[Any], order: int) -> list[np.ndarray]:
        """Return our gradients of the weighted sum, or of those gradients' product with the directions."""
        arrays = [sg.asarray(array) for array in arrays]
        dtype = arrays[self.floats[0]].dtype
        weights, directions = ([w.astype(dtype) for w in ws] for ws in (self.problem.weights, self.problem.directions))

        def filled(values: tuple[Any, ...]) -> list[Any]:
            found = list(arrays)
            for position, value in zip(self.floats, values, strict=True):
                found[position] = value
            return found

        def loss(*values: Any) -> Any:
            return total(weights, self.run(filled(values)))

        def slope(*values: Any) -> Any:
            return total(directions, sg.grad(loss, every)(*values))

        every = tuple(range(len(self.floats)))
        function = loss if order == 1 else slope
        return [g.numpy() for g in sg.grad(function, every)(*[arrays[position] for position in self.floats])]


def total(weights: list[np.ndarray], values: Any) -> sg.Tensor:
    terms = [(y * w).sum() for w, y in zip(weights, values, strict=True)]
    return functools.reduce(lambda a, b: a + b, terms)


def check_values(case: Checked) -> None:
    """Shape, dtype and values in both float types."""
    for dtype in FLOATS if case.floats else FLOATS[:1]:
        found = case.run(case.arrays(dtype))
        assert len(found) == len(case.expected.values)
        for y, value in zip(found, case.expected.values, strict=True):
            wanted = dtype_of(case.call.result or case.entry.result, dtype)
            assert str(y.dtype) == wanted, f"{case.name}: {y.dtype} of {dtype}, not {wanted}"
            close(y.numpy(), value, case.tolerance(str(y.dtype)), f"{case.name} in {dtype}")


def check_other_types(case: Checked) -> None:
    """Integers and bools give the same numbers, in the promised dtype, or are refused with a TypeError."""
    rule = case.call.result or case.entry.result
    if not case.floats or (rule != case.entry.result and rule not in ("same", "float", "accumulate")):
        return
    for dtype in OTHERS if "n" not in case.entry.types else OTHERS[:-1]:
        arrays = list(case.problem.arrays)
        for position in case.floats:
            arrays[position] = whole(case.call.inputs[position], arrays[position], dtype)
        if not TYPE_LETTERS[dtype] & set(case.entry.types):
            try:
                found = case.run(arrays)
            except TypeError:
                continue
            raise AssertionError(f"{case.name} takes {dtype} and gives {found}; the table says that it does not")
        expected = case.reference([arrays[position].astype(np.float64) for position in case.floats])
        for y, value in zip(case.run(arrays), expected.values, strict=True):
            wanted = dtype_of(rule, dtype)
            assert str(y.dtype) == wanted, f"{case.name}: {y.dtype} of {dtype}, not {wanted}"
            wrapped = np.mod(value, 256) if wanted == "uint8" else value
            close(y.numpy(), wrapped, case.entry.float32, f"{case.name} in {dtype}")


def whole(described: Input, array: np.ndarray, dtype: str) -> np.ndarray:
    """Return integers or bools in the place of floats, within their domain."""
    if dtype == "bool":
        return array > np.median(array) if array.size else array.astype(bool)
    if described.domain == "distinct":
        array = np.rint(array * 10 + (6.5 if dtype == "uint8" else 0.5))
    elif described.domain == "positive":
        array = np.rint(array * 2) + 1
    else:
        array = np.rint(array * 3)
    return (np.abs(array) if dtype == "uint8" else array).astype(dtype)


def backwards(x: np.ndarray) -> np.ndarray:
    every = (slice(None, None, -1),) * x.ndim
    return np.array(x[every], order="C")[every] if x.ndim else x


def columns_first(x: np.ndarray) -> np.ndarray:
    return np.array(x, order="F")


def spaced(x: np.ndarray) -> np.ndarray:
    """In every second place of a larger array, beginning in its midst."""
    if not x.ndim:
        return x  # its view would be a number
    room = np.zeros([2 * extent + 3 for extent in x.shape], x.dtype)
    view = room[tuple(slice(3, 3 + 2 * extent, 2) for extent in x.shape)]
    view[...] = x
    return view


def repeated(x: np.ndarray) -> np.ndarray:
    """All along the first axis the same, in the same memory."""
    return np.broadcast_to(x[:1], x.shape) if x.ndim and x.shape[0] else x


def check_layouts(case: Checked) -> None:
    """Values, and gradients, do not depend on how the inputs lie in memory."""
    for dtype, layout in itertools.product(FLOATS, (backwards, columns_first, spaced, repeated)):
        if layout is repeated and any(each.domain in ("definite", "invertible") for each in case.call.inputs):
            continue
        arrays = case.arrays(dtype, layout)
        plain = case.run([np.array(array) for array in arrays])
        what = f"{case.name} in {dtype}, {layout.__name__}"
        for y, value in zip(case.run(arrays), plain, strict=True):
            assert y.dtype == value.dtype
            close(y.numpy(), value.numpy(), case.tolerance(dtype), what)
        if layout is columns_first and case.expected.first and dtype == "float64":
            for g, value in zip(case.gradients(arrays, 1), case.expected.first, strict=True):
                close(g, value, 10 * case.tolerance(dtype), what)


def check_gradients(case: Checked) -> None:
    """Gradients of orders 1 and 2, in both float types."""
    for dtype in FLOATS:
        arrays = case.arrays(dtype)
        for order, expected in ((1, case.expected.first), (2, case.expected.second)):
            for g, value in zip(case.gradients(arrays, order), expected, strict=True):
                assert str(g.dtype) == dtype
                close(g, value, 10**order * case.tolerance(dtype), f"{case.name}, gradient {order} in {dtype}")


def check_threads(case: Checked) -> None:
    """One thread and several give the same bits, in values and gradients."""
    before = sg.get_num_threads()
    for dtype in FLOATS:
        arrays = case.arrays(dtype)
        found = []
        for threads in (1, 2, 3):
            sg.set_num_threads(threads)
            try:
                results = [y.numpy() for y in case.run(arrays)]
                if case.entry.order and case.floats:
                    results += case.gradients(arrays, 1)
            finally:
                sg.set_num_threads(before)
            found.append([result.tobytes() for result in results])
        assert found[0] == found[1] == found[2], f"{case.name} in {dtype}"


def check_extremes(ours: Callable[..., Any], entry: Entry, name: str) -> None:
    """As NumPy at infinities, NaN, zeros, the largest and the smallest numbers."""
    assert entry.extremes is not None
    for dtype in FLOATS:
        x = specials(dtype)
        arguments = [x] if len(entry.calls[0].inputs) == 1 else [a.ravel() for a in np.meshgrid(x, x)]
        with np.errstate(all="ignore"):
            expected = np.asarray(entry.extremes(*arguments))
        found = ours(*arguments).numpy()
        kind = np.finfo(dtype)
        wrong = ~np.isclose(
            found, expected, rtol=entry.float32 if dtype == "float32" else entry.float64, atol=kind.tiny, equal_nan=True
        )
        rows = [(*(float(a[i]) for a in arguments), found[i], expected[i]) for i in np.flatnonzero(wrong)[:5]]
        assert not rows, f"{name} in {dtype}: (inputs, found, NumPy's): {rows}"

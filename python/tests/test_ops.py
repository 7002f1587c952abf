"""Every operation of the library and every public function of tensors, against JAX and NumPy: the table of `ops`."""

from __future__ import annotations

import functools
import inspect
import json

import numpy as np
import pytest
import swiftgan as sg

pytest.importorskip("jax")
from ops import FUNCTIONS, OPERATIONS, _checks
from ops._checks import Checked
from ops._entry import Call, Input, call
from ops._reference import as_list
from swiftgan import _core

LISTED = {each["name"]: each["attributes"] for each in json.loads(_core.registry("operation"))}

# Public functions that are not in the table, and the tests that they have instead.
NOT_OF_TENSORS = {
    "array": "test_zero_copy",
    "compare": "test_compare",
    "compile": "test_compile",
    "asarray": "test_zero_copy",
    "from_dlpack": "test_zero_copy",
    "get_config": "test_process",
    "get_num_threads": "test_process",
    "set_num_threads": "test_process",
    "get_float32_matmul_precision": "test_precision",
    "show_config": "test_process",
    "grad": "test_gradients",
    "value_and_grad": "test_gradients",
    "vjp": "test_gradients",
    "jvp": "test_transforms",
    "hvp": "test_transforms",
    "jacobian": "test_transforms",
    "hessian": "test_transforms",
    "per_example_gradients": "test_transforms",
    "load": "test_estimators",
    "allclose": "test_arrays",
    "array_equal": "test_arrays",
    "histogram": "test_arrays",
    "topk": "test_arrays",
    "unique_counts": "test_arrays",
}


def function_of(kind, name):
    if kind == "sg":
        return getattr(sg, name)
    return functools.partial(_core.apply, _core.operation(name))


@functools.cache
def checked(kind, name, number):
    entry = (OPERATIONS if kind == "op" else FUNCTIONS)[name]
    return Checked(function_of(kind, name), entry, entry.calls[number], f"{kind}.{name} call {number}")


def entries(condition=lambda entry: True):
    table = [("op", name, entry) for name, entry in OPERATIONS.items() if name in LISTED]
    table += [("sg", name, entry) for name, entry in FUNCTIONS.items()]
    chosen = [(kind, name) for kind, name, entry in table if condition(entry)]
    return pytest.mark.parametrize(("kind", "name"), chosen, ids=[f"{kind}.{name}" for kind, name in chosen])


def calls(kind, name):
    table = OPERATIONS if kind == "op" else FUNCTIONS
    return [checked(kind, name, number) for number in range(len(table[name].calls))]


def test_every_operation_has_an_entry():
    assert sorted(LISTED) == sorted(OPERATIONS)


def test_every_public_function_has_an_entry():
    public = {name for name in sg.__all__ if inspect.isfunction(getattr(sg, name))}
    assert sorted(public - set(NOT_OF_TENSORS)) == sorted(FUNCTIONS)
    assert set(NOT_OF_TENSORS) <= public


@pytest.mark.parametrize("name", [name for name in FUNCTIONS if hasattr(sg.Tensor, name)])
def test_methods_are_the_functions(name):
    for case in calls("sg", name):
        args, kwargs = case.call.filled([sg.asarray(array) for array in case.arrays("float32")])
        by_function, by_method = getattr(sg, name)(*args, **kwargs), getattr(args[0], name)(*args[1:], **kwargs)
        for ours, theirs in zip(as_list(by_method), as_list(by_function), strict=True):
            assert ours.dtype == theirs.dtype
            np.testing.assert_array_equal(ours.numpy(), theirs.numpy())


@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_entries_are_complete(name):
    """Empty inputs, every attribute and, where work is shared among threads, enough of it."""
    entry = OPERATIONS[name]
    empty = any(0 in x.shape for case in calls("op", name) for x in (*case.problem.arrays, *case.problem.weights))
    assert empty != bool(entry.never_empty), f"{name}: an empty call, or the reason in never_empty"
    used = {key for each in entry.calls for key in each.kwargs}
    assert used == set(LISTED.get(name, used)), f"{name}: every attribute is used by a call"
    large = entry.elementwise or entry.large is not None
    assert large != bool(entry.never_large), f"{name}: a large call, or the reason in never_large"


@entries()
def test_values(kind, name):
    for case in calls(kind, name):
        _checks.check_values(case)


@entries()
def test_integers_and_bools(kind, name):
    for case in calls(kind, name):
        _checks.check_other_types(case)


@entries(lambda entry: any(each.inputs for each in entry.calls))
def test_layouts(kind, name):
    for case in calls(kind, name):
        _checks.check_layouts(case)


@entries(lambda entry: entry.order > 0)
def test_gradients(kind, name):
    for case in calls(kind, name):
        _checks.check_gradients(case)


@entries(lambda entry: entry.extremes is not None)
def test_extremes(kind, name):
    entry = (OPERATIONS if kind == "op" else FUNCTIONS)[name]
    _checks.check_extremes(function_of(kind, name), entry, f"{kind}.{name}")


@entries(lambda entry: entry.large is not None or (entry.elementwise and not entry.never_large))
def test_threads(kind, name):
    entry = (OPERATIONS if kind == "op" else FUNCTIONS)[name]
    large = entry.large or enlarged(entry.calls[0])
    _checks.check_threads(Checked(function_of(kind, name), entry, large, f"{kind}.{name}, large"))


def enlarged(small: Call) -> Call:
    """The same call on more elements than one thread takes at a time."""
    args = tuple(arg._replace(shape=(97, 1031)) if isinstance(arg, Input) else arg for arg in small.args)
    return call(*args, **small.kwargs)

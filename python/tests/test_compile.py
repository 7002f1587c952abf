"""Compiled functions: equal to the functions themselves, whatever they read and change."""

from __future__ import annotations

import copy
import gc
import pickle
import threading
import traceback
import warnings
import weakref
from collections import namedtuple

import numpy as np
import pytest
import swiftgan as sg
from swiftgan import nn


def draw(*shape, seed=0, dtype=np.float32):
    return np.random.default_rng(seed).normal(size=shape).astype(dtype)


# ------------------------------------------------------------------------------------------------ arguments and results


def test_replays_what_was_traced():
    calls = []

    @sg.compile
    def f(x, y):
        """Adds."""
        calls.append(1)
        return (x * y + 1).tanh().sum(axis=0)

    for seed in range(3):
        x, y = draw(4, 3, seed=seed), draw(3, seed=seed + 9)
        np.testing.assert_allclose(f(x, y), np.tanh(x * y + 1).sum(axis=0), rtol=1e-5)
    assert len(calls) == f.traces == 1
    assert f.__doc__ == "Adds."
    assert f.__name__ == "f"
    assert callable(f.__wrapped__)
    f(draw(5, 3), draw(3))
    f(draw(5, 3, dtype=np.float64), draw(3, dtype=np.float64))
    assert f.traces == 3
    information = f.information()
    assert information["ops"] >= 4
    assert information["steps"] >= 1
    assert information["kept"] == 3
    assert len(information["step_names"]) == information["steps"]
    f.clear()
    assert f.information()["kept"] == 0
    f(draw(4, 3), draw(3))
    assert f.traces == 4
    assert "f" in repr(f)
    assert "4 traces" in repr(f)


def test_nested_arguments_and_results():
    pair = namedtuple("pair", "first second")

    @sg.compile
    def f(tree, *, scale, **more):
        assert isinstance(tree["a"][0], sg.Tensor)
        assert isinstance(tree["a"], tuple)
        return pair({"y": tree["a"][0] * scale, "mode": tree["mode"]}, [tree["a"][1] + more["z"], None, "text"])

    for seed in range(2):
        a, b, z = draw(2, seed=seed), draw(3, seed=seed + 1), draw(3, seed=seed + 2)
        found = f({"a": (a, sg.Tensor(b)), "mode": "m"}, z=z, scale=3.0)
        assert type(found) is pair
        assert found.first["mode"] == "m"
        assert found.second[1:] == [None, "text"]
        np.testing.assert_array_equal(found.first["y"], a * 3)
        np.testing.assert_array_equal(found.second[0], b + z)
    assert f.traces == 1
    # The order of keywords is no matter, a static value is.
    f({"a": (a, b), "mode": "m"}, scale=3.0, z=z)
    assert f.traces == 1
    assert f({"a": (a, b), "mode": "n"}, scale=3.0, z=z).first["mode"] == "n"
    np.testing.assert_array_equal(f({"a": (a, b), "mode": "m"}, scale=3, z=z).first["y"], a * 3)
    assert f.traces == 3


@pytest.mark.parametrize("values", [(1, 1.0, True), (0.0, -0.0), ((1, 2), (1.0, 2)), ("a", b"a"), (None, False)])
def test_static_values_that_python_calls_equal_are_told_apart(values):
    seen = []

    @sg.compile(static_argnames="value")
    def f(x, value):
        seen.append(value)
        return x + 1, value

    for _ in range(2):
        for value in values:
            returned = f(sg.zeros(2), value)[1]
            assert repr(returned) == repr(value)
    assert [repr(value) for value in seen] == [repr(value) for value in values]


def test_static_arguments_must_be_hashable():
    @sg.compile(static_argnames=("shape",))
    def f(x, shape):
        return x.reshape(shape)

    assert f(draw(6), (2, 3)).shape == (2, 3)
    assert f(draw(6), shape=(3, 2)).shape == (3, 2)
    assert f.traces == 2
    with pytest.raises(TypeError, match="'shape' is static.*hashable.*ndarray"):
        f(draw(6), np.array([2, 3]))
    with pytest.raises(TypeError, match=r"'x\[1\]' is static.*set"):
        sg.compile(lambda x: x[0])([draw(2), {1, 2}])
    with pytest.raises(ValueError, match="static_argnames has 'sape'.*x, shape"):
        sg.compile(lambda x, shape: x, static_argnames="sape")
    with pytest.raises(TypeError, match="a function is needed"):
        sg.compile(3)
    with pytest.raises(ValueError, match="at least 1, not 0"):
        sg.compile(lambda x: x, max_traces=0)


@sg.compile
def at_module_level(x):
    return x + 1


def test_is_pickled_as_a_function_is():
    assert pickle.loads(pickle.dumps(at_module_level)) is at_module_level
    assert copy.deepcopy({"f": at_module_level})["f"] is at_module_level
    with pytest.raises((pickle.PicklingError, AttributeError)):
        pickle.dumps(sg.compile(lambda x: x))


def test_many_results_and_none():
    many = sg.compile(lambda x: [x + i for i in range(100)])
    for _ in range(2):
        assert [int(y.item()) for y in many(sg.Tensor(1.0))] == [i + 1 for i in range(100)]
    assert sg.compile(lambda x: None)(sg.Tensor(1.0)) is None
    same = sg.compile(lambda x: x)
    np.testing.assert_array_equal(same(draw(3)), draw(3))
    constant = sg.compile(lambda x: (sg.ones(2), np.arange(3)))
    ones, numbers = constant(sg.Tensor(1.0))
    numbers[0] = 7
    assert constant(sg.Tensor(1.0))[1][0] == 0
    assert ones.sum().item() == 2


def test_arrays_outside_are_constants():
    offset = np.zeros(2, np.float32)

    @sg.compile
    def f(x):
        return x + np.full(2, offset[0], np.float32)

    assert f(sg.zeros(2)).sum().item() == 0
    offset[:] = 1
    assert f(sg.zeros(2)).sum().item() == 0
    f.clear()
    assert f(sg.zeros(2)).sum().item() == 2


def test_methods_are_compiled_for_each_object_and_die_with_it():
    class Scaler:
        def __init__(self, scale):
            self.scale = scale

        def __eq__(self, other):
            return isinstance(other, Scaler)

        __hash__ = object.__hash__

        @sg.compile
        def apply(self, x):
            """Scale."""
            return x * self.scale

    a, b = Scaler(2.0), Scaler(3.0)
    for _ in range(2):
        assert a.apply(sg.Tensor(1.0)).item() == 2
        assert b.apply(x=sg.Tensor(1.0)).item() == 3
    assert a.apply.traces == b.apply.traces == 1
    assert Scaler.apply.__doc__ == "Scale."
    gone = weakref.ref(a)
    del a
    gc.collect()
    assert gone() is None
    assert len(Scaler.apply._bound) == 1


# ------------------------------------------------------------------------------------------------------ what it refuses


READERS = {
    "if": lambda x: 1 if x.sum() > 0 else 0,
    "item": lambda x: x.sum().item(),
    "float": lambda x: float(x.sum()),
    "int": lambda x: int(x.sum()),
    "tolist": lambda x: (x * 2).tolist(),
    "numpy": lambda x: (x * 2).numpy(),
    "asarray": lambda x: np.asarray(x * 2),
    "array": lambda x: np.array(x * 2),
    "function": lambda x: np.sum(x * 2),
    "memoryview": lambda x: memoryview(x * 2),
    "dlpack": lambda x: (x * 2).__dlpack__(),
    "from_dlpack": lambda x: np.from_dlpack(x * 2),
    "copy_to": lambda x: (x * 2).copy_to(np.zeros(3, np.float32)),
    "format": lambda x: f"{x.sum():.3f}",
    "address": lambda x: (x * 2)._address,
    "nonzero": lambda x: sg.nonzero(x),
    "index": lambda x: list(range(3))[x.astype("int64").sum()],
    "mask": lambda x: x[x > 0],
    "unique": lambda x: sg.unique_values(x),
    "pickle": lambda x: x.__reduce__(),
}


@pytest.mark.parametrize("name", READERS)
def test_reading_values_is_an_error_that_names_the_operation(name):
    f = sg.compile(READERS[name])
    with pytest.raises(
        (RuntimeError, BufferError),
        match="not known while a function is traced",
    ):
        f(draw(3))
    # Nothing is left over.
    assert sg.Tensor([1.0]).item() == 1
    assert not sg._core.runs_body()


def test_a_traced_value_has_a_kind_and_no_elements():
    seen = []

    @sg.compile
    def f(x):
        y = x * 2
        seen.append((y.shape, y.ndim, y.size, y.dtype, y.nbytes, y.strides, len(y), repr(y), str(y), y))
        return y.copy(), sg.array(y), sg.asarray(y)

    f(draw(2, 3))
    *kinds, y = seen[0]
    traced = "Tensor(traced, shape=(2, 3), dtype=float32)"
    assert kinds == [(2, 3), 2, 6, np.float32, 24, (12, 4), 2, traced, traced]
    # It has escaped: still no elements, and no use outside, also not in another trace.
    for use in (lambda: y + 1, lambda: y.tolist(), lambda: y.numpy(), lambda: sg.compile(lambda x: x + y)(draw(2, 3))):
        with pytest.raises(RuntimeError, match="traced"):
            use()


def test_layers_and_positions_of_generators_are_no_part_of_a_trace():
    generator = sg.random.Generator(1)
    with pytest.raises(RuntimeError, match="make layers outside"):
        sg.compile(lambda x: nn.Dense(3, 2)(x))(draw(2, 3))
    with pytest.raises(RuntimeError, match="read a generator's position"):
        sg.compile(lambda x: x + generator.state[1])(draw(2, 3))


def test_exceptions_pass_unchanged():
    class Own(Exception):
        pass

    def fails(x):
        raise Own("mine")

    with pytest.raises(Own, match="^mine$") as caught:
        sg.compile(fails)(draw(2))
    assert "fails" in [frame.name for frame in traceback.extract_tb(caught.value.__traceback__)]
    with pytest.raises(KeyboardInterrupt):
        sg.compile(lambda x: (_ for _ in ()).throw(KeyboardInterrupt))(draw(2))
    with pytest.raises(ValueError, match=r"\(2,\).*\(3,\)"):
        sg.compile(lambda x: x + sg.zeros(3))(draw(2))


def test_warns_which_argument_keeps_changing():
    @sg.compile(max_traces=2)
    def f(x, rate):
        return x * rate

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        f(sg.zeros(2), 0.1)
        f(sg.zeros(2), 0.2)
    with pytest.warns(RuntimeWarning, match=r"f is traced again.*'rate' came in 3 kinds.*0\.3"):
        f(sg.zeros(2), 0.3)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        f(sg.zeros(2), 0.4)
    g = sg.compile(lambda batch: batch["x"] * 2, max_traces=1)
    g({"x": sg.zeros(2)})
    with pytest.warns(
        RuntimeWarning, match=r"'batch\['x'\]' came in 2 kinds \(the last: float32 \(2,\), float32 \(3,\)"
    ):
        g({"x": sg.zeros(3)})


def test_a_read_that_is_caught_is_refused_all_the_same():
    def f(x):
        try:
            return x if float(x.sum()) > 0 else -x
        except RuntimeError:
            return x * 100

    with pytest.raises(RuntimeError, match="sum"):
        sg.compile(f)(sg.ones(3))


def test_arrays_outside_are_as_they_were_when_traced():
    array = np.ones(3, np.float32)
    tensor = sg.Tensor(array)
    f = sg.compile(lambda x: x * tensor)
    f(sg.ones(3))
    array[:] = 5
    assert f(sg.ones(3)).tolist() == [1, 1, 1]


def test_functions_that_have_not_run_when_they_return_are_refused():
    def generator(x):
        yield x

    with pytest.raises(TypeError, match="generator"):
        sg.compile(generator)


@pytest.mark.parametrize("count", [64, 65, 96, 97, 300])
def test_chains_of_any_length_of_which_all_is_kept(count):
    """A kernel keeps so many results and no more; a chain that keeps more is cut into several."""

    def kept(x):
        values = []
        for _ in range(count):
            x = sg.sin(x)
            values.append(x)
        return sg.stack(values)

    def last(x):
        for _ in range(count):
            x = sg.tanh(x)
        return x.sum()

    x = sg.ones((3,))
    np.testing.assert_array_equal(sg.compile(kept)(x).numpy(), kept(x).numpy())
    np.testing.assert_array_equal(sg.compile(sg.grad(last))(x).numpy(), sg.grad(last)(x).numpy())


def test_keys_and_forms_are_shared_among_threads():
    """Distinct static values from several threads, with traces that give way at once."""
    f = sg.compile(lambda x, n: x + n, static_argnames="n", max_traces=1)
    errors = []

    def work(own):
        try:
            for i in range(60):
                assert f(sg.ones(2), own * 1000 + i).numpy()[0] == 1 + own * 1000 + i
        except BaseException as error:
            errors.append(error)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        threads = [threading.Thread(target=work, args=(own,)) for own in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert errors == []
    assert f._form_count == 1, "one tensor is one form"

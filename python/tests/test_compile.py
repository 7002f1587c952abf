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
        (RuntimeError, BufferError), match=r"values of '\w+.*' are not known while a function is traced"
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


# ------------------------------------------------------------------------------------------- what it reads and changes


def test_parameters_are_read_anew():
    dense = nn.Dense(3, 2)
    f = sg.compile(dense)
    x = draw(4, 3)
    for _ in range(3):
        np.testing.assert_array_equal(f(x), dense(x))
        for parameter in dense.parameters().values():
            parameter.value = parameter.value * 2 + 1
    assert f.traces == 1


def training(compiled, steps=4):
    """Return losses and final state of a small training with everything in it that has a state."""
    sg.random.seed(3)
    net = nn.Sequential(nn.Dense(3, 8), nn.BatchNorm(8), nn.ReLU(), nn.Dropout(0.3), nn.Dense(8, 1))
    net.seed(5)
    generator = sg.random.Generator(7)
    optimizer = sg.optim.Adam(net, learning_rate=0.05)

    def step(x, y):
        def loss():
            noise = generator.normal(x.shape, std=0.1) + sg.random.normal(x.shape, std=0.1)
            return ((net(x + noise) - y) ** 2).mean()

        value, gradients = sg.value_and_grad(lambda: loss(), (), of=net)()
        optimizer.step(gradients)
        return value

    run = sg.compile(step) if compiled else step
    losses = [run(draw(16, 3, seed=i), draw(16, 1, seed=50 + i)).item() for i in range(steps)]
    state = {name: np.array(parameter.value) for name, parameter in net.parameters().items()}
    return losses, state, generator.state, sg.random.default_generator().state, run


def test_a_whole_training_step():
    eager, compiled = training(False), training(True)
    np.testing.assert_allclose(compiled[0], eager[0], rtol=1e-6)
    assert len(set(compiled[0])) == 4
    for name, value in eager[1].items():
        np.testing.assert_allclose(compiled[1][name], value, rtol=1e-5, atol=1e-7, err_msg=name)
    assert compiled[2:4] == eager[2:4]
    assert compiled[2][1] == 4
    assert compiled[4].traces == 1


def test_random_numbers_go_on():
    generator, twin = sg.random.Generator(1), sg.random.Generator(1)
    f = sg.compile(lambda x: x + generator.normal((3,)))
    found = [f(sg.zeros(3)).numpy() for _ in range(4)]
    np.testing.assert_array_equal(found, [twin.normal((3,)).numpy() for _ in range(4)])
    assert generator.state == twin.state
    assert f.traces == 1
    # A key that is an argument is one like any other.
    g = sg.compile(lambda key: sg.random.uniform((2,), key=key))
    keys = sg.random.split(sg.random.key(3), 2)
    np.testing.assert_array_equal([g(key) for key in keys], [sg.random.uniform((2,), key=key) for key in keys])


def test_running_statistics_and_dropout():
    def outputs(compiled):
        sg.random.seed(1)
        net = nn.Sequential(nn.BatchNorm(3), nn.Dropout(0.5))
        f = sg.compile(net) if compiled else net
        shown = [np.array(f(draw(8, 3, seed=i))) for i in range(3)]
        net.eval()
        shown.append(np.array(f(draw(8, 3))))
        net.train()
        shown.append(np.array(f(draw(8, 3))))
        return shown, getattr(f, "traces", None)

    (compiled, traces), (eager, _) = outputs(True), outputs(False)
    for a, b in zip(compiled, eager, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-7)
    assert traces == 2
    assert (compiled[0] == 0).any()
    assert not (compiled[3] == 0).all()


def test_what_is_made_inside_is_made_anew_at_each_call():
    dense = nn.Dense(2, 1)
    before = {name: np.array(p.value) for name, p in dense.parameters().items()}

    def f(x):
        drawn = sg.random.Generator(3).normal((2,))
        optimizer = sg.optim.SGD(dense, learning_rate=0.1, momentum=0.9)
        for _ in range(2):
            optimizer.step(sg.grad(lambda: dense(x).sum(), (), of=dense)())
        return drawn

    def run(f):
        for name, p in dense.parameters().items():
            p.value = sg.Tensor(before[name])
        shown = [np.array(f(draw(3, 2))) for _ in range(3)]
        return [*shown, *(np.array(p.value) for p in dense.parameters().values())]

    compiled = sg.compile(f)
    for a, b in zip(run(compiled), run(f), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5)
    assert compiled.traces == 1


def test_modes_that_the_function_sets_itself():
    dropout = nn.Sequential(nn.Dropout(0.5))

    @sg.compile
    def f(x):
        with dropout.evaluating():
            used = dropout(x)
        return used, dropout(x)

    for _ in range(3):
        used, trained = f(sg.ones(50))
        assert (used == 1).all()
        assert (trained == 0).any()
    assert f.traces == 1
    assert dropout.training
    dropout.eval()
    assert all((part == 1).all() for part in f(sg.ones(50)))
    dropout.train()
    assert (f(sg.ones(50))[1] == 0).any()
    assert f.traces == 2


def test_modules_and_generators_that_are_made_at_first_use():
    class Lazy(nn.Module):
        def __init__(self):
            self.net = nn.Sequential(nn.Dense(2, 2), nn.Dropout(0.5))
            self.scale = nn.Parameter(sg.ones(2))

        def forward(self, x):
            return self.net(x) * self.scale.value

    module = Lazy()
    f = sg.compile(lambda x: module(x) + sg.random.normal((2,)))
    found = [f(sg.ones((1, 2))).tolist() for _ in range(3)]
    assert found[0] != found[1] != found[2]
    module.scale.value = sg.zeros(2)
    assert sg.compile(lambda x: module(x))(sg.ones((1, 2))).tolist() == [[0, 0]]
    sg.random.seed(4)
    first = f(sg.ones((1, 2))).tolist()
    sg.random.seed(4)
    assert f(sg.ones((1, 2))).tolist() == first
    assert f.traces == 1
    with pytest.raises(RuntimeError, match="set a generator's position"):
        sg.compile(lambda x: sg.random.seed(1))(sg.ones(2))


def test_a_module_as_argument_is_the_module():
    f = sg.compile(lambda net, x: net(x).sum())
    a, b = nn.Dense(2, 1), nn.Dense(2, 1)
    x = draw(3, 2)
    for net in (a, b, a):
        np.testing.assert_allclose(f(net, x), net(x).sum(), rtol=1e-6)
    assert f.traces == 2


# ------------------------------------------------------------------------------------------------------ gradients


def test_gradients_inside_and_outside():
    def loss(w, x):
        return ((x @ w).tanh() ** 2).sum()

    w, x = draw(3, 2), draw(4, 3, seed=1)
    value, slope = sg.value_and_grad(loss)(w, x)
    inside = sg.compile(sg.value_and_grad(loss))
    outside = sg.value_and_grad(sg.compile(loss))
    for f in (inside, inside, outside, outside):
        found_value, found_slope = f(w, x)
        np.testing.assert_allclose(found_value, value, rtol=1e-6)
        np.testing.assert_allclose(found_slope, slope, rtol=1e-5)
    assert inside.traces == 1
    second = sg.compile(sg.grad(lambda w: (sg.grad(loss)(w, x) ** 2).sum()))
    np.testing.assert_allclose(second(w), sg.grad(lambda w: (sg.grad(loss)(w, x) ** 2).sum())(w), rtol=1e-4)
    # A compiled function within: part of the whole trace, and transparent to gradients.
    inner = sg.compile(lambda x: x**3)
    nested = sg.compile(lambda x: sg.grad(lambda y: inner(y).sum())(x))
    np.testing.assert_allclose(nested(sg.Tensor([2.0, 3.0])), [12, 27], rtol=1e-6)
    assert inner.traces == 0
    np.testing.assert_allclose(sg.hessian(inner)(sg.Tensor(2.0)), 12, rtol=1e-6)


def test_arrays_are_tensors_also_where_the_function_itself_runs():
    kinds = []

    @sg.compile
    def f(x, w):
        kinds.append(type(x))
        return (x.exp() * w).sum()

    np.testing.assert_allclose(sg.grad(f, 1)(np.zeros(3, np.float32), sg.ones(3)), np.ones(3))
    assert kinds == [sg.Tensor]


def test_threads_take_turns():
    import threading

    dense = nn.Dense(3, 2)
    f = sg.compile(lambda x: dense(x).tanh())
    expected = {n: np.array(dense(draw(n, 3)).tanh()) for n in (2, 3, 4)}
    failures = []

    def work(n):
        for _ in range(50):
            same = np.allclose(f(draw(n, 3)), expected[n], rtol=1e-5)
            failures.extend([] if same else [n])

    threads = [threading.Thread(target=work, args=(n,)) for n in (2, 3, 4, 2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures


def test_a_changed_learning_rate_is_followed():
    def losses(make):
        net = nn.Dense(2, 1)
        net.parameters()["weight"].value = sg.Tensor([[0.3], [-0.2]])
        optimizer = sg.optim.Adam(net)
        x = sg.asarray(np.random.default_rng(0).normal(size=(16, 2)).astype(np.float32))

        def step(x):
            value, gradients = sg.value_and_grad(lambda: ((net(x) - 1) ** 2).mean(), (), of=net)()
            optimizer.step(gradients)
            return value

        step, found = make(step), []
        for rate in (0.001, 0.5, 0.5, 0.01):
            optimizer.learning_rate = rate
            found += [float(step(x)) for _ in range(2)]
        return found

    assert losses(sg.compile) == losses(lambda f: f)


def test_a_module_says_so_when_it_would_keep_a_traced_value():
    class Counting(nn.Module):
        def __init__(self):
            self.n = sg.zeros(())

        def forward(self, x):
            self.n = self.n + 1
            return x * self.n * sg.ones(1)

    net = Counting()
    net(sg.ones(2))
    # What is known is no trouble: it is a constant of the trace.
    with pytest.raises(RuntimeError, match=r"Summing.total .*trainable=False"):

        class Summing(nn.Module):
            def __init__(self):
                self.total = sg.zeros(())

            def forward(self, x):
                self.total = self.total + x.sum()
                return self.total

        summing = Summing()
        sg.compile(summing)(sg.ones(2))
    assert float(summing(sg.ones(2))) == 2


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


def test_programs_of_one_state_take_turns():
    net = nn.Dense(64, 64)
    start = {name: parameter.value for name, parameter in net.parameters().items()}
    optimizer = sg.optim.SGD(net, learning_rate=1e-3)

    @sg.compile
    def step(x):
        value, gradients = sg.value_and_grad(lambda: (net(x) ** 2).mean(), (), of=net)()
        optimizer.step(gradients)
        return value

    batches = [sg.ones((rows, 64)) for rows in (32, 33)]
    for batch in batches:
        step(batch)
    threads = [threading.Thread(target=lambda b=batch: [step(b) for _ in range(200)]) for batch in batches]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = net.parameters()["weight"].value.numpy().copy()
    # Rows of ones give one gradient, however many they are: the order does not matter, but that none is lost.
    for name, value in start.items():
        net.parameters()[name].value = value
    for _ in range(402):
        step(batches[0])
    assert np.allclose(net.parameters()["weight"].value.numpy(), found, atol=1e-5)


def test_functions_that_have_not_run_when_they_return_are_refused():
    def generator(x):
        yield x

    with pytest.raises(TypeError, match="generator"):
        sg.compile(generator)

"""What compiled functions read and change: parameters, random numbers, modes; their gradients; threads."""

from __future__ import annotations

import threading

import numpy as np
import pytest
import swiftgan as sg
from swiftgan import nn


def draw(*shape, seed=0, dtype=np.float32):
    return np.random.default_rng(seed).normal(size=shape).astype(dtype)


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

"""What compiled functions return and leave behind: known nests of tensors, modes of networks, and nothing traced."""

from __future__ import annotations

import collections
import dataclasses
import functools
import threading

import numpy as np
import pytest
import swiftgan as sg
from swiftgan import nn


class Box:
    def __init__(self, content):
        self.content = content


class Slotted:
    __slots__ = ("content", "never_set")

    def __init__(self, content):
        self.content = content


@dataclasses.dataclass
class State:
    mean: sg.Tensor
    count: int = 0
    parts: list = dataclasses.field(default_factory=list)


@dataclasses.dataclass(frozen=True)
class Frozen:
    inner: State
    name: str = "n"


# ------------------------------------------------------------------------------------------------- what is returned

HOLDERS = {
    "an object": (lambda x: Box(x * 2), "the result is a Box .*in the result.content"),
    "an object in a nest": (lambda x: {"a": [Box({"b": x})]}, r"the result\['a'\]\[0\] is a Box .*content\['b'\]"),
    "slots": (lambda x: (Slotted(x),), r"the result\[0\] is a Slotted"),
    "a closure": (lambda x: lambda: x, "the result is a function .*variable x"),
    "a partial": (lambda x: functools.partial(max, x), "is a partial"),
    "a method": (lambda x: Box(x).__init__, "is a method"),
    "a deque": (lambda x: collections.deque([x]), r"is a deque .*the result\[0\]"),
    "an array of objects": (lambda x: np.array([Box(x)], object), "is a ndarray"),
    "an object in a dataclass": (lambda x: State(Box(x)), "the result.mean is a Box"),
    "a generator": (lambda x: (x * i for i in range(2)), "is a generator.*return a list"),
    "a map": (lambda x: map(str, [x]), "is a map.*return a list"),
}


@pytest.mark.parametrize("what", HOLDERS)
def test_what_would_keep_a_traced_tensor_is_refused_by_type_and_place(what):
    f, words = HOLDERS[what]
    with pytest.raises(TypeError, match=words):
        sg.compile(f)(sg.ones(3))


def test_other_objects_are_the_same_at_each_call():
    box, net = Box(np.ones(2)), nn.Dense(2, 1)
    cyclic = Box(None)
    cyclic.content = cyclic
    f = sg.compile(lambda x: (x * 2, box, net, cyclic, np.float32, len, lambda: 3))
    for factor in (1, 2):
        found = f(sg.ones(2) * factor)
        assert found[0].tolist() == [2 * factor, 2 * factor]
        assert found[1] is box
        assert found[2] is net
        assert found[3] is cyclic
        assert found[6]() == 3
    assert f.traces == 1


def test_dataclasses_and_kinds_of_dicts_are_rebuilt():
    @sg.compile
    def f(x):
        state = State(x.mean(), 3, [x + 1])
        state.extra = x + 2
        more = collections.OrderedDict(b=x, a=1)
        lists = collections.defaultdict(list, c=[x * 3])
        return Frozen(state), more, lists

    for value in (1.0, 5.0):
        frozen, more, lists = f(sg.full(2, value))
        assert type(frozen) is Frozen
        assert frozen.name == "n"
        assert frozen.inner.mean.item() == value
        assert frozen.inner.count == 3
        assert frozen.inner.parts[0].tolist() == [value + 1] * 2
        assert frozen.inner.extra.tolist() == [value + 2] * 2
        assert type(more) is collections.OrderedDict
        assert list(more) == ["b", "a"]
        assert lists["c"][0].tolist() == [value * 3] * 2
        assert lists["new"] == []
    assert f.traces == 1


def test_a_value_that_got_out_names_its_function():
    kept = []

    def leaking(x):
        kept.append(x * 2)
        return kept[-1]

    sg.compile(leaking)(sg.ones((2, 3)))
    words = r"traced function '.*leaking' \(\w+, float32 \(.*\)\) is used outside of it.*Return it from the function"
    other = sg.compile(lambda x: x + kept[0])
    reader = sg.compile(lambda x: x + kept[0].sum().item())
    uses = {
        "an operation": lambda: kept[0] + 1,
        "reading": lambda: kept[0].tolist(),
        "truth": lambda: bool(kept[0][0, 0]),
        "NumPy": lambda: np.asarray(kept[0]),
        "an argument": lambda: sg.compile(lambda x: x)(kept[0]),
        "another trace": lambda: other(sg.ones((2, 3))),
        "reading in another trace": lambda: reader(sg.ones((2, 3))),
    }
    for name, use in uses.items():
        with pytest.raises((RuntimeError, BufferError), match=words):
            use()
            pytest.fail(name)
    # Within its own trace the message is about reading.
    with pytest.raises(RuntimeError, match="not known while a function is traced"):
        sg.compile(lambda x: x * x.sum().item())(sg.ones(3))


# ----------------------------------------------------------------------------------------------------- forms of results


def test_forms_of_ever_new_results_do_not_pile_up():
    class Big(list):
        pass

    @sg.compile(max_traces=2)
    def f(x, number):
        class Value:
            __hash__ = None

        value = Value()
        return x + number, value, Big([number])

    def call(count):
        for number in range(count):
            total, _, numbers = f(sg.ones(2), number)
            assert total.tolist() == [1 + number] * 2
            assert numbers == Big([number])

    with pytest.warns(RuntimeWarning, match="traced again"):
        call(200)
    assert f.traces == 200
    assert len(f._forms) <= 2 * 4 + 64
    assert len(f._form_of) <= 2 * 4 + 64
    # Where a gradient is recorded the function itself runs, again with new values each time.
    slope = sg.grad(lambda x: f(x, 1)[0].sum())
    for _ in range(100):
        assert slope(sg.ones(2)).tolist() == [1, 1]
    assert len(f._forms) <= 2 * 4 + 64


def test_forms_are_right_with_many_threads_and_few_places():
    f = sg.compile(lambda x, number: (x + number, {"number": number, "new": [set()]}), max_traces=1)
    wrong = []

    def work(first):
        for step in range(40):
            number = first + step % 3
            total, static = f(sg.ones(2), number)
            if static["number"] != number or total.tolist() != [1 + number] * 2:
                wrong.append((number, static, total))

    threads = [threading.Thread(target=work, args=(10 * index,)) for index in range(8)]

    def run():
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    with pytest.warns(RuntimeWarning, match="traced again"):
        run()
    assert not wrong
    assert len(f._forms) <= 4 + 64


# --------------------------------------------------------------------------------------------------------------- modes


def test_a_mode_that_is_set_for_good_is_set_at_each_call():
    net = nn.Sequential(nn.Dropout(0.5))
    used = sg.compile(lambda x: net.eval()(x))
    for _ in range(3):
        net.train()
        assert (used(sg.ones(50)) == 1).all()
        assert not net.training
    assert used.traces == 1
    assert (used(sg.ones(50)) == 1).all()
    assert not net.training

    trained = sg.compile(lambda x: net.train()(x))
    for _ in range(3):
        net.eval()
        assert (trained(sg.ones(50)) == 0).any()
        assert net.training

    def both(x):
        first = net.eval()(x)
        return first, net.train()(x)

    for mode in (True, False, True, False):
        net.train(mode)
        first, second = sg.compile(both)(sg.ones(50))
        assert (first == 1).all()
        assert (second == 0).any()
        assert net.training


def test_a_parameter_that_the_function_sets_is_set_at_each_call():
    count = nn.Parameter(sg.zeros(()), trainable=False)
    kept = nn.Parameter(sg.zeros(2))

    @sg.compile
    def f(x):
        count.value = count.value + 1
        kept.value = x
        return kept.value * count.value

    for number in range(1, 4):
        x = np.full(2, number, np.float32)
        assert f(x).tolist() == [number * number] * 2
        assert count.value.item() == number
        # A copy: the caller's array stays the caller's.
        x[:] = -1
        assert kept.value.tolist() == [number, number]
    assert f.traces == 1
    with pytest.raises(ValueError, match="parameter"):
        sg.compile(lambda x: setattr(kept, "value", x))(sg.ones(3))


def test_modes_of_networks_of_networks_are_set_at_each_call():
    class Outer(nn.Module):
        def __init__(self):
            self.inner = nn.Sequential(nn.Dropout(0.5))

        def forward(self, x):
            return self.inner(x)

    outer = Outer()
    f = sg.compile(lambda x: outer.eval()(x))
    for _ in range(3):
        outer.train()
        assert outer.inner.training
        f(sg.ones(4))
        assert not outer.training
        assert not outer.inner.training

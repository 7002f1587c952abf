"""The rules of gradients: ties, nesting, stopping and restoring. Those of each function are in test_ops.py."""

from __future__ import annotations

import threading

import numpy as np
import pytest
import swiftgan as sg

jax = pytest.importorskip("jax")
jax.config.update("jax_enable_x64", True)
jnp = jax.numpy


TIES = {
    "maximum": (sg.maximum, jnp.maximum),
    "minimum": (sg.minimum, jnp.minimum),
    "max": (lambda x, y: sg.max(x, 1), lambda x, y: jnp.max(x, 1)),
    "min": (lambda x, y: sg.min(x), lambda x, y: jnp.min(x)),
    "relu": (lambda x, y: sg.relu(x), lambda x, y: jax.nn.relu(x)),
    "clip": (lambda x, y: x.clip(-0.5, 0.5), lambda x, y: jnp.clip(x, -0.5, 0.5)),
}


@pytest.mark.parametrize("name", TIES)
def test_gradients_at_ties_equal_jax(name):
    ours, theirs = TIES[name]
    args = np.array([[0.0, 0.5, 0.5, -0.5]] * 3), np.array([0.0, 0.5, 1.0, -0.5])
    found = sg.grad(lambda *xs: ours(*xs).sum(), (0, 1))(*args)
    expected = jax.grad(lambda *xs: theirs(*xs).sum(), (0, 1))(*args)
    for a, b in zip(found, expected, strict=True):
        assert np.allclose(a.numpy(), b)


def test_through_a_change_of_type(rng):
    """A float32 on the way keeps its precision, and no gradient is lost."""
    x = rng.normal(size=5)
    found = sg.grad(lambda x: (x.astype("float32").astype("float64") * x).sum())(x)
    assert found.dtype == "float64"
    np.testing.assert_allclose(found.numpy(), x + x.astype(np.float32), rtol=1e-6)


def test_third_order_and_penalty():
    assert sg.grad(sg.grad(sg.grad(lambda x: x**4)))(sg.Tensor(2.0)).item() == 48

    def penalty(grad, xp):
        return lambda w, x: ((((grad(lambda v: xp.tanh(v @ w).sum()))(x) ** 2).sum(1) ** 0.5 - 1) ** 2).mean()

    rng = np.random.default_rng(1)
    w, x = rng.normal(size=(3, 5)), rng.normal(size=(4, 3))
    expected = jax.value_and_grad(penalty(jax.grad, jnp))(w, x)
    found = sg.value_and_grad(penalty(sg.grad, sg))(w, x)
    assert np.allclose(found[0].item(), expected[0])
    assert np.allclose(found[1].numpy(), expected[1])


def test_forms_of_arguments():
    value, (by_x, by_tree) = sg.value_and_grad(lambda x, tree: (x * tree["a"] + tree["b"][0]).sum(), (0, 1))(
        sg.ones(3), {"a": sg.full(3, 2.0), "b": [sg.zeros(())]}
    )
    assert value.item() == 6
    assert by_x.tolist() == [2, 2, 2]
    assert by_tree["a"].tolist() == [1, 1, 1]
    assert by_tree["b"][0].item() == 3
    (value, aux), gradient = sg.value_and_grad(lambda x: ((x * x).sum(), "aux"), has_aux=True)([1.0, 2.0])
    assert (value.item(), aux, gradient.tolist()) == (5, "aux", [2, 4])
    assert sg.grad(lambda x, scale: scale * x, argnums=-2)(sg.Tensor(1.0), scale := 3.0).item() == scale
    assert sg.grad(lambda x, *, power: x**power)(sg.Tensor(3.0), power=2).item() == 6
    assert sg.grad(lambda x: sg.Tensor(1.0))(sg.ones(2)).tolist() == [0, 0]


def test_vjp():
    value, pullback = sg.vjp(lambda x, y: x * y, sg.Tensor([1.0, 2.0]), sg.Tensor([3.0, 4.0]))
    assert value.tolist() == [3, 8]
    for scale in (1.0, 2.0):
        gradients = pullback(sg.full(2, scale))
        assert [g.tolist() for g in gradients] == [[3 * scale, 4 * scale], [1 * scale, 2 * scale]]
    with pytest.raises(ValueError, match=r"\(3,\).*\(2,\)"):
        pullback(sg.ones(3))
    # A pullback within a gradient is part of it.
    outer = sg.grad(lambda x: sg.vjp(lambda v: v**3, x)[1](sg.ones(()))[0])
    assert outer(sg.Tensor(2.0)).item() == 12


def test_stopping():
    assert sg.grad(lambda x: x * sg.stop_gradient(x))(sg.Tensor(3.0)).item() == 3

    def with_block(x):
        with sg.no_grad():
            y = x * x
        return x * y

    assert sg.grad(with_block)(sg.Tensor(3.0)).item() == 9

    @sg.no_grad()
    def constant(x):
        return x * 2

    assert sg.grad(lambda x: x + constant(x))(sg.Tensor(1.0)).item() == 1


def test_parameters_are_put_back(rng):
    net = sg.nn.Dense(2, 1)
    before = net.parameters()["weight"].value.tolist()
    with pytest.raises(ZeroDivisionError):
        sg.grad(lambda net: 1 / 0)(net)
    _, gradients = sg.value_and_grad(lambda net, x: (net(x) ** 2).mean())(net, sg.ones((4, 2)))
    assert set(gradients) == {"weight", "bias"}
    assert net.parameters()["weight"].value.tolist() == before
    by_closure = sg.grad(lambda x: (net(x) ** 2).mean(), of=net)(sg.ones((4, 2)))
    assert by_closure["weight"].tolist() == gradients["weight"].tolist()
    both = sg.grad(lambda: (net(sg.ones((4, 2))) ** 2).mean(), of=[net])()
    assert both[0]["bias"].tolist() == gradients["bias"].tolist()


def test_mistakes_have_the_right_exception():
    x = sg.ones(3)
    with pytest.raises(ValueError, match=r"\(3,\).*sum\(\) or mean\(\)"):
        sg.grad(lambda x: x * 2)(x)
    with pytest.raises(TypeError, match="int64"):
        sg.grad(lambda x: x.sum())(sg.arange(3))
    with pytest.raises(TypeError, match="tensor"):
        sg.grad(lambda x: 3.0)(x)
    with pytest.raises(ValueError, match="argnums"):
        sg.grad(lambda x: x.sum(), argnums=1)(x)
    with pytest.raises(TypeError, match="only float"):
        sg.grad(lambda x: (x > 0).sum())(x)
    # Whatever went wrong, the thread's state is as before.
    assert sg._core.gradient_depth() == 0
    assert sg.grad(lambda x: (x * x).sum())(x).tolist() == [2, 2, 2]
    with pytest.raises(RuntimeError, match="no gradient scope"):
        sg._core.gradient_exit()
    with pytest.raises(RuntimeError, match="not paused"):
        sg._core.gradient_resume()


def test_recording_is_per_thread():
    found = {}

    def work(index):
        found[index] = sg.grad(sg.grad(lambda x: x ** (index + 2)))(sg.Tensor(1.0, "float64")).item()

    def outer(x):
        threads = [threading.Thread(target=work, args=(index,)) for index in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return x * x

    assert sg.grad(outer)(sg.Tensor(3.0)).item() == 6
    assert found == {index: (index + 2) * (index + 1) for index in range(4)}


def test_a_long_chain():
    def chain(x):
        for _ in range(20_000):
            x = x + 1
        return x

    assert sg.grad(chain)(sg.Tensor(0.0)).item() == 1

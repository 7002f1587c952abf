"""Products with Jacobians and Hessians, these themselves, and gradients per example: equal to JAX's."""

from __future__ import annotations

import numpy as np
import pytest
import swiftgan as sg

jax = pytest.importorskip("jax")
jax.config.update("jax_enable_x64", True)
jnp = jax.numpy


def f(lib, p, x):
    """Two inputs, the first a tree, to two outputs of different shapes."""
    h = lib.tanh(x @ p["w"] + p["b"])
    return {"mean": (h * h).mean(), "h": lib.exp(h)[0]}


def scalar(lib, p, x):
    return (f(lib, p, x)["h"] ** 2).sum() + f(lib, p, x)["mean"]


def make(rng, dtype="float64"):
    shapes = {"w": (3, 2), "b": (2,)}
    p, v = ({name: rng.normal(size=shape).astype(dtype) for name, shape in shapes.items()} for _ in range(2))
    x, u = (rng.normal(size=(4, 3)).astype(dtype) for _ in range(2))
    return p, x, v, u


def ours(function):
    return lambda *args: function(sg, *args)


def theirs(function):
    return lambda *args: function(jnp, *args)


def close(found, expected, tolerance=1e-10):
    found, expected = jax.tree.flatten(found, is_leaf=lambda t: isinstance(t, sg.Tensor)), jax.tree.flatten(expected)
    assert found[1] == expected[1]
    for a, b in zip(found[0], expected[0], strict=True):
        assert a.shape == b.shape
        assert np.allclose(a.numpy(), b, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize(("dtype", "tolerance"), [("float64", 1e-10), ("float32", 1e-5)])
def test_products_with_jacobians(rng, dtype, tolerance):
    p, x, v, u = make(rng, dtype)
    close(sg.jvp(ours(f), (p, x), (v, u)), jax.jvp(theirs(f), (p, x), (v, u)), tolerance)
    value, pullback = sg.vjp(ours(f), p, x)
    expected, expected_pullback = jax.vjp(theirs(f), p, x)
    close(value, expected, tolerance)
    cotangent = {"mean": np.asarray(0.5, dtype), "h": np.array([1.0, -2.0], dtype)}
    close(pullback(cotangent), expected_pullback(cotangent), tolerance)
    assert not sg._core.gradient_depth()


def test_the_order_of_a_dict_does_not_matter(rng):
    p, x, v, u = make(rng)
    swapped = {"b": v["b"], "w": v["w"]}
    close(sg.jvp(ours(f), (p, x), (swapped, u)), jax.jvp(theirs(f), (p, x), (v, u)))


def test_products_with_hessians(rng):
    p, x, v, u = make(rng)
    expected = jax.jvp(jax.grad(theirs(scalar), (0, 1)), (p, x), (v, u))[1]
    close(sg.hvp(ours(scalar), (p, x), (v, u)), expected)
    assert sg.hvp(lambda x: x.sum(), (sg.ones(3),), (sg.ones(3),))[0].tolist() == [0, 0, 0]


@pytest.mark.parametrize("argnums", [0, 1, (0, 1), (1, 0)])
def test_jacobians(rng, argnums):
    p, x, _, _ = make(rng)
    close(sg.jacobian(ours(f), argnums)(p, x), jax.jacrev(theirs(f), argnums)(p, x))


def test_jacobians_with_more_rows_than_columns(rng):
    x = rng.normal(size=2)
    a = rng.normal(size=(5, 2))
    close(sg.jacobian(lambda x: sg.sin(sg.asarray(a) @ x))(x), jax.jacrev(lambda x: jnp.sin(a @ x))(x))
    many = lambda lib: lambda x: (lib.exp(x), lib.asarray(a) @ x, x.sum())  # noqa: E731
    close(sg.jacobian(many(sg))(x), jax.jacrev(many(jnp))(x))


@pytest.mark.parametrize("argnums", [0, 1, (0, 1)])
def test_hessians(rng, argnums):
    p, x, _, _ = make(rng)
    close(sg.hessian(ours(scalar), argnums)(p, x), jax.hessian(theirs(scalar), argnums)(p, x))


def test_transforms_nest(rng):
    x, v = rng.normal(size=3), rng.normal(size=3)
    for one, other in (
        (lambda x: sg.jvp(lambda y: sg.sin(y) * y.sum(), (x,), (v,))[1].sum(),
         lambda x: jax.jvp(lambda y: jnp.sin(y) * y.sum(), (x,), (v,))[1].sum()),
        (lambda x: sg.hvp(lambda y: sg.exp(y).sum() ** 2, (x,), (v,))[0].sum(),
         lambda x: jax.jvp(jax.grad(lambda y: jnp.exp(y).sum() ** 2), (x,), (v,))[1].sum()),
        (lambda x: sg.jacobian(lambda y: y**3 * y[0])(x).sum(), lambda x: jax.jacrev(lambda y: y**3 * y[0])(x).sum()),
    ):  # fmt: skip
        close(sg.grad(one)(sg.asarray(x)), jax.grad(other)(x))
    third = sg.jacobian(sg.hessian(lambda y: (y**4).sum() * y[0]))(x)
    close(third, jax.jacrev(jax.hessian(lambda y: (y**4).sum() * y[0]))(x), 1e-8)


def test_networks_are_trees(rng):
    net = sg.nn.Sequential(sg.nn.Dense(3, 4), sg.nn.Tanh(), sg.nn.Dense(4, 1))
    x = rng.normal(size=(6, 3)).astype("float32")
    before = {name: parameter.value.numpy().copy() for name, parameter in net.parameters().items()}
    v = {name: rng.normal(size=value.shape).astype("float32") for name, value in before.items()}

    def loss(p):
        h = jnp.tanh(x @ p["0.weight"] + p["0.bias"])
        return ((h @ p["2.weight"] + p["2.bias"]) ** 2).mean()

    def our_loss(net, x=x):
        return (net(x) ** 2).mean()

    value, slope = sg.jvp(our_loss, (net,), (v,))
    close((value, slope), jax.jvp(loss, (before,), (v,)), 1e-4)
    close(sg.hvp(our_loss, (net,), (v,))[0], jax.jvp(jax.grad(loss), (before,), (v,))[1], 1e-4)
    close(sg.vjp(our_loss, net)[1](1.0)[0], jax.grad(loss)(before), 1e-4)
    close(sg.jacobian(lambda net: net(x))(net)["2.bias"], np.ones((6, 1, 1)), 1e-6)
    each = sg.per_example_gradients(our_loss)(net, x)
    for name, gradient in sg.grad(our_loss)(net).items():
        assert each[name].shape == (6, *gradient.shape)
        assert np.allclose(each[name].numpy().mean(0), gradient.numpy(), atol=1e-5)
    for name, parameter in net.parameters().items():
        assert np.array_equal(parameter.value.numpy(), before[name])


def test_per_example_gradients(rng):
    w, x, y = rng.normal(size=3), rng.normal(size=(5, 3)), rng.normal(size=5)

    def loss(lib):
        return lambda w, batch: ((lib.tanh(lib.asarray(batch["x"]) @ w) - lib.asarray(batch["y"])) ** 2).sum()

    expected = jax.vmap(jax.grad(loss(jnp)), (None, 0))(w, {"x": x[:, None], "y": y[:, None]})
    close(sg.per_example_gradients(loss(sg))(w, {"x": x, "y": y}), expected)
    both = sg.per_example_gradients(lambda w, c, x: (sg.asarray(x) @ w * c).sum(), (0, 1), batch_argnums=2)
    slopes = both(w, 2.0, x)
    assert np.allclose(slopes[0].numpy(), 2 * x, atol=1e-6)
    assert slopes[1].shape == (5,)
    assert sg.per_example_gradients(loss(sg))(w, {"x": x[:0], "y": y[:0]}).shape == (0, 3)


def test_mistakes(rng):
    x = sg.ones(3)
    with pytest.raises(ValueError, match=r"\(2,\).*\(3,\)"):
        sg.jvp(sg.sin, (x,), (sg.ones(2),))
    with pytest.raises(ValueError, match="must have 1 parts, not 2"):
        sg.jvp(sg.sin, (x,), (x, x))
    with pytest.raises(ValueError, match=r"tangents\[0\] must have the keys \['a'\], not \['b'\]"):
        sg.jvp(lambda p: p["a"], ({"a": x},), ({"b": x},))
    with pytest.raises(ValueError, match=r"\(3,\)"):
        sg.hvp(sg.sin, (x,), (x,))
    with pytest.raises(TypeError, match="tree of tensors, not float"):
        sg.jacobian(lambda x: 1.0)(x)
    with pytest.raises(TypeError, match="no tensor"):
        sg.vjp(lambda x: None, x)
    with pytest.raises(ValueError, match=r"one number of examples.*\(3,\), \(2,\)"):
        sg.per_example_gradients(lambda w, x, y: (w * x * y).sum())(x, x, sg.ones(2))
    with pytest.raises(ValueError, match="argnums"):
        sg.jacobian(sg.sin, 1)(x)
    with pytest.raises(ZeroDivisionError):
        sg.jvp(lambda x: 1 / 0, (x,), (x,))
    assert sg._core.gradient_depth() == 0

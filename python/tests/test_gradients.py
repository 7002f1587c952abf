"""Gradients of orders 1 and 2: equal to JAX's, and the rules of nesting, stopping and restoring."""

from __future__ import annotations

import threading
from typing import NamedTuple

import numpy as np
import pytest
import swiftgan as sg

jax = pytest.importorskip("jax")
jax.config.update("jax_enable_x64", True)
jnp = jax.numpy


class Case(NamedTuple):
    """A function in both libraries and the shapes of its inputs."""

    ours: object
    theirs: object
    shapes: tuple = ((3, 4),)
    positive: bool = False


def same(name, **kwargs):
    return Case(getattr(sg, name), getattr(jnp, name), **kwargs)


def conv(x, w, stride=1, padding=0, dilation=1):
    return jax.lax.conv_general_dilated(
        x, w, (stride,) * 2, [(padding,) * 2] * 2, rhs_dilation=(dilation,) * 2,
        dimension_numbers=("NHWC", "HWIO", "NHWC"),
    )  # fmt: skip


def conv_transpose(x, w, stride, padding):
    shape = (
        x.shape[0],
        *((n - 1) * stride + k - 2 * padding for n, k in zip(x.shape[1:3], w.shape[:2], strict=True)),
        w.shape[2],
    )
    return jax.vjp(lambda y: conv(y, w, stride, padding), jnp.zeros(shape))[1](x)[0]


TWO = ((3, 4), (4,))
CASES = {
    **{name: same(name) for name in ("abs", "negative", "square", "exp", "expm1", "tanh", "sin", "cos", "sign")},
    **{name: same(name, positive=True) for name in ("log", "log1p", "sqrt", "reciprocal")},
    "rsqrt": Case(sg.rsqrt, jax.lax.rsqrt, positive=True),
    "erf": Case(sg.erf, jax.scipy.special.erf),
    **{name: Case(getattr(sg, name), getattr(jax.nn, name)) for name in
       ("sigmoid", "softplus", "relu", "silu", "softmax", "log_softmax")},
    "gelu": Case(sg.gelu, lambda x: jax.nn.gelu(x, approximate=False)),
    "gelu_tanh": Case(lambda x: sg.gelu(x, approximate=True), jax.nn.gelu),
    "leaky_relu": Case(lambda x: sg.leaky_relu(x, 0.1), lambda x: jax.nn.leaky_relu(x, 0.1)),
    **{name: same(name, shapes=TWO) for name in ("add", "subtract", "multiply", "divide", "maximum", "minimum")},
    "pow": same("pow", shapes=TWO, positive=True),
    "pow_number": Case(lambda x: x**3, lambda x: x**3),
    "clip": Case(lambda x: x.clip(-0.5, 0.5), lambda x: jnp.clip(x, -0.5, 0.5)),
    "where": Case(lambda x, y: sg.where(x > 0, x * x, y), lambda x, y: jnp.where(x > 0, x * x, y), TWO),
    "sum": Case(lambda x: sg.sum(x, 0), lambda x: jnp.sum(x, 0)),
    "mean": Case(lambda x: sg.mean(x, (0, 1), keepdims=True), lambda x: jnp.mean(x, (0, 1), keepdims=True)),
    "var": Case(lambda x: sg.var(x, 1, correction=1), lambda x: jnp.var(x, 1, ddof=1)),
    "std": Case(lambda x: sg.std(x, 0), lambda x: jnp.std(x, 0)),
    "max": Case(lambda x: sg.max(x, 1), lambda x: jnp.max(x, 1)),
    "min": Case(lambda x: sg.min(x), lambda x: jnp.min(x)),
    "norm": Case(lambda x: sg.norm(x, 1), lambda x: jnp.sqrt((x**2).sum(1))),
    "logsumexp": Case(lambda x: sg.logsumexp(x, 1), lambda x: jax.scipy.special.logsumexp(x, 1)),
    "reshape": Case(lambda x: x.reshape(2, 6) ** 2, lambda x: x.reshape(2, 6) ** 2),
    "transpose": Case(lambda x: x.T**2, lambda x: x.T**2),
    "broadcast": Case(lambda x: sg.broadcast_to(x, (2, 3, 4)) ** 2, lambda x: jnp.broadcast_to(x, (2, 3, 4)) ** 2),
    "slice": Case(lambda x: x[::-2, 1:3] ** 2, lambda x: x[::-2, 1:3] ** 2),
    "index": Case(lambda x: x[1] * x[:, None, 2], lambda x: x[1] * x[:, None, 2], shapes=((4, 4),)),
    "take": Case(lambda x: x[[2, 0, 2]] ** 2, lambda x: x[jnp.array([2, 0, 2])] ** 2),
    "pad": Case(lambda x: sg.pad(x, ((1, 0), (2, 1)), 3.0) ** 2,
                lambda x: jnp.pad(x, ((1, 0), (2, 1)), constant_values=3.0) ** 2),
    "concatenate": Case(lambda x, y: sg.concatenate([x, y[None], x]) ** 2,
                        lambda x, y: jnp.concatenate([x, y[None], x]) ** 2, TWO),
    "stack": Case(lambda x, y: sg.stack([x, y], 1) ** 2, lambda x, y: jnp.stack([x, y], 1) ** 2, ((3,), (3,))),
    "flip": Case(lambda x: sg.flip(x, 0) ** 3, lambda x: jnp.flip(x, 0) ** 3),
    "matmul": same("matmul", shapes=((2, 3, 4), (4, 5))),
    "matmul_vector": same("matmul", shapes=((3, 4), (4,))),
    "conv2d": Case(lambda x, w: sg.conv2d(x, w, 2, 1), lambda x, w: conv(x, w, 2, 1), ((2, 5, 6, 2), (3, 3, 2, 3))),
    "conv2d_dilated": Case(lambda x, w: sg.conv2d(x, w, 1, 2, 2), lambda x, w: conv(x, w, 1, 2, 2),
                           ((1, 6, 5, 2), (2, 3, 2, 2))),
    "conv_transpose2d": Case(lambda x, w: sg.conv_transpose2d(x, w, 2, 1), lambda x, w: conv_transpose(x, w, 2, 1),
                             ((2, 3, 4, 3), (4, 4, 2, 3))),
    "astype": Case(*[lambda x: x.astype("float32").astype("float64") * x] * 2),
}  # fmt: skip


def inputs(case, rng):
    values = [rng.normal(size=shape) for shape in case.shapes]
    return [np.abs(value) + 0.2 for value in values] if case.positive else values


@pytest.mark.parametrize("name", CASES)
def test_values_and_gradients_equal_jax(name, rng):
    case = CASES[name]
    args = inputs(case, rng)
    value = np.asarray(case.theirs(*args))
    assert np.allclose(case.ours(*map(sg.asarray, args)).numpy(), value, rtol=1e-9, atol=1e-9)

    weight = rng.normal(size=value.shape)
    every = tuple(range(len(args)))
    tolerance = {"rtol": 1e-4, "atol": 1e-4} if name == "astype" else {"rtol": 1e-8, "atol": 1e-8}

    def ours(*xs):
        return (case.ours(*xs) * weight).sum()

    def theirs(*xs):
        return (case.theirs(*xs) * weight).sum()

    found = sg.grad(ours, every)(*args)
    expected = jax.grad(theirs, every)(*args)
    for a, b in zip(found, expected, strict=True):
        assert a.shape == b.shape
        assert np.allclose(a.numpy(), b, **tolerance)

    directions = [rng.normal(size=shape) for shape in case.shapes]

    def ours_again(*xs):
        return sum(
            ((g * d).sum() for g, d in zip(sg.grad(ours, every)(*xs), directions, strict=True)), start=sg.Tensor(0.0)
        )

    def theirs_again(*xs):
        return sum((g * d).sum() for g, d in zip(jax.grad(theirs, every)(*xs), directions, strict=True))

    found = sg.grad(ours_again, every)(*args)
    expected = jax.grad(theirs_again, every)(*args)
    for a, b in zip(found, expected, strict=True):
        assert np.allclose(a.numpy(), b, **tolerance)


@pytest.mark.parametrize("name", ["maximum", "max", "relu", "clip"])
def test_gradients_at_ties_equal_jax(name):
    case = CASES[name]
    args = [np.array([[0.0, 0.5, 0.5, -0.5]] * 3), np.array([0.0, 0.5, 1.0, -0.5])][: len(case.shapes)]
    found = sg.grad(lambda *xs: case.ours(*xs).sum(), tuple(range(len(args))))(*args)
    expected = jax.grad(lambda *xs: case.theirs(*xs).sum(), tuple(range(len(args))))(*args)
    for a, b in zip(found, expected, strict=True):
        assert np.allclose(a.numpy(), b)


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

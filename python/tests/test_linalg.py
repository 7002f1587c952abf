"""Linear systems and einsum: equal to NumPy, SciPy and JAX."""

from __future__ import annotations

import numpy as np
import pytest
import swiftgan as sg

jax = pytest.importorskip("jax")
scipy_linalg = pytest.importorskip("scipy.linalg")
jax.config.update("jax_enable_x64", True)
jnp = jax.numpy


def definite(rng, *shape):
    a = rng.normal(size=shape)
    return a @ a.swapaxes(-1, -2) / shape[-1] + np.eye(shape[-1])


@pytest.mark.parametrize("shape", [(1, 1), (5, 5), (3, 40, 40), (2, 1, 33, 33), (130, 130), (0, 3, 3)])
@pytest.mark.parametrize(("dtype", "bound"), [("float64", 1e-11), ("float32", 1e-3)])
def test_systems_equal_numpy(shape, dtype, bound, rng):
    a, b = definite(rng, *shape).astype(dtype), rng.normal(size=(*shape[:-1], 3)).astype(dtype)
    close = {"rtol": bound, "atol": bound}
    assert np.allclose(sg.linalg.cholesky(a).numpy(), np.linalg.cholesky(a), **close)
    general = a + np.triu(b[..., :1] * b[..., 1:2].swapaxes(-1, -2), 1) * 0.1
    assert np.allclose(sg.linalg.solve(general, b).numpy(), np.linalg.solve(general, b), **close)
    assert np.allclose(sg.linalg.inv(general).numpy(), np.linalg.inv(general), **close)
    sign, logarithm = sg.linalg.slogdet(general)
    expected = np.linalg.slogdet(general)
    assert np.array_equal(sign.numpy(), expected.sign)
    assert np.allclose(logarithm.numpy(), expected.logabsdet, **close)
    if shape[-1] < 10:
        assert np.allclose(sg.linalg.det(general).numpy(), np.linalg.det(general), **close)


@pytest.mark.parametrize("lower", [False, True])
@pytest.mark.parametrize("trans", [False, True])
@pytest.mark.parametrize("unit", [False, True])
def test_triangles_equal_scipy(lower, trans, unit, rng):
    a, b = definite(rng, 50, 50), rng.normal(size=(50, 7))
    found = sg.linalg.solve_triangular(a, b, lower=lower, trans=trans, unit_diagonal=unit)
    expected = scipy_linalg.solve_triangular(a, b, lower=lower, trans=int(trans), unit_diagonal=unit)
    assert np.allclose(found.numpy(), expected, rtol=1e-9)
    vector = sg.linalg.solve_triangular(a, b[:, 0], lower=lower, trans=trans, unit_diagonal=unit)
    assert np.allclose(vector.numpy(), expected[:, 0], rtol=1e-9)


SYSTEMS = {
    "cholesky": (lambda a, b: sg.linalg.cholesky(a), lambda a, b: jnp.linalg.cholesky(a)),
    "solve": (sg.linalg.solve, jnp.linalg.solve),
    "inv": (lambda a, b: sg.linalg.inv(a), lambda a, b: jnp.linalg.inv(a)),
    "det": (lambda a, b: sg.linalg.det(a), lambda a, b: jnp.linalg.det(a)),
    "slogdet": (lambda a, b: sg.linalg.slogdet(a)[1], lambda a, b: jnp.linalg.slogdet(a)[1]),
    "triangular": (
        lambda a, b: sg.linalg.solve_triangular(a, b, lower=True, trans=True),
        lambda a, b: jax.scipy.linalg.solve_triangular(a, b, lower=True, trans=1),
    ),
}


@pytest.mark.parametrize("name", SYSTEMS)
def test_gradients_equal_jax(name, rng):
    ours, theirs = SYSTEMS[name]
    a, b = definite(rng, 4, 4), rng.normal(size=(4, 2))
    weight, direction = rng.normal(size=theirs(a, b).shape), rng.normal(size=(4, 4))

    def f(library, function):
        return lambda a, b: (library.square(function(a, b)) * weight).sum() + (b * 0).sum()

    mine, reference = f(sg, ours), f(jnp, theirs)
    for x, y in zip(sg.grad(mine, (0, 1))(a, b), jax.grad(reference, (0, 1))(a, b), strict=True):
        assert np.allclose(x.numpy(), y, rtol=1e-9, atol=1e-9)
    found = sg.grad(lambda a: (sg.grad(mine)(a, b) * direction).sum())(a)
    expected = jax.grad(lambda a: (jax.grad(reference)(a, b) * direction).sum())(a)
    assert np.allclose(found.numpy(), expected, rtol=1e-8, atol=1e-8)


def test_refusals():
    with pytest.raises(ValueError, match="matrix 1 of the batch is not positive definite: pivot 0"):
        sg.linalg.cholesky(np.stack([np.eye(2), -np.eye(2)]))
    with pytest.raises(ValueError, match="singular: pivot 1"):
        sg.linalg.solve(np.ones((2, 2)), np.ones(2))
    with pytest.raises(ValueError, match="square"):
        sg.linalg.inv(np.ones((2, 3)))


def test_a_thousand_unknowns(rng):
    a, b = definite(rng, 1000, 1000), rng.normal(size=(1000, 4))
    x = sg.linalg.solve(a, b).numpy()
    assert np.abs(a @ x - b).max() < 1e-10
    factor = sg.linalg.cholesky(a).numpy()
    assert np.abs(factor @ factor.T - a).max() < 1e-11


EQUATIONS = [
    ("ij,jk->ik", (3, 4), (4, 5)), ("ij,jk", (3, 4), (4, 5)), ("ii", (4, 4)), ("ii->i", (4, 4)), ("iij->j", (3, 3, 2)),
    ("ij->ji", (2, 3)), ("ba", (2, 3)), ("i,j", (3,), (4,)), ("i,i", (3,), (3,)), ("ij->", (2, 3)),
    ("bij,bjk->bik", (2, 3, 4), (2, 4, 5)), ("...ij,jk->...ik", (2, 3, 4), (4, 5)),
    ("...i,...i->...", (2, 3), (4, 1, 3)),
    ("i...,i...", (3, 2), (3, 2)), ("abc,cd,def->aef", (2, 3, 4), (4, 5), (5, 2, 3)),
    ("ij,ij,ij->i", (2, 3), (2, 3), (2, 3)),
    ("nhqd,nhkd->nhqk", (2, 3, 4, 5), (2, 3, 6, 5)), ("iij,jkk->ik", (3, 3, 2), (2, 4, 4)), ("ij,kl->", (2, 3), (4, 2)),
    ("ij,jk->ik", (0, 4), (4, 5)), ("ij,jk->ik", (3, 0), (0, 5)), (" i j , j ", (3, 4), (4,)), ("...", (2, 3)),
]  # fmt: skip


@pytest.mark.parametrize(("equation", "shapes"), [(equation, shapes) for equation, *shapes in EQUATIONS])
def test_einsum_equals_numpy(equation, shapes, rng):
    operands = [rng.normal(size=shape) for shape in shapes]
    expected = np.einsum(equation, *operands)
    assert np.allclose(sg.einsum(equation, *operands).numpy(), expected)
    every = tuple(range(len(operands)))
    weight = rng.normal(size=expected.shape)
    found = sg.grad(lambda *xs: (sg.einsum(equation, *xs) ** 2 * weight).sum(), every)(*operands)
    reference = jax.grad(lambda *xs: (jnp.einsum(equation, *xs) ** 2 * weight).sum(), every)(*operands)
    for a, b in zip(found, reference, strict=True):
        assert np.allclose(a.numpy(), b)


def test_parts_and_products_equal_numpy(rng):
    a, b = rng.normal(size=(3, 4, 5)), rng.normal(size=(4, 3, 2))
    for k in (-9, -4, -1, 0, 2, 5, 9):
        assert np.array_equal(sg.tril(a, k).numpy(), np.tril(a, k))
        assert np.array_equal(sg.triu(a, k).numpy(), np.triu(a, k))
        assert np.array_equal(sg.diagonal(a, k, 2, 0).numpy(), np.diagonal(a, k, 2, 0))
        assert np.allclose(sg.trace(a, k, 1, -1).numpy(), np.trace(a, k, 1, -1))
        assert np.allclose(sg.linalg.trace(a, offset=k).numpy(), np.trace(a, k, -2, -1))
    assert np.allclose(sg.tensordot(a, b, ((0, 1), (1, 0))).numpy(), np.tensordot(a, b, ((0, 1), (1, 0))))
    assert np.allclose(sg.tensordot(a, b[0, 0], 0).numpy(), np.tensordot(a, b[0, 0], 0))
    assert np.allclose(sg.tensordot(a, a.transpose(1, 2, 0), 2).numpy(), np.tensordot(a, a.transpose(1, 2, 0), 2))
    assert np.array_equal(sg.kron(a[0], b).numpy(), np.kron(a[0], b))
    assert np.array_equal(sg.outer(a[0, 0], b[0, 0]).numpy(), np.outer(a[0, 0], b[0, 0]))
    assert np.allclose(sg.vecdot(a, a[:1], axis=1).numpy(), (a * a[:1]).sum(1))


@pytest.mark.parametrize("order", [None, "fro", 1, -1, np.inf, -np.inf])
@pytest.mark.parametrize("keepdims", [False, True])
def test_norms_of_matrices_equal_numpy(order, keepdims, rng):
    x = rng.normal(size=(3, 4))
    expected = np.linalg.norm(x, order, keepdims=keepdims)
    assert np.allclose(sg.linalg.norm(x, order, keepdims=keepdims).numpy(), expected)
    assert np.allclose(sg.norm(x, ord=order, keepdims=keepdims).numpy(), expected)
    x = rng.normal(size=(3, 4, 5))
    expected = np.linalg.norm(x, order, (2, 0), keepdims)
    assert np.allclose(sg.norm(x, (2, 0), keepdims, ord=order).numpy(), expected)
    expected = np.linalg.norm(x, order, (-2, -1), keepdims)
    assert np.allclose(sg.linalg.matrix_norm(x, ord=order, keepdims=keepdims).numpy(), expected)


def test_norms_of_vectors_equal_numpy(rng):
    x = rng.normal(size=(3, 4, 5))
    for order in (2, 1, 3.5, 0, np.inf, -np.inf):
        expected = np.linalg.norm(x, order, 1)
        assert np.allclose(sg.norm(x, 1, ord=order).numpy(), expected)
        assert np.allclose(sg.linalg.vector_norm(x, axis=1, ord=order).numpy(), expected)
        assert np.allclose(sg.linalg.vector_norm(x, ord=order).numpy(), np.linalg.norm(x.ravel(), order))
    with pytest.raises(ValueError, match="nuc.* needs singular values"):
        sg.linalg.matrix_norm(x, ord="nuc")
    with pytest.raises(ValueError, match="has the orders .* not 3"):
        sg.linalg.norm(x[0], 3)


@pytest.mark.parametrize("n", [0, 1, 2, 5, 8, -1, -3])
def test_powers_of_matrices_equal_numpy(n, rng):
    x = definite(rng, 2, 3, 3)
    assert np.allclose(sg.linalg.matrix_power(x, n).numpy(), np.linalg.matrix_power(x, n))


def test_mt_exchanges_the_last_axes(rng):
    x = rng.normal(size=(2, 3, 4))
    assert np.array_equal(sg.asarray(x).mT.numpy(), x.swapaxes(-1, -2))


def test_einsum_makes_no_larger_product_than_it_must(rng):
    """From left to right the first product would have 300**4 elements; its failure ended the process."""
    w = rng.normal(size=(300, 300))
    expected = w @ w @ w
    assert np.allclose(sg.einsum("ij,kl,jk->il", w, w, w).numpy(), expected)
    huge = sg.zeros(1 << 20)
    with pytest.raises(MemoryError, match="^einsum"):
        sg.einsum("a,b,c->abc", huge, huge, huge)
    with pytest.raises(MemoryError, match="^einsum"):
        sg.einsum("ab,cd,ad->bc", sg.zeros((1, 1 << 24)), sg.zeros((1 << 24, 1)), sg.ones((1, 1)))

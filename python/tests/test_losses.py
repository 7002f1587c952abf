"""Losses against the formulas in NumPy (float64) and JAX's gradients, far from 0 too."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import swiftgan as sg
from scipy import special, stats

jax.config.update("jax_enable_x64", True)


def log_softmax(x):
    return x - special.logsumexp(x, -1, keepdims=True)


FORMULAS = {
    "mse": (lambda x, t: (x - t) ** 2, lambda x, t: (x - t) ** 2),
    "l1": (lambda x, t: np.abs(x - t), lambda x, t: jnp.abs(x - t)),
    "huber": (lambda x, t: special.huber(1.0, x - t), None),
    "binary_cross_entropy_with_logits": (
        lambda x, t: -(t * special.log_expit(x) + (1 - t) * special.log_expit(-x)),
        lambda x, t: -(t * jax.nn.log_sigmoid(x) + (1 - t) * jax.nn.log_sigmoid(-x)),
    ),
}


@pytest.mark.parametrize("name", FORMULAS)
@pytest.mark.parametrize(("dtype", "tolerance"), [("float32", 2e-6), ("float64", 1e-13)])
def test_losses_of_elements(name, dtype, tolerance, rng):
    x = rng.normal(size=(4, 3, 2), scale=3)
    t = rng.uniform(size=(4, 3, 2))
    expected, traced = FORMULAS[name]
    each = expected(x, t)
    loss = getattr(sg.losses, name)
    reductions = {
        "none": each,
        "mean": each.mean(),
        "sum": each.sum(),
        "per_example": each.sum((1, 2)),
        "batch_mean": each.sum() / 4,
    }
    for reduction, value in reductions.items():
        found = loss(sg.array(x, dtype=dtype), t.astype(dtype), reduction=reduction)
        assert found.dtype == dtype
        np.testing.assert_allclose(found.numpy(), value, rtol=tolerance * 5, atol=tolerance)
    if traced:
        gradient = sg.grad(lambda x: loss(x, t.astype(dtype), reduction="sum"))(sg.array(x, dtype=dtype))
        np.testing.assert_allclose(
            gradient.numpy(), jax.grad(lambda x: traced(x, t).sum())(x), rtol=1e-5, atol=tolerance
        )


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 1.0])
def test_cross_entropy(smoothing, rng):
    x = rng.normal(size=(6, 5), scale=4)
    labels = rng.integers(0, 5, 6)
    q = (1 - smoothing) * np.eye(5)[labels] + smoothing / 5
    each = -(q * log_softmax(x)).sum(-1)
    for given in (labels, labels.astype("uint8"), np.eye(5)[labels]):
        found = sg.losses.cross_entropy(sg.array(x), given, label_smoothing=smoothing, reduction="none")
        np.testing.assert_allclose(found.numpy(), each, rtol=1e-12)
    gradient = sg.grad(lambda x: sg.losses.cross_entropy(x, labels, label_smoothing=smoothing))(sg.array(x))
    np.testing.assert_allclose(gradient.numpy(), (special.softmax(x, -1) - q) / 6, atol=1e-14)
    hidden = np.where([True, False] * 3, labels, -100)
    found = sg.losses.cross_entropy(sg.array(x), hidden, label_smoothing=smoothing, ignore_index=-100)
    np.testing.assert_allclose(found.item(), each[::2].mean(), rtol=1e-12)


def test_likelihoods(rng):
    x, mean, log_var = rng.normal(size=(3, 5, 4))
    found = sg.losses.gaussian_nll(x, sg.array(mean), log_var, reduction="none").numpy()
    np.testing.assert_allclose(found, -stats.norm.logpdf(x, mean, np.exp(log_var / 2)), rtol=1e-12)
    # E_q[log q - log p] by Gauss-Hermite quadrature, which is exact for the logarithms of Gaussians.
    nodes, weights = np.polynomial.hermite_e.hermegauss(8)
    points = mean[..., None] + np.exp(log_var / 2)[..., None] * nodes
    q = stats.norm.logpdf(points, mean[..., None], np.exp(log_var / 2)[..., None])
    for prior in ((0.0, 0.0), (0.5, 0.0), (0.5, -0.7)):
        p = stats.norm.logpdf(points, prior[0], np.exp(prior[1] / 2))
        expected = ((q - p) * weights).sum(-1) / np.sqrt(2 * np.pi)
        given = () if prior == (0.0, 0.0) else prior
        found = sg.losses.gaussian_kl(sg.array(mean), log_var, *given, reduction="none").numpy()
        np.testing.assert_allclose(found, expected, rtol=1e-10, atol=1e-12)
    found = sg.losses.gaussian_kl(sg.array(mean), log_var, prior_log_var=-0.7).item()
    p = stats.norm.logpdf(points, 0, np.exp(-0.35))
    np.testing.assert_allclose(found, ((q - p) * weights).sum() / np.sqrt(2 * np.pi) / 5, rtol=1e-10)
    bits = rng.integers(0, 2, (5, 4))
    found = sg.losses.bernoulli_nll(bits, sg.array(mean)).item()
    np.testing.assert_allclose(found, -stats.bernoulli.logpmf(bits, special.expit(mean)).sum() / 5, rtol=1e-10)
    a, b = rng.normal(size=(2, 5, 4))
    cosine = (a * b).sum(-1) / np.linalg.norm(a, axis=-1) / np.linalg.norm(b, axis=-1)
    np.testing.assert_allclose(sg.losses.cosine_similarity(a, b).numpy(), cosine, rtol=1e-12)


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("scale", [1e2, 1e4])
def test_far_from_zero(dtype, scale, rng):
    logits = sg.array(scale * rng.choice([-1.0, 1.0], (8, 4)), dtype=dtype)
    labels = rng.integers(0, 4, 8)
    bits = rng.integers(0, 2, (8, 4))
    for loss in (
        lambda x: sg.losses.cross_entropy(x, labels),
        lambda x: sg.losses.cross_entropy(x, labels, label_smoothing=0.1),
        lambda x: sg.losses.binary_cross_entropy_with_logits(x, bits),
        lambda x: sg.losses.huber(x, bits),
        lambda x: sg.losses.cosine_similarity(x, bits + 1.0).sum(),
    ):
        value, gradient = sg.value_and_grad(loss)(logits)
        assert np.isfinite(value.item())
        assert np.isfinite(gradient.numpy()).all()


def test_mistakes_are_named():
    logits = sg.zeros((3, 4))
    with pytest.raises(IndexError, match="label 9 is out of range: there are 4 classes"):
        sg.losses.cross_entropy(logits, np.array([0, 9, 1]))
    with pytest.raises(TypeError, match="must be integers"):
        sg.losses.cross_entropy(logits, np.array([0.0, 1.0, 2.0]))
    with pytest.raises(ValueError, match="must be equal"):
        sg.losses.mse(sg.zeros(3), sg.zeros((3, 1)))
    with pytest.raises(ValueError, match="reduction must be one of"):
        sg.losses.mse(logits, logits, reduction="average")

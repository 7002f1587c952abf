"""Objectives and penalties by name, beside NumPy's formulas and JAX's gradients."""

from __future__ import annotations

import numpy as np
import pytest
import swiftgan as sg
from swiftgan import nn

RNG = np.random.default_rng(0)


def softplus(x):
    return np.logaddexp(0, x)


def relu(x):
    return np.maximum(x, 0)


def mean(x):
    return np.mean(x)


def relativistic(f):
    return (
        lambda r, g: mean(f(r - g)),
        lambda r, g: mean(f(g - r)),
    )


def on_average(f):
    def side(a, b):
        return mean(f(a - mean(b))) + mean(f(-(b - mean(a))))

    return side, lambda r, g: side(g, r)


def kernel_statistic(kernel):
    def value(x, y):
        def k(a, b):
            return kernel(((a[:, None] - b[None]) ** 2).sum(-1))

        def among(a):
            return (k(a, a).sum() - np.trace(k(a, a))) / (len(a) * (len(a) - 1))

        return among(x) + among(y) - 2 * k(x, y).mean()

    return value


GAUSSIAN = kernel_statistic(lambda s: sum(np.exp(-s / (2 * b * b)) for b in (1, 2, 4, 8, 16)))
RATIONAL = kernel_statistic(lambda s: sum((1 + s / (2 * a)) ** -a for a in (0.2, 0.5, 1, 2, 5)))

CROSS = (lambda r, g: mean(softplus(-r)) + mean(softplus(g)),)
SMOOTH = (lambda r, g: mean(0.9 * softplus(-r) + 0.1 * softplus(r)) + mean(softplus(g)),)

# Of logits r for data and g for samples: the losses of discriminator and generator.
LOGITS = {
    "minimax": (*CROSS, lambda r, g: -mean(softplus(g))),
    "mm": (*CROSS, lambda r, g: -mean(softplus(g))),
    "non_saturating": (*CROSS, lambda r, g: mean(softplus(-g))),
    ("non_saturating", ("real_label", 0.9)): (*SMOOTH, lambda r, g: mean(softplus(-g))),
    ("minimax", ("real_label", 0.9)): (*SMOOTH, lambda r, g: -mean(softplus(g))),
    "lsgan": (lambda r, g: mean((r - 1) ** 2) / 2 + mean(g**2) / 2, lambda r, g: mean((g - 1) ** 2) / 2),
    ("least_squares", ("a", -1), ("b", 1), ("c", 0)): (
        lambda r, g: mean((r - 1) ** 2) / 2 + mean((g + 1) ** 2) / 2,
        lambda r, g: mean(g**2) / 2,
    ),
    "wgan": (lambda r, g: mean(g) - mean(r), lambda r, g: -mean(g)),
    "hinge": (lambda r, g: mean(relu(1 - r)) + mean(relu(1 + g)), lambda r, g: -mean(g)),
    "rsgan": relativistic(lambda u: softplus(-u)),
    ("relativistic", ("loss", "least_squares")): relativistic(lambda u: (u - 1) ** 2),
    ("relativistic", ("loss", "hinge")): relativistic(lambda u: relu(1 - u)),
    "ragan": on_average(lambda u: softplus(-u)),
    ("relativistic_average", ("loss", "least_squares")): on_average(lambda u: (u - 1) ** 2),
    ("relativistic_average", ("loss", "hinge")): on_average(lambda u: relu(1 - u)),
}


def spec(key):
    return {"name": key[0], **dict(key[1:])} if isinstance(key, tuple) else key


def numeric(f, x):
    out = np.zeros_like(x)
    for index in np.ndindex(x.shape):
        step = 1e-6 * max(1.0, abs(x[index]))
        up, down = x.copy(), x.copy()
        up[index] += step
        down[index] -= step
        out[index] = (f(up) - f(down)) / (up[index] - down[index])
    return out


@pytest.mark.parametrize("key", LOGITS, ids=str)
@pytest.mark.parametrize("scale", [1, 30, 1e4])
def test_losses_and_gradients_are_the_papers(key, scale):
    of_d, of_g = LOGITS[key]
    real, fake = RNG.normal(size=(2, 7)) * scale
    if scale == 1e4:
        real, fake = np.array([1e4, -1e4, 1e4, -1e4, 0.0]), np.array([1e4, 1e4, -1e4, -1e4, 0.5])
    for loss, ours in (
        (of_d, lambda r, g: sg.objectives.discriminator_loss(spec(key), r, g)),
        (of_g, lambda r, g: sg.objectives.generator_loss(spec(key), g, real=r)),
    ):
        np.testing.assert_allclose(ours(real, fake).item(), loss(real, fake), rtol=1e-12, atol=1e-12)
        gradients = sg.grad(ours, (0, 1))(sg.Tensor(real), sg.Tensor(fake))
        assert all(np.isfinite(gradient.numpy()).all() for gradient in gradients)
        if scale < 1e4:
            np.testing.assert_allclose(
                gradients[0], numeric(lambda r, loss=loss: loss(r, fake), real), rtol=1e-5, atol=1e-7
            )
            np.testing.assert_allclose(
                gradients[1], numeric(lambda g, loss=loss: loss(real, g), fake), rtol=1e-5, atol=1e-7
            )


@pytest.mark.parametrize(("dtype", "largest"), [("float32", 1e16), ("float64", 1e150)])
@pytest.mark.parametrize("key", LOGITS, ids=str)
def test_nothing_overflows_for_logits_as_large_as_documented(key, dtype, largest):
    real = sg.Tensor(np.array([largest, -largest, 0, largest] * 64, dtype))
    fake = sg.Tensor(np.array([-largest, largest, largest, 1] * 64, dtype))
    for loss in (
        lambda r, g: sg.objectives.discriminator_loss(spec(key), r, g),
        lambda r, g: sg.objectives.generator_loss(spec(key), g, real=r),
    ):
        value, gradients = sg.value_and_grad(loss, (0, 1))(real, fake)
        assert np.isfinite(value.item())
        assert all(np.isfinite(gradient.numpy()).all() for gradient in gradients)


@pytest.mark.parametrize("key", LOGITS, ids=str)
def test_gradients_at_extreme_logits_are_jaxs(key):
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    jnp = jax.numpy
    real, fake = np.array([1e4, -1e4, 1e4, -1e4, 3.0]), np.array([1e4, 1e4, -1e4, -1e4, 0.5])
    names = {"softplus": jax.nn.softplus, "relu": jax.nn.relu, "mean": jnp.mean}
    before = {name: globals()[name] for name in names}
    globals().update(names)
    try:
        for loss, ours in (
            (LOGITS[key][0], lambda r, g: sg.objectives.discriminator_loss(spec(key), r, g)),
            (LOGITS[key][1], lambda r, g: sg.objectives.generator_loss(spec(key), g, real=r)),
        ):
            expected = jax.grad(loss, (0, 1))(jnp.array(real), jnp.array(fake))
            found = sg.grad(ours, (0, 1))(sg.Tensor(real), sg.Tensor(fake))
            for a, b in zip(found, expected, strict=True):
                np.testing.assert_allclose(a, b, rtol=1e-12, atol=1e-15)
    finally:
        globals().update(before)


def side(prefix, **arrays):
    return {f"{prefix}_{name}": value for name, value in arrays.items()}


@pytest.mark.parametrize("scale", [1, 1e4])
def test_energies_are_the_papers(scale):
    x, y, dx, dy = RNG.normal(size=(4, 6, 5)) * np.array([1, 1, scale, scale]).reshape(4, 1, 1)
    codes = RNG.normal(size=(6, 3))
    samples = {"real_samples": x, "fake_samples": y}
    square = lambda a, b: ((a - b) ** 2).mean(1)  # noqa: E731
    ebgan = {"name": "ebgan", "margin": 2.0, "pulling_away": 0.1}
    found = sg.objectives.discriminator_loss(ebgan, dx, dy, **samples).item()
    np.testing.assert_allclose(found, square(x, dx).mean() + relu(2 - square(y, dy)).mean(), rtol=1e-12)
    unit = codes / np.linalg.norm(codes, axis=1, keepdims=True)
    away = ((unit @ unit.T) ** 2).sum() - 6
    found = sg.objectives.generator_loss(ebgan, dy, fake_samples=y, fake_features=codes).item()
    np.testing.assert_allclose(found, square(y, dy).mean() + 0.1 * away / 30, rtol=1e-12)
    np.testing.assert_allclose(
        sg.objectives.generator_loss("began", dy, fake_samples=y).item(), abs(y - dy).mean(), rtol=1e-12
    )
    # k starts at 0.
    np.testing.assert_allclose(
        sg.objectives.discriminator_loss("began", dx, dy, **samples).item(), abs(x - dx).mean(), rtol=1e-12
    )


@pytest.mark.parametrize(("kernel", "statistic"), [("gaussian", GAUSSIAN), ("rational_quadratic", RATIONAL)])
@pytest.mark.parametrize("scale", [0.1, 3, 1e4])
def test_kernel_statistics_are_the_papers(kernel, statistic, scale):
    x, y = RNG.normal(size=(8, 3)) * scale, RNG.normal(size=(6, 3)) * scale + 0.5
    expected = statistic(x, y)
    for found in (
        sg.objectives.generator_loss({"name": "gmmn", "kernel": kernel}, real_samples=x, fake_samples=y),
        sg.objectives.generator_loss({"name": "mmd_gan", "kernel": kernel}, y, real=x),
        -sg.objectives.discriminator_loss({"name": "mmd_gan", "kernel": kernel}, x, y),
    ):
        np.testing.assert_allclose(found.item(), expected, rtol=1e-8, atol=1e-9)
    gradient = sg.grad(
        lambda g: sg.objectives.generator_loss({"name": "gmmn", "kernel": kernel}, real_samples=x, fake_samples=g)
    )(sg.Tensor(y))
    assert np.isfinite(gradient.numpy()).all()
    if scale < 1e4:
        np.testing.assert_allclose(gradient, numeric(lambda g: statistic(x, g), y), rtol=1e-4, atol=1e-7)


def test_mean_features_are_matched():
    f, g = RNG.normal(size=(5, 4)), RNG.normal(size=(7, 4))
    logits = {"fake": np.zeros(7), "real": np.zeros(5)}
    found = sg.objectives.generator_loss("feature_matching", **logits, real_features=f, fake_features=g)
    np.testing.assert_allclose(found.item(), ((f.mean(0) - g.mean(0)) ** 2).sum(), rtol=1e-12)


# ------------------------------------------------------------------------------------------------------------ penalties


def networks(kind):
    source = sg.random.Generator(5)
    options = {"generator": source, "dtype": "float64"}
    if kind == "mlp":
        return nn.Sequential(nn.Dense(3, 8, **options), nn.Tanh(), nn.Dense(8, 1, **options)), (6, 3)
    return nn.Sequential(
        nn.Conv2D(2, 3, 4, stride=2, padding="same", **options), nn.Softplus(),
        nn.Conv2D(3, 4, 3, padding="same", **options), nn.Tanh(), nn.Flatten(), nn.Dense(4 * 3 * 3, 1, **options),
    ), (5, 6, 6, 2)  # fmt: skip


def jax_critic(jax, kind):
    def conv(x, w, b, stride):
        dims = ("NHWC", "HWIO", "NHWC")
        return jax.lax.conv_general_dilated(x, w, (stride, stride), "SAME", dimension_numbers=dims) + b

    def mlp(p, x):
        return jax.numpy.tanh(x @ p["0.weight"] + p["0.bias"]) @ p["2.weight"] + p["2.bias"]

    def cnn(p, x):
        x = jax.nn.softplus(conv(x, p["0.weight"], p["0.bias"], 2))
        x = jax.numpy.tanh(conv(x, p["2.weight"], p["2.bias"], 1))
        return x.reshape(x.shape[0], -1) @ p["5.weight"] + p["5.bias"]

    return mlp if kind == "mlp" else cnn


def jax_penalty(jax, name, critic, options):
    jnp = jax.numpy

    def slopes(p, x):
        gradient = jax.grad(lambda x: critic(p, x).sum())(x)
        return gradient.reshape(len(x), -1)

    def norm_penalty(p, points):
        excess = jnp.linalg.norm(slopes(p, points), axis=1) - 1
        return options["weight"] * jnp.mean((jax.nn.relu(excess) if options.get("one_sided") else excess) ** 2)

    def value(p, real, fake, key):
        shape = (len(real),) + (1,) * (real.ndim - 1)
        if name == "gradient_penalty":
            e = jnp.array(sg.random.uniform(shape, key=key, dtype="float64").numpy())
            return norm_penalty(p, e * real + (1 - e) * fake)
        if name == "dragan":
            keys = [sg._core.random_fold(key, index) for index in range(2)]
            u = jnp.array(sg.random.uniform(real.shape, key=keys[0], dtype="float64").numpy())
            e = jnp.array(sg.random.uniform(shape, key=keys[1], dtype="float64").numpy())
            return norm_penalty(p, real + e * 0.5 * jnp.std(real) * u)
        return options["weight"] / 2 * jnp.mean((slopes(p, real if name == "r1" else fake) ** 2).sum(1))

    return value


@pytest.mark.parametrize("kind", ["mlp", "conv"])
@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("gradient_penalty", {"weight": 10}),
        ("gradient_penalty", {"weight": 10, "one_sided": True}),
        ("dragan", {"weight": 10}),
        ("r1", {"weight": 10}),
        ("r2", {"weight": 4}),
    ],
)
def test_gradients_of_penalties_are_jaxs(kind, name, options):
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    network, shape = networks(kind)
    for parameter in network.parameters().values():
        parameter.value = parameter.value * 3 + 0.05  # slopes on both sides of 1
    values = {key: jax.numpy.array(p.value.numpy()) for key, p in network.parameters().items()}
    real, fake, key = RNG.normal(size=shape), RNG.normal(size=shape), sg.random.key(3)
    theirs = jax_penalty(jax, name, jax_critic(jax, kind), options)
    expected, by_weights = jax.value_and_grad(lambda p: theirs(p, real, fake, key))(values)
    value, gradients = sg.value_and_grad(
        lambda: sg.objectives.penalty_value({"name": name, **options}, network, real, fake, key), (), of=network
    )()
    np.testing.assert_allclose(value.item(), expected, rtol=1e-9)
    for parameter, gradient in gradients.items():
        np.testing.assert_allclose(gradient, by_weights[parameter], rtol=1e-7, atol=1e-9, err_msg=parameter)

"""Objectives and penalties by name, beside NumPy's formulas and JAX's gradients; tricks by name, from end to end."""

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


# --------------------------------------------------------------------------------------------- by name, from end to end

TRICKS = {
    "as the documents have it": {
        "objective": "lsgan", "penalty": ("r1", 10), "critic_steps": 1, "ema": 0.999, "pack": 2, "spectral_norm": True,
        "ttur": (4e-4, 1e-4), "augment": "color,translation,cutout",
    },
    "clipped WGAN": {
        "objective": "wgan", "clip_weights": 0.01, "critic_steps": 5, "optimizer": "rmsprop", "learning_rate": 5e-5,
    },
    "one-sided penalty": {"objective": "wgan", "penalty": {"name": "gp", "one_sided": True}},
    "two penalties": {"penalty": [("r1", 1), ("r2", 1)]},
    "virtual batch norm": {"virtual_batch_norm": "both"},
    "minibatch discrimination": {"minibatch_discrimination": 8},
    "feature matching": {"objective": "feature_matching"},
    "smoothed labels": {"objective": {"name": "ns", "real_label": 0.9}},
    "historical averaging": {"historical_averaging": 0.1},
    "unrolled": {"unroll": 2, "spectral_norm": True},
    "ebgan": {"objective": {"name": "ebgan", "pulling_away": 0.1}},
    "began": {"objective": "began"},
    "gmmn": {"objective": "gmmn"},
    "mmd gan": {"objective": {"name": "mmd_gan", "kernel": "rational_quadratic"}, "penalty": ("gp", 1)},
    "mmd gan of codes": {"objective": {"name": "mmd_gan", "reconstruction": 8}},
    "relativistic": {"objective": {"name": "ragan", "loss": "hinge"}, "spectral_norm": True},
}  # fmt: skip


@pytest.mark.parametrize("trick", TRICKS)
def test_tricks_by_name_are_traced_and_resume_to_the_same_bits(trick, tmp_path):
    images = sg.datasets.load_digits()[0][:128]

    def made():
        return sg.DCGAN(width=8, batch_size=16, random_state=0, verbose=False, **TRICKS[trick])

    through = made().fit(images, steps=6)
    assert through.untraced_ == {}
    half = made().fit(images, steps=3)
    half.save(tmp_path / "half.safetensors")
    on = sg.load(tmp_path / "half.safetensors").partial_fit(images, steps=3)
    np.testing.assert_array_equal(on.sample(9, random_state=1), through.sample(9, random_state=1))
    for name, values in through.history_.items():
        assert np.isfinite(values).all()
        np.testing.assert_array_equal(on.history_[name], values)


@pytest.mark.parametrize("trick", ["as the documents have it", "began", "virtual batch norm", "historical averaging"])
def test_eager_is_traced(trick):
    images = sg.datasets.load_digits()[0][:64]
    made = [
        sg.DCGAN(width=8, batch_size=16, random_state=0, verbose=False, eager=eager, **TRICKS[trick]).fit(
            images, steps=4
        )
        for eager in (False, True)
    ]
    for name, values in made[0].history_.items():
        np.testing.assert_allclose(made[1].history_[name], values, rtol=2e-2, atol=2e-4, err_msg=name)


def test_the_critics_loss_is_the_wasserstein_estimate():
    gan = sg.GAN(objective="wgan", clip_weights=0.01, critic_steps=5, optimizer="rmsprop", learning_rate=5e-5,
                 batch_size=64, random_state=0, verbose=False)  # fmt: skip
    history = gan.fit(sg.datasets.ring8(512), steps=5).history_
    np.testing.assert_allclose(history["wasserstein"], -history["discriminator_loss"], rtol=1e-6)
    largest = max(abs(p.value.numpy()).max() for p in gan.discriminator_.trainable_parameters().values())
    assert largest <= np.float32(0.01)


def test_the_1_of_2014():
    """Maxout and dropout in the discriminator, and the paper's gradient ascent with momentum."""
    gan = sg.GAN(objective="minimax", discriminator_activation="maxout", discriminator_dropout=0.5, optimizer="sgd",
                 optimizer_options={"momentum": 0.5}, learning_rate=0.1, batch_size=64, hidden=[32], random_state=0,
                 verbose=False)  # fmt: skip
    gan.fit(sg.datasets.ring8(512), steps=5)
    assert gan.untraced_ == {}
    shapes = {name: p.value.shape for name, p in gan.discriminator_.parameters().items()}
    assert shapes["0.weight"] == (2, 32 * 5)


def test_what_there_is_without_a_discriminator():
    gan = sg.GAN(objective="gmmn", batch_size=32, random_state=0, verbose=False).fit(sg.datasets.ring8(64), steps=2)
    assert "generator_loss" in gan.history_
    with pytest.raises(RuntimeError, match="no discriminator"):
        gan.discriminate(sg.datasets.ring8(4))
    with pytest.raises(ValueError, match="no network 'discriminator'"):
        _ = gan.discriminator_
    energies = sg.GAN(objective="ebgan", batch_size=32, random_state=0, verbose=False).fit(
        sg.datasets.ring8(64), steps=2
    )
    assert energies.discriminate(sg.datasets.ring8(4)).shape == (4,)


def test_two_time_scales_are_two_rates():
    data = sg.datasets.ring8(256)

    def weights(**options):
        gan = sg.GAN(batch_size=64, random_state=0, verbose=False, **options).fit(data, steps=3)
        return [p.value.numpy() for net in (gan.discriminator_, gan.generator_) for p in net.parameters().values()]

    for a, b in zip(
        weights(ttur=(4e-4, 1e-4)), weights(discriminator_learning_rate=4e-4, learning_rate=1e-4), strict=True
    ):
        np.testing.assert_array_equal(a, b)


def test_spectral_norm_bounds_every_layer():
    gan = sg.GAN(objective="hinge", spectral_norm=True, hidden=[32, 32], batch_size=64, learning_rate=1e-2,
                 random_state=0, verbose=False)  # fmt: skip
    gan.fit(sg.datasets.ring8(512), steps=200)
    x = RNG.normal(size=(256, 2)).astype(np.float32)
    slope = sg.grad(lambda x: gan.discriminator_(x).sum())(sg.Tensor(x)).numpy()
    assert np.linalg.norm(slope, axis=1).max() <= 1.05


def test_a_discriminator_that_looks_at_the_batch():
    """o_b = sum over the batch of exp(-L1) of f T, before the last layer."""
    gan = sg.GAN(minibatch_discrimination=4, hidden=[8], batch_size=16, random_state=0, verbose=False)
    gan.fit(sg.datasets.ring8(64), steps=2)
    p = {name: q.value.numpy() for name, q in gan.discriminator_.parameters().items()}
    x = RNG.normal(size=(5, 2)).astype(np.float32)
    f = np.maximum(x @ p["0.weight"] + p["0.bias"], 0)
    m = (f @ p["2.weight"]).reshape(5, 4, -1)
    o = np.exp(-abs(m[:, None] - m[None]).sum(-1)).sum(1)
    expected = np.concatenate([f, o], 1) @ p["3.weight"] + p["3.bias"]
    np.testing.assert_allclose(gan.discriminator_(sg.Tensor(x)), expected, rtol=1e-4, atol=1e-5)


def test_virtual_batch_norm_is_the_papers():
    """mean = (R mean_ref + mean_x) / (R + 1), and the mean of squares likewise."""
    layer = nn.VirtualBatchNorm(3, 4)
    x = RNG.normal(2, 3, size=(7, 5, 5, 3)).astype(np.float32)
    found = layer(sg.Tensor(x)).numpy()
    r, r2 = x[:4].mean((0, 1, 2)), (x[:4] ** 2).mean((0, 1, 2))
    m = (4 * r + x[4:].mean((1, 2), keepdims=True)) / 5
    m2 = (4 * r2 + (x[4:] ** 2).mean((1, 2), keepdims=True)) / 5
    np.testing.assert_allclose(found[:4], (x[:4] - r) / np.sqrt(r2 - r**2 + 1e-5), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(found[4:], (x[4:] - m) / np.sqrt(m2 - m**2 + 1e-5), rtol=1e-4, atol=1e-5)


def test_an_example_does_not_depend_on_the_others_of_its_batch():
    images = sg.datasets.load_digits()[0][:64]
    gan = sg.DCGAN(width=8, batch_size=16, virtual_batch_norm="both", random_state=0, verbose=False).fit(
        images, steps=3
    )
    z = RNG.uniform(-1, 1, (6, 100)).astype(np.float32)
    net = gan.generator_.train()
    np.testing.assert_allclose(net(sg.Tensor(z)).numpy()[:2], net(sg.Tensor(z[:2])).numpy(), atol=1e-5)
    with pytest.raises(ValueError, match="virtual_batch_norm.*the generator has none"):
        sg.GAN(virtual_batch_norm="generator", batch_size=16, verbose=False).fit(images, steps=1)


# ---------------------------------------------------------------------------------------------- objectives of one's own


def test_own_objectives_and_penalties_go_into_every_model(tmp_path):
    hinge = sg.objectives.Objective(
        lambda real, fake: sg.relu(1 - real).mean() + sg.relu(1 + fake).mean(),
        lambda fake: -fake.mean(),
        name="my hinge",
    )

    def r1(critic, real, fake, key):
        slope = sg.grad(lambda x: critic(x).sum())(real)
        return 0.5 * slope.reshape(slope.shape[0], -1).square().sum(axis=1).mean()

    images = sg.datasets.load_digits()[0][:64]
    made = [
        sg.DCGAN(
            width=8,
            batch_size=16,
            random_state=0,
            verbose=False,
            pack=2,
            unroll=1,
            objective=objective,
            penalty=penalty,
        ).fit(images, steps=4)
        for objective, penalty in ((hinge, sg.objectives.Penalty(r1, 3, name="my r1")), ("hinge", ("r1", 3)))
    ]
    assert made[0].untraced_ == {}
    np.testing.assert_allclose(made[0].history_["my r1"], made[1].history_["r1"], rtol=1e-3, atol=1e-6)
    np.testing.assert_allclose(*(gan.history_["discriminator_loss"] for gan in made), rtol=1e-3, atol=1e-6)
    made[0].save(tmp_path / "own.safetensors")
    again = sg.load(tmp_path / "own.safetensors").partial_fit(images, steps=2)
    np.testing.assert_array_equal(
        again.sample(4, random_state=0), made[0].partial_fit(images, steps=2).sample(4, random_state=0)
    )


def test_own_mistakes_are_the_users_own():
    class Mistake(Exception):
        pass

    def wrong(*_):
        raise Mistake("in the loss")

    data = sg.datasets.ring8(64)
    for options in (
        {"objective": sg.objectives.Objective(wrong, wrong)},
        {"penalty": sg.objectives.Penalty(wrong)},
    ):
        with pytest.raises(Mistake, match="in the loss"):
            sg.GAN(batch_size=16, verbose=False, **options).fit(data, steps=1)
    kept = []

    def keeps(critic, real, fake, key):
        kept.append(critic)
        return critic(real).mean()

    sg.GAN(batch_size=16, verbose=False, penalty=sg.objectives.Penalty(keeps)).fit(data, steps=1)
    with pytest.raises(RuntimeError, match="cannot be kept"):
        kept[0](sg.Tensor(data[:2]))
    with pytest.raises(ValueError, match="hinge"):
        sg.objectives.register(sg.objectives.Objective(wrong, wrong, name="hinge"))


def test_games_of_any_networks():
    def game(objective, critic=None, **options):
        source = sg.random.Generator(1)
        generator = nn.Sequential(nn.Dense(4, 16, generator=source), nn.ReLU(), nn.Dense(16, 2, generator=source))
        if critic is None:
            critic = nn.Sequential(nn.Dense(2, 16, generator=source), nn.ReLU(), nn.Dense(16, 1, generator=source))
        players = [sg.Player("discriminator", critic), sg.Player("generator", generator)]
        alone = objective == "gmmn"
        return sg.Game(players[1:] if alone else players, objective, latent=4, **options)

    class Judge(nn.Module):
        def __init__(self, marks):
            self.first, self.last = nn.Dense(2, 8), nn.Dense(8, 1)
            self.mark = nn.Features() if marks else nn.Identity()

        def forward(self, x):
            return self.last(self.mark(sg.relu(self.first(x))))

    encoder = nn.Sequential(nn.Dense(2, 8), nn.ReLU(), nn.Dense(8, 1), nn.Features(), nn.Dense(1, 2))
    data = sg.datasets.ring8(128)
    for each in (
        game("gmmn"),
        game("feature_matching"),
        game("feature_matching", Judge(True)),
        game({"name": "ebgan", "pulling_away": 0.1}, encoder),
        game("began", encoder, historical_averaging=0.1),
        game("mmd_gan", nn.Dense(2, 5)),
        game("ragan", penalties=("r1", 10)),
        game("hinge", nn.SpectralNorm(nn.Sequential(nn.Dense(4, 8), nn.ReLU(), nn.Dense(8, 1))), pack=2, unroll=1),
    ):
        play = sg.Trainer(each, data, batch_size=32, seed=0).fit(steps=4)
        assert play.untraced == {}
        assert all(np.isfinite(values).all() for values in play.history.values())
    with pytest.raises(RuntimeError, match="what its features are"):
        sg.Trainer(game("feature_matching", Judge(False)), data, batch_size=32).step()
    with pytest.raises(ValueError, match="autoencoder"):
        sg.Trainer(game("began"), data, batch_size=32).step()
    twice = sg.Trainer(game("wgan", penalties=["gp", ("r1", 1), ("gp", 2)]), data, batch_size=32, seed=0).fit(steps=1)
    assert {"gradient_penalty", "r1", "gradient_penalty_2"} <= set(twice.history)
    with pytest.raises(ValueError, match="'pack'"):
        own = dict.fromkeys(("discriminator", "generator"), lambda batch, key: None)
        sg.Trainer(sg.Game(game("hinge").players, losses=own, latent=4, pack=2), data, batch_size=32)
    with pytest.raises(ValueError, match="'generator'"):
        sg.Game([sg.Player("discriminator", encoder), sg.Player("generator", nn.Dense(4, 2))], "gmmn", latent=4)


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"objective": "lsgn"}, ValueError, ["lsgn", "lsgan"]),
        ({"objective": {"name": "ebgan", "margin": 0}}, ValueError, ["margin", "0", "above 0"]),
        ({"objective": {"name": "gmmn", "scales": [1, -2]}}, ValueError, ["scales", "-2", "above 0"]),
        ({"objective": {"name": "ragan", "loss": "huber"}}, ValueError, ["loss", "huber", "hinge"]),
        ({"penalty": ("r1", -1)}, ValueError, ["penalty", "weight", "-1"]),
        ({"penalty": ("r7", 1)}, ValueError, ["r7", "dragan"]),
        ({"penalty": 3}, TypeError, ["penalty", "3", "weight"]),
        ({"ttur": (1e-3,)}, ValueError, ["ttur", "discriminator", "generator"]),
        ({"ttur": 1e-3}, TypeError, ["ttur", "0.001"]),
        ({"ttur": (1e-3, -1)}, ValueError, ["ttur", "-1"]),
        ({"ttur": (1e-3, 1e-3), "discriminator_learning_rate": 1e-4}, ValueError, ["ttur", "0.0001"]),
        ({"augment": "color,blur"}, ValueError, ["augment", "blur", "cutout"]),
        ({"spectral_norm": 1}, TypeError, ["spectral_norm", "1", "true or false"]),
        ({"minibatch_discrimination": -1}, ValueError, ["minibatch_discrimination", "-1", "0"]),
        ({"virtual_batch_norm": "yes"}, ValueError, ["virtual_batch_norm", "yes", "generator"]),
        ({"historical_averaging": -1}, ValueError, ["historical_averaging", "-1"]),
        ({"virtual_batch_norm": "both", "spectral_norm": True}, ValueError, ["spectral_norm", "virtual_batch_norm"]),
        ({"objective": "gmmn", "penalty": "r1"}, ValueError, ["no discriminator"]),
    ],
)
def test_mistakes_are_named(options, error, words):
    with pytest.raises(error) as caught:
        sg.DCGAN(width=8, batch_size=16, verbose=False, **options).fit(sg.datasets.load_digits()[0][:32], steps=1)
    for word in words:
        assert word in str(caught.value), str(caught.value)

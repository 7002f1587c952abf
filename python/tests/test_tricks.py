"""Tricks by name, from end to end: what they do, traced, saved and resumed; and mistakes in their options."""

from __future__ import annotations

import numpy as np
import pytest
import swiftgan as sg
from swiftgan import nn

RNG = np.random.default_rng(0)

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


@pytest.mark.parametrize("penalty", ["gradient_penalty", "r1", "r2", "dragan"])
def test_critics_that_are_autoencoders_take_penalties(penalty, digits):
    """Li et al. 2017 with a penalty in place of clipping, on images: its decoder has no batch norm then."""
    critic = {"name": "mmd_gan", "reconstruction": 8}
    gan = sg.MMDGAN(objective=critic, clip_weights=None, penalty=penalty, width=8, batch_size=32, random_state=0)
    gan.set_params(verbose=False).fit(digits[0][:128], steps=2)
    assert gan.sample(2).shape == (2, 8, 8, 1)


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
        ({"spectral_norm": 1}, TypeError, ["spectral_norm", "1", "True or False"]),
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

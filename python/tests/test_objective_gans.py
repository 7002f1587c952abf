"""LSGAN, WGAN and MMD-GAN: the papers' objectives with their settings, on what every GAN is made of."""

from __future__ import annotations

import numpy as np
import pytest
import swiftgan as sg

# What a DCGAN, or a GAN of dense layers, is told to be the same.
RMSPROP = {"critic_steps": 5, "clip_weights": 0.01, "optimizer": "rmsprop", "learning_rate": 5e-5, "beta1": 0.5}
SAME = {
    "LSGAN": {"objective": {"name": "least_squares", "a": 0, "b": 1, "c": 1}, "learning_rate": 2e-4, "beta1": 0.5},
    "WGAN": {"objective": "wasserstein", **RMSPROP},
    "MMDGAN": {"objective": {"name": "mmd_gan", "kernel": "gaussian", "scales": [1, 2, 4, 8, 16]}, **RMSPROP},
}
NAMES = list(SAME)
PLAIN = {"batch_size": 64, "latent_distribution": "normal", "random_state": 3, "verbose": False}


def weights(model):
    return [
        value.value.numpy() for network in model.networks_.values() for value in network.parameters().values()
    ]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_the_declaration_is_the_papers_settings(name, digits):
    """A declaration adds nothing of its own: the same bits as DCGAN's networks with these options, and as GAN's."""
    images, _ = digits
    own = getattr(sg, name)(width=4, random_state=3, verbose=False).fit(images, steps=3)
    like = sg.DCGAN(width=4, latent=100, **PLAIN, **SAME[name]).fit(images, steps=3)
    for a, b in zip(weights(own), weights(like), strict=True):
        np.testing.assert_array_equal(a, b)
    points = sg.datasets.ring8(128)
    own = getattr(sg, name)(hidden=[8, 8], random_state=3, verbose=False).fit(points, steps=3)
    like = sg.GAN(hidden=[8, 8], latent=2, **PLAIN, **SAME[name]).fit(points, steps=3)
    for a, b in zip(weights(own), weights(like), strict=True):
        np.testing.assert_array_equal(a, b)
    assert own.sample(5).shape == (5, 2)


def test_the_history_has_the_papers_figures(digits):
    images, _ = digits
    wgan = sg.WGAN(width=4, random_state=0, verbose=False).fit(images, steps=3)
    last = wgan.history_.last()
    assert last["wasserstein"] == pytest.approx(-last["discriminator_loss"])
    assert max(np.abs(value.value.numpy()).max() for value in wgan.discriminator_.parameters().values()) <= 1
    trained = [
        value.value.numpy()
        for name, value in wgan.discriminator_.parameters().items()
        if name.endswith(("weight", "bias"))
    ]
    assert max(np.abs(value).max() for value in trained) <= np.float32(0.01)
    mmd = sg.MMDGAN(width=4, random_state=0, verbose=False).fit(images, steps=3)
    assert mmd.history_.last()["mmd2"] == pytest.approx(-mmd.history_.last()["discriminator_loss"])
    expected = mmd.discriminator_.eval()(sg.Tensor(mmd.to_network(images[:2]))).numpy()
    assert expected.shape == (2, 16)
    np.testing.assert_allclose(mmd.discriminate(images[:2]), expected, rtol=1e-5, atol=1e-6)


def test_a_kernel_statistic_of_samples_needs_no_critic(digits):
    gmmn = sg.MMDGAN(objective="gmmn", width=4, random_state=0, verbose=False).fit(digits[0], steps=3)
    assert list(gmmn.networks_) == ["generator"]


@pytest.mark.parametrize("name", NAMES)
def test_cloned_saved_and_trained_on(name, digits, tmp_path):
    clone = pytest.importorskip("sklearn.base").clone
    images, _ = digits
    model = getattr(sg, name)(width=4, batch_size=32, random_state=1, verbose=False)
    assert clone(model).get_params() == model.get_params()
    through = clone(model).fit(images, steps=4)
    model.fit(images, steps=2).save(tmp_path / "gan.safetensors")
    on = sg.load(tmp_path / "gan.safetensors")
    assert type(on) is type(model)
    on.partial_fit(images, steps=2)
    np.testing.assert_array_equal(on.sample(5, random_state=0), through.sample(5, random_state=0))


@pytest.mark.parametrize(("name", "rate"), [("LSGAN", 2e-4), ("WGAN", 5e-4), ("MMDGAN", 5e-4)])
def test_samples_come_near_the_data(name, rate, digits):
    """A short training brings samples to less than a quarter of the distance at which they began."""
    images, _ = digits
    model = getattr(sg, name)(width=8, learning_rate=rate, ema=0.99, random_state=0, verbose=False)
    first = model.fit(images, steps=1).score(images)
    # 0.05 to 0.16 of it by seeds and instruction sets, whose roundings lead to other games.
    assert model.fit(images, steps=2000).score(images) > 0.25 * first

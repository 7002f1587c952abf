"""IcGAN and BiGAN: encoders, reconstructions, edits."""

from __future__ import annotations

import numpy as np
import pytest
import swiftgan as sg
from scikit_learn import LABELS, passed_checks


def icgan(**options):
    shared = {"width": 4, "hidden": [16], "latent": 6, "batch_size": 16, "gan_epochs": 1, "random_state": 0}
    return sg.IcGAN(**{**shared, "verbose": False, **options})


def bigan(**options):
    shared = {"width": 4, "hidden": [16], "latent": 6, "batch_size": 16, "joint_units": 16, "random_state": 0}
    return sg.BiGAN(**{**shared, "verbose": False, **options})


def test_edits_of_names(digits):
    images, labels = digits[0][:80], digits[1][:80]
    names = np.array(list("abcdefghij"))[labels]
    model = icgan().fit(images, names, epochs=3)
    assert model.encode(images).shape == (80, 6)
    every = model.edit(images[:7])
    assert every.shape == (7, 10, 8, 8, 1)
    assert every.dtype == images.dtype
    np.testing.assert_array_equal(model.edit(images[:7], attribute="c"), every[:, 2])
    np.testing.assert_array_equal(model.edit(images[:7], attribute=list("abcdefg")), every[range(7), range(7)])
    np.testing.assert_array_equal(
        model.reconstruct(images[:7]), model.edit(images[:7], attribute=model.predict(images[:7]))
    )
    np.testing.assert_allclose(model.predict_proba(images).sum(1), 1, atol=1e-5)
    assert set(model.predict(images)) <= set("abcdefghij")


def test_mistakes_are_told(digits):
    images, labels = digits[0][:80], digits[1][:80]
    model = icgan().fit(images, labels, epochs=2)
    with pytest.raises(ValueError, match="12"):
        model.edit(images[:3], attribute=12)
    with pytest.raises(ValueError, match="3 rows but attribute has 2"):
        model.edit(images[:3], attribute=[1, 2])
    with pytest.warns(UserWarning, match="encoder_z and encoder_y"):
        early = icgan(gan_epochs=5).fit(images, labels, epochs=2)
    for name in ("encode", "predict", "edit", "reconstruct"):
        with pytest.raises(RuntimeError, match="gan_epochs is 5"):
            getattr(early, name)(images)
    with pytest.raises(ValueError, match="one of logits"):
        bigan(objective="ebgan").fit(images, steps=1)
    with pytest.raises(TypeError, match="pack"):
        bigan(pack=2)


def test_icgan_is_a_classifier_to_scikit_learn():
    model = icgan(batch_size=8, latent=2, label_units=4, noise_units=4, epochs=30, encoder_learning_rate=1e-2)
    assert len(passed_checks(model, **LABELS)) > 30


def test_bigan_is_a_transformer_to_scikit_learn():
    model = bigan(batch_size=8, latent=2, epochs=2, encoder_norm="none")
    passed_checks(model, **LABELS, check_transformer_preserve_dtypes="codes are float32, whatever the data")


def test_icgan_goes_on_through_a_file_to_the_same_bits(digits, tmp_path):
    images, labels = digits[0][:80], digits[1][:80]
    through = icgan().fit(images, labels, epochs=3)
    stopped = icgan().partial_fit(images, labels, steps=4)
    stopped.save(tmp_path / "model.safetensors")
    loaded = sg.load(tmp_path / "model.safetensors")
    loaded.partial_fit(images, labels, steps=through.n_steps_ - 4, verbose=False)
    np.testing.assert_array_equal(loaded.edit(images), through.edit(images))
    np.testing.assert_array_equal(loaded.history_["encoder_z_loss"], through.history_["encoder_z_loss"])


def test_edits_show_what_was_asked_for(digits):
    images, labels = digits
    model = icgan(width=16, latent=16, batch_size=64, gan_epochs=40, encoder_learning_rate=1e-3)
    model.fit(images, labels, epochs=55)
    judge = sg.MLPClassifier(random_state=0, verbose=False).fit(images, labels, epochs=20)
    asked = (labels[:300] + 1) % 10
    assert (judge.predict(model.edit(images[:300], attribute=asked)) == asked).mean() > 0.6
    assert model.score(images, labels) > 0.9


@pytest.mark.parametrize("options", [{}, {"stochastic_encoder": True}], ids=["bigan", "ali"])
def test_bigan_learns_the_way_back(options, rng):
    points = sg.datasets.ring8(2000, random_state=0)
    model = bigan(hidden=[64, 64], latent=2, batch_size=64, learning_rate=1e-3, encoder_norm="none", **options)
    model.fit(points, epochs=100)
    there = np.abs(model.reconstruct(points) - points).mean()
    noise = rng.normal(size=(500, 2)).astype(np.float32)
    back = np.abs(model.transform(model.generate(noise)) - noise).mean()
    assert there < 0.5 * np.abs(points[rng.permutation(2000)] - points).mean()
    assert back < 0.7 * np.abs(rng.normal(size=(500, 2)) - noise).mean()
    assert np.isfinite(model.discriminate(points)).all()

"""Conditional GANs: samples are of the class that was asked for, and labels are looked at."""

from __future__ import annotations

import numpy as np
import pytest
import swiftgan as sg
from scikit_learn import LABELS, passed_checks

NAMES = ["CGAN", "ACGAN", "ProjectionGAN"]


def make(name, **options):
    return getattr(sg, name)(**{"width": 16, "random_state": 0, "verbose": False, **options})


@pytest.fixture(scope="module")
def judge(digits):
    images, labels = digits
    return sg.CNNClassifier(random_state=0, verbose=False).fit(images, labels, epochs=20)


@pytest.mark.parametrize("name", NAMES)
def test_samples_are_of_the_class_asked_for(name, digits, judge):
    gan = make(name, batch_size=64).fit(*digits, epochs=40)
    assert gan.untraced_ == {}
    asked = np.repeat(gan.classes_, 20)
    right = judge.predict(gan.sample(y=asked, random_state=0)) == asked
    assert right.mean() > 0.85


@pytest.mark.parametrize("name", NAMES)
def test_names_of_classes_and_vectors(name, rng):
    """Two clusters on a plane, each of its own class."""
    names = np.repeat(["left", "right"], 256)
    points = rng.normal(0, 0.2, (512, 2)).astype(np.float32) + np.where(names == "left", -2, 2)[:, None]
    gan = make(name, batch_size=64, learning_rate=1e-3).fit(points, names, epochs=100)
    assert list(gan.classes_) == ["left", "right"]
    x = gan.sample(y=["left", "right"] * 50, random_state=0)[:, 0]
    assert (x[::2] < 0).mean() > 0.9
    assert (x[1::2] > 0).mean() > 0.9


@pytest.mark.parametrize("name", NAMES)
def test_resumes_to_the_same_bits(name, digits, tmp_path):
    images, labels = (part[:128] for part in digits)
    through = make(name, width=8, batch_size=16).fit(images, labels, steps=6)
    half = make(name, width=8, batch_size=16).fit(images, labels, steps=3)
    half.save(tmp_path / "half.safetensors")
    on = sg.load(tmp_path / "half.safetensors").partial_fit(images, labels, steps=3)
    asked = np.arange(9) % 5
    np.testing.assert_array_equal(on.sample(y=asked, random_state=1), through.sample(y=asked, random_state=1))
    eager = make(name, width=8, batch_size=16, eager=True).fit(images, labels, steps=6)
    # Sums in the order of a traced step, or of single operations.
    np.testing.assert_allclose(
        eager.to_network(eager.sample(y=asked, random_state=1)),
        through.to_network(through.sample(y=asked, random_state=1)),
        atol=0.2,
    )


@pytest.mark.parametrize("name", NAMES)
def test_one_noise_many_classes(name, digits):
    images, labels = digits[0][:128].astype(np.float32) / 255, digits[1][:128]
    gan = make(name, width=8, batch_size=16).fit(images, labels, steps=2)
    noise = np.zeros((3, 100), np.float32)
    same, other = gan.generate(noise, [1, 1, 1]), gan.generate(noise, [1, 2, 3])
    np.testing.assert_array_equal(same[0], same[1])
    assert (other[0] != other[1]).any()
    logits = gan.discriminate(images[:4], labels[:4])
    assert logits.shape == (4,)
    changed = gan.discriminate(images[:4], (labels[:4] + 1) % 10)
    assert (logits == changed).all() == (name == "ACGAN")


def test_the_class_head_of_an_acgan_tells_the_class(digits):
    images, labels = digits
    gan = make("ACGAN", batch_size=64).fit(images[:1300], labels[:1300], epochs=15)
    assert gan.score(images[1300:], labels[1300:]) > 0.85
    probabilities = gan.predict_proba(images[:9])
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(np.exp(gan.predict_log_proba(images[:9])), probabilities, rtol=1e-4)
    np.testing.assert_array_equal(gan.classes_[probabilities.argmax(axis=1)], gan.predict(images[:9]))


def test_an_acgan_is_a_classifier_to_scikit_learn():
    model = make("ACGAN", hidden=[16], latent=2, batch_size=8, epochs=30, learning_rate=1e-2)
    assert len(passed_checks(model, **LABELS)) > 30


def test_classes_are_drawn_as_in_the_data(rng):
    points = rng.normal(0, 1, (400, 2)).astype(np.float32)
    labels = np.repeat([0, 1], [300, 100])
    gan = make("CGAN", batch_size=64).fit(points, labels, steps=1)
    assert gan.sample(10, random_state=0).shape == (10, 2)
    np.testing.assert_allclose(gan.sample(5, random_state=3), gan.sample(10, random_state=3)[:5], atol=1e-5)


@pytest.mark.parametrize("name", NAMES)
def test_mistakes_are_told(name, digits):
    images, labels = (part[:64] for part in digits)
    with pytest.raises(ValueError, match="y to be passed"):
        make(name).fit(images)
    gan = make(name, width=8, batch_size=16).fit(images, labels, steps=1)
    with pytest.raises(ValueError, match="12"):
        gan.sample(y=[12])
    with pytest.raises(ValueError, match="pack 2"):
        make(name, pack=2, batch_size=16).fit(images, labels, steps=1)
    for objective in ("ebgan", "gmmn"):
        with pytest.raises(ValueError, match="objective of logits"):
            make(name, objective=objective, batch_size=16).fit(images, labels, steps=1)
    with pytest.raises(ValueError, match="cannot be halved 4 times"):
        make(name, widths=[8, 4, 4, 4], batch_size=16).fit(images, labels, steps=1)


def test_the_slice_layer(rng):
    x = rng.normal(size=(4, 5)).astype(np.float32)
    np.testing.assert_array_equal(sg.nn.Slice(1, 3)(x).numpy(), x[:, 1:3])
    with pytest.raises(ValueError, match="end"):
        sg.nn.Slice(3, 3)
    with pytest.raises(ValueError, match="no features 4..<6"):
        sg.nn.Slice(4, 6)(x)

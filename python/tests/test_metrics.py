"""Figures about samples equal their definitions and recognise what is good."""

from __future__ import annotations

import numpy as np
import pytest
import swiftgan as sg
from scipy import linalg
from swiftgan import metrics


def test_frechet_distance_equals_the_formula(rng):
    x, y = rng.normal(size=(500, 6)), rng.normal(size=(400, 6)) @ rng.normal(size=(6, 6)) + 1
    first, second = np.cov(x, rowvar=False), np.cov(y, rowvar=False)
    root = linalg.sqrtm(first @ second).real
    expected = ((x.mean(0) - y.mean(0)) ** 2).sum() + np.trace(first + second - 2 * root)
    found = metrics.frechet_distance(x, y)
    assert np.isclose(found.value, expected)
    assert (found.n_reference, found.n_samples) == (500, 400)
    assert 0 < found.standard_error < expected
    assert metrics.frechet_distance(x, x).value < 1e-8
    assert float(found) == found.value
    assert "400 samples, 500 references" in str(found)
    near = metrics.frechet_distance(y[:200], y[200:], features=lambda rows: rows[:, :2])
    assert near.value < found.value


def test_mode_coverage():
    modes = sg.datasets.GRID25_MODES
    assert modes.shape == (25, 2)
    found = metrics.mode_coverage(sg.datasets.grid25(2500), modes, 0.05)
    assert found.covered == 25
    assert found.high_quality.value > 0.98
    assert found.reverse_kl < 0.01
    one = metrics.mode_coverage(np.repeat(modes[:1], 10, axis=0), modes, 0.05)
    assert one.covered == 1
    assert np.isclose(one.reverse_kl, np.log(25))
    far = metrics.mode_coverage(np.full((10, 2), 100.0), modes, 0.05)
    assert np.isclose(far.reverse_kl, np.log(25))  # all at one nearest mode
    assert far.counts.sum() == 10
    assert far.covered == 0
    assert far.high_quality.value == 0
    ring = metrics.mode_coverage(sg.datasets.ring8(2000), sg.datasets.RING8_MODES, 0.01)
    assert ring.covered == 8
    assert "8 of 8" in str(ring)


def test_class_coverage():
    found = metrics.class_coverage([0, 0, 1, 1, 2, 2, 2, 2], 4)
    assert found.covered == 3
    assert found.smallest_share.value == 0
    assert found.smallest_share.standard_error > 0
    assert found.shares.tolist() == [0.25, 0.25, 0.5, 0]
    assert metrics.class_coverage([0, 1, 1, 1], 2, least=0.3).covered == 1


def test_classifier_and_pca_on_digits(digits):
    images, labels = digits
    order = np.random.default_rng(0).permutation(len(images))
    train, test = order[:1347], order[1347:]
    classifier = metrics.ImageClassifier(epochs=12).fit(images[train], labels[train])
    assert classifier.score(images[test], labels[test]) > 0.95
    assert classifier.features(images[:3]).shape == (3, 64)
    assert np.allclose(classifier.predict_proba(images[:5]).sum(axis=1), 1, atol=1e-5)
    for features in (classifier.features, metrics.PCAFeatures(16).fit(images[train])):
        real = metrics.frechet_distance(images[train], images[test], features=features).value
        noise = np.random.default_rng(1).integers(0, 256, images[test].shape).astype(np.uint8)
        assert metrics.frechet_distance(noise, images[test], features=features).value > 10 * real
    pca = metrics.PCAFeatures(64).fit(images)
    assert np.isclose(pca.explained_share_, 1)


def test_mistakes(digits):
    with pytest.raises(sg.NotFittedError):
        metrics.PCAFeatures()(digits[0])
    with pytest.raises(sg.NotFittedError):
        metrics.ImageClassifier().predict(digits[0])
    with pytest.raises(ValueError, match="coordinates"):
        metrics.mode_coverage(np.zeros((3, 3)), np.zeros((2, 2)), 1)
    with pytest.raises(ValueError, match="NaN"):
        metrics.frechet_distance(np.full((3, 2), np.nan), np.zeros((3, 2)))
    with pytest.raises(ValueError, match="at least 2"):
        metrics.frechet_distance(np.zeros((1, 2)), np.zeros((3, 2)))
    with pytest.raises(ValueError, match="0 to 9"):
        metrics.class_coverage([10], 10)

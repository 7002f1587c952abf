"""InfoGAN: codes can be read from samples, and come to mean what varies in the data."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
import swiftgan as sg
from scikit_learn import passed_checks


def small(**options):
    return sg.InfoGAN(**{"width": 8, "random_state": 0, "verbose": False, "batch_size": 64, **options})


@pytest.fixture(scope="module")
def fitted(digits):
    return small(width=16, continuous_weight=0.5).fit(digits[0], epochs=40)


def test_codes_are_read_from_the_samples_that_they_make(fitted, rng):
    noise = rng.standard_normal((200, 62)).astype(np.float32)
    codes = np.column_stack([np.arange(200) % 10, rng.uniform(-1, 1, (200, 2))])
    read = fitted.codes(fitted.generate(noise, codes))
    assert read.shape == (200, 3)
    assert (read[:, 0] == codes[:, 0]).mean() > 0.9
    assert np.square(read[:, 1:] - codes[:, 1:]).mean() < 0.2  # of a uniform code's own variance, 1/3
    assert np.mean(fitted.history_["mutual_information"][-20:]) > 0.9 * np.log(10)
    assert fitted.untraced_ == {}


def test_clusters_are_of_kinds_of_digits(fitted, digits):
    images, labels = digits
    clusters, probabilities = fitted.predict(images), fitted.predict_proba(images)
    np.testing.assert_array_equal(clusters, probabilities.argmax(axis=1))
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-5)
    assert clusters.dtype == np.int64
    # Far from luck: labels agree with their cluster's most common one.
    common = [np.bincount(labels[clusters == cluster]).max() for cluster in np.unique(clusters)]
    assert sum(common) / len(labels) > 0.4


def test_traversals_change_one_code(fitted):
    swept = fitted.traverse(code=1, rows=3, steps=5, low=-1, high=1, random_state=4)
    assert swept.shape == (15, 8, 8, 1)
    classes = fitted.traverse(code=0, rows=3, random_state=4)
    assert classes.shape == (30, 8, 8, 1)
    assert (fitted.predict(classes) == np.tile(np.arange(10), 3)).mean() > 0.8
    np.testing.assert_array_equal(swept, fitted.traverse(code=1, rows=3, steps=5, low=-1, high=1, random_state=4))


def test_codes_of_ones_own_number(digits, tmp_path):
    images = digits[0][:200]
    gan = small(categorical=[4, 3], continuous=1).fit(images, steps=4)
    assert gan.codes(images).shape == (200, 3)
    assert gan.predict_proba(images).shape == (200, 4)
    gan.save(tmp_path / "gan.safetensors")
    again = sg.load(tmp_path / "gan.safetensors").partial_fit(images, steps=4)
    gan.partial_fit(images, steps=4)
    np.testing.assert_array_equal(again.sample(5, random_state=1), gan.sample(5, random_state=1))
    continuous = small(categorical=[], continuous=2).fit(images, steps=2)
    assert continuous.codes(images).shape == (200, 2)
    with pytest.raises(ValueError, match="no categorical code to cluster by"):
        continuous.predict(images)


def test_mistakes_are_told(fitted, digits):
    noise = np.zeros((1, 62), np.float32)
    with pytest.raises(ValueError, match="there are no codes"):
        small(categorical=[], continuous=0).fit(digits[0], steps=1)
    with pytest.raises(ValueError, match="categorical code 0 is 10, but must be a whole number from 0 to 9"):
        fitted.generate(noise, [[10, 0, 0]])
    with pytest.raises(ValueError, match=r"codes has shape \(N, 3\) here, not \(1, 2\)"):
        fitted.generate(noise, [[1, 0]])
    with pytest.raises(ValueError, match="there is no code 3"):
        fitted.traverse(code=3)
    with pytest.raises(ValueError, match="objective of logits"):
        small(objective="began").fit(digits[0], steps=1)


def test_a_clusterer_to_scikit_learn():
    base = pytest.importorskip("sklearn.base")
    checks = pytest.importorskip("sklearn.utils.estimator_checks")
    model = small(categorical=[3], continuous=0, hidden=[16], latent=2, batch_size=10, epochs=100, learning_rate=1e-2)
    model.set_params(discriminator_learning_rate=5e-3)
    assert base.is_clusterer(model)
    assert len(passed_checks(model)) > 30
    # Those of clusterers it runs for heirs of its own class alone.
    for read_only in (False, True):
        checks.check_clustering("InfoGAN", model, readonly_memmap=read_only)
    checks.check_clusterer_compute_labels_predict("InfoGAN", model)


def test_labels_are_of_the_last_fit(fitted, digits, tmp_path):
    images = digits[0][:200]
    model = small(categorical=[4])
    with pytest.raises(AttributeError, match="labels_"):
        _ = model.labels_
    found = model.fit_predict(images, steps=3)
    np.testing.assert_array_equal(found, model.labels_)
    np.testing.assert_array_equal(found, model.predict(images))
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(model)).labels_, found)
    with pytest.raises(ValueError, match="batch_size"):
        model.fit(images[:3])
    np.testing.assert_array_equal(found, model.labels_)
    model.save(tmp_path / "model.safetensors")
    for other in (sg.load(tmp_path / "model.safetensors"), model.partial_fit(images, steps=1)):
        assert not hasattr(other, "labels_")
    assert not hasattr(small(categorical=[]).fit(images, steps=1), "labels_")

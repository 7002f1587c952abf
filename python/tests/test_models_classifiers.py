"""Classifiers and regressors of the zoo, beside scikit-learn's own."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest
import swiftgan as sg
from scikit_learn import LABELS, passed_checks


@pytest.fixture(scope="module")
def split():
    images, labels = sg.datasets.load_digits()
    order = np.random.default_rng(0).permutation(len(images))
    return images[order[:1437]], labels[order[:1437]], images[order[1437:]], labels[order[1437:]]


def small(**options):
    return sg.MLPClassifier(**{"hidden": [32], "epochs": 5, "random_state": 0, "verbose": False, **options})


def test_as_good_as_scikit_learns(split):
    network = pytest.importorskip("sklearn.neural_network")
    images, labels, unseen, expected = split
    ours = sg.MLPClassifier(random_state=0, verbose=False).fit(images, labels)
    theirs = network.MLPClassifier((100,), random_state=0, max_iter=50)
    with pytest.warns(Warning, match="iterations"):
        theirs.fit(images.reshape(len(images), -1) / 255, labels)
    score = ours.score(unseen, expected)
    assert score >= 0.97
    assert score >= theirs.score(unseen.reshape(len(unseen), -1) / 255, expected) - 0.015
    assert np.array_equal(ours.classes_, theirs.classes_)


NAMES = {
    "int64": np.arange(10) * 7 - 3, "uint8": np.arange(10, dtype=np.uint8), "int16": np.arange(10, dtype=np.int16),
    "strings": np.array([f"digit {i}" for i in range(10)]), "objects": np.array(list("abcdefghij"), dtype=object),
    "floats": np.arange(10) / 1.0,
}  # fmt: skip


@pytest.mark.parametrize("kind", NAMES)
def test_labels_of_any_kind(kind, split, tmp_path):
    names = NAMES[kind]
    images, labels, unseen, expected = split
    model = small().fit(images, names[labels])
    predicted = model.predict(unseen)
    assert np.array_equal(model.classes_, np.unique(names))
    assert predicted.dtype.kind == model.classes_.dtype.kind
    assert np.mean(predicted == names[expected]) == model.score(unseen, names[expected]) > 0.8
    probabilities = model.predict_proba(unseen)
    assert np.array_equal(model.classes_[probabilities.argmax(axis=1)], predicted)
    model.save(tmp_path / "model.safetensors")
    for again in (sg.load(tmp_path / "model.safetensors"), pickle.loads(pickle.dumps(model)), copy.deepcopy(model)):
        assert np.array_equal(again.classes_, model.classes_)
        assert np.array_equal(again.predict(unseen), predicted)
        again.partial_fit(images, names[labels], steps=1, verbose=False)
    with pytest.raises(ValueError, match="no class"):
        model.partial_fit(images, np.full(len(images), "unknown" if names.dtype.kind in "UO" else 99))


def test_two_classes_as_booleans(split):
    images, labels, unseen, expected = split
    model = small().fit(images, labels < 5)
    assert model.classes_.tolist() == [False, True]
    assert model.predict(unseen).dtype == bool
    assert model.score(unseen, expected < 5) > 0.85


@pytest.mark.parametrize(("y", "message"), [
    (None, "requires y"), (np.zeros(9), "one class"), (np.arange(8), "9 samples"), (np.linspace(0, 1, 9), "continuous"),
    (np.r_[np.nan, np.arange(8)], "NaN"), (np.zeros((9, 2), int), "1d array"),
    (np.array([None, *"abcdefgh"], object), "None"),
])  # fmt: skip
def test_bad_labels(y, message):
    model = small()
    with pytest.raises(ValueError, match=message):
        model.fit(np.zeros((9, 3)), y)
    with pytest.raises(sg.NotFittedError):
        model.predict(np.zeros((9, 3)))


def test_bad_data(split):
    model = small().fit(np.eye(4), [0, 1, 2, 3])
    with pytest.raises(ValueError, match="X has 3 features, but MLPClassifier is expecting 4 features"):
        model.predict(np.eye(3))
    with pytest.raises(ValueError, match="NaN"):
        model.predict(np.full((2, 4), np.nan))
    with pytest.raises(ValueError, match="NaN"):
        small().fit(np.full((4, 4), np.inf), [0, 1, 2, 3])
    with pytest.raises(AttributeError, match="images"):
        _ = small(epochs=1).fit(split[0], split[1]).n_features_in_
    with pytest.raises(AttributeError):
        _ = model.sample


def test_classes_given_beforehand():
    x = np.eye(4)
    model = small().partial_fit(x, ["a", "b", "a", "b"], classes=["c", "b", "a"])
    assert model.classes_.tolist() == ["a", "b", "c"]
    assert model.predict_proba(x).shape == (4, 3)
    model.partial_fit(x, ["c"] * 4)
    with pytest.raises(ValueError, match="'d'"):
        model.partial_fit(x, ["d"] * 4)
    numbers = small().partial_fit(x, [1, 3, 1, 3], classes=[1, 2, 3])
    assert numbers.classes_.tolist() == [1, 2, 3]


def test_the_history_has_validation(split):
    model = small(validation=0.2).fit(split[0], split[1])
    measured = model.history_["validation_accuracy"]
    assert np.isfinite(measured).sum() == 5
    assert measured[np.isfinite(measured)][-1] > 0.7
    assert set(model.history_) == {"step", "loss", "accuracy", "validation_loss", "validation_accuracy"}


def test_a_regressor_against_scikit_learns():
    metrics = pytest.importorskip("sklearn.metrics")
    datasets = pytest.importorskip("sklearn.datasets")
    x, y = datasets.load_diabetes(return_X_y=True)
    model = sg.MLPRegressor(hidden=[16], weight_decay=0.1, optimizer="adamw", epochs=60, random_state=0, verbose=False)
    model.fit(x[:350], y[:350])
    predicted = model.predict(x[350:])
    assert predicted.shape == (92,)
    assert model.score(x[350:], y[350:]) == pytest.approx(metrics.r2_score(y[350:], predicted))
    assert model.score(x[350:], y[350:]) > 0.4
    both = np.stack([y, -y], axis=1)
    model.fit(x, both, steps=3)
    assert model.predict(x[:5]).shape == (5, 2)
    assert model.score(x, both) == pytest.approx(metrics.r2_score(both, model.predict(x)))


def test_scikit_learn_knows_what_they_are():
    base = pytest.importorskip("sklearn.base")
    selection = pytest.importorskip("sklearn.model_selection")
    pipeline = pytest.importorskip("sklearn.pipeline")
    assert base.is_classifier(sg.MLPClassifier())
    assert base.is_regressor(sg.MLPRegressor())
    assert not base.is_classifier(sg.GAN())
    images, labels = sg.datasets.load_digits()
    flat = images[:400].reshape(400, 64)
    scores = selection.cross_val_score(small(epochs=60), flat, labels[:400], cv=3)
    assert scores.min() > 0.7
    found = selection.GridSearchCV(small(), {"hidden": [[4], [64]]}, cv=2).fit(flat, labels[:400])
    assert found.best_params_ == {"hidden": [64]}
    steps = pipeline.make_pipeline(sg.Autoencoder(code=16, epochs=20, random_state=0, verbose=False), small(epochs=40))
    assert steps.fit(flat, labels[:400]).score(flat, labels[:400]) > 0.8


def test_estimator_checks():
    model = sg.MLPClassifier(hidden=[16], epochs=30, learning_rate=0.01, random_state=0, verbose=False)
    assert len(passed_checks(model, **LABELS)) > 30

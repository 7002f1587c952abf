"""The semi-supervised GAN: a classifier that learns from samples without labels too."""

from __future__ import annotations

import numpy as np
import pytest
import swiftgan as sg
from scikit_learn import LABELS, passed_checks


def small(**options):
    return sg.SemiSupervisedGAN(**{"hidden": [32], "random_state": 0, "verbose": False, **options})


def few(labels, each):
    """Labels of so many samples of each class; the others are -1."""
    kept = np.full(len(labels), -1)
    for label in np.unique(labels):
        rows = np.flatnonzero(labels == label)[:each]
        kept[rows] = label
    return kept


def test_unlabelled_samples_help(digits):
    """Beside the same network, start and batches with nothing but the labels: two each of ten digits."""
    images, labels = digits
    some = few(labels[:1300], 2)
    found = {}
    for weight in (1, 1e6):
        gan = sg.SemiSupervisedGAN(supervised_weight=weight, random_state=0, verbose=False, hidden=[256, 256])
        gan.fit(images[:1300], some, epochs=40)
        found[weight] = gan.score(images[1300:], labels[1300:])
    assert found[1] > found[1e6] + 0.02, found
    assert gan.untraced_ == {}
    assert list(gan.classes_) == list(range(10))
    np.testing.assert_allclose(gan.predict_proba(images[:9]).sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(np.exp(gan.predict_log_proba(images[:9])), gan.predict_proba(images[:9]), rtol=1e-4)


@pytest.mark.parametrize("kind", ["names", "floats", "small integers"])
def test_labels_of_other_kinds(kind, digits, tmp_path):
    images, labels = (part[:200] for part in digits)
    some = few(labels, 5)
    if kind == "names":
        given = np.asarray([-1 if label < 0 else f"digit {label}" for label in some], dtype=object)
    else:
        given = some.astype(np.float64 if kind == "floats" else np.int8)
    gan = small().fit(images, given, steps=3)
    assert len(gan.classes_) == 10
    assert set(gan.predict(images)) <= set(gan.classes_.tolist())
    gan.save(tmp_path / "gan.safetensors")
    again = sg.load(tmp_path / "gan.safetensors").partial_fit(images, given, steps=3)
    gan.partial_fit(images, given, steps=3)
    np.testing.assert_array_equal(again.sample(5, random_state=1), gan.sample(5, random_state=1))


def test_mistakes_are_told(digits):
    images, labels = (part[:200] for part in digits)
    with pytest.raises(ValueError, match="all 200 are -1, which stands for none"):
        small().fit(images, np.full(200, -1), steps=1)
    with pytest.raises(ValueError, match="all labels are of one class"):
        small().fit(images, np.where(labels == 3, 3, -1), steps=1)
    with pytest.raises(ValueError, match="label 12 is of no class"):
        small().fit(images, labels, steps=1).partial_fit(images, np.where(labels == 3, 12, -1), steps=1)
    with pytest.raises(TypeError, match="unexpected keyword argument 'y'"):
        small().fit(images, labels, steps=1).sample(3, y=[1, 2, 3])


def test_diagnostics_look_at_it(digits):
    images, labels = (part[:400] for part in digits)
    looks = sg.Diagnostics(5, held_out=images[:200])
    small(batch_size=50).fit(images, few(labels, 3), steps=10, callbacks=[looks])
    assert len(looks.records) >= 2


def test_estimator_checks():
    model = sg.SemiSupervisedGAN(hidden=[16], epochs=30, learning_rate=0.01, random_state=0, verbose=False)
    minus_one = {"check_classifiers_classes": "-1 is no class but stands for no label, as in sklearn.semi_supervised"}
    assert len(passed_checks(model, **LABELS, **minus_one)) > 30

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


def with_each(option, values, digits):
    """Return the last value's model, and the share of 497 digits told right with each; two each of ten have labels."""
    images, labels = digits
    found = {}
    for value in values:
        gan = sg.SemiSupervisedGAN(**{option: value}, random_state=0, verbose=False, hidden=[256, 256])
        gan.fit(images[:1300], few(labels[:1300], 2), epochs=40)
        found[value] = gan.score(images[1300:], labels[1300:])
    return gan, found


def test_unlabelled_samples_help(digits):
    """Beside the same network, start and batches with nothing but the labels."""
    images = digits[0]
    gan, found = with_each("supervised_weight", (1, 1e6), digits)
    assert found[1] > found[1e6] + 0.02, found
    assert gan.untraced_ == {}
    assert list(gan.classes_) == list(range(10))
    np.testing.assert_allclose(gan.predict_proba(images[:9]).sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(np.exp(gan.predict_log_proba(images[:9])), gan.predict_proba(images[:9]), rtol=1e-4)


def test_information_helps(digits):
    """Of samples without labels it is known that each has one class, and that there are as many of each."""
    gan, found = with_each("information_weight", (0, 1), digits)
    assert found[1] > found[0], found
    assert -np.log(10) <= gan.history_["information_loss"][-1] < -1
    assert gan.untraced_ == {}


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


def test_minus_one_among_names(digits):
    """A list, or an array of objects; NumPy makes texts of a list of both, which are refused as scikit-learn's are."""
    images, labels = (part[:200] for part in digits)
    mixed = [-1 if label < 0 else f"digit {label}" for label in few(labels, 5).tolist()]
    model = small().fit(images, mixed, steps=3)
    assert model.classes_.tolist() == [f"digit {label}" for label in range(10)]
    same = small().fit(images, np.array(mixed, dtype=object), steps=3)
    np.testing.assert_array_equal(same.predict_proba(images), model.predict_proba(images))
    for given in (np.array(mixed), np.array(mixed).tolist(), np.array(mixed, dtype=np.str_).astype(object)):
        with pytest.raises(
            ValueError, match="the text '-1', but a sample without a label has the number -1.*dtype=object"
        ):
            small().fit(images, given, steps=1)
        with pytest.raises(ValueError, match="the text '-1'"):
            model.partial_fit(images, given, steps=1)


@pytest.mark.parametrize("kind", ["integers", "names"])
def test_data_that_come_in_pieces(kind, digits):
    images, labels = (part[:300] for part in digits)
    some = few(labels, 3)
    if kind == "names":
        some = np.array([-1 if label < 0 else f"digit {label}" for label in some.tolist()], dtype=object)
    classes = [label for label in some.tolist() if label != -1]
    none = [-1] * 100
    later = small(batch_size=50).partial_fit(images[:100], some[:100], classes=[-1, *classes], steps=2)
    first = small(batch_size=50).partial_fit(images[:100], none, classes=[-1, *classes], steps=2)
    for model in (later, first):
        assert model.classes_.tolist() == sorted(set(classes))
        before = model.predict_proba(images)
        model.partial_fit(images[200:], none, steps=2)
        history = model.history_
        assert (history["class_loss"][-2:] == 0).all()
        assert model.untraced_ == {}
        assert (model.predict_proba(images) != before).any()
        model.partial_fit(images[:100], some[:100], steps=2)
        assert (model.history_["class_loss"][-2:] > 0).all()
    with pytest.raises(ValueError, match="all 100 are -1, which stands for none; the first data must have labels"):
        small().partial_fit(images[:100], none, steps=1)


def test_what_minus_one_is_can_be_read_and_is_not_judged(digits):
    images, labels = (part[:200] for part in digits)
    for text in (
        sg.SemiSupervisedGAN.__doc__,
        sg.SemiSupervisedGAN.fit.__doc__,
        sg.SemiSupervisedGAN.partial_fit.__doc__,
    ):
        assert "-1" in text
        assert "no label" in text or "without a label" in text
    model = small().fit(images, few(labels, 5), steps=2)
    some = few(labels, 5)
    assert model.score(images, some) == model.score(images[some >= 0], labels[some >= 0])
    with pytest.raises(ValueError, match="all 200 labels are -1, which stands for no label"):
        model.score(images, np.full(200, -1))


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

"""Labels given to a fitted model are looked up among its classes: equal numbers are the same, all else is refused."""

from __future__ import annotations

import numpy as np
import pytest
import swiftgan as sg

NOISE = np.random.default_rng(0).standard_normal((2, 6)).astype(np.float32)


def make(name, **options):
    small = {"hidden": [8], "latent": 6, "batch_size": 16, "random_state": 0, "verbose": False, **options}
    return getattr(sg, name)(**small)


@pytest.fixture(scope="module")
def points():
    """Three clusters on a plane, and the numbers 1, 4 and 7 of their classes."""
    labels = np.arange(48) % 3 * 3 + 1
    return np.random.default_rng(1).normal(labels[:, None], 0.1, (48, 2)).astype(np.float32), labels


@pytest.fixture(scope="module")
def fitted(points):
    return {name: make(name).fit(*points, steps=2) for name in ("CGAN", "ACGAN", "ProjectionGAN")}


@pytest.fixture(scope="module")
def editor(points):
    return make("IcGAN", gan_epochs=1).fit(*points, epochs=2)


def calls(model, data, label):
    """Each method that takes labels, with one of these for two rows."""
    two = label if isinstance(label, np.ndarray) else [label, label]
    return {
        "sample": lambda: model.sample(y=two, random_state=0),
        "sample one": lambda: model.sample(2, y=label, random_state=0),
        "generate": lambda: model.generate(NOISE, two),
        "discriminate": lambda: model.discriminate(data[:2], two),
        "interpolate": lambda: model.interpolate(NOISE, NOISE[::-1], two, n=3),
        "generator_features": lambda: model.generator_features(NOISE, two),
        "forget": lambda: model.forget(NOISE, two, [0]),
        "arithmetic": lambda: model.arithmetic(NOISE, NOISE, two[:1], per_concept=1, random_state=0),
    }


@pytest.mark.parametrize("name", ["CGAN", "ACGAN", "ProjectionGAN"])
def test_equal_numbers_are_the_same_class(name, fitted, points):
    model = fitted[name]
    expected = {what: call() for what, call in calls(model, points[0], 7).items()}
    for same in (7.0, np.float32(7), np.int8(7), np.full(2, 7, np.uint64), np.full(2, 7.0), np.array([7, 7], object)):
        for what, call in calls(model, points[0], same).items():
            if not (what == "sample one" and isinstance(same, np.ndarray)):
                np.testing.assert_array_equal(call(), expected[what], err_msg=f"{what} of {same!r}")
    other = model.sample(y=[1, 1], random_state=0)
    assert (other != expected["sample"]).any()


@pytest.mark.parametrize("strange", [9.0, 0, 2, "7", "a", True, 7.5, np.uint64(2**63), -(2**40)])
@pytest.mark.parametrize("name", ["CGAN", "ACGAN", "ProjectionGAN"])
def test_what_is_no_class_is_refused(name, strange, fitted, points):
    shown = repr(strange.item() if isinstance(strange, np.generic) else strange)
    words = "continuous" if strange == 7.5 else "is of no class that the model was made for: .*1, 4, 7"
    for call in calls(fitted[name], points[0], strange).values():
        with pytest.raises(ValueError, match=words) as told:
            call()
        assert shown in str(told.value)


def test_edits(editor, points):
    data = points[0][:3]
    expected = editor.edit(data, attribute=7)
    np.testing.assert_array_equal(editor.edit(data, attribute=7.0), expected)
    np.testing.assert_array_equal(editor.edit(data, attribute=[7.0] * 3), expected)
    np.testing.assert_array_equal(editor.discriminate(data, [1.0, 4.0, 7.0]), editor.discriminate(data, [1, 4, 7]))
    for strange in ("7", True, 9.0):
        with pytest.raises(ValueError, match="of no class"):
            editor.edit(data, attribute=strange)


@pytest.mark.parametrize("name", ["CGAN", "MLPClassifier", "SemiSupervisedGAN"])
def test_training_goes_on_with_equal_numbers(name, points):
    data, labels = points
    made = [make_small(name).fit(data, labels, steps=2) for _ in range(2)]
    for model, y in zip(made, (labels, labels.astype(np.float64)), strict=True):
        model.partial_fit(data, y, steps=3)
    one, other = ([network.parameters() for network in model.networks_.values()] for model in made)
    for weights, same in zip(one, other, strict=True):
        for path, weight in weights.items():
            np.testing.assert_array_equal(weight.value, same[path].value, err_msg=path)
    for y in (labels.astype(str), labels > 3):
        with pytest.raises(ValueError, match="its classes are numbers, 1, 4, 7"):
            made[0].partial_fit(data, y, steps=1)


def test_classes_with_names(points):
    data, labels = points
    model = make("CGAN").fit(data, [f"c{label}" for label in labels], steps=1)
    for strange in (1, 1.0, True, "c2"):
        with pytest.raises(ValueError, match="of no class that the model was made for: .*'c1', 'c4', 'c7'"):
            model.sample(y=[strange])
    booleans = make("CGAN").fit(data, labels > 3, steps=1)
    np.testing.assert_array_equal(
        booleans.sample(2, y=True, random_state=0), booleans.sample(y=[True] * 2, random_state=0)
    )
    with pytest.raises(ValueError, match="its classes are booleans, False, True, and not numbers"):
        booleans.sample(y=[1])
    floats = make("CGAN").fit(data, labels.astype(float), steps=1)
    np.testing.assert_array_equal(floats.sample(y=[4], random_state=0), floats.sample(y=[4.0], random_state=0))


@pytest.mark.parametrize("name", ["CGAN", "MLPClassifier", "SemiSupervisedGAN"])
def test_labels_of_several_kinds_are_refused(name, points):
    data = points[0][:16]
    for mixed in (["a", 1] * 8, np.array(["a", 1] * 8, object), ("a", 2.0) * 8, ["a", True] * 8, [True, 5] * 8):
        with pytest.raises(TypeError, match="of one kind.* but y holds"):
            make_small(name).fit(data, mixed, steps=1)


def make_small(name):
    return getattr(sg, name)(hidden=[8], batch_size=8, random_state=0, verbose=False)


def test_messages_say_what_was_given_and_what_to_do(points):
    data = points[0][:4]
    with pytest.raises(ValueError, match="y holds 0.5, .*make classes of numbers") as told:
        make("CGAN").fit(data, [0.5, 1, 2, 3], steps=1)
    assert "regressor" not in str(told.value)
    with pytest.raises(ValueError, match="use a regressor"):
        make_small("MLPClassifier").fit(data, [0.5, 1, 2, 3], steps=1)
    for huge in (2**63, 2**64, 2**70):
        with pytest.raises(ValueError, match=f"label {huge} is too large"):
            make("CGAN").fit(data, [1, 2, 1, huge], steps=1)
    with pytest.raises(ValueError, match=f"label {2**63} is too large"):
        make("CGAN").fit(data, np.array([1, 2, 1, 2**63], np.uint64), steps=1)


def test_a_score_compares_labels_of_one_kind(points):
    data, labels = points
    model = make_small("MLPClassifier").fit(data, labels, steps=2)
    assert model.score(data, labels.astype(float)) == model.score(data, labels) == model.score(data, labels[:, None])
    with pytest.raises(ValueError, match="its classes are numbers"):
        model.score(data, labels.astype(str))


def test_classes_stay_those_of_the_first_call(points):
    data, labels = points
    model = make("CGAN").partial_fit(data, labels, classes=[1, 4, 7, 9], steps=1)
    assert model.classes_.tolist() == [1, 4, 7, 9]
    model.partial_fit(data, labels, classes=[9.0, 1, 4, 7], steps=1)
    with pytest.raises(ValueError, match=r"classes \[1, 4, 7\] are not those of the first call, \[1, 4, 7, 9\]"):
        model.partial_fit(data, labels, classes=labels, steps=1)

"""Where samples are compared: extractors, principal components, functions; and in what numbers samples are told."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import swiftgan as sg
from swiftgan import metrics


def gaussians(n, width=3, shift=2.0, seed=0):
    points = np.random.default_rng(seed).normal(size=(2, n, width))
    points[1, :, 0] += shift
    return points


def test_extractors_of_images(digits, tmp_path):
    images, labels = digits
    order = np.random.default_rng(0).permutation(len(images))
    train, test = order[:1347], order[1347:]
    extractor = metrics.FeatureExtractor.fit(images[train], labels[train], epochs=12, cache=tmp_path / "judges")
    assert extractor.score(images[test], labels[test]) > 0.95
    assert extractor(images[:3]).shape == (3, 64)
    assert np.allclose(extractor.predict_proba(images[:5]).sum(axis=1), 1, atol=1e-5)
    assert 7 < metrics.inception_score(images[test], extractor) < 10
    noise = np.random.default_rng(1).integers(0, 256, images[test].shape).astype(np.uint8)
    for features in (extractor, extractor.classifier, metrics.PCAFeatures(16).fit(images[train]), "pca"):
        real = metrics.frechet_distance(images[train], images[test], features)
        assert metrics.frechet_distance(images[test], noise, features) > 10 * real
    # Trained once: found again in its folder and in a file of its own, with the same bits.
    files = list((tmp_path / "judges").iterdir())
    began = files[0].stat().st_mtime_ns
    again = metrics.FeatureExtractor.fit(images[train], labels[train], epochs=12, cache=tmp_path / "judges")
    extractor.save(tmp_path / "judge.safetensors")
    for other in (again, metrics.FeatureExtractor.load(tmp_path / "judge.safetensors")):
        assert (other(images[:99]) == extractor(images[:99])).all()
        assert (other.predict(images[:99]) == extractor.predict(images[:99])).all()
    assert len(files) == 1
    assert files[0].stat().st_mtime_ns == began
    files[0].write_bytes(b"damaged")
    with pytest.raises(OSError, match="is no .safetensors file"):
        metrics.FeatureExtractor.load(files[0])
    gan = sg.GAN(batch_size=8, random_state=0).fit(np.eye(8, 2, dtype=np.float32), steps=1, verbose=False)
    gan.save(tmp_path / "gan.safetensors")
    with pytest.raises(OSError, match="holds no classifier"):
        metrics.FeatureExtractor.load(tmp_path / "gan.safetensors")
    # A damaged file is made anew.
    again = metrics.FeatureExtractor.fit(images[train], labels[train], epochs=12, cache=tmp_path / "judges")
    assert (again(images[:99]) == extractor(images[:99])).all()


def test_extractors_of_vectors_and_memory():
    x, y = gaussians(300, shift=4)
    samples, labels = np.concatenate([x, y]), np.repeat(["left", "right"], 300)
    extractor = metrics.FeatureExtractor.fit(samples, labels, epochs=5, n_features=8)
    assert metrics.FeatureExtractor.fit(samples, labels, epochs=5, n_features=8) is extractor
    assert metrics.FeatureExtractor.fit(samples + 1, labels, epochs=5, n_features=8) is not extractor
    assert metrics.FeatureExtractor.fit(samples, labels, epochs=1, n_features=8, cache=None) is not extractor
    assert set(extractor.predict(samples[:5])) == {"left"}
    assert extractor.score(samples, labels) > 0.95
    assert extractor(samples) is extractor(samples.copy())  # computed once
    assert metrics.frechet_distance(x, y, extractor) > 20 * metrics.frechet_distance(x[:150], x[150:], extractor)


def test_pca():
    x, y = gaussians(400, width=10)
    pca = metrics.PCAFeatures(10).fit(x)
    assert np.isclose(pca.explained_share_, 1)
    assert np.isclose(metrics.frechet_distance(x, y, pca), metrics.frechet_distance(x, y))  # a rotation
    assert metrics.sliced_wasserstein(x, y, lambda rows: rows[:, 1:]) < 0.2
    assert metrics.wasserstein(x, y, lambda rows: rows[:, :1]) > 1.5


def test_a_function_may_bring_sets_to_one_shape_and_scale():
    real = np.random.default_rng(0).integers(0, 256, (50, 6, 6)).astype(np.uint8)
    fake = real[:, ::2, ::2] / 255

    def small(images):
        return images.reshape(50, -1) if images.shape[1] == 3 else images[:, ::2, ::2].reshape(50, -1) / 255

    assert metrics.frechet_distance(real, fake, small) < 1e-9


# ------------------------------------------------------------------------------------------------------ what they take


def test_an_extractor_takes_samples_in_the_numbers_it_was_trained_on(digits, tmp_path):
    images, labels = digits
    extractor = metrics.FeatureExtractor.fit(images[:300], labels[:300], epochs=1, cache=None)
    extractor.save(tmp_path / "judge.safetensors")
    for one in (extractor, metrics.FeatureExtractor.load(tmp_path / "judge.safetensors")):
        for other in (images / 255, images / 127.5 - 1):
            with pytest.raises(ValueError, match="trained on is uint8 with values up to 255, but X float64 within"):
                one(other)
            with pytest.raises(ValueError, match="bring both to one scale"):
                metrics.inception_score(other, one)
            with pytest.raises(ValueError, match="bring both to one scale"):
                metrics.frechet_distance(other, other, one)
        assert one(np.zeros((2, 8, 8, 1), np.uint8)).shape == (2, 64), "a black picture is one all the same"
        assert one(images[:2].astype(np.int64)).shape == (2, 64)
        assert one(images[:0]).shape == (0, 64)
    fractions = metrics.FeatureExtractor.fit(images[:300] / 255, labels[:300], epochs=1, cache=None)
    with pytest.raises(ValueError, match="X is uint8 with values up to 255, but what the classifier was"):
        fractions.score(images, labels)
    with pytest.raises(ValueError, match="X reaches 255, but what the classifier was trained on is within 1 of 0"):
        fractions(np.full((2, 8, 8, 1), 255.0))
    assert fractions(images[:2] / 128).shape == (2, 64)
    x, y = gaussians(50)
    vectors = metrics.FeatureExtractor.fit(np.concatenate([x, y]), np.repeat([0, 1], 50), epochs=1)
    assert vectors(x * 1000).shape == (50, 64), "vectors may lie far off"


@pytest.mark.parametrize(
    ("labels", "kind", "words"),
    [
        (np.zeros(20, int), ValueError, "y has one class, 0; .*at least 2"),
        (["a"] * 20, ValueError, "y has one class, 'a'"),
        (np.linspace(0.1, 0.9, 20), ValueError, "continuous. y holds 0.1"),
        (np.where(np.arange(20) > 9, np.nan, 1.0), ValueError, "NaN or infinity, which are no labels"),
        (np.array(["a", 3] * 10, dtype=object), TypeError, "of one kind"),
        (np.array([None, "a"] * 10, dtype=object), ValueError, "None or NaN"),
    ],
)
def test_what_are_no_classes(labels, kind, words):
    with pytest.raises(kind, match=words):
        metrics.FeatureExtractor.fit(np.random.default_rng(0).normal(size=(20, 3)), labels, epochs=1, cache=None)


IN_ANOTHER_PROCESS = """
import sys, numpy as np, swiftgan as sg
words = [word + ending for word, ending in zip(["cat", "dog"], sys.argv[2:])]
x = np.random.default_rng(0).normal(size=(40, 3))
y = np.array([words[index % 2] for index in range(40)], dtype=object)
extractor = sg.metrics.FeatureExtractor.fit(x, y, epochs=1, cache=sys.argv[1])
print(",".join(extractor.classifier.classes_))
"""


def test_labels_that_are_objects_are_told_by_their_values(tmp_path):
    def classes(*endings):
        arguments = [sys.executable, "-c", IN_ANOTHER_PROCESS, str(tmp_path), *endings]
        return subprocess.run(arguments, capture_output=True, text=True, check=True).stdout.strip()

    for _ in range(2):
        assert classes("s", "s") == "cats,dogs"
    assert len(list(tmp_path.iterdir())) == 1, "trained once, found again"
    assert classes("s", "gy") == "cats,doggy"
    assert len(list(tmp_path.iterdir())) == 2


def test_samples_in_another_scale_may_overshoot(digits):
    images, labels = digits
    extractor = metrics.FeatureExtractor.fit(images[:300], labels[:300], epochs=1, cache=None)
    for other in (1.02 * (images / 127.5 - 1), images / 255 * 1.01, images / 16, (images / 100).astype("f4")):
        with pytest.raises(ValueError, match="uint8 with values up to 255.*bring both to one scale"):
            extractor.score(other, labels)
        with pytest.raises(ValueError, match="bring both to one scale"):
            metrics.frechet_distance(images, other, extractor)
        with pytest.raises(ValueError, match="bring both to one scale"):
            metrics.frechet_distance(images, other)
    assert extractor(images * 1.1).shape == (len(images), 64), "pixels told as floats"
    wide = metrics.FeatureExtractor.fit(images[:300] * 1.0, labels[:300], epochs=1, cache=None)
    with pytest.raises(ValueError, match="X reaches 1.02, but what the classifier was trained on is within 255 of 0"):
        wide(images / 250)
    narrow = metrics.FeatureExtractor.fit(images[:300] / 127.5 - 1, labels[:300], epochs=1, cache=None)
    assert narrow(np.full((3, 8, 8), 0.01)).shape == (3, 64), "a generator that has just begun draws grey"


def test_a_damaged_file_is_no_classifier_and_is_made_anew(digits, tmp_path):
    import json

    from swiftgan._metadata import add_metadata, read_metadata

    images, labels = digits
    extractor = metrics.FeatureExtractor.fit(images[:300], labels[:300], epochs=1, cache=tmp_path)
    (path,) = tmp_path.iterdir()
    about = json.loads(read_metadata(str(path))["swiftgan_classifier"])
    for damaged in (
        "{", "3", "{}", json.dumps({**about, "kind": "Oracle"}), json.dumps({**about, "options": {"depth": 3}}),
        json.dumps({**about, "shape": 8}), json.dumps({**about, "trained_on": [1]}), json.dumps({**about, "scale": {}}),
    ):  # fmt: skip
        add_metadata(str(path), "swiftgan_classifier", damaged)
        with pytest.raises(OSError, match="classifier"):
            metrics.FeatureExtractor.load(path)
    again = metrics.FeatureExtractor.fit(images[:300], labels[:300], epochs=1, cache=tmp_path)
    np.testing.assert_array_equal(again(images[:5]), extractor(images[:5]))
    np.testing.assert_array_equal(metrics.FeatureExtractor.load(path)(images[:5]), extractor(images[:5]))


def test_a_classifier_says_nothing_of_what_is_no_number(digits):
    images, labels = digits
    extractor = metrics.FeatureExtractor.fit(images[:300] / 255, labels[:300], epochs=1)
    bad = images[:6] / 255
    bad[4, 2, 2] = np.nan
    for call in (extractor, extractor.predict, extractor.predict_proba, lambda x: extractor.score(x, labels[:6])):
        with pytest.raises(ValueError, match="X hold NaN or infinity in 1 of 6 rows, first in row 4"):
            call(bad)
    for few in ([3], labels[:4]):
        with pytest.raises(ValueError, match=f"there are 5 samples in X and {len(few)} labels in y"):
            extractor.score(images[:5] / 255, few)


def test_own_metrics_may_return_what_holds_one_number():
    x, y = gaussians(40)
    found = metrics.evaluate(
        x,
        y,
        {
            "array": lambda real, fake: np.array(0.5),
            "row": lambda real, fake: np.array([0.25]),
            "tensor": lambda real, fake: sg.asarray([3.0]).sum(),
            "both": metrics.precision_recall,
            "precision": lambda real, fake: 7,
        },
    )
    assert [found[name] for name in ("array", "row", "tensor", "precision_2")] == [0.5, 0.25, 3, 7]
    assert list(found) == ["array", "row", "tensor", "precision", "recall", "precision_2"]
    for bad in (np.ones(2), "good", None):
        with pytest.raises(TypeError, match="'own' must return"):
            metrics.evaluate(x, y, {"own": lambda real, fake, bad=bad: bad})

"""Metrics recognise what is good, know the answers that are known, and say what is wrong with their arguments."""

from __future__ import annotations

import copy
import json
import pickle
import signal
import threading
import time
import warnings

import numpy as np
import pytest
import swiftgan as sg
from swiftgan import metrics

NAMES = list(metrics.METRICS)


def test_mode_coverage():
    modes = sg.datasets.GRID25_MODES
    assert modes.shape == (25, 2)
    found = metrics.mode_coverage(sg.datasets.grid25(2500), modes, 0.05)
    assert found.covered == 25
    assert found.high_quality.value > 0.98
    assert found.reverse_kl < 0.01
    one = metrics.mode_coverage(np.repeat(modes[:1], 10, axis=0), modes, 0.05)
    assert one.covered == one.modes == 1
    assert one.modes.standard_error < 1e-6
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


# ----------------------------------------------------------------------------------------------------- known answers


def gaussians(n, width=3, shift=2.0, seed=0):
    points = np.random.default_rng(seed).normal(size=(2, n, width))
    points[1, :, 0] += shift
    return points


def within(figure, expected, errors=4):
    return abs(figure - expected) < errors * figure.standard_error


def test_two_gaussians():
    x, y = gaussians(2000)
    assert within(metrics.frechet_distance(x, y), 4)
    assert within(metrics.sliced_wasserstein(x, y), 2 / np.sqrt(3))
    assert within(metrics.wasserstein(x[:, 0], y[:, 0]), 2)
    # E k for Gaussian windows: (s^2 / (s^2 + 2))^(d/2), across times exp(-shift^2 / 2 (s^2 + 2)).
    within_sets = (1 / 3) ** 1.5
    expected = 2 * within_sets * (1 - np.exp(-4 / 6))
    assert within(metrics.kernel_distance(x, y, kernel="rbf", bandwidth=1.0), expected)
    # The likelihood of N(0, 1) under N(shift, 1) windows of width s.
    variance = 1 + 0.5**2
    expected = -1.5 * np.log(2 * np.pi * variance) - (3 + 4) / (2 * variance)
    assert abs(metrics.parzen_log_likelihood(x, y, bandwidth=0.5).log_likelihood - expected) < 0.2
    # Whoever knows the densities tells them apart with the probability Phi(shift / 2).
    told = metrics.classifier_two_sample_test(x, y)
    assert within(told.accuracy, 0.8413)
    assert told.p_value < 1e-10
    assert metrics.classifier_two_sample_test(x[:500], y[:500], classifier="mlp").accuracy > 0.78
    assert metrics.mmd_test(x[:200], y[:200], permutations=99).p_value.value == 0.01


def test_one_distribution():
    x, y = gaussians(1000, shift=0)
    assert abs(metrics.kernel_distance(x, y)) < 3 * metrics.kernel_distance(x, y).standard_error
    assert within(metrics.density_coverage(x, y).density, 1)
    # Naeem et al. 2020, lemma 2: 1 - (n - 1)...(n - k) / ((n + m - 1)...(n + m - k)), near 1 - 2^-k.
    assert within(metrics.density_coverage(x, y).coverage, 1 - 0.5**5)
    assert metrics.mmd_test(x[:300], y[:300], permutations=199).p_value > 0.01
    assert within(metrics.classifier_two_sample_test(x, y).accuracy, 0.5)
    assert within(metrics.nearest_neighbours(x[:500], y, held_out=x[500:]).copying, 0.5)


def test_p_values_are_uniform():
    """Under one distribution a test at level a rejects a of all cases."""
    mmd, classifier = [], []
    for seed in range(60):
        x, y = gaussians(30, shift=0, seed=seed)
        mmd.append(metrics.mmd_test(x, y, permutations=39, random_state=seed).p_value)
        classifier.append(metrics.classifier_two_sample_test(x, y, random_state=seed).p_value)
    assert 0.35 < np.mean(mmd) < 0.65
    assert np.mean(np.array(mmd) <= 0.1) < 0.25
    assert np.mean(np.array(classifier) <= 0.1) < 0.25


def test_identical_sets():
    x = gaussians(60)[0].round(1)
    x[:10] = x[0]  # copies within the set too
    for metric in (metrics.frechet_distance, metrics.sliced_wasserstein, metrics.wasserstein):
        assert metric(x, x.copy()) < 1e-6
    assert metrics.kernel_distance(x, x[::-1]) <= 0
    found = metrics.precision_recall(x, x[::-1])
    assert found.precision == found.recall == 1
    assert found.precision.standard_error > 0
    assert metrics.density_coverage(x, x).coverage == 1
    assert metrics.density_coverage(x[10:], x[10:]).density >= 1.2  # (k + 1) / k, and more where distances are equal
    near = metrics.nearest_neighbours(x, x[::-1])
    assert near.copies == 1
    assert near.distances.max() == near.authenticity == 0
    assert metrics.mmd_test(x, x, permutations=19).p_value == 1


def test_disjoint_sets():
    x, y = gaussians(200, shift=100)
    assert metrics.precision_recall(x, y) == (0, 0)
    assert metrics.density_coverage(x, y) == (0, 0)
    assert metrics.classifier_two_sample_test(x, y).accuracy == 1
    assert np.isclose(metrics.wasserstein(x, y), 100, rtol=0.01)
    near = metrics.nearest_neighbours(x, y, held_out=x)
    assert near.copies == near.copying == 0
    assert near.authenticity == 1


def test_inception_score_reaches_its_bounds():
    sure = np.eye(7)[np.arange(70) % 7]
    assert np.isclose(metrics.inception_score(sure), 7)
    assert metrics.inception_score(np.full((10, 4), 0.25)) == 1
    assert metrics.inception_score(sure[:1]) == 1


def test_ms_ssim_diversity():
    images = np.random.default_rng(0).integers(0, 256, (30, 32, 32, 3)).astype(np.uint8)
    assert np.isclose(metrics.ms_ssim_diversity(np.repeat(images[:1], 30, axis=0)), 1)
    varied = metrics.ms_ssim_diversity(images)
    assert varied < 0.1
    assert np.isclose(metrics.ms_ssim_diversity(images / 255), varied)
    assert np.isclose(metrics.ms_ssim_diversity(images / 127.5 - 1.0, data_range=2), varied, atol=0.05)
    assert "15 pairs" in repr(varied)
    twins = np.repeat(images[:15], 2, axis=0)
    assert np.isclose(metrics.ms_ssim_diversity(twins, np.repeat(np.arange(15), 2)), 1)


# ---------------------------------------------------------------------------------------------------------- features


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


def test_evaluate():
    x, y = gaussians(100)
    found = metrics.evaluate(x, y, NAMES)
    assert set(found) >= {"frechet_distance", "recall", "coverage", "mmd", "mmd_test_p_value", "accuracy", "copies"}
    assert found["precision"] == metrics.precision_recall(x, y).precision
    assert found.pop("log_likelihood").n_reference == 80  # a fifth chooses the bandwidth
    assert all(figure.n_samples == figure.n_reference == 100 for figure in found.values())
    assert str(found).splitlines()[0].startswith("frechet_distance")
    assert found._repr_html_().startswith("<table>")
    seen = []

    def features(rows):
        seen.append(len(rows))
        return rows[:, :2]

    mine = metrics.evaluate(x, y[:50], {"gap": lambda a, b: abs(a.mean() - b.mean())}, features=features)
    assert np.isclose(mine["gap"], abs(x[:, :2].mean() - y[:50, :2].mean()))
    assert seen == [100, 50]
    with pytest.raises(ValueError, match="no metric 'fid'"):
        metrics.evaluate(x, y, ["fid"])
    with pytest.raises(TypeError, match="'mine' must return"):
        metrics.evaluate(x, y, {"mine": lambda a, b: "good"})


# --------------------------------------------------------------------------------------------------------- estimates


def test_an_estimate_is_a_float_that_knows_more():
    found = metrics.Estimate(4, 0.5, 10, 20, unit="nats", better="lower", note="few")
    assert found == 4.0 < found + 1
    assert repr(found) == "4 ± 0.5 nats (10 samples, 20 references; lower is better; few)"
    assert str(metrics.Estimate(2.0)) == "2"
    assert f"{found:.2f}" == "4.00"
    assert found.value == 4.0
    assert type(found.value) is float
    assert found.interval(2) == (3, 5)
    assert json.loads(json.dumps(found.as_dict()))["standard_error"] == 0.5
    for other in (pickle.loads(pickle.dumps(found)), copy.deepcopy(found)):
        assert other.as_dict() == found.as_dict()
    assert "<b>4 ± 0.5 nats</b>" in found._repr_html_()
    assert np.asarray([found, found]).dtype == np.float64
    with pytest.raises(AttributeError):
        found.note = "many"
    with pytest.raises(ValueError, match="better"):
        metrics.Estimate(1, better="up")


@pytest.mark.parametrize("name", NAMES)
def test_the_same_figures_again_and_on_any_thread_count(name):
    x, y = gaussians(150)
    results = []
    threads = sg.get_num_threads()
    try:
        for count in (1, 2):
            sg.set_num_threads(count)
            results.append(metrics.figures(name, metrics.METRICS[name](x, y)))
    finally:
        sg.set_num_threads(threads)
    first, second = ({key: figure.as_dict() for key, figure in figures.items()} for figures in results)
    np.testing.assert_equal(first, second)


@pytest.mark.parametrize("name", NAMES)
def test_tensors_and_other_dtypes(name):
    x, y = (np.round(points * 20) for points in gaussians(60))
    expected = metrics.figures(name, metrics.METRICS[name](x, y))
    for convert in (sg.asarray, lambda points: points.astype(np.int32), lambda points: points.astype(np.float32)):
        found = metrics.figures(name, metrics.METRICS[name](convert(x), convert(y)))
        assert {key: figure.value for key, figure in found.items()} == {
            key: figure.value for key, figure in expected.items()
        }


# ---------------------------------------------------------------------------------------------------------- mistakes


@pytest.mark.parametrize("name", NAMES)
def test_bad_sets(name):
    metric = metrics.METRICS[name]
    good = gaussians(40)[0]
    with pytest.raises(ValueError, match="fake hold NaN or infinity in 1 of 40 rows, first in row 7"):
        metric(good, np.where(np.arange(40)[:, None] == 7, np.nan, good))
    with pytest.raises(ValueError, match=r"real are \(3,\) and fake \(2,\)"):
        metric(good, good[:, :2])
    with pytest.raises(ValueError, match="fake has 0 rows"):
        metric(good, good[:0])
    with pytest.raises(ValueError, match=r"real must be \(n, d\).*reshape"):
        metric(good[:, 0], good)
    with pytest.raises(TypeError, match="fake must hold real numbers, not dtype <U"):
        metric(good, good.astype(str))
    with pytest.raises(TypeError, match="features must be"):
        metric(good, good, 3)
    with pytest.raises(ValueError, match="features must be 'pca'"):
        metric(good, good, "inception")
    with pytest.raises(ValueError, match="features made"):
        metric(good, good, lambda rows: rows.mean())
    with pytest.raises(ValueError, match="real is uint8 with values up to 200"):
        metric(np.full((20, 4), 200, np.uint8), np.zeros((20, 4)))
    with pytest.raises(ValueError, match=r"one shape, but real are \(4, 9\) and fake \(6, 6\)"):
        metric(np.zeros((5, 4, 9)), np.zeros((5, 6, 6)))


ONE = gaussians(1)
FEW = gaussians(9)
MISTAKES = [
    (lambda: metrics.frechet_distance(*ONE), "real has 1 row, but at least 2"),
    (lambda: metrics.frechet_distance(FEW[0], FEW[1] * 1e150), "fake hold numbers up to .*overflow"),
    (lambda: metrics.kernel_distance(FEW[0], FEW[1][:2]), "fake has 2 rows, but at least 3"),
    (lambda: metrics.kernel_distance(*FEW, kernel="linear"), "kernel must be one of .*not 'linear'"),
    (lambda: metrics.kernel_distance(*FEW, kernel="rbf", bandwidth=0), "bandwidth must be .*not 0"),
    (lambda: metrics.kernel_distance(*FEW, bandwidth=2), "no bandwidth"),
    (lambda: metrics.kernel_distance(np.ones((5, 2)), np.ones((5, 2)), kernel="rbf"), "all rows .* equal"),
    (lambda: metrics.precision_recall(*FEW, k=9), "k must be from 1 to 8 .*9 rows.*not 9"),
    (lambda: metrics.density_coverage(*FEW, k=0), "k must be from 1 .*not 0"),
    (lambda: metrics.nearest_neighbours(*FEW, k=10), "k must be .*not 10"),
    (lambda: metrics.nearest_neighbours(*ONE), "real has 1 row"),
    (lambda: metrics.sliced_wasserstein(*FEW, p=0.5), "p must be at least 1, not 0.5"),
    (lambda: metrics.sliced_wasserstein(*FEW, n_projections=0), "n_projections must be .*not 0"),
    (lambda: metrics.wasserstein(np.zeros((10007, 2)), np.zeros((10, 2))), "real has 10007 rows and fake 10"),
    (lambda: metrics.mmd_test(*FEW, permutations=0), "permutations must be at least 1, not 0"),
    (lambda: metrics.parzen_log_likelihood(*FEW), "real has 9 rows, too few to choose"),
    (lambda: metrics.parzen_log_likelihood(*FEW, bandwidth=-1), "bandwidth .*not -1"),
    (lambda: metrics.parzen_log_likelihood(*FEW, bandwidth=[]), "bandwidth .*empty"),
    (lambda: metrics.classifier_two_sample_test(*FEW, test_share=1), "test_share .*not 1"),
    (lambda: metrics.classifier_two_sample_test(*FEW, classifier="svm"), "classifier .*not 'svm'"),
    (lambda: metrics.inception_score(np.ones((3, 4))), "row 0 sum to 4"),
    (lambda: metrics.inception_score(-np.ones((3, 4))), "below 0"),
    (lambda: metrics.inception_score(np.eye(3), splits=4), "splits must be from 1 to 3"),
    (lambda: metrics.ms_ssim_diversity(np.zeros((4, 5, 5))), "8 x 8"),
    (lambda: metrics.ms_ssim_diversity(np.zeros((1, 9, 9))), "make no pair"),
    (lambda: metrics.ms_ssim_diversity(np.full((4, 9, 9), 7.0)), "data_range"),
    (lambda: metrics.ms_ssim_diversity(np.zeros((4, 9, 9)), pairs=3), "pairs must be from 1 to 2"),
    (lambda: metrics.ms_ssim_diversity(np.zeros((4, 9, 9)), [1, 2]), "4 images and 2 labels"),
    (lambda: metrics.mode_coverage(np.zeros((3, 3)), np.zeros((2, 2)), 1), "coordinates"),
    (lambda: metrics.mode_coverage(np.zeros((3, 2)), np.zeros((2, 2)), 0), "std must be .*not 0"),
    (lambda: metrics.class_coverage([10], 10), "0 to 9.*10 to 10"),
    (lambda: metrics.class_coverage([], 10), "there are none"),
    (lambda: metrics.PCAFeatures(0), "n_components must be at least 1, not 0"),
    (lambda: metrics.FeatureExtractor.fit(np.zeros((3, 2)), [0, 1]), "3 samples in X and 2 labels"),
    (lambda: metrics.FeatureExtractor.fit(np.zeros((3, 2)), [0, 1, 0], epochs=0), "epochs must be at least 1, not 0"),
]


@pytest.mark.parametrize(("call", "message"), MISTAKES)
def test_mistakes(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_what_is_not_fitted(digits):
    with pytest.raises(sg.NotFittedError):
        metrics.PCAFeatures()(digits[0])
    with pytest.raises(sg.NotFittedError):
        metrics.ImageClassifier().predict(digits[0])
    with pytest.raises(TypeError, match="function"):
        metrics.FeatureExtractor(lambda rows: rows)
    with pytest.raises(TypeError, match="k must be an integer, not 2.5"):
        metrics.precision_recall(*FEW, k=2.5)


def test_too_few_for_the_rank_of_a_covariance():
    with pytest.warns(UserWarning, match="30 samples cannot fill a covariance of 50 features"):
        found = metrics.frechet_distance(*np.random.default_rng(0).normal(size=(2, 30, 50)))
    assert "rank 29 at most" in found.note
    assert np.isfinite(found.standard_error)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        metrics.frechet_distance(*np.random.default_rng(0).normal(size=(2, 60, 50)))


def test_wide_features_are_computed_in_a_thread_that_tells_errors(monkeypatch):
    x, y = np.random.default_rng(0).normal(size=(2, 400, 300))
    turned = np.linalg.qr(np.random.default_rng(1).normal(size=(300, 300)))[0]
    assert np.isclose(metrics.frechet_distance(x, y), metrics.frechet_distance(x @ turned, y @ turned))
    monkeypatch.setattr(np.linalg, "eigh", lambda matrix: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        metrics.frechet_distance(x, y)


def test_images_of_one_channel_may_leave_it_out():
    images = np.random.default_rng(0).random((20, 4, 4))
    assert metrics.sliced_wasserstein(images, images[..., None]) < 1e-6


@pytest.mark.parametrize(
    "call",
    [
        lambda x: metrics.frechet_distance(x.reshape(-1, 640), x.reshape(-1, 640) ** 2),
        lambda x: metrics.wasserstein(x[:3000], x[3000:6000]),
        lambda x: metrics.mmd_test(x, x, permutations=300),
        lambda x: metrics.precision_recall(x, x),
    ],
)
def test_ctrl_c(call, monkeypatch):
    x = np.random.default_rng(0).normal(size=(20000, 32))
    # As of thousands of features: NumPy is elsewhere for seconds.
    monkeypatch.setattr(np.linalg, "eigh", lambda matrix: time.sleep(3))
    # A shell makes programs that it runs in the background ignore the signal.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    timer = threading.Timer(0.2, lambda: signal.raise_signal(signal.SIGINT))
    began = time.monotonic()
    timer.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            call(x)
        assert time.monotonic() - began < 1.5
        timer.join()
    finally:
        signal.signal(signal.SIGINT, before)


def test_scipy_is_asked_for_where_it_is_needed(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "scipy.optimize", None)
    with pytest.raises(ImportError, match="pip install scipy"):
        metrics.wasserstein(*FEW)
    assert metrics.wasserstein(FEW[0][:, 0], FEW[1][:, 0]) > 0

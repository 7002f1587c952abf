"""Metrics say what is wrong with their arguments, by name, with the value and what to do."""

from __future__ import annotations

import signal
import threading
import time
import warnings

import numpy as np
import pytest
import swiftgan as sg
from swiftgan import metrics

NAMES = list(metrics.METRICS)


def gaussians(n, width=3, shift=2.0, seed=0):
    points = np.random.default_rng(seed).normal(size=(2, n, width))
    points[1, :, 0] += shift
    return points


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
IMAGES = np.zeros((2, 8, 8))
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
    (lambda: metrics.class_coverage([1], 10, least=2), "least is a share, at least 0 and below 1, not 2"),
    (lambda: metrics.PCAFeatures(0), "n_components must be at least 1, not 0"),
    (lambda: metrics.frechet_distance(np.zeros((4, 0)), np.zeros((4, 0))), r"real has rows without numbers.*\(4, 0\)"),
    (lambda: metrics.mmd_test(*FEW, random_state=-1), "random_state must be from 0 .*not -1"),
    (lambda: metrics.evaluate(*FEW, ["frechet"]), "no metric 'frechet' of two sets .did you mean 'frechet_distance'"),
    (lambda: metrics.FeatureExtractor.fit(IMAGES, [0, 1], shift=-1), "shift must be at least 0, not -1"),
    (lambda: metrics.FeatureExtractor.fit(IMAGES, [0, 1], width=0), "width must be at least 1, not 0"),
    (lambda: metrics.FeatureExtractor.fit(np.zeros((3, 2)), [0, 1]), "3 samples in X and 2 labels"),
    (lambda: metrics.FeatureExtractor.fit(np.zeros((3, 2)), [0, 1, 0], epochs=0), "epochs must be at least 1, not 0"),
]


@pytest.mark.parametrize(("call", "message"), MISTAKES)
def test_mistakes(call, message):
    with pytest.raises(ValueError, match=message):
        call()


WRONG_KINDS = [
    (lambda: metrics.sliced_wasserstein(*FEW, p="a"), "p must be a number, not 'a'"),
    (lambda: metrics.classifier_two_sample_test(*FEW, test_share="a"), "test_share must be a number, not 'a'"),
    (lambda: metrics.kernel_distance(*FEW, kernel="rbf", bandwidth="a"), "bandwidth must be a number, not 'a'"),
    (lambda: metrics.parzen_log_likelihood(*FEW, bandwidth="a"), "bandwidth must be a number, not 'a'"),
    (lambda: metrics.precision_recall(*FEW, k=True), "k must be an integer, not True"),
    *(
        (lambda name=name: getattr(metrics, name)(*FEW, random_state="a"), "random_state must be .*not str")
        for name in (
            "sliced_wasserstein", "wasserstein", "precision_recall", "density_coverage", "mmd_test",
            "classifier_two_sample_test",
        )
    ),
    (lambda: metrics.ms_ssim_diversity(IMAGES / 1.0, random_state="a"), "random_state must be .*not str"),
    (lambda: metrics.parzen_log_likelihood(*gaussians(30), random_state="a"), "random_state must be .*not str"),
    (lambda: metrics.FeatureExtractor.fit(IMAGES, [0, 1], random_state="a"), "random_state must be .*not 'a'"),
    (lambda: metrics.class_coverage([1], 4, least="a"), "least must be a number, not 'a'"),
    (lambda: metrics.FeatureExtractor.fit(IMAGES, [0, 1], epoch=1), r"no option 'epoch' \(did you mean 'epochs'\?\)"),
    (lambda: metrics.FeatureExtractor.fit(IMAGES, [0, 1], cache=True), "cache must be 'memory', a folder or"),
    (lambda: metrics.class_coverage(["a"], 4), "labels must be integers from 0 to 3, not of dtype <U1"),
    (lambda: metrics.evaluate(*FEW, [metrics.frechet_distance]), "mapping from names to functions"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "message"), WRONG_KINDS)
def test_wrong_kinds(call, message):
    with pytest.raises(TypeError, match=message):
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

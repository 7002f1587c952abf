"""Metrics recognise what is good, know the answers that are known, and say what is wrong with their arguments."""

from __future__ import annotations

import copy
import json
import pickle

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

"""Standard errors are the spread of figures over repeated draws, within a factor."""

from __future__ import annotations

import numpy as np
import pytest
from swiftgan import metrics
from swiftgan.metrics._resampling import group_errors, jackknife_error


def draw(n, m, seed):
    generator = np.random.default_rng(seed)
    return generator.normal(size=(n, 4)), 0.8 * generator.normal(size=(m, 4)) + 0.5


def classes(real, fake):
    heights = np.exp(np.concatenate([fake, real[: len(fake)]], axis=1))
    return heights / heights.sum(axis=1, keepdims=True)


CASES = {
    "frechet": lambda x, y: [metrics.frechet_distance(x, y)],
    "kernel": lambda x, y: [metrics.kernel_distance(x, y)],
    "mmd": lambda x, y: [metrics.mmd_test(x, y, permutations=1, bandwidth=2).mmd],
    "precision": lambda x, y: metrics.precision_recall(x, y),
    "density": lambda x, y: metrics.density_coverage(x, y),
    "sliced": lambda x, y: [metrics.sliced_wasserstein(x, y, n_projections=64)],
    "wasserstein": lambda x, y: [metrics.wasserstein(x[:200], y)],
    "wasserstein_1d": lambda x, y: [metrics.wasserstein(x[:, 0], y[:, 0], p=2)],
    "inception": lambda x, y: [metrics.inception_score(classes(x, y))],
    "parzen": lambda x, y: [metrics.parzen_log_likelihood(x, y, bandwidth=0.5).log_likelihood],
    "two_sample": lambda x, y: [metrics.classifier_two_sample_test(x, y).accuracy],
    "neighbours": lambda x, y: [metrics.nearest_neighbours(x, y, held_out=x[:100] * 0.99 + 0.05).authenticity],
    "modes": lambda x, y: (lambda found: [found.modes, found.high_quality, found.reverse_kl])(
        metrics.mode_coverage(x[:100], 2 * np.indices((3, 3, 3, 3)).reshape(4, -1).T - 2, 0.3)
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_errors_are_the_spread_over_draws(name):
    draws = [CASES[name](*draw(300, 200, seed)) for seed in range(40)]
    for figures in zip(*draws, strict=True):
        spread = np.std(figures, ddof=1)
        claimed = np.sqrt(np.mean([figure.standard_error**2 for figure in figures]))
        # The spread of 40 draws is itself known to a ninth.
        assert 0.6 < claimed / spread < 1.7, (float(spread), float(claimed))


WIDE = {
    "precision": lambda x, y: metrics.precision_recall(x, y),
    "density": lambda x, y: metrics.density_coverage(x, y),
    "kernel": lambda x, y: [metrics.kernel_distance(x, y)],
    # Few windows: what they happen to be counts more than what the test samples do.
    "parzen": lambda x, y: [metrics.parzen_log_likelihood(x, y[:100]).log_likelihood],
    "parzen of one bandwidth": lambda x, y: [metrics.parzen_log_likelihood(x, y[:80], bandwidth=0.8).log_likelihood],
}


@pytest.mark.parametrize("name", WIDE)
def test_errors_with_many_features(name):
    """Neighbourhoods are large there, and a few samples are near to many."""
    draws = []
    for seed in range(40):
        generator = np.random.default_rng(seed)
        x, y = generator.normal(size=(600, 32)), 0.9 * generator.normal(size=(600, 32)) + 0.15
        draws.append(WIDE[name](x, y) if "parzen" not in name else WIDE[name](x[:, :4], y[:, :4]))
    for figures in zip(*draws, strict=True):
        spread = np.std(figures, ddof=1)
        claimed = np.sqrt(np.mean([figure.standard_error**2 for figure in figures]))
        assert 0.8 < claimed / spread < 1.6, (float(spread), float(claimed))


def test_nothing_seen_is_no_proof():
    x = np.random.default_rng(0).normal(size=(200, 3))
    found = metrics.density_coverage(x, x + 100)
    assert found == (0, 0)
    assert 0.0005 < found.density.standard_error < 0.005
    assert 0.002 < found.coverage.standard_error < 0.02


def test_errors_at_equality_are_not_too_small():
    """Where both sets are of one distribution leading terms vanish; claimed errors may be larger, not smaller."""
    for metric in (metrics.frechet_distance, metrics.kernel_distance):
        draws = []
        for seed in range(40):
            both = np.random.default_rng(seed).normal(size=(500, 4))
            draws.append(metric(both[:250], both[250:]))
        claimed = np.sqrt(np.mean([figure.standard_error**2 for figure in draws]))
        assert 0.8 < claimed / np.std(draws, ddof=1) < 2.2


def test_kernel_distance_is_unbiased_and_frechet_is_not():
    draws = [np.random.default_rng(seed).normal(size=(100, 4)) for seed in range(60)]
    kernel = [metrics.kernel_distance(x[:50], x[50:]) for x in draws]
    assert abs(np.mean(kernel)) < 3 * np.std(kernel) / np.sqrt(60)
    frechet = [metrics.frechet_distance(x[:50], x[50:]) for x in draws]
    assert np.mean(frechet) > 10 * np.std(frechet) / np.sqrt(60)


def test_resampling_of_a_mean():
    values = np.random.default_rng(0).normal(size=400)
    expected = values.std(ddof=1) / 20
    assert np.isclose(metrics.bootstrap_error(lambda at: values[at].mean(), 400, resamples=400), expected, rtol=0.15)
    twice = metrics.bootstrap_error(lambda a, b: values[a].mean() - values[b].mean(), 400, 400, resamples=400)
    assert np.isclose(twice, expected * np.sqrt(2), rtol=0.15)
    with pytest.raises(ValueError, match="resamples must be at least 2, not 1"):
        metrics.bootstrap_error(lambda at: 0.0, 400, resamples=1)
    without = (values.sum() - values) / 399
    assert np.isclose(jackknife_error(without), expected)
    found = group_errors(lambda a, b: [values[a].mean()], 400, 400, repeats=40)
    assert np.isclose(found[0], expected, rtol=0.15)
    assert group_errors(lambda a, b: [0.0], 3, 400, least=2) is None


def test_class_shares():
    shares = [0.1, 0.2, 0.3, 0.4]
    generator = np.random.default_rng(0)
    draws = [metrics.class_coverage(generator.choice(4, 300, p=shares), 4) for _ in range(60)]
    for name in ("smallest_share", "reverse_kl"):
        figures = [getattr(found, name) for found in draws]
        claimed = np.sqrt(np.mean([figure.standard_error**2 for figure in figures]))
        assert 0.7 < claimed / np.std(figures, ddof=1) < 1.4


def test_pairs_of_images():
    generator = np.random.default_rng(0)
    base = generator.random((2, 12, 12))
    draws = []
    for _ in range(30):
        shades = generator.random((100, 1, 1))
        draws.append(metrics.ms_ssim_diversity(shades * base[0] + (1 - shades) * base[1]))
    claimed = np.sqrt(np.mean([figure.standard_error**2 for figure in draws]))
    assert 0.6 < claimed / np.std(draws, ddof=1) < 1.7

"""Every metric equals an independent implementation in float64 NumPy or SciPy, to 1e-6 relative."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
import swiftgan as sg
from scipy import linalg, optimize, signal, stats
from scipy.spatial.distance import cdist
from sklearn.metrics.pairwise import polynomial_kernel, rbf_kernel
from sklearn.neighbors import KernelDensity, KNeighborsClassifier
from swiftgan import metrics

TIGHT = {"rtol": 1e-6, "atol": 1e-12}


@pytest.fixture
def sets(rng):
    """Two sets of unequal counts that overlap in part, float64."""
    return rng.normal(size=(301, 7)), 0.8 * rng.normal(size=(257, 7)) @ rng.normal(size=(7, 7)) / 2 + 0.5


# ---------------------------------------------------------------------------------------------------------- moments


def frechet(x, y):
    first, second = np.cov(x, rowvar=False), np.cov(y, rowvar=False)
    root = linalg.sqrtm(first @ second).real
    return ((x.mean(0) - y.mean(0)) ** 2).sum() + np.trace(first + second - 2 * root)


def test_frechet_distance(sets):
    x, y = sets
    assert np.isclose(metrics.frechet_distance(x, y), frechet(x, y), **TIGHT)
    assert np.isclose(metrics.frechet_distance(y, x), frechet(x, y), **TIGHT)


def test_frechet_distance_error_is_the_infinitesimal_jackknife(sets):
    x, y = sets
    n, m = len(x), len(y)
    without_x = np.array([frechet(np.delete(x, i, 0), y) for i in range(0, n, 3)])
    without_y = np.array([frechet(x, np.delete(y, i, 0)) for i in range(0, m, 3)])
    jackknife = np.sqrt((n - 1) ** 2 / n * without_x.var() + (m - 1) ** 2 / m * without_y.var())
    assert np.isclose(metrics.frechet_distance(x, y).standard_error, jackknife, rtol=0.15)


# ----------------------------------------------------------------------------------------------------------- kernels


def unbiased_mmd(kernel, x, y):
    n, m = len(x), len(y)
    within_x, within_y = kernel(x, x), kernel(y, y)
    np.fill_diagonal(within_x, 0)
    np.fill_diagonal(within_y, 0)
    return within_x.sum() / (n * (n - 1)) + within_y.sum() / (m * (m - 1)) - 2 * kernel(x, y).mean()


def kid_kernel(x, y):
    return polynomial_kernel(x, y, degree=3, gamma=1 / x.shape[1], coef0=1)


def test_kernel_distance(sets):
    x, y = sets
    assert np.isclose(metrics.kernel_distance(x, y), unbiased_mmd(kid_kernel, x, y), **TIGHT)
    widths = [0.5, 1, 2]
    mixture = metrics.kernel_distance(x, y, kernel="rbf", bandwidth=widths)
    expected = np.mean([unbiased_mmd(lambda a, b, w=w: rbf_kernel(a, b, gamma=0.5 / w**2), x, y) for w in widths])
    assert np.isclose(mixture, expected, **TIGHT)
    rational = metrics.kernel_distance(x, y, kernel="rational_quadratic", bandwidth=2.0)
    expected = unbiased_mmd(lambda a, b: 1 / (1 + cdist(a, b, "sqeuclidean") / 8), x, y)
    assert np.isclose(rational, expected, **TIGHT)


def test_kernel_distance_error_is_the_jackknife(sets):
    x, y = sets[0][:40], sets[1][:30]
    variance = 0
    for left_out in (
        [unbiased_mmd(kid_kernel, np.delete(x, i, 0), y) for i in range(40)],
        [unbiased_mmd(kid_kernel, x, np.delete(y, i, 0)) for i in range(30)],
    ):
        variance += (len(left_out) - 1) * np.var(left_out)
    assert np.isclose(metrics.kernel_distance(x, y).standard_error, np.sqrt(variance), **TIGHT)


def test_mmd_test(sets):
    x, y = sets[0][:60], sets[1][:50] * 0.2
    found = metrics.mmd_test(x, y, permutations=99, random_state=3)
    pooled = np.concatenate([x, y])
    width = np.median(cdist(pooled, pooled)[np.triu_indices(110, 1)])
    assert np.isclose(found.bandwidths[0], width, **TIGHT)

    def kernel(a, b):
        return rbf_kernel(a, b, gamma=0.5 / width**2)

    expected = unbiased_mmd(kernel, x, y)
    assert np.isclose(found.mmd, expected, **TIGHT)
    generator, permuted = np.random.default_rng(3), []
    for _ in range(99):
        first = generator.choice(110, 60, replace=False)
        rest = np.setdiff1d(np.arange(110), first)
        permuted.append(unbiased_mmd(kernel, pooled[first], pooled[rest]))
    assert np.isclose(found.p_value, (1 + np.sum(np.array(permuted) >= expected)) / 100)


# -------------------------------------------------------------------------------------------------------- neighbours


def radii(x, k):
    return np.sort(cdist(x, x), axis=1)[:, k]


@pytest.mark.parametrize("k", [1, 3, 10])
def test_precision_recall_density_coverage(sets, k):
    x, y = sets
    across, real, fake = cdist(x, y), radii(x, k)[:, None], radii(y, k)
    found = metrics.precision_recall(x, y, k=k)
    assert np.isclose(found.precision, (across <= real).any(axis=0).mean())
    assert np.isclose(found.recall, (across <= fake).any(axis=1).mean())
    assert 0.05 < found.precision < 1
    found = metrics.density_coverage(x, y, k=k)
    assert np.isclose(found.density, (across <= real).sum(axis=0).mean() / k)
    assert np.isclose(found.coverage, (across.min(axis=1) <= real[:, 0]).mean())


def test_nearest_neighbours(sets):
    x, y = sets
    held_out = x[:50] + 0.1
    found = metrics.nearest_neighbours(x[50:], y, k=4, held_out=held_out)
    distances = cdist(y, x[50:])
    order = distances.argsort(axis=1)[:, :4]
    assert (found.indices == order).all()
    assert np.allclose(found.distances, np.take_along_axis(distances, order, axis=1), **TIGHT)
    assert np.isclose(found.distance, distances.min(axis=1).mean(), **TIGHT)
    own = radii(x[50:], 1)[order[:, 0]]
    assert np.isclose(found.authenticity, (distances.min(axis=1) > own).mean())
    others = cdist(held_out, x[50:]).min(axis=1)
    area = stats.mannwhitneyu(others, distances.min(axis=1)).statistic / (len(others) * len(y))
    assert np.isclose(found.copying, area, **TIGHT)


def test_smallest_is_a_sort(rng):
    from swiftgan.metrics._distances import smallest

    for rows, columns, k in [(5, 1003, 4), (3, 17, 6), (2, 8, 8), (4, 500, 1), (3, 6400, 6)]:
        matrix = rng.integers(0, 50, size=(rows, columns)).astype(float)  # with many ties
        assert (smallest(sg.asarray(matrix), k).numpy() == np.sort(matrix, axis=1)[:, :k]).all()


# --------------------------------------------------------------------------------------------------------- transport


def test_wasserstein_in_one_dimension(rng):
    x, y = rng.normal(size=83), rng.gumbel(size=57)
    assert np.isclose(metrics.wasserstein(x, y), stats.wasserstein_distance(x, y), **TIGHT)
    # Quantile functions on a grid as fine as both counts need.
    grid = (np.arange(83 * 57) + 0.5) / (83 * 57)
    quantiles = [np.sort(values)[(grid * len(values)).astype(int)] for values in (x, y)]
    expected = (np.abs(quantiles[0] - quantiles[1]) ** 3).mean() ** (1 / 3)
    assert np.isclose(metrics.wasserstein(x.reshape(-1, 1), y.reshape(-1, 1), p=3), expected, **TIGHT)


@pytest.mark.parametrize(("n", "m", "p"), [(6, 6, 1), (6, 6, 2), (12, 8, 1), (5, 15, 2)])
def test_wasserstein_is_the_linear_programme(rng, n, m, p):
    x, y = rng.normal(size=(n, 3)), rng.normal(size=(m, 3)) + 1
    constraints = np.zeros((n + m, n * m))
    for i, j in itertools.product(range(n), range(m)):
        constraints[i, i * m + j] = constraints[n + j, i * m + j] = 1
    masses = np.concatenate([np.full(n, 1 / n), np.full(m, 1 / m)])
    solved = optimize.linprog((cdist(x, y) ** p).ravel(), A_eq=constraints, b_eq=masses)
    assert np.isclose(metrics.wasserstein(x, y, p=p), solved.fun ** (1 / p), **TIGHT)


@pytest.mark.parametrize("p", [1, 2])
def test_sliced_wasserstein(sets, p):
    x, y = sets
    directions = np.random.default_rng(5).normal(size=(100, 7))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    if p == 1:
        expected = np.mean([stats.wasserstein_distance(x @ u, y @ u) for u in directions])
    else:
        x, y = x[:250], y[:250]
        gaps = np.sort(x @ directions.T, axis=0) - np.sort(y @ directions.T, axis=0)
        expected = np.sqrt((gaps**2).mean())
    found = metrics.sliced_wasserstein(x, y, p=p, n_projections=100, random_state=5)
    assert np.isclose(found, expected, **TIGHT)


# ------------------------------------------------------------------------------------------- likelihoods and classes


def test_parzen_log_likelihood(sets):
    x, y = sets
    density = KernelDensity(bandwidth=0.7, rtol=0, atol=0).fit(y)
    found = metrics.parzen_log_likelihood(x, y, bandwidth=0.7)
    values = density.score_samples(x)
    assert np.isclose(found.log_likelihood, values.mean(), **TIGHT)
    # The test samples' chance, and that of the windows by the jackknife.
    without = [
        KernelDensity(bandwidth=0.7, rtol=0, atol=0).fit(np.delete(y, window, axis=0)).score_samples(x).mean()
        for window in range(len(y))
    ]
    errors = values.std(ddof=1) / np.sqrt(len(x)), np.std(without) * np.sqrt(len(y) - 1)
    assert np.isclose(found.log_likelihood.standard_error, np.hypot(*errors), **TIGHT)
    widths = [0.3, 0.6, 0.9, 1.5, 3]
    chosen = metrics.parzen_log_likelihood(x[:200], y, bandwidth=widths, validation=x[200:])
    scores = [KernelDensity(bandwidth=width).fit(y).score(x[200:]) for width in widths]
    assert chosen.bandwidth == widths[int(np.argmax(scores))]
    searched = metrics.parzen_log_likelihood(x[:200], y, validation=x[200:]).bandwidth
    best = optimize.minimize_scalar(
        lambda log: -KernelDensity(bandwidth=np.exp(log)).fit(y).score(x[200:]), bounds=(-2, 2), method="bounded"
    )
    assert np.isclose(searched, np.exp(best.x), rtol=0.01)


def test_inception_score(rng):
    shares = rng.dirichlet(np.full(5, 0.3), size=400)
    expected = np.exp(np.mean([stats.entropy(row, shares.mean(axis=0)) for row in shares]))
    assert np.isclose(metrics.inception_score(shares), expected, **TIGHT)
    parts = [
        np.exp(np.mean([stats.entropy(row, part.mean(axis=0)) for row in part])) for part in np.array_split(shares, 10)
    ]
    found = metrics.inception_score(shares, splits=10)
    assert np.isclose(found, np.mean(parts), **TIGHT)
    assert np.isclose(found.standard_error, np.std(parts, ddof=1) / np.sqrt(10), **TIGHT)


def test_classifier_two_sample_test(sets):
    x, y = sets
    found = metrics.classifier_two_sample_test(x, y, random_state=2)
    generator = np.random.default_rng(2)
    own, other = x[generator.permutation(301)[:257]], y[generator.permutation(257)]
    held = round(257 / 2)
    train = np.concatenate([own[held:], other[held:]])
    test = np.concatenate([own[:held], other[:held]])
    mean, spread = train.mean(axis=0), train.std(axis=0)
    neighbours = KNeighborsClassifier(15).fit((train - mean) / spread, np.repeat([0, 1], 257 - held))
    right = (neighbours.predict((test - mean) / spread) == np.repeat([0, 1], held)).sum()
    assert found.accuracy == right / (2 * held)
    assert np.isclose(found.p_value, stats.binomtest(right, 2 * held, alternative="greater").pvalue, rtol=1e-9)


# ------------------------------------------------------------------------------------------------------------ images


def ssim_of_planes(x, y, reach, window, weights):
    """Wang et al. 2003, plane by plane, with SciPy's convolution."""
    places = np.arange(window) - window // 2
    bell = np.exp(-(places**2) / (2 * (1.5 * window / 11) ** 2))
    bell = np.outer(bell, bell) / bell.sum() ** 2
    c1, c2 = (0.01 * reach) ** 2, (0.03 * reach) ** 2
    product = 1.0
    for level, weight in enumerate(weights):
        blur = lambda plane: signal.convolve2d(plane, bell, "valid")  # noqa: E731
        mx, my = blur(x), blur(y)
        contrast = (2 * (blur(x * y) - mx * my) + c2) / (blur(x * x) - mx**2 + blur(y * y) - my**2 + c2)
        last = level == len(weights) - 1
        luminance = (2 * mx * my + c1) / (mx**2 + my**2 + c1)
        product *= max(0, (contrast * luminance if last else contrast).mean()) ** weight
        rows, columns = (size // 2 * 2 for size in x.shape)
        x, y = (p[:rows, :columns].reshape(rows // 2, 2, columns // 2, 2).mean(axis=(1, 3)) for p in (x, y))
    return product


@pytest.mark.parametrize(
    ("shape", "window", "weights"),
    [
        ((8, 8, 1), 7, [1]),
        ((28, 29, 1), 11, [0.0448, 0.2856]),
        ((190, 180, 3), 11, [0.0448, 0.2856, 0.3001, 0.2363, 0.1333]),
    ],
)
def test_ms_ssim(rng, shape, window, weights):
    from swiftgan.metrics._ms_ssim import ms_ssim

    base = rng.random((4, *shape))
    x, y = base[:2], 0.7 * base[:2] + 0.3 * base[2:]
    weights = np.array(weights) / sum(weights)
    expected = [
        np.mean([ssim_of_planes(a[..., c], b[..., c], 1.0, window, weights) for c in range(shape[2])])
        for a, b in zip(x, y, strict=True)
    ]
    assert np.allclose(ms_ssim(x, y, 1.0), expected, **TIGHT)

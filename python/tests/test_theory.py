"""Laws that are known: every formula against closed forms, SciPy, or a second way to the same number."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from swiftgan import nn, theory

GRID = (-24, 24)
LOG_2 = np.log(2)


@pytest.mark.parametrize(("mean", "std"), [(0.0, 1.0), (1.5, 0.6), (-3.0, 2.0)])
def test_gaussians_have_closed_forms(mean, std):
    p, q = theory.gaussian(0, 1), theory.gaussian(mean, std)
    kl = np.log(std) + (1 + mean**2) / (2 * std**2) - 0.5
    assert theory.kl(p, q, GRID) == pytest.approx(kl, abs=1e-8)
    if std == 1:
        assert theory.jsd(p, q, GRID) == pytest.approx(0, abs=1e-12)
    # F_p and F_q are normal: W1 is the mean of |mean + (std - 1) Z|.
    stats = pytest.importorskip("scipy.stats")
    scale = abs(std - 1)
    folded = abs(mean) if scale == 0 else stats.foldnorm(abs(mean) / scale, scale=scale).mean()
    assert theory.wasserstein(p, q, GRID) == pytest.approx(folded, abs=2e-6)
    by_pdf = theory.wasserstein(stats.norm(), stats.norm(mean, std), GRID)
    assert by_pdf == pytest.approx(theory.wasserstein(p, q, GRID), rel=1e-12)


def test_histograms_against_scipy():
    distance = pytest.importorskip("scipy.spatial.distance")
    stats = pytest.importorskip("scipy.stats")
    rng = np.random.default_rng(0)
    p, q = rng.integers(0, 9, 20), rng.integers(1, 9, 20)
    a, b = p / p.sum(), q / q.sum()
    assert theory.kl(p, q) == pytest.approx(stats.entropy(a, b), rel=1e-12)
    assert theory.jsd(p, q) == pytest.approx(distance.jensenshannon(a, b) ** 2, rel=1e-12)
    assert theory.total_variation(p, q) == pytest.approx(np.abs(a - b).sum() / 2, rel=1e-12)
    places = np.arange(20)
    assert theory.wasserstein(p, q) == pytest.approx(stats.wasserstein_distance(places, places, a, b), rel=1e-12)
    x, y, u, v = rng.normal(size=30), rng.normal(size=17), rng.random(30), rng.random(17)
    assert theory.earth_mover(x, y, u, v) == pytest.approx(stats.wasserstein_distance(x, y, u, v), rel=1e-12)
    assert theory.kl(q, p) == np.inf


def test_bins_are_uniform_pieces():
    edges = np.array([0.0, 1.0, 3.0, 4.0])
    assert theory.wasserstein([1, 0, 0], [0, 0, 1], edges) == pytest.approx(3)
    # A piece of width 2 against pieces of width 1 at its ends: half the mass moves by 1 on the average.
    assert theory.wasserstein([1, 0, 1], [0, 1, 0], edges) == pytest.approx(1.0)
    # Refining the bins changes nothing: the laws are the same.
    fine = np.array([0.0, 0.5, 1.0, 2.0, 3.0, 3.5, 4.0])
    p, q = np.array([3.0, 1.0, 2.0]), np.array([1.0, 4.0, 1.0])
    for f in (theory.kl, theory.jsd, theory.wasserstein, theory.total_variation):
        assert f(p, q, edges) == pytest.approx(f(np.repeat(p, 2) / 2, np.repeat(q, 2) / 2, fine), rel=1e-12)


def test_planes():
    stats = pytest.importorskip("scipy.stats")
    p, q = stats.multivariate_normal([0, 0]), stats.multivariate_normal([1, 0.5])
    box = ((-7, 8), (-7, 8))
    assert theory.kl(p, q, box) == pytest.approx((1 + 0.25) / 2, abs=1e-6)
    best = theory.optimal_discriminator(p, q, box)
    assert best.shape == (513, 513)
    assert theory.value(p, q, best, box) == pytest.approx(theory.value(p, q, grid=box), abs=1e-9)
    # Equal laws one step of the grid apart: W1 is the length of the step.
    small = ((-4, 5), (-4, 5))
    step = 9 / 24
    moved = theory.wasserstein(p, stats.multivariate_normal([step, 0]), small)
    assert moved == pytest.approx(step, rel=2e-3)


def test_transport_off_a_line():
    pytest.importorskip("scipy")
    rng = np.random.default_rng(0)
    x = rng.normal(size=(25, 2))
    assert theory.earth_mover(x, x + np.array([3, 4])) == pytest.approx(5)
    # The linear program and the assignment agree where both are possible.
    y = rng.normal(size=(25, 2))
    weights = np.full(25, 1 / 25)
    weights[0] *= 1 + 1e-12
    assert theory.earth_mover(x, y, weights, np.ones(25)) == pytest.approx(theory.earth_mover(x, y), rel=1e-9)
    with pytest.raises(ValueError, match="at most 1,000,000"):
        theory.earth_mover(np.zeros((1001, 2)), np.ones((1000, 2)))


def test_the_best_discriminator_is_the_best():
    p, q = theory.gaussian(0, 1), theory.gaussian(1, 0.5)
    best = theory.optimal_discriminator(p, q)
    top = theory.value(p, q, best, GRID)
    assert top == pytest.approx(-2 * LOG_2 + 2 * theory.jsd(p, q, GRID), abs=1e-9)
    for shift in (-0.3, 0.2):
        assert theory.value(p, q, lambda x, shift=shift: np.clip(best(x + shift), 1e-9, 1 - 1e-9), GRID) < top - 1e-3

    # The logit of D* is log p - log q, here without a bound.
    def logit(x):
        return -0.5 * x**2 + 0.5 * ((x - 1) / 0.5) ** 2 + np.log(0.5)

    assert theory.value(p, q, logit, GRID, logits=True) == pytest.approx(top, abs=1e-9)
    assert theory.value(p, q, lambda x: 1e4 * np.sign(x), GRID, logits=True) > -np.inf
    assert theory.value([1, 1], [1, 1], [1, 0.5]) == -np.inf
    assert theory.value([1, 0], [0, 1]) == pytest.approx(0, abs=1e-12)


def test_the_dual_is_below_w1():
    p, q = theory.gaussian(2, 1), theory.gaussian(0, 1)
    assert theory.dual_value(p, q, lambda x: x, GRID) == pytest.approx(theory.wasserstein(p, q, GRID), abs=1e-6)
    assert theory.dual_value(p, q, np.tanh, GRID) < 1.9


def test_pushforward_is_the_change_of_variables():
    edges = np.linspace(-6, 6, 121)
    middles = (edges[1:] + edges[:-1]) / 2
    density = theory.pushforward(lambda z: 2 * z + 1, edges)
    exact = theory.gaussian(1, 2)(middles)
    assert np.abs(density - exact).max() < 3e-3 * exact.max()
    assert theory.pushforward(lambda z: z, np.linspace(-1, 1, 9), noise="uniform") == pytest.approx(0.5)
    # Folded noise adds up, and a constant generator puts all mass into one bin.
    assert theory.pushforward(lambda z: z**2, np.array([0.0, 0.25]), noise="uniform")[0] == pytest.approx(2, rel=1e-3)
    mass = theory.pushforward(np.zeros_like, np.array([-1.0, -0.5, 0.5, 1.0]))
    assert mass.tolist() == [0, 1, 0]


def test_mistakes_are_named():
    p = theory.gaussian(0, 1)
    cases = [
        (lambda: theory.kl(p, p), "needs a grid"),
        (lambda: theory.kl(p, p, (0, 8)), "p integrates to 0.5 over the grid"),
        (lambda: theory.kl([1, 2], [1, 2, 3]), "the same bins"),
        (lambda: theory.jsd([1, -2], [1, 2]), "negative values, down to -2"),
        (lambda: theory.jsd([0, 0], [1, 2]), "all masses of p are 0"),
        (lambda: theory.jsd([1, np.nan], [1, 2]), "not finite"),
        (lambda: theory.kl(p, p, [3, 2, 1]), "increasing"),
        (lambda: theory.value(p, p, lambda x: x, (-9, 9)), "pass logits=True"),
        (lambda: theory.wasserstein(np.ones((2, 2)), np.ones((2, 2))), "need a grid"),
        (lambda: theory.pushforward(lambda z: z, [0, 1], noise="cauchy"), "'normal' or 'uniform'"),
        (lambda: theory.line_game((5, 5)), "increasing"),
        (lambda: theory.fit_critic(p, p, (-9, 9)), "laws are equal"),
        (lambda: theory.gaussian(0, 0), "above 0"),
    ]
    for call, words in cases:
        with pytest.raises(ValueError, match=words):
            call()


def test_the_line_game_is_drawn_and_repeats(tmp_path):
    game = theory.line_game((0, 30), seed=3)
    again = theory.line_game((0, 30), seed=3)
    assert game.last.error == again.last.error
    assert game.snapshots[0].error > game.last.error
    assert game.last.p_g.sum() * np.diff(game.edges)[0] == pytest.approx(1, abs=1e-3)
    pytest.importorskip("matplotlib")
    game.plot(tmp_path / "new" / "game.png")
    theory.parallel_lines([-1, 0, 1]).plot(tmp_path / "lines.png")
    assert (tmp_path / "new" / "game.png").stat().st_size > 10_000


def test_the_common_generator_is_left_alone():
    import swiftgan as sg

    sg.random.seed(5)
    before = sg.random.default_generator().state
    theory.line_game((0,))
    assert sg.random.default_generator().state == before


def test_neither_scipy_nor_matplotlib_is_imported():
    code = (
        "import sys; sys.modules['scipy'] = sys.modules['matplotlib'] = None\n"
        "import swiftgan as sg; sg.theory.jsd([1, 2], [2, 1]); sg.theory.wasserstein([1, 2], [2, 1])\n"
        "try: sg.theory.earth_mover([[0, 0], [1, 1]], [[0, 0], [1, 1]])\n"
        "except ImportError as error: assert 'pip install scipy' in str(error)\n"
        "else: raise SystemExit('SciPy was not missed')\n"
        "try: sg.theory.parallel_lines([0, 1], points=1).plot()\n"
        "except ImportError as error: assert 'SciPy' in str(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env={"PYTHONPATH": ":".join(sys.path)}, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr


def test_networks_are_discriminators():
    line, plane = nn.Dense(1, 1), nn.Dense(2, 1)
    p, q = theory.gaussian(0, 1), theory.gaussian(1, 1)
    (w, b) = (value.value.numpy().astype(float) for value in line.parameters().values())
    expected = theory.value(p, q, lambda x: x * w.item() + b.item(), (-8, 9), logits=True)
    assert theory.value(p, q, line, (-8, 9), logits=True) == pytest.approx(expected, rel=1e-6)

    def two(x):
        return p(x[:, 0]) * p(x[:, 1])

    assert -50 < theory.value(two, two, plane, [np.linspace(-7, 7, 101)] * 2, logits=True) < 0


def test_laws_of_numbers_have_no_density():
    stats = pytest.importorskip("scipy.stats")
    with pytest.raises(TypeError, match="discrete law without a density; give the masses"):
        theory.kl(stats.poisson(3), stats.poisson(4), (0, 20))
    with pytest.raises(TypeError, match="points must be an integer, not 1.5"):
        theory.parallel_lines(points=1.5)
    with pytest.raises(ValueError, match="points must be at least 1, not 0"):
        theory.parallel_lines(points=0)

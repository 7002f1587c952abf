"""The restricted Boltzmann machine as an estimator: exact sums, functions, digits beside scikit-learn's."""

from itertools import product

import numpy as np
import pytest
import swiftgan as sg

special = pytest.importorskip("scipy.special")
neural_network = pytest.importorskip("sklearn.neural_network")

STATES = np.array(list(product([0, 1], repeat=4)), dtype=np.float32)


def digits():
    """Return digits as 0 and 1, for training and for judging."""
    images, _ = sg.datasets.load_digits(np.float32)
    binary = (images.reshape(-1, 64) > 0.5).astype(np.float32)
    order = np.random.default_rng(0).permutation(len(binary))
    return binary[order[:1347]], binary[order[1347:]]


@pytest.fixture(scope="module")
def small():
    """A 4 by 3 machine with large weights."""
    model = sg.RBM(hidden=3, batch_size=4, learning_rate=0.5, random_state=2, verbose=False, weight_decay=0)
    return model.fit(STATES[[1, 3, 6, 8, 9, 9, 12, 15]], epochs=200)


def parameters(model):
    """Return W, b and c as float64."""
    named = model.network_.parameters()
    return [np.asarray(named[name].value, np.float64) for name in ("weight", "visible_bias", "hidden_bias")]


def test_free_energy_and_partition_equal_the_sum_over_all_states(small):
    weight, b, c = parameters(small)
    hidden = np.array(list(product([0, 1], repeat=3)))
    exponents = STATES @ b[:, None] + (hidden @ c)[None] + STATES @ weight @ hidden.T
    assert abs(weight).max() > 0.5
    np.testing.assert_allclose(small.free_energy(STATES), -special.logsumexp(exponents, axis=1), rtol=1e-12)
    assert float(small.log_partition()) == pytest.approx(special.logsumexp(exponents), rel=1e-13)
    np.testing.assert_array_equal(small.log_partition(return_std=True)[1], 0)
    assert np.exp(small.score_samples(STATES)).sum() == pytest.approx(1, abs=1e-12)
    assert small.score(STATES) == pytest.approx(small.score_samples(STATES).mean())


def test_functions_are_scikit_learns(small):
    weight, b, c = parameters(small)
    peer = neural_network.BernoulliRBM(3)
    peer.components_, peer.intercept_visible_, peer.intercept_hidden_ = weight.T, b, c
    np.testing.assert_allclose(small.transform(STATES), peer.transform(STATES), atol=1e-6)
    # scikit-learn flips one random bit of each row; its mean over many draws is ours.
    peer.random_state = np.random.RandomState(0)
    rows = np.repeat(STATES, 100, axis=0)
    drawn = np.mean([peer.score_samples(rows).reshape(16, 100).mean(1) for _ in range(300)], axis=0)
    np.testing.assert_allclose(small.pseudo_likelihood(STATES), drawn, atol=0.25)
    back = special.expit(small.transform(STATES) @ weight.T + b)
    np.testing.assert_allclose(small.reconstruct(STATES), back, atol=1e-5)
    moved = small.gibbs(STATES, steps=3, random_state=1)
    assert moved.shape == STATES.shape
    assert set(np.unique(moved)) <= {0, 1}
    np.testing.assert_array_equal(moved, small.gibbs(STATES, steps=3, random_state=1))


def test_persistent_chains_learn_digits_as_well_as_scikit_learns():
    train, test = digits()
    falling = {"name": "linear", "initial": 0.05, "final": 0.001, "steps": 60 * 68}
    model = sg.RBM(hidden=100, persistent=True, batch_size=20, learning_rate=falling, random_state=0, verbose=False)
    model.fit(train, epochs=60)
    peer = neural_network.BernoulliRBM(100, learning_rate=0.02, batch_size=20, n_iter=60, random_state=0).fit(train)
    ours = np.mean((model.reconstruct(test) - test) ** 2)
    theirs = np.mean((special.expit(peer.transform(test) @ peer.components_ + peer.intercept_visible_) - test) ** 2)
    assert ours < 1.1 * theirs
    features = sg.metrics.PCAFeatures().fit(train)
    samples = model.sample(450, random_state=1)
    chains = (np.random.default_rng(0).random((450, 64)) < 0.5).astype(float)
    for _ in range(1000):
        chains = peer.gibbs(chains)
    own = sg.metrics.frechet_distance(test, samples, features=features).value
    other = sg.metrics.frechet_distance(test, chains.astype(np.float32), features=features).value
    assert own < 1.1 * other
    # Better than pixels that know nothing of each other, by the exact measure.
    share = (train.sum(0) + 1) / (len(train) + 2)
    independent = (test * np.log(share) + (1 - test) * np.log(1 - share)).sum(1).mean()
    assert model.score_samples(test, random_state=0).mean() > independent + 2
    history = model.history_
    assert history["reconstruction_error"][-20:].mean() < 0.5 * history["reconstruction_error"][:20].mean()
    assert history["pseudo_likelihood"][-20:].mean() > history["pseudo_likelihood"][:20].mean()


def test_gaussian_units_and_files(tmp_path):
    points = np.random.default_rng(1).normal([10, -3], [2, 0.5], (500, 2))
    model = sg.RBM(hidden=4, visible="gaussian", learning_rate=0.01, random_state=0, verbose=False).fit(
        points, epochs=10
    )
    truth = -np.log([2, 0.5]).sum() - np.log(2 * np.pi) - 1
    assert model.score(points) == pytest.approx(truth, abs=0.2)
    assert model.sample(7, random_state=0).dtype == np.float64
    path = tmp_path / "rbm.safetensors"
    model.save(path)
    again = sg.load(path)
    np.testing.assert_array_equal(again.sample(9, random_state=3), model.sample(9, random_state=3))
    with pytest.raises(ValueError, match="Gaussian"):
        model.pseudo_likelihood(points)
    with pytest.raises(ValueError, match="binarize"):
        sg.RBM(visible="gaussian", binarize="threshold", verbose=False).fit(points, epochs=1)
    with pytest.raises(ValueError, match=r"range=\["):
        sg.RBM(verbose=False).fit(points, epochs=1)

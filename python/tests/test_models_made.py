"""MADE as an estimator: exact normalisation, samples, digits, real numbers."""

from itertools import product

import numpy as np
import pytest
import swiftgan as sg
from test_models_rbm import digits

ALL = np.array(list(product([0, 1], repeat=9)), dtype=np.float32)
SETTINGS = [
    {"hidden": [40]},
    {"hidden": [30, 20], "ordering": "random"},
    {"hidden": [30], "masks": 4, "ordering": "random", "connectivity": "random"},
    {"hidden": [20], "direct": True, "activation": "tanh"},
    {"hidden": []},
]


@pytest.mark.parametrize("setting", SETTINGS)
@pytest.mark.parametrize("steps", [1, 100])
def test_probabilities_of_all_binary_vectors_sum_to_one(setting, steps):
    rows = ALL[np.random.default_rng(0).integers(0, 100, 200)]
    model = sg.MADE(**setting, batch_size=50, learning_rate=1e-2, random_state=1, verbose=False).fit(rows, steps=steps)
    scores = model.score_samples(ALL)
    assert scores.shape == (512,)
    assert scores.dtype == np.float64
    assert np.exp(scores).sum() == pytest.approx(1, abs=1e-5)
    if steps > 1:
        assert model.score(rows) > -9 * np.log(2) + 0.7


def test_learns_digits_beyond_independent_pixels():
    train, test = digits()
    model = sg.MADE(hidden=[200], batch_size=32, random_state=0, verbose=False).fit(train, epochs=25)
    share = (train.sum(0) + 1) / (len(train) + 2)
    independent = (test * np.log(share) + (1 - test) * np.log(1 - share)).sum(1).mean()
    assert model.score(test) > independent + 4
    samples = model.sample(300, random_state=0)
    assert set(np.unique(samples)) == {0, 1}
    # Its own samples look to it like digits, not like independent pixels.
    assert model.score(samples) > independent + 2


def test_images_keep_their_shape_and_type():
    images, _ = sg.datasets.load_digits()
    model = sg.MADE(hidden=[32], binarize="stochastic", random_state=0, verbose=False).fit(images, steps=3)
    samples = model.sample(3, random_state=0)
    assert samples.shape == (3, 8, 8, 1)
    assert samples.dtype == np.uint8
    assert set(np.unique(samples)) <= {0, 255}
    first = model.score_samples(images[:20], random_state=1)
    np.testing.assert_array_equal(first, model.score_samples(images[:20], random_state=1))
    with pytest.raises(ValueError, match="binarize='threshold'"):
        sg.MADE(verbose=False).fit(images, steps=1)


def test_real_numbers_are_scored_in_their_own_units():
    rng = np.random.default_rng(0)
    first = rng.normal(100, 5, (800, 1))
    points = np.hstack([first, -first + rng.normal(0, 1, (800, 1))])
    model = sg.MADE(distribution="gaussian", hidden=[32], learning_rate=5e-3, random_state=0, verbose=False)
    model.fit(points, epochs=60)
    assert model.score(points) == pytest.approx(-np.log(5) - np.log(2 * np.pi) - 1, abs=0.15)
    samples = model.sample(2000, random_state=0)
    assert samples.dtype == np.float64
    assert np.corrcoef(samples.T)[0, 1] < -0.95


def test_layers_stand_alone():
    net = sg.nn.MADE(5, hidden=[16], masks=2, ordering="random", parameters=2)
    x = np.random.default_rng(0).normal(size=(3, 5)).astype(np.float32)
    assert net(x).shape == (3, 10)
    a, b = (np.asarray(net(x, mask_index=np.array(i))) for i in (0, 1))
    np.testing.assert_array_equal(a, np.asarray(net(x)))
    assert not np.array_equal(a, b)
    layer = sg.nn.MaskedDense([1, 2, 3], [1, 2], strict=True)
    moved = np.asarray(layer(x[:1, :3]))[0], np.asarray(layer(x[:1, :3] + np.float32([0, 1, 1])))[0]
    # Output 0 has degree 1 and sees nothing; output 1 sees input 0 alone.
    np.testing.assert_array_equal(*moved)


def test_binary_data_are_traced_and_looked_at_in_each_fit():
    x = (sg.datasets.load_digits()[0][:128].reshape(-1, 64) > 128).astype(np.float32)
    model = sg.MADE(hidden=[16], batch_size=32, random_state=0, verbose=False).fit(x, steps=3)
    assert model.untraced_ == {}
    with pytest.raises(ValueError, match="not binary"):
        model.partial_fit(x * 0.5, steps=1)
    with pytest.raises(ValueError, match="not binary"):
        sg.MADE(hidden=[16], batch_size=32, verbose=False).fit(x * 0.5 + 0.25 * x[::-1], steps=1)

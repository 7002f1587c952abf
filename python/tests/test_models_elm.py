"""Extreme learning machines as estimators: the closed form against scikit-learn's ridge, digits, labels of any kind."""

import numpy as np
import pytest
import swiftgan as sg


def test_readout_is_scikit_learns_ridge():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(300, 4)).astype(np.float32)
    y = np.sin(x[:, :1]) + x[:, 1:3] ** 2
    model = sg.ELMRegressor(hidden=80, alpha=0.3, batch_size=64, range="raw", random_state=0, verbose=False).fit(x, y)
    named = {name: np.asarray(p.value, np.float64) for name, p in model.network_.parameters().items()}
    features = 1 / (1 + np.exp(-(x @ named["1.weight"] + named["1.bias"])))
    mean, spread = y.mean(0), y.std(0)
    linear_model = pytest.importorskip("sklearn.linear_model")
    peer = linear_model.Ridge(alpha=0.3).fit(features, (y - mean) / spread)
    np.testing.assert_allclose(named["2.weight"], peer.coef_.T, rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(model.predict(x), peer.predict(features) * spread + mean, atol=1e-3)
    assert model.score(x, y) > 0.85
    assert model.predict(x).shape == (300, 2)


def test_digits():
    images, labels = sg.datasets.load_digits()
    order = np.random.default_rng(0).permutation(len(images))
    train, test = order[:1347], order[1347:]
    model = sg.ELMClassifier(random_state=0, verbose=False).fit(images[train], labels[train])
    assert model.score(images[test], labels[test]) >= 0.95
    assert model.decision_function(images[test[:5]]).shape == (5, 10)
    np.testing.assert_array_equal(
        model.classes_[model.decision_function(images[test]).argmax(1)], model.predict(images[test])
    )
    assert model.n_steps_ == 1


def test_scikit_learn_and_words():
    x = np.random.default_rng(0).normal(size=(200, 3))
    names = np.where(x[:, 0] * x[:, 1] > 0, "same", "other")
    model = sg.ELMClassifier(hidden=200, random_state=0, verbose=False)
    selection = pytest.importorskip("sklearn.model_selection")
    assert selection.cross_val_score(model, x, names, cv=3).mean() > 0.85
    assert set(model.fit(x, names).predict(x)) == {"same", "other"}


def test_partial_fit_adds_rows():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(200, 3)), rng.integers(0, 2, 200)
    # Standardized by the first rows it sees: 'raw' keeps both alike.
    once = sg.ELMClassifier(hidden=50, range="raw", random_state=0, verbose=False).fit(x, y)
    twice = sg.ELMClassifier(hidden=50, range="raw", random_state=0, verbose=False)
    twice.partial_fit(x[:120], y[:120])
    twice.partial_fit(x[120:], y[120:])
    np.testing.assert_allclose(twice.decision_function(x), once.decision_function(x), atol=1e-4)


def test_what_cannot_be_solved_is_said():
    x = np.ones((5, 2))
    with pytest.raises(ValueError, match="larger alpha"):
        sg.ELMRegressor(alpha=0, verbose=False).fit(x, np.arange(5.0))


def test_random_features_as_a_discriminator():
    critic = sg.nn.Sequential(sg.nn.RandomFeatures(2, 300, activation="tanh"), sg.nn.Dense(300, 1))
    weight = np.asarray(critic.parameters()["0.weight"].value).copy()
    optimizer = sg.optim.Adam(critic, learning_rate=0.01)
    real = sg.datasets.ring8(500)
    fake = np.random.default_rng(0).normal(size=(500, 2)).astype(np.float32)
    step = sg.value_and_grad(lambda net: (sg.softplus(-net(real)) + sg.softplus(net(fake))).mean())
    for _ in range(400):
        loss, gradients = step(critic)
        optimizer.step(gradients)
    # Chance is log 4 = 1.39.
    assert loss.item() < 1
    np.testing.assert_array_equal(weight, np.asarray(critic.parameters()["0.weight"].value))

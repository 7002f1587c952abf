"""Autoencoders, semantic hashing and variational autoencoders of the zoo."""

from __future__ import annotations

import numpy as np
import pytest
import swiftgan as sg


@pytest.fixture(scope="module")
def split():
    images, labels = sg.datasets.load_digits()
    order = np.random.default_rng(0).permutation(len(images))
    return images[order[:1437]], labels[order[:1437]], images[order[1437:]], labels[order[1437:]]


def make(name, **options):
    return getattr(sg, name)(**{"random_state": 0, "verbose": False, **options})


def test_better_than_principal_components(split):
    """With as many numbers in the code, a deep autoencoder keeps more than PCA does."""
    decomposition = pytest.importorskip("sklearn.decomposition")
    train, _, test, _ = split
    model = make("Autoencoder", code=8, hidden=[256], epochs=60).fit(train)
    flat, unseen = train.reshape(len(train), -1) / 255, test.reshape(len(test), -1) / 255
    linear = decomposition.PCA(8).fit(flat)
    theirs = np.square(linear.inverse_transform(linear.transform(unseen)) - unseen).mean()
    assert -model.score(test) == pytest.approx(-model.score_samples(test).mean())
    assert -model.score(test) < 0.9 * theirs
    assert np.array_equal(model.inverse_transform(model.transform(test)), model.reconstruct(test))
    assert np.array_equal(model.fit_transform(train[:200], epochs=1), model.transform(train[:200]))


def test_vectors_and_their_units():
    data = np.random.default_rng(0).normal(size=(500, 5)) @ np.random.default_rng(1).normal(size=(5, 5)) * 1e3 + 1e5
    model = make("Autoencoder", code=5, hidden=[64], epochs=60).fit(data)
    back = model.reconstruct(data)
    assert back.dtype == data.dtype
    assert np.square(back - data).sum() < 0.05 * np.square(data - data.mean(axis=0)).sum()
    assert model.n_features_in_ == 5


def test_hashing(split):
    images = split[0][:800]
    model = make("SemanticHashing", code=64, epochs=10).fit(images)
    codes = model.hash(images)
    assert codes.shape == (800, 8)
    assert codes.dtype == np.uint8
    assert np.array_equal(codes, np.packbits(model.transform(images) > 0, axis=1))
    twice = np.concatenate([images, images[:50]])
    for radius in (0, 2):
        pairs = model.find_duplicates(twice, radius)
        assert {(i, i + 800) for i in range(50)} <= set(map(tuple, pairs.tolist()))
        bits = np.unpackbits(model.hash(twice), axis=1)
        near = np.argwhere(np.triu((bits[:, None] != bits[None]).sum(axis=2) <= radius, 1))
        assert np.array_equal(near, pairs)


@pytest.mark.parametrize("name", ["VAE", "CVAE"])
def test_variational(name, split):
    train, labels, test, expected = split
    told, asked = ((labels,), (expected,)) if name == "CVAE" else ((), ())
    model = make(name, latent=8, hidden=[128], epochs=40).fit(train, *told)
    samples = model.sample(30, random_state=1)
    assert samples.shape == (30, 8, 8, 1)
    assert samples.dtype == np.uint8
    assert np.array_equal(samples, model.sample(30, random_state=1))
    assert np.array_equal(samples[:7], model.sample(7, random_state=1)) or name == "CVAE"
    assert model.transform(test, *asked).shape == (len(test), 8)
    assert model.reconstruct(test, *asked).shape == test.shape
    one = np.mean([model.score_samples(test, *asked, random_state=seed).mean() for seed in range(20)])
    assert model.score_samples(test, *asked, 20, random_state=0).mean() > one
    assert model.score(test, *asked) == pytest.approx(one, abs=0.5)
    assert model.inverse_transform(np.zeros((3, 8), "f4"), *([1, 2, 3],) * len(asked)).shape == (3, 8, 8, 1)
    assert set(model.history_) == {"step", "loss", "reconstruction", "kl", "elbo"}
    draws = model.sample(5, observation="draw", random_state=0)
    assert set(np.unique(draws)) == {0, 255}


def test_samples_of_a_class(split):
    train, labels, _, _ = split
    names = np.array(["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"])
    model = make("CVAE", latent=8, hidden=[256], epochs=40).fit(train, names[labels])
    wanted = np.repeat(names, 20)
    samples = model.sample(y=wanted, random_state=0)
    judge = make("MLPClassifier").fit(train, names[labels])
    assert judge.score(samples, wanted) > 0.9
    assert model.classes_.tolist() == sorted(names)
    with pytest.raises(ValueError, match="'ten'"):
        model.sample(y=["ten"])
    with pytest.raises(ValueError, match=r"\(3,\)"):
        model.sample(3, y=wanted)


def test_the_density_of_vectors():
    """Two far Gaussians: the bound comes near the entropy, and draws near the data."""
    rng = np.random.default_rng(0)
    data = np.where(rng.random((2000, 1)) < 0.5, -5, 5) + rng.normal(size=(2000, 2))
    model = make("VAE", latent=2, hidden=[64], epochs=80).fit(data)
    entropy = 1 + np.log(2 * np.pi) + np.log(2)
    assert -model.score_samples(data, 50, random_state=0).mean() < entropy + 0.6  # a single Gaussian: entropy + 1.27
    assert -model.score_samples(data, 50, random_state=0).mean() > entropy - 0.1
    samples = model.sample(2000, random_state=0)
    assert 0.35 < np.mean(samples[:, 0] > 0) < 0.65
    assert np.mean(np.abs(samples[:, 0]) > 2) > 0.8  # a single Gaussian: 0.69

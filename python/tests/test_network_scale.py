"""Between the user's data and the networks' own scale, and figures that are in the data's units and repeat."""

import numpy as np
import pytest
import swiftgan as sg


@pytest.fixture(scope="module")
def digits():
    return sg.datasets.load_digits("float32", n=200)


def test_network_of_a_classifier_agrees_with_predict(digits):
    images, labels = digits
    model = sg.MLPClassifier(random_state=0, verbose=False).fit(images, labels, epochs=10)
    logits = np.asarray(model.network_(sg.asarray(model.to_network(images))))
    assert np.array_equal(logits.argmax(axis=1), model.predict(images))
    assert np.allclose(model.from_network(model.to_network(images)), images, atol=1e-6)
    assert "to_network" in type(model).network_.__doc__


def test_data_of_another_range_are_refused(digits):
    images, _ = digits
    model = sg.Autoencoder(hidden=(8,), random_state=0, verbose=False).fit(images, steps=2)
    with pytest.raises(ValueError, match="outside the range"):
        model.transform(images * 255)
    model.transform(images + np.float32(0.3))


def test_gaussian_likelihood_is_in_the_units_of_the_data(digits):
    images, _ = digits
    scores = [
        sg.VAE(likelihood="gaussian", range=[0, top], hidden=(8,), latent=2, random_state=0, verbose=False)
        .fit(images * np.float32(top), steps=5)
        .score_samples(images * np.float32(top), random_state=1)
        for top in (1, 256)
    ]
    assert np.allclose(scores[0] - 64 * np.log(256), scores[1], atol=1e-2)


def test_scores_repeat_with_an_integer_random_state(digits):
    images, _ = digits
    for model in (
        sg.VAE(hidden=(8,), latent=2, random_state=3, verbose=False),
        sg.RBM(hidden=24, random_state=3, verbose=False),
    ):
        model.fit(images, steps=5)
        assert model.score(images[:20]) == model.score(images[:20])


def test_doubtful_partition_functions_warn(digits):
    model = sg.RBM(hidden=200, learning_rate=3.0, random_state=0, verbose=False).fit(digits[0], steps=400)
    with pytest.warns(RuntimeWarning, match="standard error"):
        _, error = model.log_partition(steps=100, return_std=True)
    assert error > 0.5

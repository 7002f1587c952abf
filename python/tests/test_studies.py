"""What DCGAN's paper does with a trained model: features, walks, sums of concepts, pictures of filters, forgetting."""

from __future__ import annotations

import numpy as np
import pytest
import swiftgan as sg


@pytest.fixture(scope="module")
def gan(digits):
    return sg.DCGAN(width=16, batch_size=64, random_state=0, verbose=False).fit(digits[0], epochs=20)


def leaky(x):
    return np.where(x > 0, x, 0.2 * x)


def halved(x, weight):
    """Convolve images with filters (4, 4, in, out) in steps of 2, with one row and column of 0 around."""
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, (4, 4), axis=(1, 2))[:, ::2, ::2]
    return np.einsum("nyxcij,ijco->nyxo", windows, weight)


def largest(maps, grid):
    """Return the largest values of maps (n, side, side, features) in cells, flattened."""
    cells = min(grid, maps.shape[1])
    edges = [(index * maps.shape[1] // cells, -(-(index + 1) * maps.shape[1] // cells)) for index in range(cells)]
    pooled = [maps[:, top:bottom, left:right].max((1, 2)) for top, bottom in edges for left, right in edges]
    return np.stack(pooled, axis=1).reshape(len(maps), -1)


@pytest.mark.parametrize("grid", [1, 2, 3, 4])
def test_features_are_the_largest_of_what_every_convolution_gives(gan, digits, grid):
    """By NumPy: convolutions, batch norm by the running statistics, leaky rectifiers, and cells of both maps."""
    images = digits[0][:200]
    own = {name: parameter.value.numpy() for name, parameter in gan.discriminator_.parameters().items()}
    first = leaky(halved(gan.to_network(images).reshape(200, 8, 8, 1), own["0.weight"]) + own["0.bias"])
    second = halved(first, own["2.weight"]) - own["3.running_mean"]
    second = leaky(second / np.sqrt(own["3.running_var"] + 1e-5) * own["3.weight"] + own["3.bias"])
    features = gan.features(images, grid=grid)
    assert features.dtype == np.float32
    np.testing.assert_allclose(
        features, np.concatenate([largest(first, grid), largest(second, grid)], axis=1), rtol=1e-4, atol=1e-4
    )


@pytest.mark.parametrize("path", ["linear", "spherical"])
def test_ways_are_between_their_ends(gan, path):
    noise = gan.draw_noise(8, random_state=3)
    np.testing.assert_array_equal(gan.generate(noise), gan.sample(8, random_state=3))
    way = gan.interpolate(noise[:4], noise[4:], n=5, path=path)
    assert way.shape == (4, 5, 8, 8, 1)
    ends = np.stack([gan.generate(noise[:4]), gan.generate(noise[4:])], axis=1)
    assert np.abs(way[:, [0, -1]].astype(int) - ends).max() <= 1


def test_arithmetic_is_of_means(gan):
    noise = gan.draw_noise(9, random_state=0)
    made = gan.arithmetic(noise[:6], noise[6:], variations=3, random_state=1)
    assert made.shape == (4, 8, 8, 1)
    vector = noise[:3].mean(0) + noise[3:6].mean(0) - noise[6:].mean(0)
    assert np.abs(made[:1].astype(int) - gan.generate(vector[None])).max() <= 1
    np.testing.assert_array_equal(made, gan.arithmetic(noise[:6], noise[6:], variations=3, random_state=1))


def test_filters_and_guided_gradients_are_pictures(gan, digits):
    filters = gan.filters()
    assert filters.shape == (16, 4, 4, 1)
    assert sg.viz.grid(sg.viz.stretched(filters)).dtype == np.uint8
    gradients = gan.guided_backprop(digits[0][:5])
    assert gradients.shape == (5, 8, 8, 1)
    assert (np.abs(gradients).max((1, 2, 3)) > 0).all()
    only = gan.guided_backprop(digits[0][:5], feature=2, layer=0)
    # A unit of the first layer sees 4 by 4 pixels.
    assert ((only != 0).sum((1, 2, 3)) <= 16).all()


def test_dropped_features_are_gone(gan):
    noise = gan.draw_noise(4, random_state=0)
    maps = gan.generator_features(noise)
    assert maps.shape == (4, 4, 4, 16)
    np.testing.assert_array_equal(gan.forget(noise, []), gan.generate(noise))
    assert (gan.forget(noise, [0, 5]) != gan.generate(noise)).any()
    blank = gan.forget(noise, list(range(16)))
    assert (blank == blank[0, 0, 0, 0]).all()
    with pytest.raises(ValueError, match="no feature 16"):
        gan.forget(noise, [16])


@pytest.mark.parametrize("name", ["CGAN", "ACGAN", "ProjectionGAN", "IcGAN"])
def test_conditional_models_are_told_the_class(name, digits):
    images, labels = (part[:64] for part in digits)
    gan = getattr(sg, name)(width=8, batch_size=16, random_state=0, verbose=False)
    gan.set_params(**({"gan_epochs": None} if name == "IcGAN" else {})).fit(images, labels, steps=2)
    noise = gan.draw_noise(6, random_state=0)
    assert gan.interpolate(noise[:2], noise[2:4], [1, 2], n=3).shape == (2, 3, 8, 8, 1)
    assert gan.arithmetic(noise[:3], noise[3:], [4], variations=1).shape == (2, 8, 8, 1)
    np.testing.assert_array_equal(
        gan.arithmetic(noise[:3], noise[3:], 4, random_state=1),
        gan.arithmetic(noise[:3], noise[3:], [4], random_state=1),
    )
    with pytest.raises(ValueError, match="y has 2 labels, but the result is of one class"):
        gan.arithmetic(noise[:3], noise[3:], [4, 5])
    np.testing.assert_array_equal(gan.generate(noise, 4), gan.generate(noise, [4] * 6))
    np.testing.assert_array_equal(gan.forget(noise, labels[:6], []), gan.generate(noise, labels[:6]))
    with pytest.raises(ValueError, match="row 2 of noise holds NaN or infinity"):
        gan.generate(np.where(np.arange(6)[:, None] == 2, np.nan, noise), labels[:6])


@pytest.mark.parametrize("name", ["CGAN", "IcGAN"])
def test_features_that_see_the_label_say_so(name, digits):
    """They depend on it, so that no row goes without one, and the documentation warns of a classifier on them."""
    images, labels = (part[:64] for part in digits)
    gan = getattr(sg, name)(width=8, batch_size=16, random_state=0, verbose=False)
    gan.set_params(**({"gan_epochs": None} if name == "IcGAN" else {})).fit(images, labels, steps=2)
    for method in (gan.features, gan.guided_backprop):
        assert (method(images, labels) != method(images, (labels + 1) % 10)).any()
        with pytest.raises(TypeError, match="'y'"):
            method(images)
    assert "shown y" in gan.features.__doc__


@pytest.mark.parametrize("name", ["ACGAN", "ProjectionGAN", "SemiSupervisedGAN", "InfoGAN"])
def test_features_that_do_not_see_the_label_take_none(name, digits):
    images, labels = (part[:64] for part in digits)
    gan = getattr(sg, name)(batch_size=16, random_state=0, verbose=False, architecture="conv", width=8)
    gan.fit(images, *([] if name == "InfoGAN" else [labels]), steps=2)
    assert gan.features(images).shape == (64, 4 * 4 * 8 + 2 * 2 * 16)
    assert gan.guided_backprop(images[:3]).shape == (3, 8, 8, 1)
    assert "linear classifier" in gan.features.__doc__
    with pytest.raises(TypeError, match="'y'"):
        gan.features(images, y=labels)


@pytest.mark.parametrize("name", ["CGAN", "IcGAN"])
def test_filters_are_without_the_planes_of_labels(name, digits):
    images, labels = (part[:64] for part in digits)
    gan = getattr(sg, name)(width=8, batch_size=16, random_state=0, verbose=False)
    gan.set_params(**({"gan_epochs": None} if name == "IcGAN" else {})).fit(images, labels, steps=1)
    assert gan.filters().shape == (8, 4, 4, 1)
    assert sg.viz.grid(sg.viz.stretched(gan.filters())).dtype == np.uint8


def test_first_weights_of_dense_layers(digits, rng):
    """Images, also where the discriminator is given the class beside the pixels."""
    images, labels = (part[:64] for part in digits)
    shared = {"batch_size": 16, "random_state": 0, "verbose": False}
    dense = sg.CGAN(architecture="mlp", discriminator_hidden=[10], **shared).fit(images, labels, steps=1)
    assert dense.filters().shape == (50, 8, 8, 1)
    points = rng.normal(size=(64, 3)).astype(np.float32)
    assert sg.CGAN(discriminator_hidden=[10], **shared).fit(points, labels, steps=1).filters().shape == (50, 3)


def test_codes_are_held_on_a_way(digits):
    gan = sg.InfoGAN(width=8, batch_size=16, random_state=0, verbose=False).fit(digits[0][:64], steps=2)
    noise = gan.draw_noise(4, random_state=0)
    assert gan.interpolate(noise[:2], noise[2:], n=3).shape == (2, 3, 8, 8, 1)
    assert gan.arithmetic(noise[:3], noise[:0]).shape == (9, 8, 8, 1)


def test_all_gans_but_three_have_them():
    entries = sg._registry.entries("model")
    gans = [name for name, entry in entries.items() if "generator" in entry.networks or name == "lapgan"]
    studies = {"features", "draw_noise", "interpolate", "arithmetic", "filters", "guided_backprop"}
    studies |= {"generator_features", "forget"}
    without = {name for name in gans if not studies & {function.name for function in entries[name].functions}}
    assert without == {"bigan", "lapgan", "tag_gan"}
    for name in set(gans) - without:
        assert studies < {function.name for function in entries[name].functions}, name


def test_what_cannot_be_studied_is_told(digits):
    packed = sg.GAN(pack=2, batch_size=16, random_state=0, verbose=False).fit(digits[0][:64], steps=1)
    with pytest.raises(ValueError, match="2 samples at once"):
        packed.features(digits[0][:4])

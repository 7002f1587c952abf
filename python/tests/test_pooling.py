"""Pooling, padding and resizing: equal to JAX and NumPy, and PyTorch's rules where those have none."""

from __future__ import annotations

import numpy as np
import pytest
import swiftgan as sg
from windows import Windows

jax = pytest.importorskip("jax")
jax.config.update("jax_enable_x64", True)


def reduce_window(x, start, fold, window, stride, padding, dilation=(1, 1)):
    return jax.lax.reduce_window(
        x, start, fold, (1, *window, 1), (1, *stride, 1), ((0, 0), padding[:2], padding[2:], (0, 0)),
        window_dilation=(1, *dilation, 1),
    )  # fmt: skip


WINDOWS = [
    ((2, 2), (2, 2), (0, 0, 0, 0), (1, 1)),
    ((3, 2), (2, 1), (1, 1, 0, 1), (1, 1)),
    ((3, 3), (1, 1), (1, 1, 1, 1), (1, 1)),
    ((2, 3), (1, 2), (0, 1, 2, 2), (3, 2)),
    ((1, 9), (1, 1), (0, 0, 0, 0), (1, 1)),
]


@pytest.mark.parametrize("channels", [1, 3, 40])
@pytest.mark.parametrize(("window", "stride", "padding", "dilation"), WINDOWS)
def test_max_pool_equals_jax(window, stride, padding, dilation, channels, rng):
    x = rng.normal(size=(2, 7, 9, channels))

    def ours(x):
        return sg.max_pool2d(x, window, stride, padding, dilation)

    expected = np.asarray(reduce_window(x, -np.inf, jax.lax.max, window, stride, padding, dilation))
    assert np.array_equal(ours(x).numpy(), expected)
    assert np.array_equal(ours(x.astype(np.float32)).numpy(), expected.astype(np.float32))

    # Each result depends on the element that is its largest alone.
    windows = Windows(window, stride, padding, dilation)
    weight = rng.normal(size=expected.shape)
    padded = windows.pad(x, -np.inf)
    shares = np.zeros_like(padded)
    for (_, share), (_, element) in zip(windows.taps(shares), windows.taps(padded), strict=True):
        share += weight * (element == expected)
    top, left = padding[0], padding[2]
    shares = shares[:, top : top + 7, left : left + 9]
    assert np.allclose(sg.grad(lambda x: (ours(x) ** 3 * weight).sum())(x).numpy(), 3 * x**2 * shares)
    direction = rng.normal(size=x.shape)
    second = sg.grad(lambda x: (sg.grad(lambda x: (ours(x) ** 3 * weight).sum())(x) * direction).sum())(x)
    assert np.allclose(second.numpy(), 6 * x * direction * shares)


def test_max_pool_gradient_equals_jax(rng):
    x = rng.integers(0, 3, size=(2, 7, 9, 3)).astype(float)  # many equal elements: the first takes all

    def theirs(x):
        return reduce_window(x, -np.inf, jax.lax.max, (3, 2), (2, 1), (1, 1, 0, 1))

    weight = rng.normal(size=theirs(x).shape)
    found = sg.grad(lambda x: (sg.max_pool2d(x, (3, 2), (2, 1), (1, 1, 0, 1)) * weight).sum())(x)
    assert np.allclose(found.numpy(), jax.grad(lambda x: (theirs(x) * weight).sum())(x))


@pytest.mark.parametrize("include", [True, False])
@pytest.mark.parametrize(("window", "stride", "padding", "dilation"), WINDOWS)
def test_avg_pool_equals_jax(window, stride, padding, dilation, include, rng):
    x = rng.normal(size=(2, 7, 9, 5))
    counted = np.ones_like(x) if not include else np.ones((1, 1, 1, 1))
    counts = reduce_window(counted, 0.0, jax.lax.add, window, stride, padding) if not include else window[0] * window[1]
    expected = reduce_window(x, 0.0, jax.lax.add, window, stride, padding) / counts
    assert np.allclose(sg.avg_pool2d(x, window, stride, padding, include).numpy(), expected)


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (7, 9), (4, 5), (9, 11)])
def test_adaptive_windows(size, rng):
    x = rng.normal(size=(2, 7, 9, 3))
    bounds = [[(i * n // m, -(-(i + 1) * n // m)) for i in range(m)] for n, m in zip((7, 9), size, strict=True)]
    for ours, fold in ((sg.adaptive_avg_pool2d, np.mean), (sg.adaptive_max_pool2d, np.max)):
        rows = [np.stack([fold(x[:, a:b, c:d], axis=(1, 2)) for c, d in bounds[1]], 1) for a, b in bounds[0]]
        assert np.allclose(ours(x, size).numpy(), np.stack(rows, 1))
    assert np.allclose(sg.global_avg_pool2d(x).numpy(), x.mean((1, 2)))
    assert np.allclose(sg.global_max_pool2d(x).numpy(), x.max((1, 2)))


def test_infinity_stays_in_its_windows():
    x = np.ones((1, 5, 1, 1))
    x[0, 4] = np.inf
    assert sg.adaptive_avg_pool2d(x, (3, 1)).numpy().ravel().tolist() == [1, 1, np.inf]


def test_sequences(rng):
    x = rng.normal(size=(2, 9, 3))
    image = x[:, None]
    assert np.array_equal(
        sg.max_pool1d(x, 3, 2, 1, 2).numpy(), sg.max_pool2d(image, (1, 3), (1, 2), (0, 1), (1, 2)).numpy()[:, 0]
    )
    assert np.array_equal(sg.avg_pool1d(x, 3).numpy(), sg.avg_pool2d(image, (1, 3)).numpy()[:, 0])
    assert np.array_equal(sg.adaptive_avg_pool1d(x, 4).numpy(), sg.adaptive_avg_pool2d(image, (1, 4)).numpy()[:, 0])
    assert np.array_equal(sg.adaptive_max_pool1d(x, 4).numpy(), sg.adaptive_max_pool2d(image, (1, 4)).numpy()[:, 0])


@pytest.mark.parametrize("mode", ["constant", "edge", "reflect", "symmetric", "wrap"])
@pytest.mark.parametrize("widths", [((1, 0), (2, 1)), ((5, 7), (0, 4)), 3])
def test_pad_equals_numpy(mode, widths, rng):
    x = rng.normal(size=(3, 4))
    assert np.array_equal(sg.pad(x, widths, mode).numpy(), np.pad(x, widths, mode))
    expected = jax.grad(lambda x: (jax.numpy.pad(x, widths, mode) ** 3).sum())(x)
    assert np.allclose(sg.grad(lambda x: (sg.pad(x, widths, mode) ** 3).sum())(x).numpy(), expected)


def test_pad_refuses():
    with pytest.raises(ValueError, match="'reflect'"):
        sg.pad(sg.zeros(3), 1, "mirror")
    with pytest.raises(TypeError, match="constant_values"):
        sg.pad(sg.zeros(3), 1, 7)
    with pytest.raises(ValueError, match="axis 0"):
        sg.pad(sg.zeros((0, 2)), 1, "edge")


@pytest.mark.parametrize("size", [(10, 14), (5, 7), (3, 4), (13, 2), (1, 1)])
@pytest.mark.parametrize(("method", "antialias"), [("nearest", False), ("bilinear", False), ("bilinear", True)])
def test_resize_equals_jax(size, method, antialias, rng):
    x = rng.normal(size=(2, 5, 7, 3))

    def theirs(x):
        return jax.image.resize(x, (2, *size, 3), method, antialias=antialias)

    found = sg.resize(x, size, method=method, antialias=antialias)
    assert np.allclose(found.numpy(), theirs(x), rtol=1e-6, atol=1e-6)
    gradient = sg.grad(lambda x: (sg.resize(x, size, method=method, antialias=antialias) ** 2).sum())(x)
    assert np.allclose(gradient.numpy(), jax.grad(lambda x: (theirs(x) ** 2).sum())(x), rtol=1e-5, atol=1e-5)


def test_scale_and_shuffle(rng):
    x = rng.normal(size=(2, 4, 6, 8))
    assert sg.resize(x, scale=1.6).shape == (2, 6, 9, 8)
    assert np.array_equal(sg.resize(x, scale=(2, 3), method="nearest").numpy(), x.repeat(2, 1).repeat(3, 2))
    shuffled = sg.pixel_shuffle(x, 2)
    assert shuffled.shape == (2, 8, 12, 2)
    assert shuffled.numpy()[0, 1, 0, 1] == x[0, 0, 0, 4 + 2]
    assert np.array_equal(sg.pixel_unshuffle(shuffled, 2).numpy(), x)
    with pytest.raises(TypeError, match="size or scale"):
        sg.resize(x)

"""Convolutions of 4 x 4 taps with stride 2, and of 3 x 3, take fewer multiplications: exact enough, and optional."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
import swiftgan as sg

# Batch, height, width, channels, filters, taps along an axis and stride.
SHAPES = [
    (16, 14, 14, 32, 48, 4, 2),
    (40, 8, 12, 16, 16, 4, 2),
    (2, 33, 28, 16, 32, 4, 2),
    (6, 9, 14, 32, 16, 3, 1),
    (2, 28, 28, 16, 16, 3, 1),
]


def results(shape: tuple[int, ...], dtype: type) -> list[np.ndarray]:
    """Return a convolution of random numbers, and its gradients in the image and the filter."""
    batch, height, width, channels, out, taps, stride = shape
    random = np.random.default_rng(0)
    x = sg.Tensor(random.normal(size=(batch, height, width, channels)).astype(dtype))
    w = sg.Tensor(random.normal(size=(taps, taps, channels, out)).astype(dtype) / 16)

    def convolve(x: sg.Tensor, w: sg.Tensor) -> sg.Tensor:
        return sg.conv2d(x, w, stride=stride, padding=1)

    y = convolve(x, w)
    side = sg.Tensor(random.normal(size=y.shape).astype(dtype))
    gradients = sg.grad(lambda x, w: (convolve(x, w) * side).sum(), (0, 1))(x, w)
    return [np.asarray(each) for each in (y, *gradients)]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_agrees_with_float64(shape):
    for got, exact in zip(results(shape, np.float32), results(shape, np.float64), strict=True):
        assert got.dtype == np.float32
        assert np.linalg.norm(got - exact) < 2e-6 * np.linalg.norm(exact)


def test_is_switched_off_by_the_environment():
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]); import test_winograd as t, numpy as np;"
        "sys.stdout.buffer.write(b''.join(a.tobytes() for a in t.results(t.SHAPES[0], np.float32)))"
    )

    def bits(setting: str) -> bytes:
        return subprocess.run(
            [sys.executable, "-c", program, os.path.dirname(__file__)],
            env={**os.environ, "SWIFTGAN_WINOGRAD": setting},
            capture_output=True,
            check=True,
        ).stdout

    fast, direct = (np.frombuffer(bits(setting), np.float32) for setting in ("1", "0"))
    assert not np.array_equal(fast, direct)
    np.testing.assert_allclose(fast, direct, atol=1e-3)

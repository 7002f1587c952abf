"""The digits inside the library are scikit-learn's, pixel for pixel, and nobody can spoil them for the next reader."""

from __future__ import annotations

import numpy as np
import pytest
import swiftgan as sg
from swiftgan import _core


@pytest.fixture(scope="module")
def theirs():
    return pytest.importorskip("sklearn.datasets").load_digits()


def test_the_library_holds_every_pixel(theirs):
    images, labels = (column.numpy() for column in _core.dataset("digits", "{}"))
    assert (images.dtype, labels.dtype) == (np.uint8, np.int32)
    assert images.shape == (1797, 8, 8, 1)
    assert (images.min(), images.max()) == (0, 16)
    np.testing.assert_array_equal(images[..., 0], theirs.images)
    np.testing.assert_array_equal(labels, theirs.target)


@pytest.mark.parametrize(("dtype", "white", "places"), [("uint8", 255, 0), ("float32", 1, 7), ("float64", 1, 16)])
def test_scaling_is_correctly_rounded_and_loses_nothing(theirs, dtype, white, places):
    images, _ = sg.datasets.load_digits(dtype)
    assert images.dtype == dtype
    np.testing.assert_array_equal(images[..., 0], np.round(theirs.images * white / 16, places).astype(dtype))
    # Each of the 17 levels can be told from the others, so the original comes back.
    np.testing.assert_array_equal(np.round(images[..., 0] * (16.0 / white)), theirs.images)


def test_every_caller_gets_pixels_of_its_own():
    images, labels = sg.datasets.load_digits()
    expected = images.copy(), labels.copy()
    images[:] = 0
    labels[:] = 7
    again = sg.datasets.load_digits()
    np.testing.assert_array_equal(again[0], expected[0])
    np.testing.assert_array_equal(again[1], expected[1])

"""What metrics take: samples as rows of numbers, on which figures are computed in float64."""

from __future__ import annotations

from collections.abc import Callable
from types import FunctionType
from typing import Any, NamedTuple

import numpy as np

from ._scale import Scale, check_one_scale

Array = np.ndarray[Any, Any]

Features = Callable[[Any], Any] | str | Any
"""Where samples are compared: None (the numbers themselves), "pca", a fitted `PCAFeatures` or `FeatureExtractor`, a
function from samples to (n, d), or an object with ``features`` or ``transform``."""
LARGEST = 1e45


class Pair(NamedTuple):
    """Real and fake samples as float64 rows of one width."""

    real: Array
    fake: Array


def numbers(name: str, samples: Any) -> Array:
    """Return samples as an array of real numbers, (n, ...).

    Raises
    ------
    TypeError
        For what holds no real numbers.
    """
    array = np.asarray(samples)
    if array.dtype.kind not in "fiub":
        raise TypeError(f"{name} must hold real numbers, not dtype {array.dtype}")
    return array


def as_rows(samples: Any, features: Any = None, *, name: str = "samples", least: int = 1) -> Array:
    """Return samples, or their features, as float64 rows.

    Raises
    ------
    ValueError
        When there are fewer than `least`, or a value is NaN or infinite.
    """
    array = numbers(name, samples)
    if features is not None:
        expected = len(array) if array.ndim else 0
        array = numbers(f"the features of {name}", features(array))
        if array.ndim < 2 or len(array) != expected:
            raise ValueError(f"features made an array of shape {array.shape} of {expected} {name}; it must be (n, d)")
    _check_axes(name, array)
    if len(array) < least:
        given = f"{len(array)} row{'' if len(array) == 1 else 's'}"
        raise ValueError(f"{name} has {given}, but at least {least} are needed (its shape is {array.shape})")
    if not array.size:
        raise ValueError(f"{name} has rows without numbers (its shape is {array.shape})")
    rows: Array = array.reshape(len(array), -1).astype(np.float64)
    check_finite(name, rows)
    reach = max(float(rows.max()), -float(rows.min()))
    if reach > LARGEST:
        raise ValueError(
            f"{name} hold numbers up to {reach:.3g}, whose squares and cubes overflow; bring them to a scale"
        )
    return rows


def check_finite(name: str, array: Array) -> None:
    """Raise a ValueError that says in which rows there are NaN or infinity, if in any."""
    if not np.isfinite(array).all():
        rows: Array = np.atleast_1d(array)
        good: Array = np.asarray(np.isfinite(rows.reshape(len(rows), -1)).all(axis=1))
        first, count = int(good.argmin()), int((~good).sum())
        raise ValueError(f"{name} hold NaN or infinity in {count} of {len(good)} rows, first in row {first}")


def _check_axes(name: str, array: Array) -> None:
    if array.ndim < 2:
        hint = "; numbers are samples of width 1 as x.reshape(-1, 1)" if array.ndim == 1 else ""
        raise ValueError(f"{name} must be (n, d) or (n, ...), not of shape {array.shape}{hint}")


def as_pair(real: Any, fake: Any, features: Features = None, *, least: int = 2) -> Pair:
    """Return two sets as rows of one width, compared where `features` says.

    Raises
    ------
    ValueError
        For sets of different shapes or scales, too few rows, NaN.
    """
    originals, generated = numbers("real", real), numbers("fake", fake)
    _check_axes("real", originals)
    _check_axes("fake", generated)
    # A function of the user's may well bring sets to one scale and shape.
    if not isinstance(features, FunctionType):
        check_one_scale("real", Scale.of(originals), "fake", Scale.of(generated))
        _check_one_shape(originals, generated)
    function = as_function(features, originals)
    x = as_rows(originals, function, name="real", least=least)
    y = as_rows(generated, function, name="fake", least=least)
    if x.shape[1] != y.shape[1]:
        raise ValueError(f"real has {x.shape[1]} features, but fake {y.shape[1]}")
    return Pair(x, y)


def _check_one_shape(real: Array, fake: Array) -> None:
    if _shape_of_one(real) != _shape_of_one(fake):
        raise ValueError(
            f"real and fake samples must be of one shape, but real are {real.shape[1:]} and fake {fake.shape[1:]} each"
        )


def _shape_of_one(array: Array) -> tuple[int, ...]:
    """Return a sample's shape, which for images of one channel may leave that out."""
    shape: tuple[int, ...] = array.shape[1:]
    while len(shape) > 1 and shape[-1] == 1:
        shape = shape[:-1]
    return shape


def as_function(features: Features, real: Any) -> Callable[[Any], Any] | None:
    """Return what maps samples to features, or None for the samples themselves.

    Raises
    ------
    TypeError, ValueError
        For what maps nothing, saying what does.
    """
    if features is None:
        return None
    if isinstance(features, str):
        if features != "pca":
            raise ValueError(f"features must be 'pca', a function or an object that maps samples, not {features!r}")
        from ._features import PCAFeatures

        return PCAFeatures().fit(real)
    for candidate in (features, getattr(features, "features", None), getattr(features, "transform", None)):
        if callable(candidate) and not isinstance(candidate, type):
            return candidate
    raise TypeError(
        f"features must be None, 'pca', PCAFeatures, a FeatureExtractor or a function of samples, not {features!r}"
    )

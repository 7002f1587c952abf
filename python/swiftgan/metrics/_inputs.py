"""What metrics take: samples as rows of numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Features = Callable[[Any], Any]
"""From samples to an array of features, (n, d)."""


def as_rows(samples: Any, features: Features | None = None) -> np.ndarray[Any, Any]:
    """Return samples, or their features, as float64 rows.

    Raises
    ------
    ValueError
        When there are none, or a value is NaN or infinite.
    """
    array = np.asarray(samples)
    if features is not None:
        array = np.asarray(features(array))
    if array.ndim < 2 or not len(array):
        raise ValueError(f"samples must be (n, d) or (n, ...), with at least one, not of shape {array.shape}")
    rows = array.reshape(len(array), -1).astype(np.float64)
    if not np.isfinite(rows).all():
        raise ValueError("the samples hold NaN or infinity")
    return rows

"""The element types of tensors, as NumPy dtypes."""

from __future__ import annotations

from typing import Any

import numpy as np

float32 = np.dtype("float32")
float64 = np.dtype("float64")
int32 = np.dtype("int32")
int64 = np.dtype("int64")
uint8 = np.dtype("uint8")
bool_ = np.dtype("bool")

# In the order of the C interface's numbers.
BY_CODE = (float32, float64, int32, int64, uint8, bool_)
_CODES = {dtype: code for code, dtype in enumerate(BY_CODE)}
# bool < uint8 < int32 < int64 < float32 < float64: two types meet in the higher one.
_RANKS = {dtype: rank for rank, dtype in enumerate((bool_, uint8, int32, int64, float32, float64))}

DTypeLike = Any
"""What NumPy takes for a dtype: ``"float32"``, ``np.float32``, ``sg.float32``, ``float``."""


def as_dtype(dtype: DTypeLike) -> np.dtype[Any]:
    """Return the NumPy dtype that the argument names.

    Raises
    ------
    TypeError
        When it names none, or one that tensors cannot have.
    """
    found = np.dtype(dtype)
    if found not in _CODES:
        names = ", ".join(str(known) for known in BY_CODE)
        raise TypeError(f"dtype {found} is not supported; tensors are one of {names}")
    return BY_CODE[_CODES[found]]


def promoted(a: np.dtype[Any], b: np.dtype[Any]) -> np.dtype[Any]:
    """Return the type in which values of both types are combined."""
    return a if _RANKS[a] >= _RANKS[b] else b


def is_float(dtype: np.dtype[Any]) -> bool:
    """Whether gradients flow through the type."""
    return dtype.kind == "f"

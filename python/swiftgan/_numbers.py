"""Numbers that the user gives: whole ones, positive ones, within their limits; with errors that name them."""

from __future__ import annotations

import math
import operator
from typing import Any

import numpy as np


def whole(name: str, value: Any, least: int, most: int | None = None, *, why: str = "") -> int:
    """Return an integer argument within its limits.

    Raises
    ------
    TypeError, ValueError
        Naming the argument and its value.
    """
    try:
        number = operator.index(value)
    except TypeError:
        raise TypeError(f"{name} must be an integer, not {value!r}") from None
    if isinstance(value, (bool, np.bool_)):
        raise TypeError(f"{name} must be an integer, not {value!r}")
    if number < least or (most is not None and number > most):
        limits = f"at least {least}" if most is None else f"from {least} to {most}"
        raise ValueError(f"{name} must be {limits}{why}, not {number}")
    return number


def real_number(name: str, value: Any) -> float:
    """Return a number as a float, or raise a TypeError that names the argument."""
    try:
        if isinstance(value, (str, bytes, bool, np.bool_)):
            raise TypeError
        return float(value)
    except (TypeError, ValueError):
        raise TypeError(f"{name} must be a number, not {value!r}") from None


def positive(name: str, value: Any) -> float:
    """Return a finite number above 0, or raise an error that names the argument."""
    number = real_number(name, value)
    if not (number > 0 and math.isfinite(number)):
        raise ValueError(f"{name} must be a finite number above 0, not {value!r}")
    return number

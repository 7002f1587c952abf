"""In what numbers samples are told: pixels from 0 to 255, or floats around 0."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

Array = np.ndarray[Any, Any]

FAR_BELOW = 10
"""Floats that reach so many times less far from 0 than pixels do are told in another scale."""


class Scale(NamedTuple):
    """The kind of numbers in a set of samples, and how far they reach."""

    dtype: str
    low: float
    high: float

    @classmethod
    def of(cls, samples: Array) -> Scale | None:
        """Return the scale of samples; None where there are none, or not all are numbers."""
        if not samples.size or (samples.dtype.kind == "f" and not np.isfinite(samples).all()):
            return None
        return cls(samples.dtype.name, float(samples.min()), float(samples.max()))

    @property
    def reach(self) -> float:
        """The largest distance from 0."""
        return max(abs(self.low), abs(self.high))

    @property
    def is_of_pixels(self) -> bool:
        """Whether these are surely pixels from 0 to 255."""
        return self.dtype == "uint8" and self.high > 1

    def is_of_fractions(self, whole: Scale) -> bool:
        """Whether these are floats around 0, beside what reaches much farther. Samples may overshoot: 1 is no limit."""
        return self.dtype.startswith("float") and self.reach <= max(1, whole.reach / FAR_BELOW)


def check_one_scale(name: str, scale: Scale | None, other_name: str, other: Scale | None) -> None:
    """Raise a ValueError when pixels from 0 to 255 meet floats from about -1 to 1: no figure of them means anything."""
    if scale is None or other is None:
        return
    for first, one, second, two in ((name, scale, other_name, other), (other_name, other, name, scale)):
        if one.is_of_pixels and two.is_of_fractions(one):
            raise ValueError(
                f"{first} is uint8 with values up to {one.high:g}, but {second} {two.dtype} within {two.reach:.3g} of "
                "0: bring both to one scale"
            )

"""Judging samples. Every figure comes with its sample count and a standard error."""

from __future__ import annotations

from ._classifier import ImageClassifier
from ._coverage import ClassCoverage, Coverage, class_coverage, mode_coverage
from ._estimate import Estimate
from ._features import PCAFeatures
from ._frechet import frechet_distance

__all__ = [
    "ClassCoverage",
    "Coverage",
    "Estimate",
    "ImageClassifier",
    "PCAFeatures",
    "class_coverage",
    "frechet_distance",
    "mode_coverage",
]

"""Judging samples. Every figure comes with its sample count and a standard error."""

from __future__ import annotations

from ._classifiers import ImageClassifier, VectorClassifier
from ._coverage import ClassCoverage, Coverage, class_coverage, mode_coverage
from ._estimate import Estimate
from ._evaluate import METRICS, Evaluation, evaluate, figures
from ._extractor import FeatureExtractor
from ._features import PCAFeatures
from ._frechet import frechet_distance
from ._inception import inception_score
from ._kernel_distance import kernel_distance
from ._manifolds import DensityCoverage, PrecisionRecall, density_coverage, precision_recall
from ._mmd_test import MMDTest, mmd_test
from ._ms_ssim import ms_ssim_diversity
from ._neighbours import NearestNeighbours, nearest_neighbours
from ._parzen import ParzenLogLikelihood, parzen_log_likelihood
from ._resampling import bootstrap_error
from ._transport import sliced_wasserstein, wasserstein
from ._two_sample import ClassifierTest, classifier_two_sample_test

__all__ = [
    "METRICS",
    "ClassCoverage",
    "ClassifierTest",
    "Coverage",
    "DensityCoverage",
    "Estimate",
    "Evaluation",
    "FeatureExtractor",
    "ImageClassifier",
    "MMDTest",
    "NearestNeighbours",
    "PCAFeatures",
    "ParzenLogLikelihood",
    "PrecisionRecall",
    "VectorClassifier",
    "bootstrap_error",
    "class_coverage",
    "classifier_two_sample_test",
    "density_coverage",
    "evaluate",
    "figures",
    "frechet_distance",
    "inception_score",
    "kernel_distance",
    "mmd_test",
    "mode_coverage",
    "ms_ssim_diversity",
    "nearest_neighbours",
    "parzen_log_likelihood",
    "precision_recall",
    "sliced_wasserstein",
    "wasserstein",
]

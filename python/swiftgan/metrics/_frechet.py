"""The Fréchet distance between the Gaussians that fit two sets of features."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._estimate import Estimate, bootstrap_error
from ._inputs import Features, as_rows


def frechet_distance(
    samples: Any, reference: Any, *, features: Features | None = None, resamples: int = 20
) -> Estimate:
    """Return |m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2)) of two sets' means and covariances.

    With the features of an Inception network this is the FID (Heusel et al. 2017, equation 6). It is biased upwards by
    few samples: compare figures of equal counts only.

    Parameters
    ----------
    samples, reference : array (n, ...), (m, ...)
    features : callable, optional
        From samples to (n, d); such as `PCAFeatures` or a classifier's. None takes the numbers themselves.
    resamples : int
        Bootstrap draws of the samples for the standard error.
    """
    x, y = as_rows(samples, features), as_rows(reference, features)
    if x.shape[1] != y.shape[1]:
        raise ValueError(f"samples have {x.shape[1]} features, but the reference {y.shape[1]}")
    for name, rows in (("samples", x), ("reference", y)):
        if len(rows) < 2:
            raise ValueError(f"a covariance needs at least 2 rows, but there is {len(rows)} in the {name}")
    mean, root = y.mean(axis=0), _root(_covariance(y))
    trace = float(np.square(root).sum())

    def distance(rows: np.ndarray[Any, Any]) -> float:
        covariance = _covariance(rows)
        # The eigenvalues of R C R, R = C2^(1/2), are those of C1 C2, and R C R is symmetric.
        eigenvalues = np.linalg.eigvalsh(root @ covariance @ root)
        between = float(np.square(rows.mean(axis=0) - mean).sum())
        cross = float(np.sqrt(np.maximum(eigenvalues, 0)).sum())
        return between + max(0.0, float(np.trace(covariance)) + trace - 2 * cross)

    error = bootstrap_error(lambda picked: distance(x[picked]), len(x), resamples)
    return Estimate(distance(x), error, len(x), len(y))


def _covariance(rows: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    return np.atleast_2d(np.cov(rows, rowvar=False))


def _root(matrix: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    values, vectors = np.linalg.eigh(matrix)
    root: np.ndarray[Any, Any] = (vectors * np.sqrt(np.maximum(values, 0))) @ vectors.T
    return root

"""The score that the Inception network gave its name to, of any classifier's probabilities."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from .._numbers import whole
from ._estimate import Estimate
from ._inputs import Array, as_rows


def inception_score(samples: Any, classifier: Any = None, *, splits: int = 1) -> Estimate:
    """Return exp(E_x KL(p(y | x) || p(y))) of a classifier's probabilities (Salimans et al. 2016).

    From 1, all samples alike to the classifier, to the number of classes: each sample surely of one class, all classes
    as often. It sees nothing of the data: one perfect sample of each class scores highest. Only figures of one
    classifier can be compared.

    Parameters
    ----------
    samples : array (n, classes) or (n, ...)
        Probabilities of the classes; with a classifier the samples.
    classifier : object, optional
        With ``predict_proba`` (a `FeatureExtractor`, an `ImageClassifier`, scikit-learn's classifiers), or a function
        from samples to probabilities.
    splits : int
        The mean of so many parts, as of 10 in the paper: a lower figure, by fewer samples for p(y).

    Returns
    -------
    Estimate
        With the standard error of the mean divergence (delta method); with splits, of the mean over them.

    >>> import numpy as np, swiftgan as sg
    >>> f"{sg.metrics.inception_score(np.eye(4)[np.arange(1000) % 4]):.3f}"
    '4.000'
    """
    if classifier is not None:
        function = getattr(classifier, "predict_proba", classifier)
        if not callable(function):
            raise TypeError(f"classifier must have predict_proba or be a function, not {classifier!r}")
        samples = function(samples)
    shares = as_rows(samples, name="probabilities")
    _check_probabilities(shares)
    splits = whole("splits", splits, 1, len(shares), why=f" (at most the {len(shares)} samples)")
    if splits == 1:
        divergences = _divergences(shares)
        value = math.exp(float(divergences.mean()))
        error = value * float(divergences.std(ddof=1)) / math.sqrt(len(shares)) if len(shares) > 1 else math.nan
    else:
        scores = [math.exp(float(_divergences(part).mean())) for part in np.array_split(shares, splits)]
        value, error = float(np.mean(scores)), float(np.std(scores, ddof=1)) / math.sqrt(splits)
    return Estimate(value, error, len(shares), better="higher")


def _divergences(shares: Array) -> Array:
    mean = shares.mean(axis=0)
    ratios = np.divide(shares, mean, out=np.ones_like(shares), where=shares > 0)
    found: Array = (shares * np.log(ratios)).sum(axis=1)
    return found


def _check_probabilities(shares: Array) -> None:
    if shares.min() < 0:
        raise ValueError(f"probabilities must not be below 0, but one is {shares.min():.3g}")
    off = np.abs(shares.sum(axis=1) - 1)
    worst = int(off.argmax())
    if off[worst] > 1e-3:
        raise ValueError(
            f"the probabilities of row {worst} sum to {shares[worst].sum():.6g}, not 1; logits go through softmax "
            "first, and samples need a classifier"
        )

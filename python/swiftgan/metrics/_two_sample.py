"""The classifier two-sample test: whether real and fake can be told apart."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from .._numbers import real_number
from .._random_state import as_seed
from .._sorting import topk
from ._distances import Array, squared_distances
from ._estimate import Estimate, share_error
from ._inputs import Features, as_pair


class ClassifierTest(NamedTuple):
    """What `classifier_two_sample_test` found."""

    accuracy: Estimate
    """The share of test samples, half of them fake, that are told rightly; 0.5 is a guess."""
    p_value: Estimate
    """How often guessing is as good or better; exact for the test samples at hand, so without an error."""

    def __str__(self) -> str:
        return f"accuracy {self.accuracy}, p = {self.p_value.value:.3g}"


def classifier_two_sample_test(
    real: Any,
    fake: Any,
    features: Features = None,
    *,
    classifier: Any = "knn",
    test_share: float = 0.5,
    random_state: int = 0,
) -> ClassifierTest:
    """Train a classifier to tell real from fake on one part of both sets and test it on the other.

    Lopez-Paz and Oquab 2017. Of the larger set as many samples are taken at random as the smaller has, so that guessing
    is right half of the time. The p-value is that of the binomial distribution. A classifier that cannot tell proves
    little: another may.

    Parameters
    ----------
    real, fake : array (n, ...), (m, ...)
        At least 4 rows each.
    features : callable, object or "pca", optional
        As for `frechet_distance`.
    classifier : {"knn", "mlp"} or object
        Nearest neighbours, k the root of the training samples' number, as in the paper; a network with one hidden layer
        of 64; or anything with ``fit(X, y)`` and ``predict(X)``, as scikit-learn's. Coordinates are standardized by the
        training part.
    test_share : float
        The share of samples to test on.
    random_state : int
        Seed of the parts and of the network.
    """
    x, y = as_pair(real, fake, features, least=4)
    random_state = as_seed(random_state)
    if not 0 < real_number("test_share", test_share) < 1:
        raise ValueError(f"test_share must be between 0 and 1, not {test_share!r}")
    count = min(len(x), len(y))
    held = min(max(1, round(count * test_share)), count - 1)
    generator = np.random.default_rng(random_state)
    own, other = (rows[generator.permutation(len(rows))[:count]] for rows in (x, y))
    train, test = np.concatenate([own[held:], other[held:]]), np.concatenate([own[:held], other[:held]])
    mean, spread = train.mean(axis=0), train.std(axis=0)
    spread[spread == 0] = 1
    train, test = (train - mean) / spread, (test - mean) / spread
    labels = np.repeat([0, 1], count - held)
    predicted = np.asarray(_classifier(classifier, random_state).fit(train, labels).predict(test)).reshape(-1)
    if len(predicted) != 2 * held:
        raise ValueError(f"classifier made {len(predicted)} predictions of {2 * held} samples")
    right = int((predicted == np.repeat([0, 1], held)).sum())
    share = right / (2 * held)
    note = f"tested on {2 * held}"
    return ClassifierTest(
        Estimate(share, share_error(share, 2 * held), len(y), len(x), better="lower", note=note),
        Estimate(_binomial_tail(right, 2 * held), math.nan, len(y), len(x), note=note),
    )


def _classifier(given: Any, seed: int) -> Any:
    if given == "knn":
        return _Neighbours()
    if given == "mlp":
        return _Network(seed)
    if callable(getattr(given, "fit", None)) and callable(getattr(given, "predict", None)):
        return given
    raise ValueError(f"classifier must be 'knn', 'mlp' or have fit and predict, not {given!r}")


class _Neighbours:
    """Says what most of the nearest training rows are."""

    def fit(self, X: Array, y: Array) -> _Neighbours:
        self._rows, self._labels = X, y
        # Odd, so that no vote is even.
        self._k = (math.isqrt(len(X)) - 1) // 2 * 2 + 1
        return self

    def predict(self, X: Array) -> Array:
        found = np.empty(len(X), np.int64)
        for span, squares in squared_distances(X, self._rows):
            nearest = topk(squares, self._k, largest=False).indices.numpy()
            found[span] = self._labels[nearest].mean(axis=1) > 0.5
        return found


class _Network:
    """The library's own classifier."""

    def __init__(self, seed: int) -> None:
        self._seed = seed

    def fit(self, X: Array, y: Array) -> Any:
        from ..models import MLPClassifier

        model = MLPClassifier(hidden=[64], weight_decay=1e-3, epochs=30, verbose=False, random_state=self._seed)
        return model.fit(X.astype(np.float32), y)


def _binomial_tail(right: int, n: int) -> float:
    """Return P(at least so many of n fair coins show heads)."""
    logarithms = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, n + 1)))])
    heads = np.arange(right, n + 1)
    chances = np.exp(logarithms[n] - logarithms[heads] - logarithms[n - heads] - n * math.log(2))
    return min(1.0, float(chances.sum()))

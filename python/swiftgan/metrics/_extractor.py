"""Features of a classifier that is trained once for a data set, and remembered."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np

from .._registry import unknown
from ._classifiers import ImageClassifier, VectorClassifier
from ._inputs import Array, numbers
from ._network import NetworkClassifier, as_labels

_REMEMBERED_EXTRACTORS, _REMEMBERED_FEATURES = 4, 8
_extractors: OrderedDict[str, FeatureExtractor] = OrderedDict()


class FeatureExtractor:
    """A feature space for metrics: the hidden activations of a classifier of the data's own classes.

    `FeatureExtractor.fit` trains one; metrics take it as ``features=``. The features of the last sets seen are kept, so
    that a reference set is not computed anew for every metric.

    Samples must be told in the numbers of those it was trained on: features of floats from 0 to 1 mean nothing to a
    classifier of pixels from 0 to 255, and are refused.

    Parameters
    ----------
    classifier : ImageClassifier or VectorClassifier
        A trained one.

    >>> import swiftgan as sg
    >>> images, labels = sg.datasets.load_digits()
    >>> extractor = sg.metrics.FeatureExtractor.fit(images[:500], labels[:500], epochs=2)
    >>> extractor(images[:10]).shape
    (10, 64)
    """

    def __init__(self, classifier: NetworkClassifier) -> None:
        if not isinstance(classifier, NetworkClassifier):
            raise TypeError(
                f"classifier must be an ImageClassifier or a VectorClassifier, not {type(classifier).__name__}; any "
                "function from samples to features goes into features= as it is"
            )
        self.classifier = classifier
        self._known: OrderedDict[str, Array] = OrderedDict()

    @classmethod
    def fit(
        cls, X: Any, y: Any, *, cache: str | os.PathLike[str] | None = "memory", **options: Any
    ) -> FeatureExtractor:
        """Return an extractor trained on real samples, or the one that was trained on the same before.

        Parameters
        ----------
        X : array (N, H, W), (N, H, W, C) or (N, d)
            Images are learned by an `ImageClassifier`, vectors by a `VectorClassifier`.
        y : array (N,)
            Their labels, integers or strings, of at least two classes.
        cache : "memory", path or None
            Where extractors are kept: the last four of this process, or, as files of all, a folder (made where there is
            none). What was trained is found again by the data's and the options' digest. None always trains.
        **options
            The classifier's, such as ``epochs``, ``n_features``, ``random_state``.
        """
        samples, labels = numbers("X", X), as_labels(y)
        if samples.ndim not in (2, 3, 4):
            raise ValueError(f"X must be vectors (N, d) or images (N, H, W[, C]), not of shape {samples.shape}")
        kind = VectorClassifier if samples.ndim == 2 else ImageClassifier
        for name in options:
            if name not in kind._OPTIONS:
                raise unknown(kind.__name__, "option", name, kind._OPTIONS)
        classifier = kind(**options)
        if cache is not None and not isinstance(cache, (str, os.PathLike)):
            raise TypeError(f"cache must be 'memory', a folder or None, not {cache!r}")
        if cache is None:
            return cls(classifier.fit(samples, labels))
        key = _digest(samples, labels, json.dumps([kind.__name__, classifier.options()], sort_keys=True))
        if cache == "memory":
            found = _extractors.pop(key, None) or cls(classifier.fit(samples, labels))
            _extractors[key] = found
            if len(_extractors) > _REMEMBERED_EXTRACTORS:
                _extractors.popitem(last=False)
            return found
        path = Path(cache) / f"classifier-{key}.safetensors"
        # A file that is no longer whole is made anew.
        with contextlib.suppress(OSError):
            return cls.load(path)
        self = cls(classifier.fit(samples, labels))
        path.parent.mkdir(parents=True, exist_ok=True)
        self.save(path)
        return self

    def __call__(self, samples: Any) -> Array:
        """Return the features of samples, float32 (n, n_features)."""
        array = numbers("samples", samples)
        key = _digest(array)
        found = self._known.pop(key, None)
        if found is None:
            found = self.classifier.features(array)
            found.flags.writeable = False
        self._known[key] = found
        if len(self._known) > _REMEMBERED_FEATURES:
            self._known.popitem(last=False)
        return found

    def predict_proba(self, X: Any) -> Array:
        """Return the probability of each class, (n, n_classes): what `inception_score` is of."""
        return self.classifier.predict_proba(X)

    def predict(self, X: Any) -> Array:
        """Return the likeliest class of each sample, (n,)."""
        return self.classifier.predict(X)

    def score(self, X: Any, y: Any) -> float:
        """Return the share of samples whose class is found: features of a poor classifier say little."""
        return self.classifier.score(X, y)

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the classifier to a .safetensors file, so that later figures are of the same features."""
        self.classifier.save(path)

    @classmethod
    def load(cls, path: str | os.PathLike[str]) -> FeatureExtractor:
        """Return the extractor that `save` wrote.

        Raises
        ------
        OSError
            When there is no such file, or it holds no classifier.
        """
        return cls(NetworkClassifier.load(path))

    def __repr__(self) -> str:
        classifier = self.classifier
        return f"FeatureExtractor({classifier.n_features} features of {classifier.n_classes_} classes)"


def _digest(*parts: Array | str) -> str:
    """Return what tells arrays and texts from others."""
    state = hashlib.blake2b(digest_size=16)
    for part in parts:
        if isinstance(part, str):
            state.update(part.encode())
        else:
            state.update(f"{part.dtype.str}{part.shape}".encode())
            # Never of objects, whose bytes are addresses.
            state.update(part.tobytes() if part.dtype.kind == "U" else np.ascontiguousarray(part).data)
    return state.hexdigest()

"""What classifiers that judge samples have in common: training, features, files."""

from __future__ import annotations

import json
import os
from abc import ABC, abstractmethod
from typing import Any, ClassVar

import numpy as np

from .. import nn, optim, random
from .._activations import log_softmax
from .._creation import asarray
from .._gradients import no_grad, value_and_grad
from .._labels import as_array, of_one_kind
from .._metadata import add_metadata, read_metadata
from .._numbers import positive, whole
from .._tensor import Tensor
from ..errors import NotFittedError
from ._inputs import Array, check_finite, numbers
from ._scale import Scale, check_one_scale

_METADATA = "swiftgan_classifier"
_AT_ONCE = 512


class NetworkClassifier(ABC):
    """What classifiers have in common: a trunk whose output are features, a linear head, training and files."""

    _OPTIONS: ClassVar[tuple[str, ...]] = ("epochs", "batch_size", "learning_rate", "n_features", "random_state")
    epochs: int
    batch_size: int
    learning_rate: float
    n_features: int
    random_state: int
    _trained_on: Scale | None = None
    classes_: Array
    """The labels in ascending order, as `predict` returns them."""

    def fit(self, X: Any, y: Any) -> Any:
        """Train on samples and their labels (N,), integers or strings, and return the classifier."""
        for name in ("epochs", "batch_size", "n_features"):
            whole(name, getattr(self, name), 1)
        positive("learning_rate", self.learning_rate)
        whole("random_state", self.random_state, 0)
        given, labels = numbers("X", X), as_labels(y)
        if len(given) != len(labels) or not len(given):
            raise ValueError(f"there are {len(given)} samples in X and {len(labels)} labels in y")
        self._trained_on = Scale.of(given)
        if self._trained_on is None:
            raise ValueError("X holds NaN or infinity")
        self.classes_, codes = np.unique(labels, return_inverse=True)
        if len(self.classes_) < 2:
            raise ValueError(f"y has one class, {self.classes_.tolist()[0]!r}; a classifier tells at least 2 apart")
        self._learn_scale(given)
        samples = self._scaled(given)
        self._build(samples.shape[1:])
        self._train(samples, codes)
        return self

    def options(self) -> dict[str, Any]:
        """Return the options that the classifier was made with."""
        return {name: getattr(self, name) for name in self._OPTIONS}

    @property
    def n_classes_(self) -> int:
        """How many classes there are."""
        return len(self.classes_)

    # What kinds of samples differ in.

    @abstractmethod
    def _learn_scale(self, samples: Array) -> None: ...

    @abstractmethod
    def _scaled(self, samples: Array) -> Array:
        """Return samples as the network takes them, float32."""

    @abstractmethod
    def _scale(self) -> dict[str, Any]:
        """Return what `_learn_scale` learned, for JSON."""

    @abstractmethod
    def _set_scale(self, scale: dict[str, Any]) -> None: ...

    @abstractmethod
    def _layers(self, shape: tuple[int, ...], source: random.Generator) -> list[Any]:
        """Return the trunk's layers for samples of a shape."""

    def _varied(self, batch: Array, generator: np.random.Generator) -> Array:
        return batch

    # ------------------------------------------------------------------------------------------------- training

    def _build(self, shape: tuple[int, ...]) -> None:
        source = random.Generator(self.random_state)
        self._shape = shape
        self._trunk = nn.Sequential(*self._layers(shape, source))
        self._head = nn.Dense(self.n_features, self.n_classes_, generator=source)

    def _train(self, samples: Array, codes: Array) -> None:
        count = len(samples)
        size = min(self.batch_size, count)
        steps = self.epochs * (count // size)
        schedule = {"name": "cosine", "initial": self.learning_rate, "steps": max(steps, 1)}
        optimizer = optim.Adam([self._trunk, self._head], learning_rate=schedule)
        generator = np.random.default_rng(self.random_state)
        targets = np.eye(self.n_classes_, dtype=np.float32)
        differentiate = value_and_grad(self._loss, of=[self._trunk, self._head])
        for _ in range(self.epochs):
            order = generator.permutation(count)
            for start in range(0, count - count % size, size):
                picked = order[start : start + size]
                batch = self._varied(samples[picked], generator)
                _, gradients = differentiate(asarray(batch), targets[codes[picked]])
                optimizer.step(gradients)
        self._trunk.eval()
        self._head.eval()

    def _loss(self, samples: Tensor, targets: Array) -> Tensor:
        return -(log_softmax(self._head(self._trunk(samples))) * targets).sum(axis=1).mean()

    # ------------------------------------------------------------------------------------------------------ use

    def features(self, X: Any) -> Array:
        """Return the trunk's output, float32 (n, n_features), of samples in the scale of those it was trained on."""
        if not hasattr(self, "_trunk"):
            raise NotFittedError("this classifier has not been trained; call fit(X, y) first")
        given = numbers("X", X)
        check_finite("X", given)
        self._check_scale(Scale.of(given))
        samples = self._scaled(given)
        if samples.shape[1:] != self._shape:
            raise ValueError(f"the classifier knows samples of shape {self._shape}, not {samples.shape[1:]}")
        spans = range(0, len(samples), _AT_ONCE)
        with no_grad():
            pieces = [self._trunk(asarray(samples[start : start + _AT_ONCE])).numpy() for start in spans]
        return np.concatenate(pieces) if pieces else np.empty((0, self.n_features), np.float32)

    def _check_scale(self, scale: Scale | None) -> None:
        """Raise a ValueError for samples that are told in other numbers than those of the training."""
        check_one_scale("what the classifier was trained on", self._trained_on, "X", scale)

    def predict_proba(self, X: Any) -> Array:
        """Return the probability of each class, (n, n_classes)."""
        features = asarray(self.features(X))
        with no_grad():
            probabilities: Array = self._head(features).softmax().numpy()
        return probabilities

    def predict(self, X: Any) -> Array:
        """Return the likeliest class of each sample, (n,)."""
        likeliest = self.predict_proba(X).argmax(axis=1)
        labels: Array = self.classes_[likeliest]
        return labels

    def score(self, X: Any, y: Any) -> float:
        """Return the share of samples whose class is found."""
        labels = as_labels(y)
        if len(labels) != len(X) or not len(labels):
            raise ValueError(f"there are {len(X)} samples in X and {len(labels)} labels in y")
        return float((self.predict(X) == labels).mean())

    # ---------------------------------------------------------------------------------------------------- files

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write weights, scale and classes to a .safetensors file, so that figures stay comparable."""
        if not hasattr(self, "_trunk"):
            raise NotFittedError("this classifier has not been trained; call fit(X, y) first")
        about = {
            "kind": type(self).__name__,
            "options": self.options(),
            "classes": self.classes_.tolist(),
            "shape": self._shape,
            "scale": self._scale(),
            "trained_on": self._trained_on,
        }
        text = json.dumps(about)
        nn.Sequential(self._trunk, self._head).save(path)
        add_metadata(os.fsdecode(path), _METADATA, text)

    @staticmethod
    def load(path: str | os.PathLike[str]) -> NetworkClassifier:
        """Return the classifier that `save` wrote.

        Raises
        ------
        OSError
            When there is no such file, or it holds no classifier.
        """
        name = os.fsdecode(path)
        try:
            return NetworkClassifier._read(name)
        except (ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
            raise OSError(f"{name} holds a damaged classifier: {type(error).__name__}: {error}") from error

    @staticmethod
    def _read(path: str) -> NetworkClassifier:
        texts = read_metadata(path)
        if _METADATA not in texts:
            raise OSError(f"{path} holds no classifier of swiftgan.metrics")
        about = json.loads(texts[_METADATA])
        if "trained_on" not in about:
            raise OSError(f"{path} holds a classifier of an earlier version; train it anew")
        kinds = {kind.__name__: kind for kind in NetworkClassifier.__subclasses__()}
        self: NetworkClassifier = kinds[about["kind"]](**about["options"])
        self.classes_ = np.asarray(about["classes"])
        self._set_scale(about["scale"])
        self._trained_on = Scale(*about["trained_on"])
        self._build(tuple(about["shape"]))
        nn.Sequential(self._trunk, self._head).load(path)
        self._trunk.eval()
        self._head.eval()
        return self


def as_labels(y: Any) -> Array:
    """Return labels of classes (N,), those in an array of objects as what they are: integers or strings.

    Raises
    ------
    TypeError, ValueError
        For what are no labels: fractions, NaN, labels of several kinds.
    """
    return of_one_kind(as_array(y).reshape(-1))

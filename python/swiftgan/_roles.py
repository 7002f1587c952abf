"""What estimators are to scikit-learn by what their models can do: classifiers, transformers, outlier detectors, ..."""

from __future__ import annotations

import contextlib
from typing import Any, TypeVar

import numpy as np

from . import _core, _registry
from ._estimator import Estimator
from ._labels import as_array, classes_of, judged
from ._transformer import Transformer

Self = TypeVar("Self", bound="Clusterer")


class Classifier(Estimator):
    """An estimator that predicts classes."""

    _estimator_type = "classifier"

    @property
    def classes_(self) -> np.ndarray[Any, Any]:
        """The classes in ascending order; columns of probabilities are in this order."""
        return classes_of(self._description["target"])

    def score(self, X: Any, y: Any) -> float:
        """Return the share of rows whose class is predicted right; ``y`` is of shape (N,), or a column (N, 1).

        Labels are of the kind of ``classes_``; 7.0 is 7. Of models that learn from samples without a label too, rows
        whose label is -1 are left out.
        """
        predicted = self.predict(X)  # type: ignore[attr-defined]
        wanted = _like(predicted, as_array(y))
        rows = judged(wanted, self.classes_, unlabelled=self._entry.unlabelled)
        return float(np.mean(predicted[rows] == wanted[rows]))


class Conditional(Estimator):
    """An estimator that is fitted to labels, but does not predict them."""

    @property
    def classes_(self) -> np.ndarray[Any, Any]:
        """The classes in ascending order."""
        return classes_of(self._description["target"])


class Regressor(Estimator):
    """An estimator that predicts numbers."""

    _estimator_type = "regressor"

    def score(self, X: Any, y: Any) -> float:
        """Return R^2, the share of the targets' variance that is explained: 1 at best, below 0 worse than the mean.

        ``y`` has the shape of the targets that the model was fitted to; (N,) and (N, 1) stand for each other.
        """
        predicted = self.predict(X)  # type: ignore[attr-defined]
        wanted = _like(predicted, y).astype(np.float64)
        rest = np.square(wanted - predicted).sum(axis=0)
        spread = np.square(wanted - wanted.mean(axis=0)).sum(axis=0)
        return float(np.mean(np.where(spread > 0, 1 - rest / np.where(spread > 0, spread, 1), rest == 0)))


class Density(Estimator):
    """An estimator that says how well each sample fits the data."""

    def score(self, X: Any, y: Any = None) -> float:
        """Return the mean of ``score_samples``; higher is better."""
        arguments = (X,) if self._entry.target == "none" else (X, y)
        return float(np.mean(self.score_samples(*arguments)))  # type: ignore[attr-defined]


class OutlierDetector(Density):
    """An estimator that tells outliers from what the data it was fitted to are like."""

    _estimator_type = "outlier_detector"

    @property
    def offset_(self) -> float:
        """The threshold of ``score_samples``, below which rows are taken for outliers.

        A share ``contamination`` of the training data's scores is below it. Where scores take long (``AnoGAN``) it is
        found when it is first asked for, else at the end of ``fit``.
        """
        return float(self.offset())  # type: ignore[attr-defined]

    def fit_predict(self, X: Any, y: Any = None, **fit_params: Any) -> np.ndarray[Any, Any]:
        """Fit to data and return 1 for each row that is taken for normal, -1 for outliers.

        ``fit_params`` go to ``fit``; ``y`` is ignored.
        """
        found: np.ndarray[Any, Any] = self.fit(X, y, **fit_params).predict(X)  # type: ignore[attr-defined]
        return found


class Clusterer(Estimator):
    """An estimator that finds clusters in data without labels."""

    _estimator_type = "clusterer"
    _labels: np.ndarray[Any, Any] | None = None

    @property
    def labels_(self) -> np.ndarray[Any, Any]:
        """The cluster of each row that the model was fitted to: what ``predict`` said of them when the fit was done.

        Neither ``partial_fit``, which goes on from there, nor a file keeps them: ask ``predict(X)``.
        """
        if self._model is None or self._labels is None:
            raise AttributeError(
                f"this {type(self).__name__} has no labels_: they are of the rows of the last fit here; use predict(X)"
            )
        return self._labels

    def fit_predict(self, X: Any, y: Any = None, **fit_params: Any) -> np.ndarray[Any, Any]:
        """Fit to data and return the cluster of each row; ``fit_params`` go to ``fit``, and ``y`` is ignored."""
        found: np.ndarray[Any, Any] = self.fit(X, y, **fit_params).predict(X)  # type: ignore[attr-defined]
        return found

    def _train(self: Self, X: Any, y: Any, classes: Any, model: _core.Model, *how: Any) -> Self:
        is_new = model is not self._model
        before, self._labels = self._labels, None
        try:
            super()._train(X, y, classes, model, *how)
        except BaseException:
            if is_new and self._model is not model:  # a fit that failed leaves the model as it was
                self._labels = before
            raise
        # A model may have no clusters by its options: predict then says so.
        with contextlib.suppress(ValueError):
            self._labels = self.predict(X) if is_new else None  # type: ignore[attr-defined]
        return self


class Sampler(Estimator):
    """An estimator that can be judged by its samples only."""

    # Its samples have the dtype of the data, and no network makes booleans.
    _takes_booleans = False

    def score(self, X: Any, y: Any = None) -> float:
        """Return how near samples are to data: the negative Fréchet distance in PCA features of the data, at most 0."""
        from .metrics import PCAFeatures, frechet_distance

        reference = np.asarray(self._as_data(X, self._fitted))
        samples = self.sample(len(reference), random_state=0)  # type: ignore[attr-defined]
        return -frechet_distance(samples, reference, features=PCAFeatures().fit(reference)).value


def _like(predicted: np.ndarray[Any, Any], y: Any) -> np.ndarray[Any, Any]:
    """Return the wanted answers in the shape of the predicted ones: nothing is broadcast but a column of one.

    Raises
    ------
    ValueError
        When there are not as many, naming both numbers.
    """
    wanted = y.to_numpy() if hasattr(y, "to_numpy") else np.asarray(y)
    if wanted.ndim == 0 or len(wanted) != len(predicted):
        given = "a single value" if wanted.ndim == 0 else f"{len(wanted)} rows"
        raise ValueError(f"score: X has {len(predicted)} rows, but y has {given}; it takes one for each row of X")
    if wanted.shape != predicted.shape and {wanted.shape[1:], predicted.shape[1:]} != {(), (1,)}:
        raise ValueError(f"score: y has the shape {wanted.shape}, but what is predicted {predicted.shape}")
    return wanted.reshape(predicted.shape)


def bases(entry: _registry.Entry) -> tuple[type[Estimator], ...]:
    """Return the classes that an estimator of a registered model derives from."""
    names = {function.name for function in entry.functions}
    found: list[type[Estimator]] = []
    if entry.target == "labels":
        found.append(Classifier if "predict" in names else Conditional)
    if entry.target == "values" and "predict" in names:
        found.append(Regressor)
    if entry.target == "none" and "predict" in names and "decision_function" not in names:
        found.append(Clusterer)
    if "transform" in names:
        found.append(Transformer)
    if "score_samples" in names:
        found.append(OutlierDetector if "decision_function" in names else Density)
    if not any(hasattr(role, "score") for role in found) and "sample" in names:
        found.append(Sampler)
    return tuple(found) or (Estimator,)

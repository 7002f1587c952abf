"""What users give to models and take from them: data, labels and targets as the library has them, and back."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from . import _core, _registry
from ._creation import asarray
from ._feature_names import Names, check_feature_names, feature_names
from ._labels import MAKE_CLASSES, USE_REGRESSOR, classes_of, encode_labels, labels_of
from ._tensor import Tensor
from .errors import not_fitted


class Given:
    """A model, and what goes between it and the user."""

    _entry: _registry.Entry
    _model: _core.Model | None = None
    _feature_names: Names | None = None
    # Whether booleans do as data: as the numbers 0 and 1.
    _takes_booleans = True

    @property
    def _fitted(self) -> _core.Model:
        if self._model is None:
            raise not_fitted(f"this {type(self).__name__} has not been trained; call fit first")
        return self._model

    def _as_data(self, X: Any, model: _core.Model | None) -> Tensor:
        """Return data as the library has them: like those that the model was fitted to, where it has been fitted."""
        if model is not None:
            check_feature_names(feature_names(X), self._feature_names, type(self).__name__)
        X = _array_of(X)
        if hasattr(X, "toarray"):
            raise TypeError("sparse data are not supported; make them dense with X.toarray()")
        if hasattr(X, "__array__") and not isinstance(X, (Tensor, np.ndarray)):
            X = np.asarray(X)
        data = asarray(X)
        if data.dtype == np.bool_ and self._takes_booleans:
            data = data.astype("float32" if model is None else json.loads(model.describe())["data"]["scaling"]["dtype"])
        if model is not None and data.ndim == 1:
            raise ValueError(
                f"X has the shape {data.shape}, a single axis. Reshape your data: X.reshape(1, -1) for one sample, "
                "X.reshape(-1, 1) for samples of one feature"
            )
        if model is None:
            return data
        known = json.loads(model.describe())["data"]
        shape, dtype = known["sample_shape"], known["scaling"]["dtype"]
        if data.ndim == 2 and len(shape) == 1 and data.shape[1] != shape[0]:
            raise ValueError(
                f"X has {data.shape[1]} features, but {type(self).__name__} is expecting {shape[0]} features as input"
            )
        # Another precision of the same numbers; integers may be of another range.
        is_float = data.dtype in (np.float32, np.float64) and dtype in ("float32", "float64")
        if is_float and data.dtype != dtype:
            data = data.astype(dtype)
        return data

    def _as_target(self, y: Any, classes: Any, model: _core.Model) -> tuple[Tensor, list[Any] | None]:
        """Return labels as integers with the names of their classes, or targets as they are."""
        if self._entry.target == "values":
            return asarray(_array_of(y)), None
        unlabelled = self._entry.unlabelled
        known = numbers = None
        if classes is not None:
            known = np.unique(labels_of(classes, unlabelled=unlabelled, name="classes")[0])
        if model is self._model and self._model is not None:
            target = self._description["target"]
            given, known = known, classes_of(target)
            if given is not None and not np.array_equal(given, known):
                raise ValueError(
                    f"classes {given.tolist()} are not those of the first call, {known.tolist()}: leave classes out, "
                    "or fit anew"
                )
            numbers = None if target["classes"]["names"] is not None else np.asarray(known, dtype=np.int64)
        advice = USE_REGRESSOR if self._predicts_classes else MAKE_CLASSES
        found, names = encode_labels(y, known, numbers, unlabelled=unlabelled, advice=advice)
        return asarray(found), names if numbers is None else None

    @property
    def _predicts_classes(self) -> bool:
        return any(function.name == "predict" and function.output == "labels" for function in self._entry.functions)

    def _as_input(self, entry: _registry.Input, value: Any) -> Tensor:
        """Return an argument of a function as the library takes it."""
        if entry.type == "samples":
            return self._as_data(value, self._fitted)
        if entry.type == "labels":
            return self._as_target(value, None, self._fitted)[0]
        return asarray(_array_of(value))

    def _as_labels(self, found: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
        """Return labels of the library as the user gave them."""
        target = self._description["target"]
        return classes_of(target)[found] if target["classes"]["names"] is not None else found

    @property
    def _description(self) -> dict[str, Any]:
        description: dict[str, Any] = json.loads(self._fitted.describe())
        return description


def _array_of(value: Any) -> Any:
    """Return a table of pandas or polars as an array, and other values as they are."""
    return value.to_numpy() if hasattr(value, "to_numpy") else value

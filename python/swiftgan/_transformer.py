"""Estimators that turn data into features; to scikit-learn these have names, and can be tables in place of arrays."""

from __future__ import annotations

import sys
from typing import Any, ClassVar, TypeVar

import numpy as np

from ._creation import asarray
from ._estimator import Estimator

Self = TypeVar("Self", bound="Transformer")

CONTAINERS = ("default", "pandas", "polars")


class Transformer(Estimator):
    """An estimator that turns data into features."""

    # scikit-learn's name: its clone() copies what is there.
    _sklearn_output_config: ClassVar[dict[str, str]] = {}

    def fit_transform(self, X: Any, y: Any = None, **fit_params: Any) -> Any:
        """Fit to data and return their features, with ``y`` where they depend on it; ``fit_params`` go to ``fit``."""
        arguments = (X, y) if self._depends_on_y else (X,)
        return self.fit(X, y, **fit_params).transform(*arguments)  # type: ignore[attr-defined]

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray[Any, Any]:
        """Return the names of the features that ``transform`` gives: the class's in small letters, and a number.

        ``input_features``, which are looked at only, must be those of the data that the model was fitted to.
        """
        count = self._features_out()
        if input_features is not None:
            self._check_input_features(np.asarray(input_features, dtype=object))
        return self._names_out(count)

    def set_output(self: Self, *, transform: str | None = None) -> Self:
        """Say what ``transform`` and ``fit_transform`` give, and return the model.

        Parameters
        ----------
        transform : {"default", "pandas", "polars"}, optional
            An array, or a table whose columns are named as `get_feature_names_out` says. None leaves it as it is; until
            it is said, it is what scikit-learn is configured to (``transform_output``).
        """
        if transform is not None:
            if transform not in CONTAINERS:
                raise ValueError(f"set_output: transform must be one of {', '.join(CONTAINERS)}, not {transform!r}")
            self._sklearn_output_config = {"transform": transform}  # type: ignore[misc]
        return self

    @property
    def _depends_on_y(self) -> bool:
        declared = next(function for function in self._entry.functions if function.name == "transform")
        return any(entry.name == "y" for entry in declared.inputs)

    def _features_out(self) -> int:
        """Return how many features there are, as the library makes them of one row: one that its networks see as 0."""
        model, shape = self._fitted, self.sample_shape_
        inputs = [model.call("from_network", [asarray(np.zeros((1, *shape), np.float32))], "")]
        if self._depends_on_y:
            inputs.append(self._as_target(self.classes_[:1], None, model)[0])  # type: ignore[attr-defined]
        return int(model.call("transform", inputs, "").shape[1])

    def _names_out(self, count: int) -> np.ndarray[Any, Any]:
        prefix = type(self).__name__.lower()
        return np.asarray([f"{prefix}{index}" for index in range(count)], dtype=object)

    def _check_input_features(self, given: np.ndarray[Any, Any]) -> None:
        if self._feature_names is not None and not np.array_equal(given, self._feature_names):
            raise ValueError("input_features is not equal to feature_names_in_")
        shape = self.sample_shape_
        if len(shape) == 1 and len(given) != shape[0]:
            raise ValueError(
                f"input_features should have length equal to number of features ({shape[0]}), got {len(given)}"
            )

    def _contained(self, features: np.ndarray[Any, Any], X: Any) -> Any:
        """Return features in the container that is asked for, with the rows' names in the data that they are of."""
        # Who has not imported scikit-learn has not configured it.
        common = sys.modules["sklearn"].get_config() if "sklearn" in sys.modules else {}
        container = self._sklearn_output_config.get("transform") or common.get("transform_output", "default")
        if container == "pandas":
            import pandas

            index = X.index if isinstance(X, pandas.DataFrame) else None
            return pandas.DataFrame(features, index=index, columns=self._names_out(features.shape[1]))
        if container == "polars":
            import polars

            return polars.DataFrame(features, schema=self._names_out(features.shape[1]).tolist(), orient="row")
        return features

"""Feature spaces in which samples are compared."""

from __future__ import annotations

from typing import Any

import numpy as np

from .._numbers import whole
from ..errors import NotFittedError
from ._inputs import as_rows


class PCAFeatures:
    """The first principal components of data, as a feature space that needs no network.

    Parameters
    ----------
    n_components : int
        How many; fewer where the data have fewer dimensions.

    >>> import numpy as np, swiftgan as sg
    >>> images, _ = sg.datasets.load_digits()
    >>> sg.metrics.PCAFeatures(8).fit(images)(images[:5]).shape
    (5, 8)
    """

    def __init__(self, n_components: int = 32) -> None:
        self.n_components = whole("n_components", n_components, 1)

    def fit(self, data: Any) -> PCAFeatures:
        """Find the components of the data and return the space."""
        rows = as_rows(data)
        self.mean_ = rows.mean(axis=0)
        _, scales, directions = np.linalg.svd(rows - self.mean_, full_matrices=False)
        self.components_ = directions[: self.n_components]
        variances = scales**2
        self.explained_share_ = float(variances[: self.n_components].sum() / max(variances.sum(), 1e-300))
        return self

    def __call__(self, samples: Any) -> np.ndarray[Any, Any]:
        """Return samples in these components, (n, n_components)."""
        if not hasattr(self, "components_"):
            raise NotFittedError("these PCAFeatures have no components yet; call fit(data) first")
        rows = as_rows(samples)
        if rows.shape[1] != len(self.mean_):
            raise ValueError(f"the space is of {len(self.mean_)} numbers per sample, but these have {rows.shape[1]}")
        projected: np.ndarray[Any, Any] = (rows - self.mean_) @ self.components_.T
        return projected

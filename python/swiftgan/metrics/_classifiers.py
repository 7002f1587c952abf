"""Classifiers trained on real data: what class a sample is of, and features in which to compare samples."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import nn, random
from .._numbers import whole
from ._inputs import Array
from ._network import NetworkClassifier
from ._scale import Scale

FAR_OFF = 20
"""Images that reach so many times as far from 0 as those of the training are in another scale."""


class ImageClassifier(NetworkClassifier):
    """A small convolutional network that tells the classes of images apart, trained here on the real ones.

    Two convolutions (3x3, the second with stride 2), a hidden layer, a linear one; Adam with a cosine schedule. It
    stands in for the Inception network, which knows photographs and not your data.

    Parameters
    ----------
    epochs, batch_size : int
    learning_rate : float
    width : int
        Channels of the first convolution; the second has twice as many.
    n_features : int
        Units of the hidden layer, whose activations are the features.
    shift : int
        Training images are shifted at random by up to so many pixels, which keeps the network from learning places.
    random_state : int
        Seed of weights, order and shifts.
    """

    _OPTIONS = (*NetworkClassifier._OPTIONS, "width", "shift")

    def __init__(
        self,
        *,
        epochs: int = 30,
        batch_size: int = 64,
        learning_rate: float = 2e-3,
        width: int = 32,
        n_features: int = 64,
        shift: int = 1,
        random_state: int = 0,
    ) -> None:
        self.epochs, self.batch_size, self.learning_rate = epochs, batch_size, learning_rate
        self.width, self.n_features, self.shift, self.random_state = width, n_features, shift, random_state

    def fit(self, X: Any, y: Any) -> Any:
        """Train on images and their labels (N,), integers or strings, and return the classifier."""
        whole("width", self.width, 1)
        whole("shift", self.shift, 0)
        return super().fit(X, y)

    def _check_scale(self, scale: Scale | None) -> None:
        super()._check_scale(scale)
        known = self._trained_on
        if scale is None or known is None:
            return
        # A generator may overshoot, but not by so much; and pixels may be told as floats too.
        is_far_below = known.reach > FAR_OFF and scale.is_of_fractions(known) and scale.reach > 0
        if is_far_below or scale.reach > FAR_OFF * max(known.reach, 1):
            raise ValueError(
                f"X reaches {scale.reach:g}, but what the classifier was trained on is within {known.reach:g} of 0: "
                "bring both to one scale"
            )

    def _learn_scale(self, samples: Array) -> None:
        low, high = float(samples.min()), float(samples.max())
        self._low, self._factor = low, 1 / max(high - low, 1e-12)

    def _scale(self) -> dict[str, Any]:
        return {"low": self._low, "factor": self._factor}

    def _set_scale(self, scale: dict[str, Any]) -> None:
        self._low, self._factor = scale["low"], scale["factor"]

    def _scaled(self, samples: Array) -> Array:
        array = samples[..., None] if samples.ndim == 3 else samples
        if array.ndim != 4:
            raise ValueError(f"images must be (N, H, W) or (N, H, W, C), not of shape {samples.shape}")
        return ((array.astype(np.float32) - self._low) * (2 * self._factor) - 1).astype(np.float32)

    def _layers(self, shape: tuple[int, ...], source: random.Generator) -> list[Any]:
        height, width, channels = shape
        rows, columns, wide = (height + 1) // 2, (width + 1) // 2, 2 * self.width
        return [
            nn.Conv2D(channels, self.width, 3, padding="same", weight_init="he_normal", generator=source),
            nn.ReLU(),
            nn.Conv2D(self.width, wide, 3, stride=2, padding="same", weight_init="he_normal", generator=source),
            nn.ReLU(),
            nn.Flatten(),
            nn.Dense(rows * columns * wide, self.n_features, weight_init="he_normal", generator=source),
            nn.ReLU(),
        ]

    def _varied(self, batch: Array, generator: np.random.Generator) -> Array:
        """Return the images, each moved by up to `shift` pixels; what comes in is empty (-1)."""
        reach = self.shift
        if not reach:
            return batch
        height, width = batch.shape[1:3]
        padded = np.pad(batch, ((0, 0), (reach, reach), (reach, reach), (0, 0)), constant_values=-1)
        out = np.empty_like(batch)
        down, right = generator.integers(0, 2 * reach + 1, size=(2, len(batch)))
        for index in range(len(batch)):
            out[index] = padded[index, down[index] : down[index] + height, right[index] : right[index] + width]
        return out


class VectorClassifier(NetworkClassifier):
    """A network of two hidden layers that tells classes of vectors apart; coordinates are standardized.

    Parameters
    ----------
    epochs, batch_size : int
    learning_rate : float
    width : int
        Units of the first hidden layer.
    n_features : int
        Units of the second, whose activations are the features.
    random_state : int
        Seed of weights and order.
    """

    _OPTIONS = (*NetworkClassifier._OPTIONS, "width")

    def __init__(
        self,
        *,
        epochs: int = 30,
        batch_size: int = 64,
        learning_rate: float = 2e-3,
        width: int = 128,
        n_features: int = 64,
        random_state: int = 0,
    ) -> None:
        self.epochs, self.batch_size, self.learning_rate = epochs, batch_size, learning_rate
        self.width, self.n_features, self.random_state = width, n_features, random_state

    def fit(self, X: Any, y: Any) -> Any:
        """Train on vectors and their labels (N,), integers or strings, and return the classifier."""
        whole("width", self.width, 1)
        return super().fit(X, y)

    def _learn_scale(self, samples: Array) -> None:
        if samples.ndim != 2:
            raise ValueError(f"vectors must be (N, d), not of shape {samples.shape}")
        self._mean, spread = samples.mean(axis=0, dtype=np.float64), samples.std(axis=0, dtype=np.float64)
        self._spread = np.where(spread > 0, spread, 1)

    def _scale(self) -> dict[str, Any]:
        return {"mean": self._mean.tolist(), "spread": self._spread.tolist()}

    def _set_scale(self, scale: dict[str, Any]) -> None:
        self._mean, self._spread = np.asarray(scale["mean"]), np.asarray(scale["spread"])

    def _scaled(self, samples: Array) -> Array:
        if samples.ndim != 2 or samples.shape[1] != len(self._mean):
            raise ValueError(f"vectors must be (N, {len(self._mean)}), not of shape {samples.shape}")
        scaled: Array = ((samples - self._mean) / self._spread).astype(np.float32)
        return scaled

    def _layers(self, shape: tuple[int, ...], source: random.Generator) -> list[Any]:
        return [
            nn.Dense(shape[0], self.width, weight_init="he_normal", generator=source),
            nn.ReLU(),
            nn.Dense(self.width, self.n_features, weight_init="he_normal", generator=source),
            nn.ReLU(),
        ]

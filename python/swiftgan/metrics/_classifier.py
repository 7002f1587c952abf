"""A classifier trained on real data: what class a sample is of, and features in which to compare samples."""

from __future__ import annotations

from typing import Any

import numpy as np

from .. import nn, optim, random
from .._activations import log_softmax
from .._creation import asarray
from .._gradients import no_grad, value_and_grad
from .._tensor import Tensor
from ..errors import NotFittedError


class ImageClassifier:
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

    def fit(self, X: Any, y: Any) -> ImageClassifier:
        """Train on images (N, H, W, C) or (N, H, W) and labels 0, 1, ..., and return the classifier."""
        images = np.asarray(X)
        labels = np.asarray(y).astype(np.int64)
        if len(images) != len(labels) or not len(images):
            raise ValueError(f"there are {len(images)} images and {len(labels)} labels")
        low, high = float(images.min()), float(images.max())
        self._low, self._scale = low, 1 / max(high - low, 1e-12)
        self.n_classes_ = int(labels.max()) + 1
        pixels = self._pixels(images)
        self._build(pixels.shape[1:])
        count = len(pixels)
        steps = self.epochs * (count // min(self.batch_size, count))
        schedule = {"name": "cosine", "initial": self.learning_rate, "steps": max(steps, 1)}
        optimizer = optim.Adam([self._trunk, self._head], learning_rate=schedule)
        generator = np.random.default_rng(self.random_state)
        differentiate = value_and_grad(self._loss, of=[self._trunk, self._head])
        for _ in range(self.epochs):
            order = generator.permutation(count)
            for start in range(0, count - count % min(self.batch_size, count), min(self.batch_size, count)):
                picked = order[start : start + self.batch_size]
                batch = _shifted(pixels[picked], self.shift, generator)
                _, gradients = differentiate(asarray(batch), np.eye(self.n_classes_, dtype=np.float32)[labels[picked]])
                optimizer.step(gradients)
        self._trunk.eval()
        self._head.eval()
        return self

    def _build(self, shape: tuple[int, ...]) -> None:
        height, width, channels = shape
        source = random.Generator(self.random_state)
        rows, columns = (height + 1) // 2, (width + 1) // 2
        self._trunk = nn.Sequential(
            nn.Conv2D(channels, self.width, 3, padding="same", weight_init="he_normal", generator=source),
            nn.ReLU(),
            nn.Conv2D(
                self.width, 2 * self.width, 3, stride=2, padding="same", weight_init="he_normal", generator=source
            ),
            nn.ReLU(),
            nn.Flatten(),
            nn.Dense(rows * columns * 2 * self.width, self.n_features, weight_init="he_normal", generator=source),
            nn.ReLU(),
        )
        self._head = nn.Dense(self.n_features, self.n_classes_, generator=source)

    def _loss(self, images: Tensor, targets: np.ndarray[Any, Any]) -> Tensor:
        return -(log_softmax(self._head(self._trunk(images))) * targets).sum(axis=1).mean()

    def _pixels(self, images: Any) -> np.ndarray[Any, Any]:
        array = np.asarray(images)
        array = array[..., None] if array.ndim == 3 else array
        if array.ndim != 4:
            raise ValueError(f"images must be (N, H, W) or (N, H, W, C), not of shape {array.shape}")
        return ((array.astype(np.float32) - self._low) * (2 * self._scale) - 1).astype(np.float32)

    def features(self, X: Any) -> np.ndarray[Any, Any]:
        """Return the hidden layer's activations, float32 (n, n_features)."""
        if not hasattr(self, "n_classes_"):
            raise NotFittedError("this classifier has not been trained; call fit(X, y) first")
        pixels = self._pixels(X)
        with no_grad():
            pieces = [self._trunk(asarray(pixels[start : start + 512])).numpy() for start in range(0, len(pixels), 512)]
        return np.concatenate(pieces)

    def predict_proba(self, X: Any) -> np.ndarray[Any, Any]:
        """Return the probability of each class, (n, n_classes)."""
        features = asarray(self.features(X))
        with no_grad():
            probabilities: np.ndarray[Any, Any] = self._head(features).softmax().numpy()
        return probabilities

    def predict(self, X: Any) -> np.ndarray[Any, Any]:
        """Return the likeliest class of each image, int64 (n,)."""
        labels: np.ndarray[Any, Any] = self.predict_proba(X).argmax(axis=1)
        return labels

    def score(self, X: Any, y: Any) -> float:
        """Return the share of images whose class is found."""
        return float((self.predict(X) == np.asarray(y)).mean())


def _shifted(images: np.ndarray[Any, Any], reach: int, generator: np.random.Generator) -> np.ndarray[Any, Any]:
    """Return the images, each moved by up to `reach` pixels; what comes in is empty (-1)."""
    if not reach:
        return images
    height, width = images.shape[1:3]
    padded = np.pad(images, ((0, 0), (reach, reach), (reach, reach), (0, 0)), constant_values=-1)
    out = np.empty_like(images)
    down, right = generator.integers(0, 2 * reach + 1, size=(2, len(images)))
    for index in range(len(images)):
        out[index] = padded[index, down[index] : down[index] + height, right[index] : right[index] + width]
    return out

"""A2: convolution as filtering; the CNN of convolution, ReLU, pooling and fully connected layers."""

from __future__ import annotations

from typing import Any

import numpy as np
import swiftgan as sg

from .row import Figure, Measured, Row, Run, at_least, at_most

SOBEL_X = np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]], np.float32)
SOBEL = np.stack([SOBEL_X, SOBEL_X.T], axis=-1)[:, :, None, :]  # (3, 3, 1, 2): one filter for each direction

# The published map of the 9x9 'X' under the 3x3 diagonal, in ninths.
MAP = np.array(
    [
        [7, -1, 1, 3, 5, -1, 3],
        [-1, 9, -1, 3, -1, 1, -1],
        [1, -1, 9, -3, 1, -1, 5],
        [3, 3, -3, 5, -3, 3, 3],
        [5, -1, 1, -3, 9, -1, 1],
        [-1, 1, -1, 3, -1, 9, -1],
        [3, -1, 5, 3, 1, -1, 7],
    ]
)
# After ReLU and the largest of each 2x2 window, the last row and column of windows being cut by the edge.
POOLED = np.array([[9, 3, 5, 3], [3, 9, 3, 5], [5, 3, 9, 1], [3, 5, 1, 7]])


def photograph() -> np.ndarray:
    """Return a grey photograph, float32 (1, H, W, 1) in [0, 1]: scikit-learn's, or else digits side by side."""
    try:
        from sklearn.datasets import load_sample_image

        grey = load_sample_image("china.jpg").mean(axis=2) / 255
    except (ImportError, OSError):
        grey = np.hstack(sg.datasets.load_digits("float64")[0][:20, :, :, 0])
    return grey.astype(np.float32)[None, :, :, None]


def sobel(run: Run) -> Measured:
    """Return the largest difference to the sums of products written out, over both directions and all pixels."""
    image = photograph()
    ours = sg.conv2d(image, SOBEL).numpy()[0]
    windows = np.lib.stride_tricks.sliding_window_view(image[0, :, :, 0].astype(np.float64), (3, 3))
    theirs = np.stack([(windows * SOBEL[:, :, 0, k]).sum(axis=(2, 3)) for k in range(2)], axis=-1)
    return Measured(float(np.abs(ours - theirs).max()), {"image": list(image.shape), "largest": float(theirs.max())})


def cross() -> np.ndarray:
    """Return the 'X', float32 (1, 9, 9, 1): 1 on the strokes, -1 elsewhere."""
    image = np.full((9, 9), -1, np.float32)
    stroke = np.arange(1, 8)
    image[stroke, stroke] = image[stroke, 8 - stroke] = 1
    return image[None, :, :, None]


def feature_map() -> sg.Tensor:
    """Return the map (1, 7, 7, 1) of the mean of products with the diagonal."""
    diagonal = (2 * np.eye(3, dtype=np.float32) - 1)[:, :, None, None]
    return sg.conv2d(cross(), diagonal) / 9


def x_map(run: Run) -> Measured:
    ours = feature_map().numpy()[0, :, :, 0]
    return Measured(float(np.abs(ours - MAP / 9).max()), {"row 0": [round(float(value), 4) for value in ours[0]]})


def pooled_map(run: Run) -> float:
    ours = sg.max_pool2d(sg.relu(feature_map()), 2, padding=(0, 1, 0, 1)).numpy()[0, :, :, 0]
    return float(np.abs(ours - POOLED / 9).max())


def classify(run: Run, **options: Any) -> Measured:
    """Return the share of test images whose class a CNN finds."""
    (images, labels), (test_images, test_labels) = run.data
    model = sg.CNNClassifier(random_state=run.seed, **options).fit(images, labels, verbose=False)
    right = model.score(test_images, test_labels)
    return Measured(right, {"test images": len(test_labels), "training images right": model.score(images, labels)})


ROW = Row(
    "A2",
    "convolution as filtering; the CNN",
    (
        Figure("Sobel on a photograph, difference to sums of products", at_most(1e-5), sobel),
        Figure("the 9x9 'X' under the diagonal, difference to the 7x7 map", at_most(1e-6), x_map),
        Figure("its ReLU and 2x2 max pooling, difference to the 4x4 map", at_most(1e-6), pooled_map),
        Figure(
            "CNN, test images right",
            at_least(0.98),
            lambda run: classify(run, epochs=run.choose(60, 15)),
            data="DIGITS",
            seeds=(0, 1, 2),
            quick=at_least(0.96),
            budget_s=30,
        ),
        Figure(
            "CNN, test images right",
            at_least(0.91),
            lambda run: classify(run, epochs=run.choose(6, 15)),
            data="FASHION",
            seeds=(0,),
            budget_s=300,
        ),
    ),
)

"""Class labels of any kind, as the integers that the library takes, and back."""

from __future__ import annotations

from typing import Any

import numpy as np

from ._creation import asarray
from ._tensor import Tensor

# Integers that the library takes as they are.
_NATIVE = (np.int32, np.int64, np.uint8)


def classes_of(target: dict[str, Any]) -> np.ndarray[Any, Any]:
    """Return the classes that a model was fitted to, as ``numpy.unique`` gives them."""
    classes = target["classes"]
    if classes["names"] is not None:
        return np.asarray(classes["names"])
    return np.asarray(classes["values"], dtype=classes["dtype"])


# The label of a sample without one; scikit-learn's.
UNLABELLED = -1


def encode_labels(
    y: Any, known: np.ndarray[Any, Any] | None = None, *, unlabelled: bool = False
) -> tuple[Tensor, list[Any] | None]:
    """Return labels as integers, and the names of the classes that they number (None for integers as they are).

    Parameters
    ----------
    y : array (N,)
        Integers, booleans, strings, or floats without fractions.
    known : array, optional
        The classes, where they are known: the labels are numbered by their place there.
    unlabelled : bool
        Whether -1 stands for a sample without a label; it stays -1.

    Raises
    ------
    ValueError, TypeError
        For labels of another shape or kind, and for one that is not among the known classes.
    """
    labels = y.to_numpy() if hasattr(y, "to_numpy") else np.asarray(y)
    if labels.ndim != 1:
        raise ValueError(f"y should be a 1d array of labels, one for each sample, but has the shape {labels.shape}")
    check_kind(labels)
    if unlabelled and (known is not None or labels.dtype.kind in "fO"):
        return _encode_some(labels, known)
    if known is not None:
        return asarray(_places(labels, known)), known.tolist()
    if labels.dtype.kind in "iu":
        return asarray(labels if labels.dtype in _NATIVE else labels.astype(np.int64)), None
    try:
        names, places = np.unique(labels, return_inverse=True)
    except TypeError as error:
        raise TypeError(f"labels must be of one kind, all strings or all numbers: {error}") from None
    return asarray(places.astype(np.int32)), names.tolist()


def _encode_some(labels: np.ndarray[Any, Any], known: np.ndarray[Any, Any] | None) -> tuple[Tensor, list[Any] | None]:
    """Return labels of which some are -1, for samples without; numbers become integers."""
    if labels.dtype.kind == "f" and known is None:
        return asarray(labels.astype(np.int64)), None
    missing = np.asarray([not isinstance(label, (str, bool)) and label == UNLABELLED for label in labels.tolist()])
    places = np.full(len(labels), UNLABELLED, np.int32)
    if missing.all():
        return asarray(places), None
    found, names = encode_labels(np.asarray(labels[~missing].tolist()), known)
    places[~missing] = np.asarray(found)
    return asarray(places), names


def check_kind(labels: np.ndarray[Any, Any]) -> None:
    """Raise an error unless these are labels of classes: integers, strings, booleans, or floats without fractions."""
    kind = labels.dtype.kind
    if kind == "f":
        bad = labels[~np.isfinite(labels)]
        if len(bad):
            raise ValueError(f"y contains NaN or infinity, which are no labels: {bad[0]}")
        bad = labels[labels != np.floor(labels)]
        if len(bad):
            raise ValueError(
                f"Unknown label type: continuous. y holds {bad[0].item()!r}, but a classifier needs labels of classes; "
                "for numbers to be predicted use a regressor"
            )
    elif kind == "O":
        if any(label is None or label != label for label in labels):
            raise ValueError("y contains None or NaN, which are no labels")
        if not all(isinstance(label, (str, bool, int, float, np.generic)) for label in labels):
            raise TypeError(f"labels must be integers, strings or booleans, not {type(labels[0]).__name__}")
    elif kind not in "iubU":
        raise TypeError(f"labels must be integers, strings or booleans, not of dtype {labels.dtype}")


def _places(labels: np.ndarray[Any, Any], known: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return the place of each label among the known classes, which are in ascending order."""
    places = {name: place for place, name in enumerate(known.tolist())}
    try:
        return np.asarray([places[label] for label in labels.tolist()], dtype=np.int32)
    except KeyError as error:
        raise ValueError(
            f"label {error.args[0]!r} is of no class that the model was made for: {known.tolist()[:12]}"
        ) from None

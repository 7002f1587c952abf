"""Class labels of any kind, as the integers that the library takes, and back."""

from __future__ import annotations

from typing import Any

import numpy as np

Array = np.ndarray[Any, Any]

# The label of a sample without one; scikit-learn's.
UNLABELLED = -1

# Integers that the library takes as they are.
_NATIVE = (np.int32, np.int64, np.uint8)
# Larger ones are not exact in JSON, in which files keep them.
_LARGEST = 2**53

# What to do with numbers that are no classes: of models that predict classes, and of others.
USE_REGRESSOR = "for numbers to be predicted use a regressor"
MAKE_CLASSES = "make classes of numbers, as np.digitize does"


def classes_of(target: dict[str, Any]) -> Array:
    """Return the classes that a model was fitted to, as ``numpy.unique`` gives them."""
    classes = target["classes"]
    if classes["names"] is not None:
        return np.asarray(classes["names"])
    return np.asarray(classes["values"], dtype=classes["dtype"])


def encode_labels(
    y: Any,
    known: Array | None = None,
    numbers: Array | None = None,
    *,
    unlabelled: bool = False,
    advice: str = USE_REGRESSOR,
) -> tuple[Array, list[Any] | None]:
    """Return labels as integers, and the names of the classes that they number (None for integers as they are).

    Parameters
    ----------
    y : array (N,)
        Integers, booleans, strings, or floats without fractions, all of one kind.
    known : array, optional
        The classes in ascending order, where they are known: labels are looked up there, 7.0 being 7.
    numbers : array of int, optional
        What the library calls the known classes; by default their places.
    unlabelled : bool
        Whether -1 stands for a sample without a label; it stays -1.
    advice : str
        What to do with numbers that are no classes.

    Raises
    ------
    ValueError, TypeError
        For labels of another shape or kind, and for one that is not among the known classes.
    """
    labels, labelled = labels_of(y, unlabelled=unlabelled, advice=advice)
    names: list[Any] | None = None
    if known is not None:
        places = _places(labels, known)
        found, names = places if numbers is None else numbers[places], known.tolist()
    elif labels.dtype.kind in "iuf" and (np.abs(labels, dtype=np.float64) > _LARGEST).any():
        raise _too_large(labels[np.abs(labels, dtype=np.float64) > _LARGEST][0].item())
    elif labels.dtype.kind in "iu" or (unlabelled and labels.dtype.kind == "f"):
        found = labels if labels.dtype in _NATIVE else labels.astype(np.int64)
    else:
        classes, places = np.unique(labels, return_inverse=True)
        found, names = places.astype(np.int32), classes.tolist()
    if labelled is None:
        return found, names
    every = np.full(len(labelled), UNLABELLED, np.int64)
    every[labelled] = found
    return every, names


def labels_of(
    y: Any, *, unlabelled: bool = False, name: str = "y", advice: str = USE_REGRESSOR
) -> tuple[Array, Array | None]:
    """Return the labels that there are, of one kind, and which rows have one (None: all)."""
    labels = as_array(y)
    if labels.ndim != 1:
        raise ValueError(
            f"{name} should be a 1d array of labels, one for each sample, but has the shape {labels.shape}"
        )
    if not unlabelled:
        return of_one_kind(labels, name=name, advice=advice), None
    _refuse_texts_of_minus_one(labels, name)
    labelled = np.asarray([not _is_minus_one(label) for label in labels.tolist()], dtype=bool)
    if labelled.all():
        return of_one_kind(labels, name=name, advice=advice), None
    return of_one_kind(labels[labelled], name=name, advice=advice), labelled


def as_array(y: Any) -> Array:
    """Return labels as an array; of objects where a list holds several kinds, of which NumPy would make texts."""
    if hasattr(y, "to_numpy"):
        return np.asarray(y.to_numpy())
    if not isinstance(y, (list, tuple)):
        return np.asarray(y)
    kinds = {_kind(label) for label in y} - {None}
    # Integers beyond 64 bits would become floats.
    if len(kinds) > 1 or any(isinstance(label, int) and abs(label) > _LARGEST for label in y):
        labels = np.empty(len(y), dtype=object)
        labels[:] = y
        return labels
    return np.asarray(y)


def of_one_kind(labels: Array, *, name: str = "y", advice: str = USE_REGRESSOR) -> Array:
    """Return labels as integers, booleans, texts or floats without fractions.

    Raises
    ------
    TypeError, ValueError
        For what are no labels: fractions, NaN, None, other objects, and labels of several kinds.
    """
    if labels.dtype.kind in "OT":
        labels = _from_objects(labels, name)
    kind = labels.dtype.kind
    if kind == "f":
        bad = labels[~np.isfinite(labels)]
        if len(bad):
            raise ValueError(f"{name} contains NaN or infinity, which are no labels: {bad[0]}")
        bad = labels[labels != np.floor(labels)]
        if len(bad):
            raise ValueError(
                f"Unknown label type: continuous. {name} holds {bad[0].item()!r}, but labels of classes are needed; "
                f"{advice}"
            )
    elif kind not in "iubU":
        raise TypeError(f"labels must be integers, strings or booleans, not of dtype {labels.dtype}")
    return labels


def judged(y: Array, classes: Array, *, unlabelled: bool) -> Array:
    """Return which rows of labels (N,) or (N, 1) predictions can be compared with: all that have one.

    Raises
    ------
    ValueError, TypeError
        For labels of another kind than the classes, and where no row has one.
    """
    labels = y.reshape(-1)
    rows = np.ones(len(labels), dtype=bool)
    if unlabelled:
        _refuse_texts_of_minus_one(labels, "y")
        rows = np.asarray([not _is_minus_one(label) for label in labels.tolist()], dtype=bool)
        if len(rows) and not rows.any():
            raise ValueError(f"score: all {len(rows)} labels are {UNLABELLED}, which stands for no label")
    _check_kinds(of_one_kind(labels[rows]), classes)
    return rows


def _from_objects(labels: Array, name: str) -> Array:
    """Return objects as an array of what they are."""
    given = labels.ravel().tolist()
    if any(label is None or (isinstance(label, float) and label != label) for label in given):
        raise ValueError(f"{name} contains None or NaN, which are no labels")
    first: dict[str, Any] = {}
    for label in given:
        kind = _kind(label)
        if kind is None:
            raise TypeError(f"labels must be integers, strings or booleans, not {type(label).__name__}")
        if kind == "numbers" and isinstance(label, int) and abs(label) > _LARGEST:
            raise _too_large(label)
        first.setdefault(kind, label)
    if len(first) > 1:
        a, b = list(first.values())[:2]
        raise TypeError(f"labels must be of one kind, all strings or all numbers, but {name} holds {a!r} and {b!r}")
    return np.asarray(given).reshape(labels.shape)


def _too_large(label: float) -> ValueError:
    return ValueError(f"label {label} is too large in magnitude; labels go up to 2^53: number the classes 0, 1, ...")


def _kind(label: Any) -> str | None:
    if isinstance(label, str):
        return "texts"
    if isinstance(label, (bool, np.bool_)):
        return "booleans"
    return "numbers" if isinstance(label, (int, float, np.integer, np.floating)) else None


_KINDS = {"U": "texts", "b": "booleans", "i": "numbers", "u": "numbers", "f": "numbers"}


def _is_minus_one(label: Any) -> bool:
    return _kind(label) == "numbers" and label == UNLABELLED


def _refuse_texts_of_minus_one(labels: Array, name: str) -> None:
    """Raise an error for the text '-1': NumPy made it of the number, which stands for no label."""
    if labels.dtype.kind not in "UOT":
        return
    for label in labels.ravel().tolist():
        if isinstance(label, str) and label.strip() in ("-1", "-1.0"):
            raise ValueError(
                f"{name} holds the text {label!r}, but a sample without a label has the number {UNLABELLED}: NumPy "
                "makes texts of numbers among texts; give a list, or an array with dtype=object"
            )


def _shown(classes: Array) -> str:
    listed = ", ".join(map(repr, classes[:12].tolist()))
    return f"{listed}, ..." if len(classes) > 12 else listed


def _check_kinds(labels: Array, classes: Array) -> None:
    given, wanted = _KINDS[labels.dtype.kind], _KINDS.get(classes.dtype.kind, "objects")
    if given != wanted and labels.size:
        raise ValueError(
            f"label {labels.reshape(-1)[0].item()!r} is of no class that the model was made for: its classes are "
            f"{wanted}, {_shown(classes)}, and not {given}; give labels as classes_ has them"
        )


def _places(labels: Array, classes: Array) -> Array:
    """Return the place of each label among the classes, which are in ascending order; equal numbers are the same."""
    _check_kinds(labels, classes)
    if not labels.size:
        return np.zeros(0, np.int32)
    places = np.minimum(np.searchsorted(classes, labels), len(classes) - 1)
    strange = labels[classes[places] != labels]
    if len(strange):
        raise ValueError(
            f"label {strange[0].item()!r} is of no class that the model was made for: {_shown(classes)}; to add a "
            "class fit anew (partial_fit is told all there are in the first call, by classes=)"
        )
    return places.astype(np.int32)

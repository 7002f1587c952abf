"""Names of columns: what a table's are, and whether they are those that a model was fitted to, as scikit-learn asks it.

Its words are kept, so that what looks for them in programs and tests finds them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np

from ._warnings import warn_user

Names = np.ndarray[Any, Any]

# So many names of a kind are listed in a message.
_MOST_LISTED = 5


def feature_names(X: Any) -> Names | None:
    """Return the names of a table's columns; None where it has none, or they are no texts.

    Raises
    ------
    TypeError
        Where some are texts and some are not.
    """
    columns = getattr(X, "columns", None) if hasattr(X, "to_numpy") else None
    names = [] if columns is None else list(columns)
    kinds = sorted({type(name).__qualname__ for name in names})
    if len(kinds) > 1 and "str" in kinds:
        raise TypeError(
            "Feature names are only supported if all input features have string names, but your input has "
            f"{kinds} as feature name / column name types: use X.columns = X.columns.astype(str), or no names"
        )
    return np.asarray(names, dtype=object) if kinds == ["str"] else None


def check_feature_names(given: Names | None, fitted: Names | None, owner: str) -> None:
    """Compare the names of data with those of the data that a model was fitted to.

    Raises
    ------
    ValueError
        Where they differ, or come in another order. Where only one side has names there is a warning.
    """
    if given is None and fitted is None:
        return
    if fitted is None:
        warn_user(f"X has feature names, but {owner} was fitted without feature names")
    elif given is None:
        warn_user(f"X does not have valid feature names, but {owner} was fitted with feature names")
    elif not np.array_equal(given, fitted):
        unseen, missing = set(given) - set(fitted), set(fitted) - set(given)
        message = "The feature names should match those that were passed during fit.\n"
        if unseen:
            message += f"Feature names unseen at fit time:\n{_listed(unseen)}"
        if missing:
            message += f"Feature names seen at fit time, yet now missing:\n{_listed(missing)}"
        if not unseen and not missing:
            message += "Feature names must be in the same order as they were in fit.\n"
        raise ValueError(message)


def _listed(names: Iterable[str]) -> str:
    lines = [f"- {name}\n" for name in sorted(names)]
    return "".join(lines if len(lines) <= _MOST_LISTED else [*lines[:_MOST_LISTED], "- ...\n"])

"""Exceptions of the package's own."""

from __future__ import annotations

import functools
import sys


class NotFittedError(ValueError, AttributeError):
    """A model was asked for what only training gives it. A ValueError and an AttributeError, as scikit-learn's."""


def not_fitted(message: str) -> NotFittedError:
    """Return the error to raise, which is scikit-learn's too where that has been imported."""
    theirs = sys.modules.get("sklearn.exceptions")
    return (NotFittedError if theirs is None else _common(theirs.NotFittedError))(message)


@functools.cache
def _common(theirs: type[Exception]) -> type[NotFittedError]:
    return type("NotFittedError", (NotFittedError, theirs), {"__module__": "swiftgan.errors"})

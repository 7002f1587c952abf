"""Exceptions of the package's own."""

from __future__ import annotations

import functools
import sys
from typing import Any


class NotFittedError(ValueError, AttributeError):
    """A model was asked for what only training gives it. A ValueError and an AttributeError, as scikit-learn's."""


class NotFiniteError(RuntimeError):
    """Training was stopped by a loss or weight that is NaN or infinite; the model is at the last good state.

    That is of at most 20 steps before, since weights are looked at every 20 steps. A model whose first fit goes bad
    before that is not trained.

    Attributes
    ----------
    step : int
        The step at which it was found.
    figure : str
        The loss or other figure of the history, or the parameter with its network before it (``"generator.0.weight"``).
    value : float
        NaN or an infinity; NaN for a parameter.
    restored_step : int or None
        The step whose state was put back.
    """

    def __init__(self, message: str, step: int, figure: str, value: float, restored_step: int | None) -> None:
        super().__init__(message)
        self.step, self.figure, self.value, self.restored_step = step, figure, value, restored_step

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self), (str(self), self.step, self.figure, self.value, self.restored_step)


def not_fitted(message: str) -> NotFittedError:
    """Return the error to raise, which is scikit-learn's too where that has been imported."""
    theirs = sys.modules.get("sklearn.exceptions")
    return (NotFittedError if theirs is None else _common(theirs.NotFittedError))(message)


@functools.cache
def _common(theirs: type[Exception]) -> type[NotFittedError]:
    return type("NotFittedError", (NotFittedError, theirs), {"__module__": "swiftgan.errors"})

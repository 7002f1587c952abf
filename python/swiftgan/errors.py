"""Exceptions of the package's own."""

from __future__ import annotations


class NotFittedError(ValueError, AttributeError):
    """A model was asked for what only training gives it. A ValueError and an AttributeError, as scikit-learn's."""

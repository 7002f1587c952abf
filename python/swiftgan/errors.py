"""Exceptions of the package's own."""

from __future__ import annotations


class NotFittedError(ValueError, AttributeError):
    """A model was asked for what only training gives it. As in scikit-learn, both a ValueError and an AttributeError."""

"""Classifiers of real images that several rows look at samples with."""

from __future__ import annotations

import functools

import swiftgan as sg

from .row import load


@functools.cache
def image_judge(data: str) -> sg.metrics.ImageClassifier:
    """Return the classifier in whose features distances are measured; many images need few rounds."""
    epochs = 30 if data == "DIGITS" else 3
    return sg.metrics.ImageClassifier(epochs=epochs, random_state=0).fit(*load(data).train)

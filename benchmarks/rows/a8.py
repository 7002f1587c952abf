"""A8: the extreme learning machine: random hidden units, and a readout in closed form."""

from __future__ import annotations

import swiftgan as sg

from .row import Figure, Measured, Row, Run, at_least


def accuracy(run: Run) -> Measured:
    """Return the share of test digits whose class is found."""
    (images, labels), (test_images, test_labels) = run.data
    model = sg.ELMClassifier(hidden=run.choose(2000, 1000), random_state=run.seed).fit(images, labels, verbose=False)
    return Measured(model.score(test_images, test_labels), {"training digits": model.score(images, labels)})


ROW = Row(
    "A8",
    "extreme learning machine",
    (Figure("test images right", at_least(0.95), accuracy, data="DIGITS", seeds=(0, 1, 2), budget_s=2),),
)

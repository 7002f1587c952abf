"""A9: MADE, the masked autoencoder: a fully visible belief network whose likelihoods are exact."""

from __future__ import annotations

import itertools

import numpy as np
import swiftgan as sg

from .row import Figure, Measured, Row, Run, at_most

ALL = np.array(list(itertools.product((0.0, 1.0), repeat=9)), np.float32)  # (512, 9)


def normalisation(run: Run, **options: object) -> Measured:
    """Return how far the probabilities of all 2^9 vectors are from summing to 1, after training on 3x3 middles."""
    middles = (run.data.train[0][:, 2:5, 2:5, 0] > 127).reshape(-1, 9).astype(np.float32)
    model = sg.MADE(hidden=[64, 64], random_state=run.seed, **options)
    model.fit(middles, epochs=run.choose(50, 3), verbose=False)
    log_p = np.asarray(model.score_samples(ALL), np.float64)
    held = (run.data.test[0][:, 2:5, 2:5, 0] > 127).reshape(-1, 9).astype(np.float32)
    rate = middles.mean(axis=0, dtype=np.float64)
    details = {
        "nats of a test middle": float(model.score_samples(held).mean()),
        "independent pixels": float(np.log(np.where(held > 0, rate, 1 - rate)).sum(axis=1).mean()),
    }
    return Measured(abs(float(np.exp(log_p).sum()) - 1), details)


ROW = Row(
    "A9",
    "MADE",
    tuple(
        Figure(
            f"{name}: 2^9 probabilities, difference to 1",
            at_most(1e-5),
            lambda run, options=options: normalisation(run, **options),
            data="DIGITS",
            seeds=(0, 1, 2),
            budget_s=5,
        )
        for name, options in (
            ("one mask", {}),
            ("8 random orders", {"masks": 8, "ordering": "random", "connectivity": "random"}),
        )
    ),
)

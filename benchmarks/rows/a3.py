"""A3: the recurrent network s_t = f(U x_t + W s_{t-1}), h_t = g(V s_t); in both directions; in layers."""

from __future__ import annotations

import numpy as np
import swiftgan as sg

from .recurrence import difference
from .row import Figure, Measured, Row, Run, at_most


def all_ones(run: Run) -> Measured:
    """Return the largest difference of the lecture's sums to the outputs of a linear net whose weights are all 1."""
    states = sg.nn.RNN(2, 2, nonlinearity="linear", bias=False, weight_init="ones", recurrent_init="ones")
    outputs = sg.nn.Dense(2, 2, bias=False, weight_init="ones")
    x = np.array([[[1, 1], [1, 1], [2, 2]]], np.float32)
    found = outputs(states(x)).numpy()[0]
    expected = np.array([[4, 4], [12, 12], [32, 32]])
    return Measured(float(np.abs(found - expected).max()), {"outputs": found.tolist()})


ROW = Row(
    "A3",
    "recurrent networks: simple, in both directions, in layers",
    (
        Figure("all-ones weights: difference to (4,4), (12,12), (32,32)", at_most(0), all_ones),
        *(
            Figure(
                f"{layers} layer{'s' * (layers > 1)}, both directions, {dtype}: difference to formulas",
                at_most({"float32": 1e-5, "float64": 1e-10}[dtype]),
                lambda run, layers=layers, dtype=dtype: difference("RNN", layers, dtype, run.seed),
                seeds=(0, 1, 2),
            )
            for layers in (1, 3)
            for dtype in ("float32", "float64")
        ),
    ),
)

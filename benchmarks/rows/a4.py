"""A4: LSTM and GRU: the reference formulas, and a dependence over a long time that they learn."""

from __future__ import annotations

import numpy as np
import swiftgan as sg

from .recurrence import difference
from .row import Figure, Measured, Row, Run, at_least, at_most

# What each needs to keep its state at first: forget gates as open as the sequences are long (Tallec and Ollivier 2018),
# or products that keep lengths (Saxe et al. 2014).
NETWORKS = {
    "LSTM": {"hidden": 16, "learning_rate": 0.02, "options": {"forget_bias": 4.0}},
    "GRU": {"hidden": 32, "learning_rate": 0.01, "options": {"recurrent_init": "orthogonal"}},
}


class LastOutput(sg.nn.Module):
    """A recurrent layer whose last output is read by one linear neuron."""

    def __init__(self, kind: str, seed: int) -> None:
        source = sg.random.Generator(seed)
        hidden, options = NETWORKS[kind]["hidden"], NETWORKS[kind]["options"]
        self.layer = getattr(sg.nn, kind)(2, hidden, return_sequences=False, generator=source, **options)
        self.output = sg.nn.Dense(hidden, 1, generator=source)

    def forward(self, x: sg.Tensor) -> sg.Tensor:
        return self.output(self.layer(x))


def remembered(count: int, length: int, generator: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return sequences (n, time, 2) and whether the one number that is marked, in the first fifth, was positive.

    It is 1 or -1. All other numbers are noise of standard deviation 0.2: what was marked must be kept through it over
    at least four fifths of the sequence.
    """
    values = generator.normal(0, 0.2, size=(count, length))
    marked = generator.integers(0, length // 5, size=count)
    values[np.arange(count), marked] = generator.choice([-1.0, 1.0], size=count)
    marks = np.zeros_like(values)
    marks[np.arange(count), marked] = 1
    x = np.stack([values, marks], axis=2).astype(np.float32)
    return x, (values[np.arange(count), marked] > 0).astype(np.float32)[:, None]


def long_lag(run: Run, kind: str) -> Measured:
    """Return the share of 1,000 new sequences whose marked number is remembered, after training on fresh ones.

    Training begins with short sequences and goes on to ever longer ones.
    """
    lessons = ((10, 150), (20, 150), (40, 120), (70, 80), (100, 80))[: run.choose(5, 2)]
    generator = np.random.default_rng(run.seed)
    network = LastOutput(kind, run.seed)
    optimizer = sg.optim.Adam([network], learning_rate=NETWORKS[kind]["learning_rate"], clip_norm=1.0)
    slope = sg.value_and_grad(lambda x, y: sg.softplus((1 - 2 * y) * network(x)).mean(), of=[network])
    losses = []
    for length, steps in lessons:
        for _ in range(steps):
            loss, gradients = slope(*remembered(64, length, generator))
            optimizer.step(gradients)
            losses.append(float(loss))
    x, y = remembered(1000, length, np.random.default_rng(1_000_000 + run.seed))
    with sg.no_grad():
        right = float(((network(x).numpy() > 0) == (y > 0.5)).mean())
    return Measured(right, {"steps of a sequence": length, "loss at first": losses[0], "at last": losses[-1]})


ROW = Row(
    "A4",
    "LSTM and GRU",
    (
        *(
            Figure(
                f"{kind}, {layers} layer{'s' * (layers > 1)}, both directions, {dtype}: difference to formulas",
                at_most({"float32": 1e-5, "float64": 1e-10}[dtype]),
                lambda run, kind=kind, layers=layers, dtype=dtype: difference(kind, layers, dtype, run.seed),
                seeds=(0, 1, 2),
            )
            for kind in ("LSTM", "GRU")
            for layers in (1, 2)
            for dtype in ("float32", "float64")
        ),
        *(
            Figure(
                f"{kind} remembers one of two values over 80 steps of 100",
                at_least(0.99),
                lambda run, kind=kind: long_lag(run, kind),
                seeds=(0, 1, 2),
                quick=at_least(0.95),
                budget_s=120,
            )
            for kind in ("LSTM", "GRU")
        ),
    ),
)

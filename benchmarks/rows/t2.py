"""T2: is it converging? Planted faults raise the right alarm, healthy runs none, and training keeps its bits."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import swiftgan as sg

from .row import Figure, Measured, Row, Run, at_least, at_most

sys.path.append(str(Path(__file__).resolve().parents[2] / "python" / "tests"))

import planted

SEEDS = tuple(range(10))


def watch(every: int = 20) -> sg.Diagnostics:
    return sg.Diagnostics(every, display=None, warn=False)


def raises(plant: Callable[..., Any], kind: str) -> Callable[[Run], Measured]:
    """Return a measure: 1 when the fault's alarm is raised, else 0; all alarms beside."""

    def measure(run: Run) -> Measured:
        diagnostics = watch()
        plant(run.seed, diagnostics)
        found = {alarm.kind for alarm in diagnostics.alarms}
        return Measured(float(kind in found), {alarm.kind: alarm.message for alarm in diagnostics.alarms})

    return measure


def ring(run: Run) -> Measured:
    """Return how many alarms WGAN-GP on a ring raises."""
    diagnostics = watch(25)
    gan = planted.healthy(run.seed, diagnostics, run.choose(1000, 300))
    modes = sg.metrics.mode_coverage(gan.sample(2500, random_state=0), sg.datasets.RING8_MODES, 0.05)
    return Measured(len(diagnostics.alarms), {"modes": modes.covered, "looks": len(diagnostics.steps)})


def digits(run: Run) -> Measured:
    """Return how many alarms DCGAN on digits raises; looks at test digits."""
    diagnostics = sg.Diagnostics(50, held_out=run.data.test[0], display=None, warn=False)
    gan = sg.DCGAN(width=32, batch_size=64, random_state=run.seed)
    gan.fit(run.data.train[0], steps=run.choose(1500, 400), callbacks=[diagnostics], verbose=False)
    last = {name: float(diagnostics[name][-1]) for name in ("jsd_bound", "diversity", "coverage", "duality_gap")}
    return Measured(len(diagnostics.alarms), last)


def bits(run: Run) -> float:
    """Return how many samples differ between a training with diagnostics and one without."""
    steps = run.choose(200, 50)
    watched, alone = (planted.healthy(run.seed, one, steps).sample(1000, random_state=0) for one in (watch(10), None))
    return float((watched != alone).any(axis=1).sum())


def alarm(name: str, plant: Callable[..., Any], kind: str) -> Figure:
    return Figure(f"{name}: {kind} raised", at_least(1), raises(plant, kind), seeds=SEEDS, budget_s=0.5)


ROW = Row(
    "T2",
    "is it converging?",
    (
        alarm("collapsed generator", planted.collapsed, "mode_collapse"),
        alarm("a discriminator that has won", planted.won, "vanished_gradient"),
        alarm("an oscillating pair", planted.oscillating, "oscillation"),
        Figure("healthy WGAN-GP on RING8: alarms", at_most(0), ring, seeds=SEEDS, budget_s=2),
        Figure("healthy DCGAN: alarms", at_most(0), digits, data="DIGITS", seeds=SEEDS, budget_s=8),
        Figure("samples that differ from training without", at_most(0), bits, seeds=(0, 1, 2)),
    ),
)

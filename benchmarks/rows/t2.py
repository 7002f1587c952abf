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


def watch(every: int = 20, **options: Any) -> sg.Diagnostics:
    return sg.Diagnostics(every, display=None, warn=False, **options)


def raises(plant: Callable[..., Any], kind: str) -> Callable[[Run], Measured]:
    """Return a measure: 1 when the first alarm is the fault's, else 0; all alarms beside."""

    def measure(run: Run) -> Measured:
        diagnostics = watch()
        plant(run.seed, diagnostics)
        alarms = diagnostics.alarms
        return Measured(
            float(bool(alarms) and alarms[0].kind == kind),
            {"first": alarms[0].message if alarms else "none", "alarms": [(one.kind, one.step) for one in alarms]},
        )

    return measure


def settles(play: Callable[..., Any], every: int, steps: int) -> Callable[[Run], Measured]:
    """Return a measure: how many alarms a game on a ring raises; beside that how it ended."""

    def measure(run: Run) -> Measured:
        # No alarm asks for the duality gap, and a look every few steps shows every sway.
        diagnostics = watch(every, gap_steps=0)
        gan = play(run.seed, diagnostics, run.choose(steps, min(steps, 400)))
        modes = sg.metrics.mode_coverage(gan.sample(2500, random_state=0), sg.datasets.RING8_MODES, 0.05)
        return Measured(
            len(diagnostics.alarms),
            {
                "modes": modes.covered,
                "reverse KL": float(modes.reverse_kl),
                "looks": len(diagnostics.steps),
                "alarms": [(one.kind, one.step, one.figure) for one in diagnostics.alarms],
            },
        )

    return measure


def digits(run: Run) -> Measured:
    """Return how many alarms DCGAN on digits raises; looks at test digits."""
    diagnostics = sg.Diagnostics(50, held_out=run.data.test[0], display=None, warn=False)
    gan = sg.DCGAN(width=32, batch_size=64, random_state=run.seed)
    gan.fit(run.data.train[0], steps=run.choose(1500, 400), callbacks=[diagnostics], verbose=False)
    last = {name: float(diagnostics[name][-1]) for name in ("jsd_bound", "diversity", "coverage", "duality_gap")}
    return Measured(len(diagnostics.alarms), last)


def tricks(run: Run) -> Measured:
    """Return how many alarms DCGAN with many tricks at once raises, which is slow to get going."""
    diagnostics = watch(run.choose(50, 20), gap_steps=0)
    planted.slow_images(run.seed, diagnostics, run.choose(2500, 400))
    last = {name: float(diagnostics[name][-1]) for name in ("diversity", "coverage")}
    alarms = [(one.kind, one.step, one.figure) for one in diagnostics.alarms]
    return Measured(len(alarms), {**last, "alarms": alarms})


def bits(run: Run) -> float:
    """Return how many samples differ between a training with diagnostics and one without."""
    steps = run.choose(200, 50)
    watched, alone = (planted.healthy(run.seed, one, steps).sample(1000, random_state=0) for one in (watch(10), None))
    return float((watched != alone).any(axis=1).sum())


def alarm(name: str, plant: Callable[..., Any], kind: str) -> Figure:
    return Figure(f"{name}: {kind} comes first", at_least(1), raises(plant, kind), seeds=SEEDS, budget_s=0.5)


def healthy(name: str, play: Callable[..., Any], every: int, steps: int, budget: float) -> Figure:
    measure = settles(play, every, steps)
    return Figure(f"{name} on RING8: alarms", at_most(0), measure, seeds=SEEDS, budget_s=budget)


ROW = Row(
    "T2",
    "is it converging?",
    (
        alarm("collapsed generator", planted.collapsed, "mode_collapse"),
        alarm("a discriminator that has won", planted.won, "vanished_gradient"),
        alarm("an oscillating pair", planted.oscillating, "oscillation"),
        healthy("healthy WGAN-GP", planted.healthy, 25, 1000, 2),
        healthy("healthy GAN with R1", planted.settling, 10, 1500, 8),
        healthy("healthy MMD GAN with gradient penalty", planted.matching, 10, 1500, 15),
        healthy("healthy PacGAN4", planted.packed, 10, 1500, 8),
        Figure("healthy DCGAN: alarms", at_most(0), digits, data="DIGITS", seeds=SEEDS, budget_s=8),
        Figure("healthy DCGAN with many tricks: alarms", at_most(0), tricks, seeds=SEEDS, budget_s=20),
        Figure("samples that differ from training without", at_most(0), bits, seeds=(0, 1, 2)),
    ),
)

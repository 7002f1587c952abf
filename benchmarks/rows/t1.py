"""T1: the theory made visible: what networks learned beside what is known of their laws."""

from __future__ import annotations

import functools

import numpy as np
import swiftgan as sg

from .row import Figure, Measured, Row, Run, at_most


@functools.cache
def game(seed: int, steps: int) -> sg.theory.LineGame:
    return sg.theory.line_game((0, 50, 200, steps), seed=seed)


def discriminator_error(run: Run) -> Measured:
    """Return mean |D - D*| over the bins with p + q > 0.1, after training; the earlier snapshots beside."""
    shots = game(run.seed, run.choose(1500, 800)).snapshots
    return Measured(shots[-1].error, {f"step {shot.step}": shot.error for shot in shots})


def value_error(run: Run) -> Measured:
    """Return |V - (-log 4 + 2 JSD)| after training, all from densities."""
    shot = game(run.seed, run.choose(1500, 800)).last
    return Measured(
        abs(shot.value - shot.best_value), {"V": shot.value, "-log 4 + 2 JSD": shot.best_value, "JSD": shot.jsd}
    )


def frozen_generator_error(run: Run) -> Measured:
    """Return mean |D - D*| of a discriminator trained against a generator that stays N(0, 0.5), data N(1, 0.7)."""
    theory, steps = sg.theory, run.choose(2000, 1000)
    rng = np.random.default_rng(run.seed)
    columns = [(mean + std * rng.standard_normal((2**16, 1))).astype(np.float32) for mean, std in ((1, 0.7), (0, 0.5))]
    sg.random.seed(run.seed)
    nn = sg.nn
    network = nn.Sequential(nn.Dense(1, 32), nn.Tanh(), nn.Dense(32, 32), nn.Tanh(), nn.Dense(32, 1))

    def loss(batch: tuple[sg.Tensor, ...], key: sg.Tensor) -> sg.Tensor:
        return sg.softplus(-network(batch[0])).mean() + sg.softplus(network(batch[1])).mean()

    adam = {"name": "adam", "learning_rate": {"name": "cosine", "initial": 3e-3, "steps": steps}}
    players = [sg.Player("discriminator", network, adam)]
    sg.Trainer(sg.Game(players, losses={"discriminator": loss}), columns, batch_size=256, seed=run.seed).fit(
        steps=steps
    )
    edges = np.linspace(-4, 6, 321)
    middles = (edges[1:] + edges[:-1]) / 2
    shot = theory.snapshot(
        lambda z: 0.5 * z, lambda x: network(x).numpy(), theory.gaussian(1, 0.7)(middles), edges, step=steps
    )
    return Measured(shot.error, {"V": shot.value, "-log 4 + 2 JSD": shot.best_value, "JSD": shot.jsd})


def mixture(x: np.ndarray) -> np.ndarray:
    return 0.5 * sg.theory.gaussian(-2, 0.5)(x) + 0.5 * sg.theory.gaussian(2, 0.5)(x)


def uniform(low: float, high: float) -> object:
    return lambda x: ((x >= low) & (x <= high)) / (high - low)


PAIRS = {
    "N(0, 1), N(1.5, 0.6)": (sg.theory.gaussian(0, 1), sg.theory.gaussian(1.5, 0.6), (-8, 8)),
    "two modes, N(0, 1)": (mixture, sg.theory.gaussian(0, 1), (-8, 8)),
    "uniform on [0, 1], on [2, 4]": (uniform(0, 1), uniform(2, 4), (-1, 5)),
}


def critic_error(run: Run) -> Measured:
    """Return the largest |estimate / W1 - 1| of the three pairs."""
    found = {name: sg.theory.fit_critic(p, q, grid, seed=run.seed) for name, (p, q, grid) in PAIRS.items()}
    details = {name: {"estimate": one.estimate, "W1": one.exact} for name, one in found.items()}
    return Measured(max(abs(one.error) for one in found.values()), details)


def lines_error(run: Run) -> float:
    """Return by how much W1 differs from |theta|, or JSD from log 2 (0 at 0), at most."""
    lines = sg.theory.parallel_lines()
    jsd = np.where(lines.theta == 0, 0, np.log(2))
    return float(max(np.abs(lines.w1 - np.abs(lines.theta)).max(), np.abs(lines.jsd - jsd).max()))


ROW = Row(
    "T1",
    "theory made visible",
    (
        Figure("mean |D - D*| after training", at_most(0.05), discriminator_error, seeds=(0, 1, 2), budget_s=2),
        Figure("|V - (-log 4 + 2 JSD)| after training", at_most(0.05), value_error, seeds=(0, 1, 2), budget_s=0.1),
        Figure("mean |D - D*|, generator frozen far off", at_most(0.05), frozen_generator_error, seeds=(0, 1, 2)),
        Figure("critic: |estimate / W1 - 1|, worst of 3 pairs", at_most(0.1), critic_error, seeds=(0, 1, 2)),
        Figure("parallel lines: JSD is log 2, W1 is |theta|", at_most(1e-12), lines_error, budget_s=0.2),
    ),
)

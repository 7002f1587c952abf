"""A GAN on a line whose densities are all known: p_data, p_g, D and D* while it trains (the 2014 paper's figure 1)."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ._divergences import jsd, optimal_discriminator, value
from ._pair import Array
from ._pushforward import noise_nodes, pushforward

if TYPE_CHECKING:
    import os

    from matplotlib.figure import Figure

# Where the two densities together are at least this, D is compared with D*: elsewhere it has seen next to nothing.
SUPPORT = 0.1


@dataclass(frozen=True)
class Snapshot:
    """The game on a line at one step of training."""

    step: int
    p_g: Array
    """The generator's density in the bins."""
    logits: Array
    """The discriminator's raw outputs d at the middles of the bins."""
    D: Array
    """sigmoid(d)."""
    D_star: Array
    """p_data / (p_data + p_g)."""
    error: float
    """Mean of |D - D*| over the bins with p_data + p_g > 0.1."""
    value: float
    """V(D, G) = E_p[log D] + E_q[log(1 - D)] of the discriminator as it is, from the densities."""
    jsd: float
    """JSD(p_data, p_g), from the densities."""
    noise: Array
    """Noise at equal steps of probability..."""
    samples: Array
    """...and what the generator makes of it: figure 1's arrows."""

    @property
    def best_value(self) -> float:
        """-log 4 + 2 JSD(p_data, p_g): the value with the best discriminator, which no D exceeds."""
        return -2 * float(np.log(2)) + 2 * self.jsd


@dataclass(frozen=True)
class LineGame:
    """What `line_game` returns: densities on common bins, and a snapshot for each step that was asked for."""

    edges: Array
    x: Array
    """The middles of the bins."""
    p_data: Array
    snapshots: tuple[Snapshot, ...]

    @property
    def last(self) -> Snapshot:
        """The last snapshot."""
        return self.snapshots[-1]

    def plot(self, path: str | os.PathLike[str] | None = None) -> Figure:
        """Draw all snapshots as in the paper's figure 1 with matplotlib; write a picture when a path is given."""
        from ._plots import plot_line_game

        return plot_line_game(self, path)


def gaussian(mean: float, std: float) -> Callable[[Array], Array]:
    """Return the density of a normal law as a function.

    >>> import swiftgan as sg
    >>> float(sg.theory.gaussian(0, 1)(0.0).round(4))
    0.3989
    """
    if not std > 0:
        raise ValueError(f"a standard deviation must be above 0, not {std}")
    return lambda x: np.exp(-0.5 * ((np.asarray(x, dtype=float) - mean) / std) ** 2) / (std * np.sqrt(2 * np.pi))


def snapshot(
    generator: Callable[[Any], Any],
    discriminator: Callable[[Any], Any],
    p_data: Array,
    edges: Array,
    *,
    step: int = 0,
    noise: str = "normal",
) -> Snapshot:
    """Compare a discriminator on a line with D*, by densities alone.

    Parameters
    ----------
    generator : function
        From noise (n, 1) to samples (n, 1): a network, or ``gan.generate``.
    discriminator : function
        From samples (n, 1) to raw outputs d, n numbers: a network, or ``gan.discriminate``.
    p_data : array (m,)
        The data's density in the bins.
    edges : array (m + 1,)
        Edges of the bins. Nearly all of both laws should lie in them: what is outside counts nowhere.
    noise : {"normal", "uniform"}
        The law of the generator's noise, of one coordinate.
    """
    edges = np.asarray(edges, dtype=float)
    p_data = np.asarray(p_data, dtype=float)
    x = (edges[1:] + edges[:-1]) / 2
    p_g = pushforward(generator, edges, noise=noise)
    logits = np.asarray(discriminator(x[:, None].astype(np.float32)), dtype=float).reshape(len(x))
    widths = np.diff(edges)
    masses = (p_data * widths, p_g * widths)
    # 0.5 (1 + tanh(d / 2)) is the sigmoid without overflow.
    answers = 0.5 * (1 + np.tanh(logits / 2))
    best = optimal_discriminator(*masses, edges)
    support = p_data + p_g > SUPPORT
    shown = noise_nodes(noise, 25)
    return Snapshot(
        step,
        p_g,
        logits,
        answers,
        best,
        error=float(np.abs(answers - best)[support].mean()) if support.any() else float("nan"),
        value=value(*masses, logits, edges, logits=True),
        jsd=jsd(*masses, edges),
        noise=shown,
        samples=np.asarray(generator(shown[:, None]), dtype=float).reshape(len(shown)),
    )


def line_game(
    snapshots: Sequence[int] = (0, 50, 200, 1500),
    *,
    mean: float = 1.0,
    std: float = 0.7,
    seed: int = 0,
    critic_steps: int = 8,
    hidden: int = 32,
    batch_size: int = 256,
    learning_rate: float = 2e-3,
    noise: str = "normal",
    bins: int = 320,
) -> LineGame:
    """Train a GAN on numbers from a normal law and compare it with the theory at some steps.

    Both networks are perceptrons of two hidden tanh layers; the game is the non-saturating one with several
    discriminator updates for each of the generator, as the theory wants a discriminator near its best, and learning
    rates that fall to 0 by a cosine. On two cores this takes a few seconds.

    Parameters
    ----------
    snapshots : sequence of int
        At which steps to look, increasing from 0 or more; training ends with the last. At 0 nothing was trained.
    mean, std : float
        Of the data.
    seed : int
        Of data, weights and noise. The same seed gives the same bits.
    critic_steps : int
        Updates of the discriminator for each of the generator.
    hidden : int
        Units of each hidden layer.
    noise : {"normal", "uniform"}
        Law of the noise, one coordinate.
    bins : int
        Bins from 6 standard deviations below the mean to 6 above.
    """
    steps = [int(step) for step in snapshots]
    if not steps or steps[0] < 0 or any(b <= a for a, b in itertools.pairwise(steps)):
        raise ValueError(f"snapshots are increasing numbers of steps from 0 on, not {list(snapshots)}")
    density = gaussian(mean, std)
    edges = np.linspace(mean - 6 * std, mean + 6 * std, bins + 1)
    p_data = density((edges[1:] + edges[:-1]) / 2)
    trainer, networks = _trainer(
        mean + std * np.random.default_rng(seed).standard_normal((16_384, 1)),
        seed, max(1, steps[-1]), critic_steps, hidden, batch_size, learning_rate, noise,
    )  # fmt: skip
    generator, discriminator = (lambda x, part=part: part(x).numpy() for part in networks)
    found = []
    for before, step in zip([0, *steps], steps, strict=False):
        trainer.fit(steps=step - before)
        found.append(snapshot(generator, discriminator, p_data, edges, step=step, noise=noise))
    return LineGame(edges, (edges[1:] + edges[:-1]) / 2, p_data, tuple(found))


def _trainer(
    data: Array,
    seed: int,
    steps: int,
    critic_steps: int,
    hidden: int,
    batch_size: int,
    learning_rate: float,
    noise: str,
) -> tuple[Any, tuple[Any, Any]]:
    from .. import Game, Player, Trainer

    networks = (perceptron(hidden, seed=2 * seed), perceptron(hidden, seed=2 * seed + 1))

    def player(name: str, network: Any, rate: float, updates: int) -> Player:
        falling = {"name": "cosine", "initial": rate, "steps": steps * updates}
        return Player(name, network, {"name": "adam", "learning_rate": falling}, steps=updates)

    game = Game(
        [
            player("discriminator", networks[1], learning_rate, critic_steps),
            player("generator", networks[0], learning_rate / 2, 1),
        ],
        objective="non_saturating",
        latent=1,
        latent_distribution=noise,
    )
    return Trainer(game, data.astype(np.float32), batch_size=batch_size, seed=seed), networks


def perceptron(hidden: int, seed: int) -> Any:
    """Return a network from one number to one number with two hidden tanh layers."""
    from .. import nn, random

    # Weights come from the common generator, which is none of this function's business: it is put back.
    common = random.default_generator()
    before = common.state
    random.seed(seed)
    try:
        return nn.Sequential(nn.Dense(1, hidden), nn.Tanh(), nn.Dense(hidden, hidden), nn.Tanh(), nn.Dense(hidden, 1))
    finally:
        common.state = before

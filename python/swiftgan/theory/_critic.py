"""A Wasserstein critic between two known laws on a line, beside the exact distance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ._divergences import dual_value
from ._pair import Array, as_axes, pair
from ._play import perceptron
from ._transport import wasserstein


@dataclass(frozen=True)
class CriticOnALine:
    """What a critic learned of two laws on a line."""

    x: Array
    critic: Array
    """f at the nodes, its mean under q taken off."""
    estimate: float
    """E_p[f] - E_q[f], integrated over the densities: no sampling noise."""
    exact: float
    """W1(p, q) by distribution functions."""
    slope: float
    """The largest slope of f on the grid; a critic of slope at most 1 would make the estimate a lower bound."""

    @property
    def error(self) -> float:
        """The relative error, estimate / exact - 1."""
        return self.estimate / self.exact - 1


def fit_critic(
    p: Any,
    q: Any,
    grid: Any,
    *,
    steps: int = 800,
    penalty: float = 100.0,
    batch_size: int = 256,
    hidden: int = 32,
    learning_rate: float = 3e-3,
    seed: int = 0,
) -> CriticOnALine:
    """Train a Wasserstein critic between two fixed laws on a line and compare its estimate with the exact W1.

    The critic f maximises E_p[f] - E_q[f] - penalty E[max(0, |f'(x)| - 1)^2] at points x between pairs of samples:
    WGAN-GP (Gulrajani et al. 2017, equation 3) with the one-sided penalty of Petzka et al. 2018, equation 6. On a line
    the two-sided one keeps whatever sign f' had at the start, as the slopes -1 and 1 are both without penalty and 0
    between them is not. A penalty lets the slope rise above 1 by about |F_p - F_q| / (2 penalty r) where the points
    between have density r, and the estimate with it: the customary weight of 10 overestimates by several per cent, so
    the default is 100. Lengths are measured in standard deviations of the mixture while training.

    Parameters
    ----------
    p, q, grid
        As everywhere in `swiftgan.theory`, on a line, with a grid. Samples to train on are drawn from them.
    steps : int
        Updates of the critic, whose learning rate falls to 0 by a cosine.
    penalty : float
        Weight of the penalty on slopes above 1.
    seed : int
        Of samples, weights and mixing numbers.
    """
    axes = as_axes(grid)
    found = pair(p, q, grid)
    if axes is None or len(axes) != 1:
        raise ValueError("a critic on a line needs a grid with one axis")
    x = (axes[0][1:] + axes[0][:-1]) / 2 if found.has_edges else axes[0]
    mixture = (found.p + found.q) / 2
    mean = found.integral(mixture * x)
    scale = float(np.sqrt(found.integral(mixture * (x - mean) ** 2)))
    exact = wasserstein(p, q, grid)
    if not exact > 0:
        raise ValueError("the two laws are equal: their distance is 0, and there is nothing to learn")
    rng = np.random.default_rng(seed)
    count = batch_size * 64
    samples = [
        ((_draw(law * found.weights, x, count, rng) - mean) / scale).astype(np.float32)[:, None]
        for law in (found.p, found.q)
    ]
    network = _train(samples, steps, penalty, batch_size, hidden, learning_rate, seed)
    values = network(((x - mean) / scale).astype(np.float32)[:, None]).numpy().astype(float)[:, 0] * scale
    values -= found.integral(found.q * values)
    return CriticOnALine(
        x, values, dual_value(p, q, values, grid), exact, slope=float(np.abs(np.diff(values) / np.diff(x)).max())
    )


def _draw(masses: Array, x: Array, count: int, rng: np.random.Generator) -> Array:
    """Draw from a law by inverting its distribution function, stratified: one draw from each of equal parts."""
    below = np.cumsum(masses)
    below = below - masses / 2
    drawn = np.interp((np.arange(count) + rng.random(count)) / count, below / below[-1], x)
    return rng.permutation(drawn)


def _train(
    samples: list[Array], steps: int, penalty: float, batch_size: int, hidden: int, learning_rate: float, seed: int
) -> Any:
    from .. import Game, Player, Trainer, grad, random, relu

    network = perceptron(hidden, seed=seed)
    slope_of = grad(lambda x: network(x).sum())

    def loss(batch: tuple[Any, ...], key: Any) -> Any:
        real, fake = batch
        share = random.uniform((real.shape[0], 1), key=key)
        slope = slope_of(share * real + (1 - share) * fake).abs()
        return network(fake).mean() - network(real).mean() + penalty * (relu(slope - 1) ** 2).mean()

    falling = {"name": "cosine", "initial": learning_rate, "steps": steps}
    player = Player("critic", network, {"name": "adam", "learning_rate": falling, "beta1": 0.5})
    game = Game([player], losses={"critic": loss})
    Trainer(game, samples, batch_size=batch_size, seed=seed).fit(steps=steps)
    return network

"""Divergences between two known laws, and what the best discriminator makes of them. All are in nats."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .._creation import asarray
from .._gradients import no_grad
from ..nn._module import Module
from ._pair import Array, Pair, evaluate, function_of, pair, points_of

LOG_2 = float(np.log(2))
# Mass that counts nowhere: in the tails densities and 1 - D round to 0, which would make infinities of nothing.
NEGLIGIBLE = 1e-12


def optimal_discriminator(p: Any, q: Any, grid: Any = None) -> Any:
    """Return D*(x) = p(x) / (p(x) + q(x)), the best answer to a generator of density q.

    Goodfellow et al. 2014, proposition 1. Where both densities are 0 nothing is asked of D; the result is 1/2 there.

    Parameters
    ----------
    p, q, grid
        As everywhere in `swiftgan.theory`. Two functions without a grid give a function.

    Returns
    -------
    array of the shape of the grid, float64, or a function of points

    >>> import swiftgan as sg
    >>> sg.theory.optimal_discriminator([3, 1, 0], [1, 1, 0]).tolist()
    [0.6, 0.3333333333333333, 0.5]
    """
    first, second = function_of(p), function_of(q)
    if grid is None and first is not None and second is not None:
        return lambda x: _ratio(np.asarray(first(x), dtype=float), np.asarray(second(x), dtype=float))
    found = _pair_with_grid(p, q, grid)
    return _ratio(found.p, found.q)


def value(p: Any, q: Any, discriminator: Any = None, grid: Any = None, *, logits: bool = False) -> float:
    """Return V(D, G) = E_p[log D(x)] + E_q[log(1 - D(x))], the minimax game's value, q being the generator's law.

    Goodfellow et al. 2014, equation 1. For the best discriminator it is -log 4 + 2 JSD(p, q) (theorem 1), between
    -log 4 = -1.386 (the laws are equal) and 0 (they do not overlap).

    Parameters
    ----------
    p, q, grid
        As everywhere in `swiftgan.theory`.
    discriminator : function of points, network, or array of the shape of the grid, optional
        D between 0 and 1; without it the best one. A network (`nn.Module`) is given the points as rows, (n, 1) or
        (n, 2).
    logits : bool
        Whether the discriminator gives d, where D = sigmoid(d), as networks do. The value is then finite for every d.
    """
    found = _pair_with_grid(p, q, grid)
    if discriminator is None:
        return -2 * LOG_2 + 2 * _jsd(found)
    answers = _on_grid(discriminator, found, "the discriminator")
    if logits:
        real, fake = -np.logaddexp(0, -answers), -np.logaddexp(0, answers)
    else:
        if (answers < 0).any() or (answers > 1).any():
            raise ValueError(
                f"the discriminator answers from {answers.min():.4g} to {answers.max():.4g}, but D is a probability; "
                "pass logits=True for raw outputs of a network"
            )
        with np.errstate(divide="ignore"):
            real, fake = np.log(answers), np.log1p(-answers)
    return _expectation(found, found.p, real) + _expectation(found, found.q, fake)


def kl(p: Any, q: Any, grid: Any = None) -> float:
    """Return KL(p || q), the integral of p log(p / q): 0 for equal laws, infinite where p has mass and q is 0.

    (Mass below 1e-12 does not count: far out densities round to 0.)

    Kullback and Leibler 1951. Not symmetric: ``kl(q, p)`` is the other one.
    """
    return _kl(_pair_with_grid(p, q, grid))


def jsd(p: Any, q: Any, grid: Any = None) -> float:
    """Return the Jensen-Shannon divergence, KL(p || m)/2 + KL(q || m)/2 with m = (p + q)/2: from 0 to log 2 = 0.693.

    Lin 1991. It is log 2 for all laws that do not overlap, however far apart they lie.
    """
    return _jsd(_pair_with_grid(p, q, grid))


def total_variation(p: Any, q: Any, grid: Any = None) -> float:
    """Return the total variation distance, half the integral of |p - q|: from 0 to 1."""
    found = _pair_with_grid(p, q, grid)
    return 0.5 * found.integral(np.abs(found.p - found.q))


def dual_value(p: Any, q: Any, critic: Any, grid: Any = None) -> float:
    """Return E_p[f(x)] - E_q[f(x)] for a critic f: its estimate of the earth mover's distance.

    It is at most ``wasserstein(p, q)`` for an f whose slope is nowhere above 1, and equal to it for the best such f
    (Kantorovich and Rubinstein; Arjovsky et al. 2017, equation 2).

    Parameters
    ----------
    critic : function of points, or array of the shape of the grid
    """
    found = _pair_with_grid(p, q, grid)
    return found.integral((found.p - found.q) * _on_grid(critic, found, "the critic"))


def _pair_with_grid(p: Any, q: Any, grid: Any) -> Pair:
    if grid is None and (function_of(p) is not None or function_of(q) is not None):
        raise ValueError(
            "a density that is a function needs a grid to be integrated over: grid=(low, high), or an array of nodes"
        )
    return pair(p, q, grid)


def _of_points(network: Module) -> Callable[[Array], Array]:
    """Return a network as a function of the nodes of a grid: its input are rows, (n, 1) on a line."""

    def answers(points: Array) -> Array:
        with no_grad():
            found: Array = network(asarray(points.reshape(len(points), -1).astype(np.float32))).numpy()
        return found

    return answers


def _on_grid(function: Any, found: Pair, name: str) -> Array:
    if isinstance(function, Module):
        function = _of_points(function)
    if not callable(function):
        values = np.asarray(function, dtype=float)
        if values.shape != found.p.shape:
            raise ValueError(f"{name} has the shape {values.shape}, but the laws have {found.p.shape}")
        return values
    if found.axes is None:
        raise ValueError(f"{name} is a function, but histograms without a grid have no points to call it at")
    axes = tuple((axis[1:] + axis[:-1]) / 2 for axis in found.axes) if found.has_edges else found.axes
    return evaluate(function, points_of(axes), name).reshape(found.p.shape)


def _expectation(found: Pair, law: Array, logs: Array) -> float:
    """Return the mean of logarithms; one of 0 counts where there is mass alone."""
    if found.integral(np.where(np.isneginf(logs), law, 0)) > NEGLIGIBLE:
        return -float("inf")
    return found.integral(law * np.where(np.isneginf(logs), 0, logs))


def _ratio(p: Array, q: Array) -> Array:
    total = p + q
    ratio: Array = np.divide(p, total, out=np.full(np.shape(total), 0.5), where=total > 0)
    return ratio


def _kl(found: Pair) -> float:
    p, q = found.p, found.q
    if found.integral(np.where(q == 0, p, 0)) > NEGLIGIBLE:
        return float("inf")
    logs = [np.log(law, out=np.zeros(p.shape), where=(p > 0) & (q > 0)) for law in (p, q)]
    return found.integral(p * (logs[0] - logs[1]))


def _jsd(found: Pair) -> float:
    total = 0.0
    for law in (found.p, found.q):
        # 2 law / (p + q) is between 0 and 2; where the law is 0 its term is 0.
        ratio = np.divide(2 * law, found.p + found.q, out=np.ones(law.shape), where=law > 0)
        total += 0.5 * found.integral(law * np.log(ratio))
    return min(max(total, 0.0), LOG_2)

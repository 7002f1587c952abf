"""The log-likelihood of test data under a Parzen window of samples."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from .._creation import asarray
from .._elementwise import exp, log1p, minimum
from .._numbers import positive
from .._random_state import as_seed
from .._reductions import logsumexp
from ._distances import Array, squared_distances
from ._estimate import Estimate, mean_of
from ._inputs import Features, as_pair
from ._kernels import median_distance
from ._resampling import jackknife_error

MOST_VALIDATION = 1000
GRID = 14
REFINEMENTS = 12
# Of a density that one window makes alone, so much is its own: the rest is lost in rounding.
MOST_SHARE = 1 - 1e-12
GOLDEN = (math.sqrt(5) - 1) / 2


class ParzenLogLikelihood(NamedTuple):
    """What `parzen_log_likelihood` found."""

    log_likelihood: Estimate
    """The mean over test samples, in nats."""
    bandwidth: float
    """The windows' standard deviation, in the unit of the features."""

    def __str__(self) -> str:
        return f"log-likelihood {self.log_likelihood}, bandwidth {self.bandwidth:.3g}"


def parzen_log_likelihood(
    real: Any,
    fake: Any,
    features: Features = None,
    *,
    bandwidth: Any = None,
    validation: Any = None,
    random_state: int = 0,
) -> ParzenLogLikelihood:
    """Return the mean log density of real test samples under Gaussian windows around fake ones.

    ``log 1/m sum_j N(x; fake_j, s^2 I)``: the measure of the 2014 paper (Goodfellow et al., section 5), from Breuleux
    et al. 2011. In many dimensions it says little (Theis et al. 2016): the centres of k-means clusters may score above
    the data themselves. The density is of the features' unit: pixels from 0 to 255 and from 0 to 1 give other figures.

    Parameters
    ----------
    real : array (n, ...)
        Test samples, not trained on.
    fake : array (m, ...)
        10,000 in the paper; more give a higher figure.
    features : callable, object or "pca", optional
        As for `frechet_distance`.
    bandwidth : float or sequence of float, optional
        The windows' standard deviation s, or several to choose from. By default the likeliest for the validation
        samples is searched for.
    validation : array (v, ...), optional
        Real samples on which the bandwidth is chosen. By default a random fifth of `real` (up to 1,000), which the
        figure then leaves out.
    random_state : int
        Seed of that choice.
    """
    x, y = as_pair(real, fake, features, least=1)
    candidates = None if bandwidth is None else [positive("bandwidth", width) for width in np.ravel(bandwidth).tolist()]
    if candidates is not None and not candidates:
        raise ValueError("bandwidth must be a number or several, not an empty list")
    note = ""
    if candidates is not None and len(candidates) == 1:
        chosen = candidates[0]
    else:
        if validation is None:
            x, held_out = _split(x, random_state)
        else:
            held_out = as_pair(real, validation, features, least=1).fake
        chosen, note = _choose(held_out, y, candidates)
    densities, losses = _log_densities(x, y, chosen)
    mean = mean_of(densities)
    # The windows' chance by the jackknife: what the mean loses without each of them.
    error = math.hypot(mean.standard_error, jackknife_error(losses / len(x)))
    figure = Estimate(mean.value, error, len(y), len(x), unit="nats", better="higher", note=note)
    return ParzenLogLikelihood(figure, chosen)


def _split(rows: Array, seed: int) -> tuple[Array, Array]:
    if len(rows) < 10:
        raise ValueError(
            f"real has {len(rows)} rows, too few to choose a bandwidth on a fifth of them; give validation "
            "samples or a bandwidth"
        )
    order = np.random.default_rng(as_seed(seed)).permutation(len(rows))
    count = min(len(rows) // 5, MOST_VALIDATION)
    return rows[order[count:]], rows[order[:count]]


def _choose(held_out: Array, centres: Array, candidates: list[float] | None) -> tuple[float, str]:
    """Return the likeliest bandwidth, and what there is to say of it."""
    squares = np.concatenate([block.numpy() for _, block in squared_distances(held_out[:MOST_VALIDATION], centres)])
    width = centres.shape[1]

    def likelihood(bandwidth: float) -> float:
        sums = logsumexp(asarray(squares) * (-0.5 / bandwidth**2), axis=1)
        return float(sums.numpy().mean()) - _normaliser(bandwidth, centres)

    if candidates is None:
        # From within the nearest neighbours' distance to beyond that of all, by coordinate.
        top = 2 * median_distance(held_out, centres) / math.sqrt(width)
        near = math.sqrt(float(np.median(squares.min(axis=1))) / width)
        return _search(likelihood, max(0.1 * near, 1e-3 * top), top), ""
    values = [likelihood(candidate) for candidate in candidates]
    best = int(np.argmax(values))
    at_edge = candidates[best] in (min(candidates), max(candidates)) and len(candidates) > 1
    return candidates[best], "the likeliest bandwidth is at the end of those given" if at_edge else ""


def _search(value: Callable[[float], float], low: float, high: float) -> float:
    """Return where a function of a positive number is greatest: on a grid of logarithms, then by golden sections."""
    grid = np.geomspace(low, high, GRID)
    best = int(np.argmax([value(float(point)) for point in grid]))
    left, right = (math.log(grid[at]) for at in (max(best - 1, 0), min(best + 1, GRID - 1)))
    a, b = right - GOLDEN * (right - left), left + GOLDEN * (right - left)
    at_a, at_b = value(math.exp(a)), value(math.exp(b))
    for _ in range(REFINEMENTS):
        if at_a > at_b:
            right, b, at_b = b, a, at_a
            a = right - GOLDEN * (right - left)
            at_a = value(math.exp(a))
        else:
            left, a, at_a = a, b, at_b
            b = left + GOLDEN * (right - left)
            at_b = value(math.exp(b))
    return math.exp((left + right) / 2)


def _log_densities(rows: Array, centres: Array, bandwidth: float) -> tuple[Array, Array]:
    """Return the log density of each row, and what the sum of all loses without each centre."""
    found, losses = np.empty(len(rows)), np.zeros(len(centres))
    for span, squares in squared_distances(rows, centres):
        exponents = squares * (-0.5 / bandwidth**2)
        sums = logsumexp(exponents, axis=1)
        found[span] = sums.numpy() - _normaliser(bandwidth, centres)
        shares = exp(exponents - sums.reshape(-1, 1))
        losses -= log1p(-minimum(shares, MOST_SHARE)).sum(axis=0).numpy()
    return found, losses


def _normaliser(bandwidth: float, centres: Array) -> float:
    width: int = centres.shape[1]
    return math.log(len(centres)) + width * (math.log(bandwidth) + 0.5 * math.log(2 * math.pi))

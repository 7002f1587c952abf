"""The density that a generator on a line makes of its noise, computed and not sampled."""

from __future__ import annotations

from collections.abc import Callable
from statistics import NormalDist
from typing import Any

import numpy as np

from ._pair import Array

# How many bins a block of pieces is compared with at once.
BLOCK = 64


def pushforward(generator: Callable[[Array], Any], edges: Any, *, noise: str = "normal", nodes: int = 8193) -> Array:
    """Return the density of G(z) in bins, for noise z on a line.

    The noise is cut into cells of equal probability, on each of which G is taken as a straight line: the law of a
    piecewise linear map is known exactly, a uniform piece on [G(z_i), G(z_i+1)] for each cell, so no sampling noise is
    in the result. (It is the change of variables p_g(x) = sum over G(z) = x of p_z(z) / |G'(z)|.)

    Parameters
    ----------
    generator : function
        From noise (n, 1), float32, to samples (n, 1): a network, or any function of arrays.
    edges : array (m + 1,)
        Increasing edges of the bins. What lies outside them is in no bin.
    noise : {"normal", "uniform"}
        Standard normal, or uniform on [-1, 1).
    nodes : int
        Ends of cells. The outermost half cells of normal noise, 1 / nodes of its mass, are left out.

    Returns
    -------
    array (m,), float64
        The mean density in each bin: mass divided by width.
    """
    places = np.asarray(edges, dtype=float)
    if places.ndim != 1 or len(places) < 2 or not (np.diff(places) > 0).all():
        raise ValueError("edges of bins are two or more increasing numbers")
    if nodes < 2:
        raise ValueError(f"at least 2 nodes are needed, not {nodes}")
    z = noise_nodes(noise, nodes)
    samples = np.asarray(generator(z[:, None]), dtype=float)
    if samples.size != nodes:
        raise ValueError(
            f"the generator gave {samples.shape} for noise of shape {(nodes, 1)}; it must give one number each"
        )
    samples = samples.reshape(nodes)
    if not np.isfinite(samples).all():
        raise ValueError("the generator gave numbers that are not finite")
    low, high = np.minimum(samples[1:], samples[:-1]), np.maximum(samples[1:], samples[:-1])
    # A piece of no width is a step; the floor keeps the quotient finite.
    widths = np.maximum(high - low, 1e-300)
    below = np.empty(len(places))
    for start in range(0, len(places), BLOCK):
        block = places[start : start + BLOCK, None]
        below[start : start + BLOCK] = np.clip((block - low) / widths, 0, 1).mean(axis=1)
    density: Array = np.diff(below) / np.diff(places)
    return density


def noise_nodes(noise: str, nodes: int) -> Array:
    """Return the ends of cells of noise of equal probability, increasing, float32."""
    if noise == "uniform":
        return np.linspace(-1, 1, nodes, dtype=np.float32)
    if noise != "normal":
        raise ValueError(f"noise must be 'normal' or 'uniform', not {noise!r}")
    quantile = NormalDist().inv_cdf
    return np.array([quantile((index + 0.5) / nodes) for index in range(nodes)], dtype=np.float32)

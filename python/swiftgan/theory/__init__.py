"""What the theory of GANs says, computed for laws that are known: D*, V, KL, JSD and W1 beside what networks learned.

Two laws p (data) and q (samples) are given to every function in one of these forms:

- ``f(p, q)``: **histograms**, counts or masses of any shape with the same bins; they are divided by their sums. Sums
  are exact.
- ``f(p, q, grid)`` with **functions**: densities, or objects with ``pdf`` such as SciPy's laws. The grid is ``(low,
  high)`` on a line or ``((low, high), (low, high))`` on a plane, taken at 8,193 or 513 x 513 nodes, or arrays of nodes
  of your own. A function gets points of shape (n,) on a line and (n, 2) on a plane. Integrals are by the trapezoid
  rule.
- ``f(p, q, grid)`` with **arrays** of densities at the grid's nodes, shape (n,) or (n0, n1).
- ``f(p, q, edges)`` with arrays of one value less than the grid along each axis: counts or masses in **bins** whose
  edges the grid has, as `numpy.histogram` returns them. The laws are taken as uniform in each bin, and sums are exact.

A density must integrate to 1 over the grid within 1 %, and is then divided by its integral; what is missing lies
outside the grid. Divergences are in nats.

>>> import swiftgan as sg
>>> p, q = sg.theory.gaussian(0, 1), sg.theory.gaussian(2, 1)
>>> round(sg.theory.kl(p, q, (-10, 12)), 6)              # (difference of means)^2 / 2
2.0
>>> round(sg.theory.wasserstein(p, q, (-10, 12)), 4)     # difference of means
2.0
"""

from __future__ import annotations

from ._critic import CriticOnALine, fit_critic
from ._divergences import dual_value, jsd, kl, optimal_discriminator, total_variation, value
from ._lines import ParallelLines, parallel_lines
from ._play import LineGame, Snapshot, gaussian, line_game, snapshot
from ._pushforward import pushforward
from ._transport import earth_mover, wasserstein

__all__ = [
    "CriticOnALine",
    "LineGame",
    "ParallelLines",
    "Snapshot",
    "dual_value",
    "earth_mover",
    "fit_critic",
    "gaussian",
    "jsd",
    "kl",
    "line_game",
    "optimal_discriminator",
    "parallel_lines",
    "pushforward",
    "snapshot",
    "total_variation",
    "value",
    "wasserstein",
]

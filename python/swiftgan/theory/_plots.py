"""The pictures of `swiftgan.theory`, drawn with matplotlib, which nothing else here needs."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ._lines import ParallelLines
    from ._play import LineGame

DATA, MODEL, LEARNED, BEST = "black", "tab:green", "tab:blue", "tab:orange"


def plot_line_game(game: LineGame, path: str | os.PathLike[str] | None) -> Figure:
    """Draw a column for each snapshot: densities with D and D*, and below how noise is mapped."""
    from ..viz import new_figure, save_figure

    count = len(game.snapshots)
    figure = new_figure((3.4 * count, 4.9))
    top, bottom = figure.subplots(2, count, squeeze=False, height_ratios=(3, 1), sharex="col")
    height = 1.15 * max(1.0, *(shot.p_g.max() for shot in game.snapshots[1:]), game.p_data.max())
    visible = game.x[game.p_data > 1e-4 * game.p_data.max()]
    for column, shot in enumerate(game.snapshots):
        axes = top[column]
        axes.plot(game.x, game.p_data, ":", color=DATA, linewidth=2, label="p_data")
        axes.plot(game.x, shot.p_g, color=MODEL, label="p_g")
        # Where neither law has mass the ratio says nothing.
        best = np.where(game.p_data + shot.p_g > 0.01, shot.D_star, np.nan)
        axes.plot(game.x, best, color=BEST, linewidth=2.5, alpha=0.7, label="D* = p / (p + q)")
        axes.plot(game.x, shot.D, "--", color=LEARNED, label="D")
        axes.set_ylim(0, height)
        axes.set_xlim(visible[0], visible[-1])
        axes.set_title(
            f"step {shot.step}\nV {shot.value:.3f}, best {shot.best_value:.3f}\nmean |D - D*| {shot.error:.3f}",
            fontsize=9,
        )
        _draw_arrows(bottom[column], shot, visible)
    figure.legend(*top[0].get_legend_handles_labels(), loc="outside upper center", ncols=4, fontsize=9)
    save_figure(figure, path)
    return figure


def _draw_arrows(axes: Any, shot: Any, visible: Any) -> None:
    """Draw a line from each noise (below) to its sample (above), as the paper's figure does."""
    low, high = visible[0], visible[-1]
    noise = (shot.noise - shot.noise[0]) / (shot.noise[-1] - shot.noise[0]) * 0.6 + 0.2
    for z, x in zip(low + noise * (high - low), shot.samples, strict=True):
        axes.plot([z, x], [0, 1], color=MODEL, linewidth=0.6, alpha=0.8)
    axes.set_ylim(0, 1)
    axes.set_yticks([0, 1], ["z", "G(z)"])
    axes.tick_params(axis="y", length=0)


def plot_lines(lines: ParallelLines, path: str | os.PathLike[str] | None) -> Figure:
    """Draw the two lines, and W1 and JSD over theta."""
    from ..viz import new_figure, save_figure

    figure = new_figure((9, 3.2))
    left, middle, right = figure.subplots(1, 3)
    left.plot([0, 0], [0, 1], color=DATA, linewidth=2, label="data")
    left.plot([0.5, 0.5], [0, 1], color=MODEL, linewidth=2, label="samples, theta = 0.5")
    left.annotate("", (0.5, 0.5), (0, 0.5), arrowprops={"arrowstyle": "<->"})
    left.set_xlim(-0.6, 1.1)
    left.set_ylim(-0.05, 1.35)
    left.legend(fontsize=8, loc="upper left")
    left.set_title("two parallel lines", fontsize=10)
    order = np.argsort(lines.theta)
    middle.plot(lines.theta[order], lines.w1[order], color=LEARNED)
    middle.set_title("W1 = |theta|", fontsize=10)
    right.plot(lines.theta, lines.jsd, ".", color=BEST, markersize=4)
    right.axhline(np.log(2), color="gray", linewidth=0.6)
    right.set_ylim(-0.05, 0.8)
    right.set_title("JSD: log 2, and 0 at 0", fontsize=10)
    for axes in (middle, right):
        axes.set_xlabel("theta")
        axes.grid(alpha=0.3)
    save_figure(figure, path)
    return figure

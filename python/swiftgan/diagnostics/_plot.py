"""Curves of diagnostics, with matplotlib."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ._alarm import Alarm

# What is drawn together, and the bounds of figures that have some.
PANELS: tuple[tuple[str, tuple[str, ...], tuple[float, float | None] | None], ...] = (
    ("loss, without penalties", ("*_loss",), None),
    ("discriminator's accuracy", ("real_accuracy", "fake_accuracy"), (0, 1.02)),
    ("Jensen-Shannon bound (nats)", ("jsd_bound",), None),
    ("duality gap", ("duality_gap",), None),
    ("E d(x) - E d(G(z))", ("wasserstein",), None),
    ("separation (std of d)", ("separation",), None),
    ("samples against data", ("diversity", "coverage"), (0, None)),
    ("drift of the mean (std)", ("drift",), None),
    ("norm of the gradient", ("*_gradient",), None),
    ("norm of the weights", ("*_weights",), None),
)


def _is_of(name: str, one: str) -> bool:
    """Return whether a figure is of a kind; those of one pair of players among several end in their number."""
    return name.endswith(one[1:]) if one.startswith("*") else name == one or name.startswith(f"{one}_")


def plot_records(
    steps: Sequence[int],
    columns: Mapping[str, Sequence[float]],
    alarms: Sequence[Alarm],
    path: str | os.PathLike[str] | None,
) -> Figure:
    """Draw a panel for each kind of figure that there is; alarms are upright lines.

    Curves begin anew where steps do: with another fit.
    """
    from ..viz import new_figure, save_figure

    starts = [at for at in range(1, len(steps)) if steps[at] <= steps[at - 1]]
    spans = [slice(first, last) for first, last in zip([0, *starts], [*starts, None], strict=True)]
    panels = []
    for title, names, bounds in PANELS:
        found = [name for name in columns if any(_is_of(name, one) for one in names)]
        if found:
            panels.append((title, found, bounds))
    width = min(4, max(1, len(panels)))
    height = -(-len(panels) // width) or 1
    figure = new_figure((3.6 * width, 2.6 * height + 0.3 * bool(alarms)))
    grid = figure.subplots(height, width, squeeze=False).ravel()
    for axes, (title, shown, bounds) in zip(grid, panels, strict=False):
        for color, name in enumerate(shown):
            for span in spans:
                label = name.replace("_", " ") if span is spans[0] else None
                axes.plot(steps[span], columns[name][span], f"C{color}", label=label, linewidth=1.2)
        for alarm in alarms:
            axes.axvline(alarm.step, color="tab:red", linewidth=0.8, linestyle=":")
        if bounds is not None:
            axes.set_ylim(*bounds)
        if title == "norm of the gradient":
            axes.set_yscale("log")
        if len(shown) > 1:
            axes.legend(fontsize=7)
        axes.set_title(title, fontsize=9)
        axes.set_xlabel("step", fontsize=8)
        axes.tick_params(which="both", labelsize=7)
        axes.grid(alpha=0.3)
    for axes in grid[len(panels) :]:
        axes.set_axis_off()
    if alarms:
        figure.suptitle(
            "; ".join(f"{alarm.kind.replace('_', ' ')} at step {alarm.step}" for alarm in alarms), fontsize=9
        )
    save_figure(figure, path)
    return figure

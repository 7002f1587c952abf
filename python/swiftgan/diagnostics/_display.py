"""Diagnostics while they come: a block of lines on a terminal that is drawn anew, a table in a notebook."""

from __future__ import annotations

import contextlib
import html
import math
import os
import shutil
import sys
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TextIO

if TYPE_CHECKING:
    from ._alarm import Alarm

BARS = "▁▂▃▄▅▆▇█"
WIDTH = 32


def sparkline(values: Sequence[float], width: int = WIDTH) -> str:
    """Return the last values as a line of bars, the least as the lowest and the largest as the highest.

    >>> sparkline([0, 1, 2, 7])
    '▁▂▃█'
    """
    shown = [float(value) for value in values][-width:]
    finite = [value for value in shown if math.isfinite(value)]
    if not finite:
        return " " * len(shown)
    low, high = min(finite), max(finite)
    step = (high - low) / (len(BARS) - 1) or 1.0
    return "".join(BARS[round((value - low) / step)] if math.isfinite(value) else " " for value in shown)


def lines(
    step: int, columns: dict[str, list[float]], alarms: Sequence[Alarm], size: tuple[int, int] = (80, 24)
) -> list[str]:
    """Return what a terminal of so many columns and lines shows: a line for each figure, and the last alarms.

    No line is broken by the terminal, and all of them are in sight at once: only so can they be drawn over. Where there
    is not enough room the earlier alarms are left out first, then the last figures.
    """
    # The cursor takes a line below the block, and some terminals break a line that is filled to its end.
    wide, high = max(20, size[0] - 1), max(4, size[1] - 1)
    notes: list[str] = []
    for alarm in reversed(alarms[-3:]):
        wrapped = textwrap.wrap(f"! {alarm.message}", wide, initial_indent="  ", subsequent_indent="    ")
        if notes and 1 + len(columns) + len(notes) + len(wrapped) > high:
            break
        notes = wrapped + notes
    notes = notes[: max(1, high - 2)]
    width = max(map(len, columns), default=0)
    shown = [f"  {name:{width}} {values[-1]:>11.4g}  {sparkline(values)}"[:wide] for name, values in columns.items()]
    room = high - 1 - len(notes)
    if len(shown) > room:
        shown = [*shown[: room - 1], f"  and {len(shown) - room + 1} more figures"]
    return [f"diagnostics, step {step}", *shown, *notes]


def table(step: int, columns: dict[str, list[float]], alarms: Sequence[Alarm]) -> str:
    """Return what a notebook shows, as HTML."""
    rows = "".join(
        f"<tr><td style='text-align:left'>{html.escape(name)}</td><td>{values[-1]:.4g}</td>"
        f"<td>{_curve(values)}</td></tr>"
        for name, values in columns.items()
    )
    notes = "".join(f"<div>&#9888; {html.escape(alarm.message)}</div>" for alarm in alarms)
    return f"<table><caption>diagnostics, step {step}</caption>{rows}</table>{notes}"


def _curve(values: Sequence[float]) -> str:
    """Return a small curve as SVG."""
    finite = [(index, value) for index, value in enumerate(values) if math.isfinite(value)]
    if len(finite) < 2:
        return ""
    low, high = min(value for _, value in finite), max(value for _, value in finite)
    scale = 18 / ((high - low) or 1.0)
    points = " ".join(
        f"{160 * index / (len(values) - 1):.1f},{19 - (value - low) * scale:.1f}" for index, value in finite
    )
    return f"<svg width='160' height='20'><polyline points='{points}' fill='none' stroke='currentColor'/></svg>"


class Display:
    """Shows records as they come.

    Parameters
    ----------
    kind : {"auto", "terminal", "lines", "notebook", None}
        "auto": a table in a notebook, a block that is drawn anew on a terminal, else nothing. "lines": one line for
        each look, for logs.
    stream : file, optional
        In place of the standard error stream.
    """

    def __init__(self, kind: str | None, stream: TextIO | None = None) -> None:
        self.stream = sys.stderr if stream is None else stream
        self.kind = self._automatic() if kind == "auto" else kind
        self._drawn = 0
        self._handle: Any = None

    def _automatic(self) -> str | None:
        shell = sys.modules.get("IPython")
        if shell is not None and type(shell.get_ipython()).__name__ == "ZMQInteractiveShell":
            return "notebook"
        return "terminal" if self.stream.isatty() else None

    def show(self, step: int, columns: dict[str, list[float]], alarms: Sequence[Alarm], new: Sequence[Alarm]) -> None:
        """Show the state of things after a look."""
        if self.kind == "terminal":
            block = lines(step, columns, alarms, self._size())
            # Up to the first line of the block before, and clear from there on.
            up = f"\x1b[{self._drawn}A\x1b[J" if self._drawn else ""
            self.stream.write(up + "\n".join(block) + "\n")
            self._drawn = len(block)
        elif self.kind == "lines":
            figures = ", ".join(f"{name} {values[-1]:.4g}" for name, values in columns.items())
            self.stream.write(f"step {step}: {figures}\n" + "".join(f"! {alarm.message}\n" for alarm in new))
        elif self.kind == "notebook":
            self._show_in_notebook(table(step, columns, alarms))
        self.stream.flush()

    def _size(self) -> tuple[int, int]:
        """Return the terminal's columns and lines; as of the environment or 80 and 24 for what has none."""
        with contextlib.suppress(OSError, ValueError, AttributeError):
            found = os.get_terminal_size(self.stream.fileno())
            if found.columns > 0 and found.lines > 0:
                return found.columns, found.lines
        known = shutil.get_terminal_size()
        return known.columns, known.lines

    def _show_in_notebook(self, content: str) -> None:
        from IPython import display

        page: Any = display.HTML(content)  # type: ignore[no-untyped-call,unused-ignore]
        if self._handle is None:
            self._handle = display.display(page, display_id=True)  # type: ignore[no-untyped-call,unused-ignore]
        else:
            self._handle.update(page)

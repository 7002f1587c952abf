"""Diagnostics as they are drawn: on a terminal, in a notebook, in a log, as curves."""

from __future__ import annotations

import fcntl
import io
import math
import os
import pty
import struct
import sys
import termios
import types

import pytest
import swiftgan as sg
from swiftgan.diagnostics import _display


def quiet(every_steps=20, **options):
    return sg.Diagnostics(every_steps, **{"display": None, "warn": False, **options})


def test_drawing(tmp_path):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    screen = Terminal()
    display = _display.Display("auto", screen)
    assert display.kind == "terminal"
    assert _display.Display("auto", io.StringIO()).kind is None
    alarm = sg.diagnostics.Alarm("oscillation", 4, "drift", 1.0, "step 4: <round and round>")
    display.show(2, {"drift": [0.0, 1.0]}, [], [])
    display.show(4, {"drift": [0.0, 1.0, math.nan, 0.5]}, [alarm], [alarm])
    blocks = screen.getvalue().split("\x1b[2A\x1b[J")
    assert len(blocks) == 2, "the second block is drawn over the first"
    assert "▁█ ▅" in blocks[1]
    assert alarm.message in blocks[1]
    page = _display.table(4, {"drift": [0.0, 1.0]}, [alarm])
    assert "&lt;round" in page
    assert "polyline" in page
    log = io.StringIO()
    _display.Display("lines", log).show(4, {"drift": [1.0]}, [alarm], [alarm])
    assert log.getvalue() == f"step 4: drift 1\n! {alarm.message}\n"

    diagnostics = quiet(5)
    assert "no look yet" in repr(diagnostics)
    sg.GAN(hidden=[16], random_state=0).fit(sg.datasets.ring8(512), steps=10, callbacks=[diagnostics], verbose=False)
    assert "2 looks, step 10" in repr(diagnostics)
    assert "<table>" in diagnostics._repr_html_()
    pytest.importorskip("matplotlib")
    diagnostics.plot(tmp_path / "curves.png")
    assert (tmp_path / "curves.png").stat().st_size > 10_000


def test_a_notebook_has_one_table_that_changes(monkeypatch):
    shown = []

    class Page(str):
        pass

    class Handle:
        def update(self, page):
            shown[-1] = page

    def display(page, display_id):
        shown.append(page)
        return Handle()

    class ZMQInteractiveShell:
        pass

    notebook = types.ModuleType("IPython")
    notebook.get_ipython = ZMQInteractiveShell
    notebook.display = types.SimpleNamespace(HTML=Page, display=display)
    monkeypatch.setitem(sys.modules, "IPython", notebook)
    screen = _display.Display("auto", io.StringIO())
    assert screen.kind == "notebook"
    for step in (1, 2):
        screen.show(step, {"drift": [0.5] * step}, [], [])
    assert len(shown) == 1
    assert "step 2" in shown[0]


# ------------------------------------------------------------------------------------------------- a terminal's screen

LONG = "step 240: samples have left part of the data: they cover 0.06 of them, after 0.88. Try packing, a penalty on "
LONG += "the discriminator's slope, minibatch statistics, or another objective. And some more words to be sure."


def alarm(step, message=LONG):
    return sg.diagnostics.Alarm("mode_collapse", step, "coverage", 0.06, message)


class Screen(io.StringIO):
    """A terminal that knows three things: lines are broken at its width, the cursor goes up, and clears from there."""

    def __init__(self, columns, lines):
        super().__init__()
        self.main, self.second = pty.openpty()
        fcntl.ioctl(self.second, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.columns, self.height = columns, lines
        self.rows = [""]

    def isatty(self):
        return True

    def fileno(self):
        return self.second

    def write(self, text):
        if text.startswith("\x1b["):
            up, text = text[2:].split("A\x1b[J", 1)
            # What has gone out at the top is out of reach.
            top = max(0, len(self.rows) - self.height)
            del self.rows[max(top, len(self.rows) - 1 - int(up)) :]
            self.rows.append("")
        for line in text.split("\n"):
            while len(line) > self.columns:
                self.rows[-1], line = line[: self.columns], line[self.columns :]
                self.rows.append("")
            self.rows[-1] = line
            self.rows.append("")
        self.rows.pop()

    def close(self):
        os.close(self.main)
        os.close(self.second)


@pytest.mark.parametrize("size", [(80, 40), (40, 24), (200, 50), (80, 12), (25, 6)])
def test_the_block_is_drawn_over_itself_whatever_the_alarms_say(size):
    columns = {f"figure_{number}": [float(number)] * 3 for number in range(16)}
    screen = Screen(*size)
    display = _display.Display("terminal", screen)
    alarms = []
    for step in range(1, 9):
        if step % 2 == 0:
            alarms.append(alarm(step))
        display.show(step, columns, alarms, [])
    assert [row for row in screen.rows if row.startswith("diagnostics, step")] == ["diagnostics, step 8"]
    assert len(screen.rows) <= size[1]
    assert max(map(len, screen.rows)) < size[0]
    shown = " ".join(row.strip() for row in screen.rows)
    assert "! step 240: samples" in shown, "the last alarm is always there"
    if size[1] >= 40:
        assert LONG in shown
        assert "figure_15" in shown
    else:
        assert "more figures" in shown
    screen.close()


def test_curves_have_all_figures_and_begin_anew_with_a_fit():
    pytest.importorskip("matplotlib")
    diagnostics = quiet(2, gap_steps=0)
    for seed in (0, 1):
        gan = sg.GAN(hidden=[8], batch_size=64, random_state=seed)
        gan.fit(sg.datasets.ring8(256), steps=8, callbacks=[diagnostics], verbose=False)
    figure = diagnostics.plot()
    panels = [axes for axes in figure.axes if axes.lines]
    curves = [line for axes in panels for line in axes.lines]
    assert len(curves) == 2 * len(diagnostics.names)
    assert all(line.get_xdata().tolist() == [2, 4, 6, 8] for line in curves)
    for axes in panels:
        # Of a logarithmic axis the ticks between are labelled too.
        sizes = {label.get_size() for which in (False, True) for label in axes.get_yticklabels(minor=which)}
        assert sizes == {7}, axes.get_title()

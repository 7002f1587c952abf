"""`profile`: where the time goes."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import NamedTuple, TextIO

from . import _core


class Op(NamedTuple):
    """All calls of one operation, or of one step of compiled functions."""

    name: str
    """The operation; of a step that does several at once, all of them."""
    calls: int
    """How often it ran."""
    seconds: float
    """Time of all calls."""
    flops: float
    """Floating-point operations of all calls."""
    bytes: float
    """Bytes of inputs and outputs of all calls."""


class profile:  # noqa: N801 - used as a function
    """Time every operation within a ``with`` block, on all threads, and print a table.

    What runs by itself is timed, and each step of what was traced: a trainer's updates, compiled functions.
    Operations in them that are done together are one row, such as ``multiply+add+tanh``.

    Parameters
    ----------
    show : bool
        Whether to print the table at the end.
    limit : int
        How many rows it has.
    file : text file, optional
        Where to print, by default to the standard output.

    Attributes
    ----------
    ops : list of Op
        Calls, seconds, FLOP and bytes of each operation, the longest first. FLOP are two for each product in matrix
        products and convolutions, one for each element that is computed elementwise or summed, and 0 for what only
        moves elements; bytes are those of inputs and outputs.
    seconds : float
        The time within the block.
    peak_flops, peak_bytes : float
        What this machine reaches in a second with large matrix products and copies, measured at the end with all
        threads. The table's last column is the share of it that an operation reached: the larger of the two.
    events, dropped : int
        How many single events were kept for `save`, at most the first million (24 MB), and how many came later: those
        count in `ops` alone.

    Examples
    --------
    >>> import swiftgan as sg
    >>> with sg.profile(show=False) as profile:
    ...     x = sg.ones((8, 8)) @ sg.ones((8, 8))
    >>> [(op.name, op.calls, op.flops) for op in profile.ops if op.name == "batch_matmul"]
    [('batch_matmul', 1, 1024.0)]
    """

    def __init__(self, *, show: bool = True, limit: int = 20, file: TextIO | None = None) -> None:
        self.ops: list[Op] = []
        self.seconds = 0.0
        self.peak_flops = 0.0
        self.peak_bytes = 0.0
        self._show, self._limit, self._file = show, limit, file
        self.events = 0
        self.dropped = 0
        self._found: _core.Profile | None = None

    def __enter__(self) -> profile:
        _core.profile_begin()
        return self

    def __exit__(self, *unused: object) -> None:
        self._found = _core.profile_end()
        found = json.loads(self._found.information())
        self.ops = [
            Op(op["name"], op["calls"], float(op["seconds"]), float(op["flops"]), float(op["bytes"]))
            for op in found["ops"]
        ]
        self.seconds = found["seconds"]
        self.peak_flops, self.peak_bytes = found["peak"]["flops"], found["peak"]["bytes"]
        self.events, self.dropped = found["events"], found["dropped"]
        if self._show:
            print(self.table(self._limit), file=self._file or sys.stdout)

    def table(self, limit: int | None = None) -> str:
        """Return the table, of so many operations, as text."""
        total = sum(op.seconds for op in self.ops)
        heads = ("operation", "calls", "time", "share", "MFLOP", "GFLOP/s", "MB", "GB/s", "of peak")
        rows = [self._row(op, total) for op in self.ops[:limit]]
        widths = [max(len(row[column]) for row in (heads, *rows)) for column in range(len(heads))]
        lines = []
        for row in (heads, *rows):
            cells = [
                row[0].ljust(widths[0]),
                *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)),
            ]
            lines.append("  ".join(cells))
        more = len(self.ops) - len(rows)
        if more > 0:
            rest = sum(op.seconds for op in self.ops[len(rows) :])
            lines.append(f"{more} more operations: {_time(rest)}")
        lines.append(f"operations took {_time(total)} of {_time(self.seconds)}; {self._peaks()}")
        if self.dropped:
            lines.append(
                f"{self.dropped} events after the first {self.events} are counted here, but are in no trace file"
            )
        return "\n".join(lines)

    def _row(self, op: Op, total: float) -> tuple[str, ...]:
        seconds = max(op.seconds, 1e-12)
        name = op.name if len(op.name) <= 48 else op.name[:45] + "..."
        return (
            name,
            str(op.calls),
            _time(op.seconds),
            f"{op.seconds / total:.1%}" if total else "",
            f"{op.flops / 1e6:.3g}" if op.flops else "",
            f"{op.flops / seconds / 1e9:.1f}" if op.flops else "",
            f"{op.bytes / 1e6:.3g}",
            f"{op.bytes / seconds / 1e9:.1f}",
            f"{self.share_of_peak(op):.0%}",
        )

    def share_of_peak(self, op: Op) -> float:
        """Return the share of the machine's peak, in arithmetic or in memory, that an operation reached."""
        if op.seconds <= 0 or not self.peak_flops or not self.peak_bytes:
            return 0.0
        return max(op.flops / op.seconds / self.peak_flops, op.bytes / op.seconds / self.peak_bytes)

    def _peaks(self) -> str:
        return f"this machine's peak is {self.peak_flops / 1e9:.1f} GFLOP/s and {self.peak_bytes / 1e9:.1f} GB/s"

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write all that was timed as a Chrome trace, to be opened in https://ui.perfetto.dev or chrome://tracing.

        A trainer's steps hold players' updates, which hold layers and operations. What was traced shows its steps in
        the layers that they were traced in, and those of gradients in the same under "gradient". The file takes some
        200 bytes for each of `events`; where later ones were `dropped` a last event says so.
        """
        if self._found is None:
            raise RuntimeError("the profile is not complete: save it after the with block")
        Path(path).write_text(self._found.trace(), encoding="utf-8")

    def __repr__(self) -> str:
        return f"profile({len(self.ops)} operations, {self.seconds:.3g} s)"


def _time(seconds: float) -> str:
    for unit, factor in (("s", 1.0), ("ms", 1e3)):
        if seconds * factor >= 1:
            return f"{seconds * factor:.2f} {unit}"
    return f"{seconds * 1e6:.1f} us"

"""Records of diagnostics in files: JSON lines, CSV and TensorBoard's events."""

from __future__ import annotations

import json
import math
import os
from pathlib import Path
from typing import Any

from ._tensorboard import EventWriter

FORMATS = ("jsonl", "csv", "tensorboard")


class RecordFiles:
    """Writes each record as it comes, so that a run that is cut short leaves what it found.

    Parameters
    ----------
    folder : path
        Gets ``diagnostics.jsonl``, ``diagnostics.csv`` and an event file. Files of an earlier run are replaced, event
        files kept beside.
    formats : sequence of {"jsonl", "csv", "tensorboard"}
    """

    def __init__(self, folder: str | os.PathLike[str], formats: tuple[str, ...]) -> None:
        self.folder = Path(folder)
        self.formats = formats
        self._columns: list[str] = []
        self._events: EventWriter | None = None
        self.folder.mkdir(parents=True, exist_ok=True)
        for name in ("jsonl", "csv"):
            if name in formats:
                self.path(name).write_text("", encoding="utf-8")

    def path(self, name: str) -> Path:
        """Return the file of a format."""
        return self.folder / f"diagnostics.{name}"

    def add(self, record: dict[str, Any]) -> None:
        """Write a record, ``{"step": ..., "figures": {...}, "warnings": [...]}``."""
        figures = {name: math.nan if value is None else value for name, value in record["figures"].items()}
        if "jsonl" in self.formats:
            self._append("jsonl", json.dumps(record, allow_nan=False) + "\n")
        if "csv" in self.formats and figures:
            self._widen([name for name in figures if name not in self._columns])
            kinds = " ".join(warning["kind"] for warning in record["warnings"])
            cells = [str(record["step"]), *(repr(figures.get(name, math.nan)) for name in self._columns), kinds]
            self._append("csv", ",".join(cells) + "\n")
        if "tensorboard" in self.formats:
            self._events = self._events or EventWriter(self.folder)
            alarms = {f"warnings/{warning['kind']}": 1.0 for warning in record["warnings"]}
            self._events.add(
                record["step"], {**{f"diagnostics/{name}": value for name, value in figures.items()}, **alarms}
            )

    def close(self) -> None:
        """Close what is open; a record that comes later opens a file of its own."""
        if self._events is not None:
            self._events.close()
            self._events = None

    def _widen(self, names: list[str]) -> None:
        """Add columns to the table: another model may have figures of its own. Rows so far get NaN there."""
        if not names:
            return
        rows = [line.rsplit(",", 1) for line in self.path("csv").read_text(encoding="utf-8").splitlines()[1:]]
        self._columns += names
        gap = ",nan" * len(names)
        lines = [",".join(["step", *self._columns, "warnings"]), *(f"{row}{gap},{kinds}" for row, kinds in rows)]
        self.path("csv").write_text("\n".join(lines) + "\n", encoding="utf-8")

    def _append(self, name: str, text: str) -> None:
        with self.path(name).open("a", encoding="utf-8") as file:
            file.write(text)

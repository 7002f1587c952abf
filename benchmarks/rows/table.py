"""The kept results as one table in Markdown, for docs/results.md."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from .row import Row

HEAD = "| row | figure | values | must hold | besides | published | minutes (threads) |\n|---|---|---|---|---|---|---|"


def table(folder: Path, rows: Iterable[Row]) -> str:
    """Return the table of the results in a folder, row by row; a row that was not measured is left out."""
    lines = [HEAD]
    for row in rows:
        lines += _lines(row, read(folder / f"{row.name}.json"))
    return "\n".join(lines)


def read(path: Path) -> dict[str, Any]:
    """Return a row's kept result; one without figures where none is kept."""
    found: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {"figures": []}
    return found


def measured_on(result: dict[str, Any]) -> str:
    """Return in words what a result was measured on: threads, and the precision where it is not the highest."""
    threads, precision = result["threads"], result.get("precision", "highest")
    return f"{threads} thread" + "s" * (threads > 1) + f", {precision} precision" * (precision != "highest")


def _lines(row: Row, result: dict[str, Any]) -> list[str]:
    figures = [figure for figure in result["figures"] if figure["verdict"] != "skipped"]
    # What was published is no measurement: it is what the row says today.
    published = {(figure.name, figure.data): figure.published for figure in row.figures}
    return [
        _line(
            f"[{row.name}](results/{row.name}.json)" if i == 0 else "",
            figure,
            published.get((figure["figure"], figure["data"]), ""),
            result,
        )
        for i, figure in enumerate(figures)
    ]


def _line(row: str, figure: dict[str, Any], published: str, result: dict[str, Any]) -> str:
    values = list(figure.get("values", {}).values())
    precision = result.get("precision", "highest")
    told = figure["data"] if figure["data"] not in figure["figure"] else ""
    data = ", ".join(part for part in (told, precision if precision != "highest" else "") if part)
    what = figure["figure"] + (f" ({data})" if data else "")
    bound = figure["threshold"] + ("" if figure["verdict"] == "pass" else " **short**")
    minutes = f"{figure.get('seconds', 0) / 60:.1f} ({result['threads']})"
    cells = (row, what, spread(values), bound, _besides(figure), published, minutes)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def spread(values: list[float]) -> str:
    """Return a value; or a mean, a standard deviation, and how many there are."""
    if not values:
        return "failed"
    if len(values) == 1:
        return number(float(values[0]))
    return f"{np.mean(values):.3g} ± {np.std(values, ddof=1):.2g} ({len(values)})"


def _besides(figure: dict[str, Any]) -> str:
    """Return the other numbers of a figure, each as the mean over the seeds."""
    found: dict[str, list[float]] = {}
    for details in figure.get("details", {}).values():
        for name, value in details.items():
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                found.setdefault(name, []).append(float(value))
    return ", ".join(f"{name.replace('_', ' ')} {number(float(np.mean(values)))}" for name, values in found.items())


def number(value: float) -> str:
    """Return three digits of a number, or all of a count."""
    return f"{value:.0f}" if value.is_integer() and abs(value) < 1e7 else f"{value:.3g}"

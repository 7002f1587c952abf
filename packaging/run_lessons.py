"""Run notebooks and keep what their cells print and draw, so that they can be read without running them.

Usage: python packaging/run_lessons.py [NOTEBOOK ...]      (all of examples/lessons by default)

Needs no Jupyter: cells run in order in one namespace, printed text becomes a stream output, and every matplotlib figure
that is open at the end of a cell becomes a picture.
"""

from __future__ import annotations

import base64
import contextlib
import io
import json
import os
import sys
from pathlib import Path
from typing import Any

LESSONS = Path(__file__).resolve().parent.parent / "examples" / "lessons"
LARGEST_FILE = 300_000


def execute(notebook: dict[str, Any]) -> dict[str, Any]:
    """Run a notebook's code cells and return the notebook with their outputs."""
    import matplotlib

    matplotlib.use("Agg")
    names: dict[str, Any] = {"__name__": "__main__"}
    cells, count = [], 0
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            count += 1
            source = "".join(cell["source"])
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                exec(compile(source, f"<cell {count}>", "exec"), names)
            cell = {**cell, "execution_count": count, "outputs": [*_text(printed.getvalue()), *_pictures()]}
        cells.append(cell)
    return {**notebook, "cells": cells}


def text_of(notebook: dict[str, Any]) -> str:
    """Return all that a notebook's cells printed when they ran last."""
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", [])]
    return "".join("".join(output["text"]) for output in outputs if output["output_type"] == "stream")


def picture_count(notebook: dict[str, Any]) -> int:
    """Return how many pictures are in it."""
    outputs = [output for cell in notebook["cells"] for output in cell.get("outputs", [])]
    return sum("image/png" in output.get("data", {}) for output in outputs)


def _text(printed: str) -> list[dict[str, Any]]:
    if not printed:
        return []
    return [{"name": "stdout", "output_type": "stream", "text": printed.splitlines(keepends=True)}]


def _pictures() -> list[dict[str, Any]]:
    """Return the open figures as outputs, and close them."""
    from matplotlib import pyplot

    outputs = []
    for number in pyplot.get_fignums():
        figure = pyplot.figure(number)
        file = io.BytesIO()
        figure.savefig(file, format="png", dpi=80, bbox_inches="tight", metadata={"Software": None})
        data = base64.b64encode(file.getvalue()).decode() + "\n"
        outputs.append(
            {"data": {"image/png": data, "text/plain": "<Figure>"}, "metadata": {}, "output_type": "display_data"}
        )
        pyplot.close(figure)
    return outputs


def main() -> int:
    paths = [Path(name) for name in sys.argv[1:]] or sorted(LESSONS.glob("*.ipynb"))
    for path in paths:
        executed = json.dumps(execute(json.loads(path.read_text())), indent=1, ensure_ascii=False) + "\n"
        if len(executed.encode()) > LARGEST_FILE:
            raise SystemExit(f"{path} would be {len(executed.encode())} bytes, more than {LARGEST_FILE}")
        temporary = path.with_suffix(f".{os.getpid()}")
        temporary.write_text(executed)
        os.replace(temporary, path)
        print(f"{path}: {len(executed.encode())} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""Measure rows and say of each figure whether it holds. The exit status is 1 when one does not, 2 for wrong usage.

    python -m rows [ROW ...] [--quick] [--precision NAME] [--mnist FOLDER] [--peer PYTHON] [--out FOLDER]
    python -m rows --list | --table

Results go to docs/results/ROW.json, with seeds, commit, versions, processor and command. A figure whose data are not on
this machine is skipped, and the row's file is then left as it was; but figures on MNIST are for those who have it.
"""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import re
import sys
import time
import traceback
from pathlib import Path
from typing import Any

import swiftgan as sg

from . import __path__ as folder
from .results import ROOT, command, environment, write
from .row import MNIST, Figure, MissingError, Row
from .table import measured_on, read, table

SEEN = "  {:4}{:63} {:>21}  {:18}{:9}{:>7}  {}"


def row_names() -> list[str]:
    """Return the names of all rows, in order: each is a file of this folder."""
    names = [module.name for module in pkgutil.iter_modules(folder) if re.fullmatch(r"[a-z]\d+", module.name)]
    return [name.upper() for name in sorted(names, key=lambda name: (name[0], int(name[1:])))]


def find(name: str) -> Row:
    """Return a row by its name."""
    row: Row = importlib.import_module(f".{name.lower()}", __package__).ROW
    return row


def show(row: Row, figure: Figure, quick: bool, values: str, seconds: str, verdict: str) -> None:
    data = "DIGITS, short" if quick else figure.data if figure.data not in figure.name else ""
    name = figure.name + (f" ({data})" if figure.data and data else "")
    seeds = ", ".join(map(str, figure.seeds))
    text = "mean " * figure.of_mean + figure.bound_of(quick).text
    print(SEEN.format(row.name, name, values, text, seeds, seconds, verdict), flush=True)


def measure(row: Row, figure: Figure, quick: bool, peer: str | None) -> dict[str, Any]:
    """Measure a figure with all its seeds, print its line, and return the result."""
    bound = figure.bound_of(quick)
    began = time.perf_counter()
    text = "mean " * figure.of_mean + bound.text
    result: dict[str, Any] = {"figure": figure.name, "data": figure.data, "threshold": text}
    try:
        found = {seed: figure.run(seed, quick, peer) for seed in figure.seeds}
    except MissingError as reason:
        show(row, figure, quick, "", "", f"skipped: {reason}")
        return result | {"verdict": "skipped"}
    except Exception as error:
        traceback.print_exc()
        show(row, figure, quick, "", "", f"FAIL: {type(error).__name__}: {error}")
        return result | {"verdict": "error"}
    seconds = time.perf_counter() - began
    holds = figure.holds(quick, [one.value for one in found.values()])
    values = " ".join(bound.show(one.value) for one in found.values())
    show(row, figure, quick, values, f"{seconds:.1f}", "pass" if holds else "FAIL")
    return result | {
        "values": {str(seed): one.value for seed, one in found.items()},
        "details": {str(seed): dict(one.details) for seed, one in found.items() if one.details},
        "seconds": round(seconds, 2),
        "verdict": "pass" if holds else "fail",
    }


def run(row: Row, quick: bool, peer: str | None, out: Path | None) -> int:
    """Measure a row and keep the result; return how many figures do not hold."""
    made_with = environment()  # before measuring takes an hour, in which files and commits may change
    print(f"{row.name}  {row.title}: on {measured_on(made_with)}", flush=True)
    wanted = [figure for figure in row.figures if figure.data != "MNIST" or (os.environ.get(MNIST) and not quick)]
    figures = [measure(row, figure, quick, peer) for figure in wanted]
    skipped = sum(figure["verdict"] == "skipped" for figure in figures)
    if out is not None and skipped:
        print(f"      {out / row.name}.json is left as it was: {skipped} of {len(figures)} figures were skipped")
    elif out is not None:
        head = {"row": row.name, "title": row.title, "form": "short" if quick else "full", "command": command()}
        write(out / f"{row.name}.json", {**head, **made_with, "figures": figures})
    return sum(figure["verdict"] in ("fail", "error") for figure in figures)


def show_list(names: list[str], folder: Path) -> None:
    """Print all figures, and how many seconds each took for a seed, and on what; or about how many it will take."""
    print(SEEN.format("row", "figure", "", "must hold", "seeds", "s/seed", "on"))
    for row in map(find, names):
        kept = read(folder / f"{row.name}.json")
        known = {(figure["figure"], figure["data"]): figure for figure in kept["figures"]}
        for figure in row.figures:
            took = known.get((figure.name, figure.data), {}).get("seconds")
            if took is not None:
                show(row, figure, False, "", f"{took / len(figure.seeds):.1f}", measured_on(kept))
            else:
                show(row, figure, False, "", f"~{figure.budget_s:g}", "1 thread")


def main() -> int:
    parser = argparse.ArgumentParser(prog="rows", description=__doc__.partition("\n")[0])
    parser.add_argument("rows", nargs="*", metavar="ROW", help="such as A7; all of them by default")
    parser.add_argument("--quick", action="store_true", help="short forms on DIGITS, as the tests run them")
    precisions = ("highest", "high", "medium")
    parser.add_argument("--precision", choices=precisions, default="highest", help="of float32 products")
    parser.add_argument("--mnist", metavar="FOLDER", help="MNIST's four IDX files, for the figures on it")
    parser.add_argument("--peer", metavar="PYTHON", help="an interpreter that has PyTorch, to compare with")
    parser.add_argument("--out", type=Path, help="the folder for results; docs/results by default, none with --quick")
    parser.add_argument("--list", action="store_true", help="say what there is, and about how long it takes")
    parser.add_argument("--table", action="store_true", help="print the kept results as the table of docs/results.md")
    options = parser.parse_args()
    known = row_names()
    names = [name.upper() for name in options.rows] or known
    if unknown := [name for name in names if name not in known]:
        parser.error(f"there is no row {', '.join(unknown)}; there are {', '.join(known)}")
    results = options.out or ROOT / "docs" / "results"
    if options.list:
        show_list(names, results)
        return 0
    if options.table:
        print(table(results, map(find, known)))
        return 0
    sg.set_float32_matmul_precision(options.precision)
    if options.mnist:
        os.environ[MNIST] = os.path.abspath(options.mnist)
    out = None if options.quick and not options.out else results
    print(SEEN.format("row", "figure", "value of each seed", "must hold", "seeds", "seconds", ""))
    failed = sum(run(find(name), options.quick, options.peer, out) for name in names)
    print(f"{failed} figures do not hold" if failed else "all that was measured holds")
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())

"""Times of steps through the installed package, and beside them those of PyTorch and JAX.

    python benchmarks/compare.py [--peer PYTHON] [--rounds 3] [--seconds 4] [--json FILE] [WORKLOAD ...]

Each round runs every library once, in a process of its own and in turn, so that a busy machine slows all alike. The
table shows medians over rounds of each process's median step. The ratio is PyTorch's time over ours, above 1 where ours
is faster; share is our part of PyTorch's peak memory; plan ms is what our first step takes beyond another one. A
round in which other programs used the processors is repeated; a workload that stays disturbed says so and is not
judged.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

import contenders
import goals
from machine import BUSY
from rows.results import environment, write
from workloads import WORKLOADS

COLUMNS = {
    "ours ms": 9,
    "PyTorch ms": 19,
    "JAX ms": 9,
    "ratio": 8,
    "goal": 6,
    "ours MB": 10,
    "PyTorch MB": 12,
    "share": 8,
    "plan ms": 11,
}


def number(value: float | None, form: str = "") -> str:
    """Return a number with three digits that count, or a dash where there is none."""
    if value is None:
        return "-"
    return format(value, form or (".0f" if value >= 100 else ".1f" if value >= 10 else ".2f"))


def show_head() -> None:
    print(f"\n {'workload':10}" + "".join(f"{title:>{width}}" for title, width in COLUMNS.items()))


def show(name: str, result: dict[str, Any] | None) -> None:
    if result is None:
        print(f" {name:10}   not measured", flush=True)
        return
    cells = (
        number(result["ours_ms"]),
        number(result.get("torch_ms")) + (f" ({result['torch_mode']})" if "torch_mode" in result else ""),
        number(result.get("jax_ms")),
        number(result.get("ratio"), ".2f"),
        number(result.get("goal"), ".1f"),
        number(result["ours_mb"], ".0f"),
        number(result.get("torch_mb"), ".0f"),
        number(result.get("memory_share"), ".2f"),
        number(result["plan_ms"]),
    )
    line = "".join(f"{cell:>{width}}" for cell, width in zip(cells, COLUMNS.values(), strict=True))
    share = result["others_share"]
    busy = f"   busy: other programs used {share:.0%} of the processors; not judged" if share > BUSY else ""
    print(f" {name:10}{line}{busy}", flush=True)


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    processors = len(os.sched_getaffinity(0))
    parser.add_argument("workloads", nargs="*", metavar="WORKLOAD", help=f"of {', '.join(WORKLOADS)}; all by default")
    parser.add_argument(
        "--peer",
        action="append",
        default=[],
        metavar="PYTHON",
        help="an interpreter that has PyTorch or JAX or both, which are then measured as well; may be given again",
    )
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--repeats",
        type=int,
        default=3,
        help="how many rounds of a workload are repeated when other programs used the processors meanwhile",
    )
    parser.add_argument("--seconds", type=float, default=4, help="how long each process measures")
    parser.add_argument("--threads", type=int, default=processors, help="of every library; all processors by default")
    parser.add_argument("--precision", choices=("highest", "high", "medium"), default="highest")
    parser.add_argument("--eager", action="store_true", help="swiftgan operation by operation, nothing traced")
    parser.add_argument(
        "--compile",
        choices=contenders.WHEN,
        default="auto",
        help=f"run torch.compile on {', '.join(contenders.WORTH_COMPILING)} (auto), on all workloads or on none",
    )
    parser.add_argument(
        "--jax",
        choices=contenders.WHEN,
        default="auto",
        help=f"run JAX on {', '.join(contenders.WORTH_JAX)} (auto), on all workloads (minutes for one step) or on none",
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="where to write all figures of all rounds")
    options = parser.parse_args()
    if unknown := set(options.workloads) - set(WORKLOADS):
        parser.error(f"there is no workload {', '.join(sorted(unknown))}; there are {', '.join(WORKLOADS)}")
    if options.rounds < 1:
        parser.error(f"--rounds must be at least 1, not {options.rounds}")
    if options.repeats < 0:
        parser.error(f"--repeats must not be negative, not {options.repeats}")
    if not options.seconds > 0:
        parser.error(f"--seconds must be above 0, not {options.seconds}")
    if not 1 <= options.threads <= processors:
        parser.error(f"--threads must be 1 to {processors}, the number of processors here, not {options.threads}")
    return options


def main() -> int:
    options = parse()
    found, notes = contenders.find(options.peer, options.eager, options.compile, options.jax)
    settings = {name: getattr(options, name) for name in ("precision", "rounds", "seconds", "threads", "repeats")}
    print(f"a step of each workload; products of float32: {options.precision}; threads: {options.threads}")
    print(f"medians of {options.rounds} rounds")
    print("".join(f"note: {note}\n" for note in notes), end="")
    show_head()
    # The goals are of float32, and of what users get who change nothing.
    judged = options.precision == "highest" and not options.eager
    results: dict[str, Any] = {}
    for name in options.workloads or WORKLOADS:
        rounds = contenders.measure(name, found, **settings)
        result = goals.summary(name, rounds, judged)
        show(name, result)
        results[name] = {"summary": result, "rounds": rounds}
    if judged:
        print(f" {goals.FURTHER}")
    measured = [one["summary"] for one in results.values() if one["summary"]]
    if misses := [words for result in measured for words in result.get("missed", [])]:
        print("\ngoals that do not hold\n" + "\n".join(f" {words}" for words in misses))
    if options.json:
        write(options.json, {**environment(), **settings, "eager": options.eager, "workloads": results})
        print(f"\nall figures: {options.json}")
    return int(len(measured) < len(results))


if __name__ == "__main__":
    sys.exit(main())

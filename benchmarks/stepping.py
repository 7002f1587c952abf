"""What the scripts that run one workload have in common: their command line, the clock, and the line of JSON.

Each library runs in a process of its own, so that its peak memory and its first step are its own.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable

from resident import peak_mb
from workloads import WORKLOADS

WARM_UP_STEPS = 3
LEAST_STEPS = 5
PRECISIONS = ("highest", "high", "medium")


def parser(description: str, precisions: str) -> argparse.ArgumentParser:
    """Return the command line that every library's script has; `precisions` says what high and medium are there."""
    made = argparse.ArgumentParser(description=description.partition("\n")[0])
    made.add_argument("workload", choices=WORKLOADS, metavar="WORKLOAD", help=f"one of {', '.join(WORKLOADS)}")
    made.add_argument("precision", nargs="?", choices=PRECISIONS, default="highest", help=precisions)
    made.add_argument("--seconds", type=float, default=4, help="how long to measure")
    made.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)), help="all processors by default")
    return made


def timed(step: Callable[[], object]) -> float:
    began = time.perf_counter()
    step()
    return time.perf_counter() - began


def measure(step: Callable[[], object], options: argparse.Namespace, **about: str) -> None:
    """Print, as a line of JSON, how long steps take that end with their losses or samples read.

    The first is told apart: it is the one that traces, plans or compiles. Steps longer than the time that was asked
    for are warmed up once and measured at least once, others at least five times.
    """
    first = timed(step)
    for _ in range(WARM_UP_STEPS):
        if timed(step) > options.seconds:
            break
    times: list[float] = []
    end = time.perf_counter() + options.seconds
    hard_end = end + 2 * options.seconds
    while time.perf_counter() < (end if len(times) >= LEAST_STEPS else hard_end) or not times:
        times.append(timed(step))
    result = {
        **about,
        "workload": options.workload,
        "precision": options.precision,
        "threads": options.threads,
        "median_s": statistics.median(times),
        "min_s": min(times),
        "n": len(times),
        "first_s": first,
        "maxrss_mb": round(peak_mb(), 1),
    }
    print(json.dumps(result))

"""How long the metrics take: two sets of 10,000 samples with 64 features.

    python benchmarks/metrics.py [NAME ...] [--samples 10000] [--features 64] [--rounds 3]

The real samples are Gaussian, the fake ones a little shifted and spread. What takes longer than it may is marked.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import swiftgan as sg
from machine import busy_note, busy_share

# For 10,000 samples with 64 features on two cores.
GOALS_S = {"frechet_distance": 1.0, "precision_recall": 5.0, "density_coverage": 5.0, "nearest_neighbours": 5.0}
# An assignment takes n^3, and a test the square of n times its permutations: these have fewer samples.
FEWER = {"wasserstein": 5, "mmd_test": 5}


def seconds(call: Callable[[], object], rounds: int) -> list[float]:
    """Return the time of a call in each round."""
    times = []
    for _ in range(rounds):
        began = time.perf_counter()
        call()
        times.append(time.perf_counter() - began)
    return times


def sets(samples: int, features: int) -> tuple[Any, Any]:
    generator = np.random.default_rng(0)
    real, fake = generator.normal(size=(2, samples, features))
    return real, 1.05 * fake + 0.05


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="metrics; by default all")
    parser.add_argument("--samples", type=int, default=10_000)
    parser.add_argument("--features", type=int, default=64)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    unknown = sorted({*arguments.names} - {*sg.metrics.METRICS})
    if unknown:
        parser.error(f"there is no metric {unknown[0]!r}; there are {', '.join(sg.metrics.METRICS)}")

    note = busy_note(busy_share())
    real, fake = sets(arguments.samples, arguments.features)
    is_measured = (arguments.samples, arguments.features) == (10_000, 64)
    print(f"{arguments.features} features, {sg.get_num_threads()} threads" + (f"\n{note}" if note else ""))
    print(f" {'metric':28}{'samples':>8}{'median s':>10}{'least s':>10}{'goal s':>8}")
    for name in arguments.names or sg.metrics.METRICS:
        count = arguments.samples // FEWER.get(name, 1)
        metric = sg.metrics.METRICS[name]
        times = seconds(lambda metric=metric, count=count: metric(real[:count], fake[:count]), arguments.rounds)
        goal = GOALS_S.get(name) if is_measured else None
        verdict = "  above the goal" if goal and min(times) > goal else ""
        print(
            f" {name:28}{count:8}{statistics.median(times):10.3f}{min(times):10.3f}{goal or '':>8}{verdict}", flush=True
        )


if __name__ == "__main__":
    main()

"""What a call costs besides arithmetic: of an operation from Python, of a compiled function, of many steps in memory.

    python benchmarks/overhead.py [--memory [STEPS]] [--rounds 7] [--kernels PROGRAM]

Operations are on few elements. With the program made of kernels.c, what the kernels take by themselves is taken off;
without it, it is counted as well. With --memory a GAN is trained for 10,000 steps (or so many), and what resident
memory has grown by is printed.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import timeit
from collections.abc import Callable
from typing import Any

import numpy as np
import swiftgan as sg
from machine import busy_note, busy_share
from resident import now_mb

OPERATION_GOAL_US = 1.5
PROGRAM_GOAL_US = 20.0
GROWTH_GOAL_MB = 1.0
WARM_UP_STEPS = 200
ROUND_S = 0.05


def microseconds(call: Callable[[], object], rounds: int) -> list[float]:
    """Return the time of a call in each round, in microseconds."""
    timer = timeit.Timer(call)
    timer.timeit(100)  # what is made at the first calls
    number = max(1, int(ROUND_S / max(1e-9, timer.timeit(100) / 100)))
    return [seconds / number * 1e6 for seconds in timer.repeat(rounds, number)]


def show(name: str, times: list[float], goal: float, kernel: float = 0) -> None:
    least = min(times) - kernel
    verdict = "" if least < goal else "  above the goal"
    median = statistics.median(times)
    print(f" {name:38}{median:9.2f}{min(times):9.2f}{kernel:9.2f}{least:9.2f}{goal:7.1f}{verdict}", flush=True)


def operations() -> dict[str, tuple[str, Callable[[], object]]]:
    """Return calls by their name, each with the name of its kernel."""
    one, two = (sg.asarray(np.full(1, value, np.float32)) for value in (1, 2))
    few, more = (sg.asarray(np.full(64, value, np.float32)) for value in (1, 2))
    square = sg.asarray(np.eye(2, dtype=np.float32))
    return {
        "x + y, 1 element": ("add 1", lambda: one + two),
        "x + y, 64 elements": ("add 64", lambda: few + more),
        "x + 1.0, 1 element": ("add 1", lambda: one + 1.0),
        "-x, 1 element": ("negative 1", lambda: -one),
        "x.relu(), 1 element": ("relu 1", lambda: one.relu()),
        "x.relu(), 64 elements": ("relu 64", lambda: few.relu()),
        "x @ y, 2 x 2": ("matmul 2 x 2", lambda: square @ square),
        "x.reshape(4), 2 x 2": ("", lambda: square.reshape(4)),
        "x.sum(), 64 elements": ("sum 64", lambda: few.sum()),
    }


def kernel_times(program: str | None) -> dict[str, float]:
    """Return what kernels take by themselves, in microseconds, by their name."""
    if program is None:
        return {}
    done = subprocess.run([program], stdout=subprocess.PIPE, text=True, check=True)
    rows = [line.rsplit(maxsplit=1) for line in done.stdout.splitlines() if line.strip()]
    return {name.strip(): float(nanoseconds) / 1e3 for name, nanoseconds in rows}


def hundred(x: Any) -> Any:
    """Return x after 100 operations on one number, each with another constant so that none is done for another."""
    for index in range(50):
        x = x * (1 + 1e-3 * index)
        x = x + 1e-3 * index
    return x


def show_programs(rounds: int) -> None:
    name = "compiled function of 100 scalar ops"
    compile_function = getattr(sg, "compile", None)
    if compile_function is None:
        print(f" {name:38}not in this build: it has no sg.compile")
        return
    x = sg.asarray(np.float32(0.5))
    program = compile_function(hundred)
    if not np.allclose(program(x).numpy(), hundred(x).numpy(), rtol=1e-5):
        raise SystemExit("the compiled function does not compute what the function does")
    show(name, microseconds(lambda: program(x), rounds), PROGRAM_GOAL_US)
    show("the same, operation by operation", microseconds(lambda: hundred(x), rounds), 100 * OPERATION_GOAL_US)


def show_memory(steps: int) -> None:
    from swiftgan_step import make_trainer

    trainer = make_trainer("mlp")
    trainer.step(WARM_UP_STEPS)
    before = now_mb()
    trainer.step(steps)
    growth = now_mb() - before
    verdict = "" if growth <= GROWTH_GOAL_MB else "; above the goal"
    print(
        f"{steps} training steps of mlp: resident memory {before:.1f} MB before, {growth:+.2f} MB after "
        f"(goal: at most +{GROWTH_GOAL_MB:g}){verdict}"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--memory", nargs="?", type=int, const=10_000, metavar="STEPS", help="measure this alone")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--kernels", metavar="PROGRAM", help="kernels.c, compiled")
    options = parser.parse_args()
    if note := busy_note(busy_share()):
        print(note)
    if options.memory is not None:
        show_memory(options.memory)
        return
    kernels = kernel_times(options.kernels)
    print(f" {'microseconds of a call':38}{'median':>9}{'least':>9}{'kernel':>9}{'beyond':>9}{'goal':>7}")
    for name, (kernel, call) in operations().items():
        show(name, microseconds(call, options.rounds), OPERATION_GOAL_US, kernels.get(kernel, 0))
    show_programs(options.rounds)


if __name__ == "__main__":
    main()

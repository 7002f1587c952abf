"""The libraries that are compared, each a command to be run in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from goals import Figures
from machine import BUSY, Watch

HERE = Path(__file__).resolve().parent

# Elsewhere compiling takes minutes and wins nothing over PyTorch's own kernels.
WORTH_COMPILING = ("mlp", "wgangp2d", "lstmgan", "sample1")
# Elsewhere a step of XLA's convolutions takes seconds on a CPU.
WORTH_JAX = ("mlp", "wgangp2d", "lstmgan", "sample1", "sample256")
WHEN = ("auto", "all", "none")


@dataclass(frozen=True)
class Contender:
    """A library in one of its modes, and the command that measures it."""

    name: str
    command: list[str]
    workloads: tuple[str, ...] | None = None  # those that are worth its time; None for all


def has(python: str, module: str) -> bool:
    code = f"import importlib.util, sys; sys.exit(importlib.util.find_spec({module!r}) is None)"
    try:
        return subprocess.run([python, "-c", code], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def find(peers: list[str], eager: bool, compiled: str, jax: str) -> tuple[list[Contender], list[str]]:
    """Return what can be measured, ours first, and in words what cannot.

    `compiled` and `jax` say on which workloads to run torch.compile and JAX: "auto", "all" or "none".
    """

    def script(python: str, name: str, *arguments: str) -> list[str]:
        return [python, str(HERE / f"{name}_step.py"), *arguments]

    found = [Contender("swiftgan", script(sys.executable, "swiftgan", *["--eager"] * eager))]
    if not peers:
        return found, ["PyTorch and JAX are not measured; 'make bench PEERS=1' does so, or --peer PYTHON"]
    notes = []
    with_torch = next((python for python in peers if has(python, "torch")), None)
    with_jax = next((python for python in peers if has(python, "jax")), None)
    if with_torch is None:
        notes.append(f"PyTorch is not measured: it is not installed for {', '.join(peers)}")
    else:
        found.append(Contender("torch-eager", script(with_torch, "torch")))
    if with_torch and compiled != "none":
        if os.environ.get("CXX") or shutil.which("g++"):
            workloads = WORTH_COMPILING if compiled == "auto" else None
            found.append(Contender("torch-compile", script(with_torch, "torch", "--compile"), workloads))
        else:
            notes.append("torch.compile is not measured: it needs a C++ compiler, g++ or the one that CXX names")
    if jax != "none":
        if with_jax:
            found.append(Contender("jax", script(with_jax, "jax"), WORTH_JAX if jax == "auto" else None))
        else:
            notes.append(f"JAX is not measured: it is not installed for {', '.join(peers)}")
    return found, notes


def measure_once(contender: Contender, words: list[str], environment: dict[str, str]) -> Figures | None:
    """Run one contender on one workload; None, with the reason printed, when it fails."""
    done = subprocess.run([*contender.command, *words], env=environment, capture_output=True, text=True, check=False)
    if done.returncode == 0 and done.stdout.strip():
        figures: Figures = json.loads(done.stdout.splitlines()[-1])
        return figures
    reason = (done.stderr.strip().splitlines() or [f"exit status {done.returncode}"])[-1]
    print(f"note: {contender.name} could not be measured on {words[0]}: {reason}", file=sys.stderr, flush=True)
    return None


def measure(
    name: str,
    contenders: list[Contender],
    *,
    precision: str,
    rounds: int,
    seconds: float,
    threads: int,
    repeats: int,
) -> dict[str, list[Figures]]:
    """Return the figures of every round of those contenders that take part in a workload and do not fail.

    Each has `others_share`, what other programs used of the processors meanwhile. A round that they spoilt is repeated,
    up to `repeats` times for a workload, and the quieter one counts.
    """
    given = {**os.environ, "SWIFTGAN_NUM_THREADS": str(threads), "OMP_NUM_THREADS": str(threads)}
    words = [name, precision, "--seconds", str(seconds), "--threads", str(threads)]
    running = [one for one in contenders if one.workloads is None or name in one.workloads]
    kept: list[dict[str, Figures]] = []
    left = repeats
    while len(kept) < rounds and running:
        found = _round(running, words, given)
        while worst(found) > BUSY and left > 0:
            left -= 1
            share = f"{worst(found):.0%}"
            print(f"note: other programs used {share} of the processors in a round of {name}: repeated", flush=True)
            again = _round(running, words, given)
            found = min(found, again, key=lambda one: (-len(one), worst(one)))
        # Who has failed once takes no part any more.
        running = [one for one in running if one.name in found]
        kept.append(found)
    return {one.name: [found[one.name] for found in kept] for one in running}


def worst(found: dict[str, Figures]) -> float:
    """Return the largest share that other programs had while one of these was measured."""
    return max((figures["others_share"] for figures in found.values()), default=0.0)


def _round(running: list[Contender], words: list[str], environment: dict[str, str]) -> dict[str, Figures]:
    found = {}
    for contender in running:
        watch = Watch()
        figures = measure_once(contender, words, environment)
        if figures is not None:
            found[contender.name] = {**figures, "others_share": round(watch.share(), 3)}
    return found

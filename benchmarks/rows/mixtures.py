"""Training on mixtures in the plane, one setup and seed after another, and keeping what was found.

    python -m rows.mixtures SETUP DATA SEED [--quick]      one run, in the folder benchmarks, printed as JSON

A run uses one thread, and as many run at a time as this process may use processors (under `taskset -c 1` one). What is
finished is kept in build/rows/, by the setup, the library that made it and how it is judged, so that a table that was
broken off goes on where it was. A run's time is kept as seconds on the clock and as seconds of processor time: the
second is what it takes on a core of its own, the first is longer where others use the core as well.
"""

from __future__ import annotations

import argparse
import hashlib
import inspect
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from .results import ROOT, write

SAMPLES = 2500
POINTS = 50_000


class Setup(NamedTuple):
    """One way to train: how many steps on GRID25 (half as many on RING8), and the options that differ from `COMMON`."""

    name: str
    steps: int
    options: dict[str, Any]


# What all setups share: networks of three hidden layers of 128 units, normal noise in the plane, Adam.
COMMON: dict[str, Any] = {
    "hidden": [128, 128, 128],
    "latent": 2,
    "latent_distribution": "normal",
    "batch_size": 128,
    "learning_rate": {"name": "linear", "initial": 1e-3, "final": 1e-5},
    "beta1": 0.5,
}


def settings(setup: Setup, data: str, seed: int, quick: bool) -> dict[str, Any]:
    """Return all that decides what a run finds, but for the library."""
    full = setup.steps if data == "GRID25" else setup.steps // 2
    steps = max(40, full // 200) if quick else full
    options = {**COMMON, **setup.options}
    for name in ("learning_rate", "discriminator_learning_rate"):
        if isinstance(options.get(name), dict):
            options[name] = {**options[name], "steps": steps}
    return {"data": data, "seed": seed, "steps": steps, "options": options, "points": POINTS, "samples": SAMPLES}


def train(given: dict[str, Any]) -> dict[str, Any]:
    """Train as given, and return what its samples cover."""
    import swiftgan as sg

    is_grid = given["data"] == "GRID25"
    draw = sg.datasets.grid25 if is_grid else sg.datasets.ring8
    modes, std = (sg.datasets.GRID25_MODES, 0.05) if is_grid else (sg.datasets.RING8_MODES, 0.01)
    points = draw(given["points"], random_state=given["seed"])
    gan = sg.GAN(**given["options"], random_state=given["seed"], verbose=False)
    began, cpu_began = time.perf_counter(), time.process_time()
    try:
        gan.fit(points, steps=given["steps"])
        diverged = None
    except RuntimeError as error:  # a loss or weight is no longer finite: the last good state is what is judged
        diverged = str(error)
    seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - cpu_began
    samples = gan.sample(given["samples"], random_state=given["seed"])
    found = sg.metrics.mode_coverage(samples, modes, std)
    return {
        "modes": found.covered,
        "high quality": found.high_quality.value,
        "high quality standard error": found.high_quality.standard_error,
        "reverse KL": found.reverse_kl,
        "overlap": overlap(samples, modes, 3 * std),
        "seconds": round(seconds, 2),
        "CPU seconds": round(cpu_seconds, 2),
        **({"diverged": diverged} if diverged else {}),
    }


def overlap(samples: np.ndarray[Any, Any], modes: np.ndarray[Any, Any], reach: float) -> float:
    """Return how much of the mixture samples cover: the sum over its K modes of min(share of samples on it, 1/K).

    On a mode are the samples within `reach` of it. The figure falls with modes missed, with modes preferred and with
    samples between them; even noise, which reaches every mode, has next to nothing of it.
    """
    squares = np.square(samples[:, None, :] - modes).sum(axis=2)
    hits = np.bincount(squares.argmin(axis=1)[squares.min(axis=1) <= reach**2], minlength=len(modes))
    return float(np.minimum(hits / len(samples), 1 / len(modes)).sum())


# ----------------------------------------------------------------------------------------------- many runs, and keeping


def _processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _library() -> bytes:
    import swiftgan

    return hashlib.sha1(Path(swiftgan.__file__).with_name("lib").joinpath("libswiftgan.so.0").read_bytes()).digest()


def _place(setup: Setup, given: dict[str, Any], library: bytes) -> Path:
    code = inspect.getsource(train) + inspect.getsource(overlap)
    key = hashlib.sha1(json.dumps(given, sort_keys=True).encode() + code.encode() + library).hexdigest()[:16]
    word = "".join(letter if letter.isalnum() else "-" for letter in setup.name)
    return ROOT / "build" / "rows" / f"{given['data']}-{word}-{given['seed']}-{key}.json"


def _run(setup: Setup, given: dict[str, Any], place: Path) -> None:
    command = [sys.executable, "-m", "rows.mixtures", setup.name, given["data"], str(given["seed"])]
    environment = {**os.environ, "SWIFTGAN_NUM_THREADS": "1"}
    folder = Path(__file__).resolve().parents[1]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command[1:])} failed:\n{done.stderr}")
    write(place, json.loads(done.stdout))


def table(
    setups: Iterable[Setup], data: Iterable[str], seeds: Iterable[int]
) -> dict[tuple[str, str, int], dict[str, Any]]:
    """Return what each setup found on each data with each seed; what is not kept from before is trained now."""
    library = _library()
    runs = []
    for name in data:
        for setup in setups:
            for seed in seeds:
                given = settings(setup, name, seed, quick=False)
                runs.append((setup, given, _place(setup, given, library)))
    missing = [run for run in runs if not run[2].exists()]
    if missing:
        print(f"      {len(missing)} of {len(runs)} runs are to be made", flush=True)
    began = time.perf_counter()
    with ThreadPoolExecutor(_processors()) as pool:
        for count, _ in enumerate(pool.map(lambda run: _run(*run), missing), 1):
            print(f"\r      {count} of {len(missing)}, {time.perf_counter() - began:.0f} s", end="", flush=True)
    if missing:
        print(flush=True)
    return {(setup.name, given["data"], given["seed"]): json.loads(place.read_text()) for setup, given, place in runs}


def main() -> int:
    from .b9 import SETUPS

    parser = argparse.ArgumentParser(prog="rows.mixtures", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("setup", choices=[setup.name for setup in SETUPS])
    parser.add_argument("data", choices=["GRID25", "RING8"])
    parser.add_argument("seed", type=int)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    setup = next(setup for setup in SETUPS if setup.name == options.setup)
    print(json.dumps(train(settings(setup, options.data, options.seed, options.quick))))
    return 0


if __name__ == "__main__":
    sys.exit(main())

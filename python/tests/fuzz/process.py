"""Senseless calls, made in a process of their own: what ends it is told here."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def senseless_calls(seed: int, calls: int, seconds: float = 1e9) -> tuple[int, int]:
    """Return how many calls were made and how many of them refused.

    Raises
    ------
    AssertionError
        When the process did not end well, with the call that it was at.
    """
    options = ["--seed", str(seed), "--calls", str(calls), "--seconds", str(seconds)]
    command = [sys.executable, "-X", "faulthandler", "-m", "fuzz.errors", *options]
    path = os.pathsep.join(str(Path(each or ".").resolve()) for each in sys.path)
    run = subprocess.run(
        command,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": path},
        cwd=Path(__file__).parents[1],
        check=False,
    )
    last = (run.stdout.strip().splitlines() or ["(no call)"])[-1]
    if run.returncode != 0:
        raise AssertionError(f"the process ended with {run.returncode} in\n{last}\n{run.stderr[-4000:]}")
    made, refused = (int(word) for word in last.split() if word.isdigit())
    return made, refused

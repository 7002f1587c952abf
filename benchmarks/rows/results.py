"""Results as JSON, with everything needed to make them again."""

from __future__ import annotations

import json
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


def environment() -> dict[str, Any]:
    """Return what the figures were measured with."""
    import numpy as np
    import swiftgan as sg

    return {
        "commit": _commit(),
        "versions": {"swiftgan": sg.__version__, "python": platform.python_version(), "numpy": np.__version__},
        "cpu": _cpu(),
        "instructions": sg.get_config()["isa"],
        "threads": sg.get_num_threads(),
        "precision": sg.get_float32_matmul_precision(),
        "system": f"{platform.system()} {platform.machine()}",
    }


def command() -> str:
    """Return the command line as typed in the folder benchmarks, but for where things lie on this machine."""
    places = {"--peer": "PYTHON", "--mnist": "FOLDER", "--out": "FOLDER"}
    given = [places.get(before, each) for before, each in zip(sys.argv, sys.argv[1:], strict=False)]
    return " ".join(["python -m rows", *given])


def _commit() -> str:
    """Return the commit, with '+' when files differ from it."""
    try:
        done = [
            subprocess.run(["git", "-C", ROOT, *words], capture_output=True, text=True, check=True).stdout.strip()
            for words in (("rev-parse", "--short=12", "HEAD"), ("status", "--porcelain", "--untracked-files=no"))
        ]
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
    return done[0] + "+" * bool(done[1])


def _cpu() -> str:
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def write(path: Path, result: dict[str, Any]) -> None:
    """Write a result so that a reader sees the old file or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    temporary.write_text(json.dumps(result, indent=2) + "\n")
    os.replace(temporary, path)

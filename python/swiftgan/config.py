"""How the library is built and set up."""

from __future__ import annotations

import json
import platform
import sys
from typing import Any

import numpy as np

from . import _core

__all__ = ["get_config", "get_num_threads", "set_num_threads", "show_config"]


def set_num_threads(count: int) -> None:
    """Set how many threads computations use, 1 to 256. The number never changes a result, only the time it takes.

    At first it is the environment's SWIFTGAN_NUM_THREADS, else the number of CPUs.
    """
    _core.set_threads(count)


def get_num_threads() -> int:
    """Return how many threads computations use."""
    return _core.get_threads()


def get_config() -> dict[str, Any]:
    """Return version, instruction set, threads, memory in bytes, and what surrounds the library."""
    config: dict[str, Any] = json.loads(_core.config())
    config["python"] = platform.python_version()
    config["numpy"] = np.__version__
    config["platform"] = platform.platform()
    return config


def show_config() -> None:
    """Print what to put into a bug report."""
    lines = []
    for name, value in get_config().items():
        if isinstance(value, dict):
            value = ", ".join(f"{key} {number / 2**20:.1f} MiB" for key, number in value.items())
        lines.append(f"{name:10} {value}")
    sys.stdout.write("\n".join(lines) + "\n")

"""How the library is built and set up."""

from __future__ import annotations

import json
import platform
import sys
from typing import Any

import numpy as np

from . import _core
from ._precision import get_float32_matmul_precision, set_float32_matmul_precision

__all__ = [
    "get_config",
    "get_float32_matmul_precision",
    "get_num_threads",
    "set_float32_matmul_precision",
    "set_num_threads",
    "show_config",
]


def set_num_threads(count: int) -> None:
    """Set how many threads computations use, 1 to 256. The number never changes a result, only the time it takes.

    At first it is the environment's SWIFTGAN_NUM_THREADS, else the number of CPUs.
    """
    _core.set_threads(count)


def get_num_threads() -> int:
    """Return how many threads computations use."""
    return _core.get_threads()


def get_config() -> dict[str, Any]:
    """Return version, processor, instruction set, threads, precision, memory in bytes, and what surrounds the library.

    ``isa`` is the instruction set in use, of those in ``isa_supported``. Of ``float32_matmul_precision``, ``asked`` is
    what was set, ``in_effect`` what this processor makes of it (the fastest that is at least as precise) and
    ``products`` what products are then made of.
    """
    config: dict[str, Any] = json.loads(_core.config())
    config["python"] = platform.python_version()
    config["numpy"] = np.__version__
    config["platform"] = platform.platform()
    return config


def show_config() -> None:
    """Print what to put into a bug report."""
    lines = []
    for name, value in get_config().items():
        if name == "memory":
            value = ", ".join(f"{key} {number / 2**20:.1f} MiB" for key, number in value.items())
        elif name == "isa_supported":
            value = ", ".join(value)
        elif name == "float32_matmul_precision":
            runs = "" if value["asked"] == value["in_effect"] else f" runs as {value['in_effect']} on this CPU"
            value = f"{value['asked']}{runs}: {value['products']}"
        lines.append(f"{name:24} {value}")
    sys.stdout.write("\n".join(lines) + "\n")

"""Memory of this process, in MiB, as the kernel counts it."""

from __future__ import annotations

import resource
import sys
from pathlib import Path

STATUS = Path("/proc/self/status")


def _of_status(field: str) -> float | None:
    if STATUS.exists():
        for line in STATUS.read_text().splitlines():
            if line.startswith(field + ":"):
                return int(line.split()[1]) / 1024
    return None


def peak_mb() -> float:
    """Return the most resident memory that the process has had."""
    # Not first by getrusage, whose figure a process inherits from the one that started it.
    found = _of_status("VmHWM")
    if found is None:
        found = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 1024)
    return found


def now_mb() -> float:
    """Return the resident memory; an error where the system does not say."""
    found = _of_status("VmRSS")
    if found is None:
        raise SystemExit("resident memory is read from /proc/self/status, which this system does not have")
    return found

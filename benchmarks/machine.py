"""What else the processors are doing: figures taken beside other work say little."""

from __future__ import annotations

import time
from pathlib import Path

BUSY = 0.1


def busy_share(seconds: float = 1) -> float:
    """Return the share of all processors' time that goes to other programs, over a time in which this one sleeps."""
    stat = Path("/proc/stat")
    if not stat.exists():
        return 0.0

    def read() -> tuple[int, int]:
        ticks = [int(word) for word in stat.read_text().splitlines()[0].split()[1:9]]
        return ticks[3] + ticks[4], sum(ticks)

    idle, total = read()
    time.sleep(seconds)
    later_idle, later_total = read()
    return 1 - (later_idle - idle) / max(1, later_total - total)


def busy_note(share: float) -> str:
    """Return a line of warning, or nothing on a quiet machine."""
    if share <= BUSY:
        return ""
    # PyTorch's threads spin while they wait for each other: beside other work its step can take ten times as long.
    return f"note: other programs use {share:.0%} of the processors; compare on a quiet machine"

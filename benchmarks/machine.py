"""What else the processors are doing: figures taken beside other work say little."""

from __future__ import annotations

import os
import time
from pathlib import Path

BUSY = 0.1


class Watch:
    """Looks at what other programs use of the processors, from when it is made on.

    This process and its children that have ended do not count.
    """

    def __init__(self) -> None:
        self._idle, self._total, self._own = _read()

    def share(self) -> float:
        """Return the share of all processors' time that other programs took; 0 where the system does not tell."""
        idle, total, own = _read()
        passed = total - self._total
        if passed <= 0:
            return 0.0
        return min(1.0, max(0.0, (passed - (idle - self._idle) - (own - self._own)) / passed))


def _read() -> tuple[float, float, float]:
    """Return the processors' idle and whole time, and this process' with its children's, in ticks."""
    stat = Path("/proc/stat")
    if not stat.exists():
        return 0.0, 0.0, 0.0
    ticks = [int(word) for word in stat.read_text().splitlines()[0].split()[1:9]]
    return ticks[3] + ticks[4], sum(ticks), sum(os.times()[:4]) * os.sysconf("SC_CLK_TCK")


def busy_share(seconds: float = 1) -> float:
    """Return the share of all processors' time that goes to other programs, over a time in which this one sleeps."""
    watch = Watch()
    time.sleep(seconds)
    return watch.share()


def busy_note(share: float) -> str:
    """Return a line of warning, or nothing on a quiet machine."""
    if share <= BUSY:
        return ""
    # PyTorch's threads spin while they wait for each other: beside other work its step can take ten times as long.
    return f"note: other programs use {share:.0%} of the processors; compare on a quiet machine"

"""Print the size of the wheel and the time that importing the installed package takes; fail when over the limits.

Usage: python packaging/check_size.py WHEEL      (with the interpreter that the wheel is installed in)
"""

from __future__ import annotations

import pathlib
import statistics
import subprocess
import sys

WHEEL_LIMIT_MB = 6.0
IMPORT_LIMIT_MS = 30.0
RUNS = 9
# NumPy comes first and outside the clock: every user of this package has paid for it anyway.
PROBE = "import numpy, time; t = time.perf_counter(); import swiftgan; print((time.perf_counter() - t) * 1e3)"


def import_milliseconds() -> list[float]:
    """Import the package in fresh processes and return the time of each, the first (cold caches) left out."""
    command = [sys.executable, "-I", "-c", PROBE]
    times = [float(subprocess.run(command, check=True, capture_output=True, text=True).stdout) for _ in range(RUNS + 1)]
    return times[1:]


def main() -> int:
    megabytes = pathlib.Path(sys.argv[1]).stat().st_size / 1e6
    times = import_milliseconds()
    median = statistics.median(times)
    print(f"wheel   {megabytes:6.2f} MB (limit {WHEEL_LIMIT_MB:g} MB)")
    print(
        f"import  {median:6.2f} ms (limit {IMPORT_LIMIT_MS:g} ms; NumPy already imported; "
        f"median of {RUNS} processes, {min(times):.1f} to {max(times):.1f})"
    )
    return int(megabytes > WHEEL_LIMIT_MB or median > IMPORT_LIMIT_MS)


if __name__ == "__main__":
    sys.exit(main())

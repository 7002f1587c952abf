"""The long run: `python -m fuzz --minutes 10` in python/tests."""

from __future__ import annotations

import argparse
import collections
import sys
import time
import warnings

import hypothesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from .catalogue import MAKERS
from .compare import compare_compiled, compare_gradients, compare_values
from .process import senseless_calls
from .program import Program
from .strategies import programs

BATCH = 100
CALLS = 5000
QUIET = settings(
    deadline=None,
    database=None,
    max_examples=BATCH,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.generate, Phase.shrink),
    print_blob=False,
)


class Tally:
    """What has been tried."""

    def __init__(self) -> None:
        self.batches = self.programs = self.steps = self.gradients = self.compiled = self.calls = 0
        self.functions: collections.Counter[str] = collections.Counter()

    def __str__(self) -> str:
        return (
            f"{self.programs} programs of {self.steps / max(1, self.programs):.1f} steps on average, {self.gradients} "
            f"gradients, {self.compiled} compiled, {self.calls} senseless calls; {len(self.functions)} of "
            f"{len(MAKERS)} kinds of steps"
        )


def batch(seed: int, tally: Tally) -> None:
    @hypothesis.seed(seed)
    @QUIET
    @given(programs(), st.integers(0, 5))
    def try_programs(program: Program, choice: int) -> None:
        tally.programs += 1
        tally.steps += len(program.steps)
        tally.functions.update(step.function for step in program.steps)
        compare_values(program)
        tally.compiled += compare_compiled(program)
        if choice == 0:
            tally.gradients += compare_gradients(program, seed)

    try_programs()
    tally.batches += 1


def main() -> int:
    parser = argparse.ArgumentParser(description="Compare random programs with NumPy and JAX.")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=None, help="of the first batch; by default the time")
    options = parser.parse_args()
    seed = int(time.time()) if options.seed is None else options.seed
    began, tally, shown = time.monotonic(), Tally(), 0.0
    print(f"seed {seed}", flush=True)
    warnings.simplefilter("ignore", RuntimeWarning)  # NumPy's, of what is then left out
    while time.monotonic() - began < 60 * options.minutes:
        try:
            batch(seed, tally)
            if tally.batches % 10 == 1:
                tally.calls += senseless_calls(seed, CALLS)[0]
        except Exception as error:
            print(f"\nA difference after {tally} (--seed {seed}):\n\n{type(error).__name__}: {error}")
            return 1
        seed += 1
        if time.monotonic() - shown > 30:
            shown = time.monotonic()
            print(f"{(shown - began) / 60:5.1f} min: {tally}", flush=True)
    print(f"No difference and no crash in {(time.monotonic() - began) / 60:.1f} minutes: {tally}")
    missing = sorted(set(MAKERS) - set(tally.functions))
    print("steps: " + ", ".join(f"{name} {count}" for name, count in sorted(tally.functions.items())))
    if missing:
        print("never drawn: " + ", ".join(missing))
    return 0


if __name__ == "__main__":
    sys.exit(main())

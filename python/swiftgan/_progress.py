"""A bar that shows how a fit is doing: tqdm's, or plain lines where there is no tqdm."""

from __future__ import annotations

import sys
import time
from typing import Any

_SHORT = {"discriminator_loss": "d_loss", "generator_loss": "g_loss"}


class Progress:
    """Steps done and the last losses, on a terminal or in a notebook.

    Parameters
    ----------
    limits : dict
        ``{"steps": n}`` or ``{"epochs": n}``.
    enabled : bool
    """

    def __init__(self, limits: dict[str, int], enabled: bool) -> None:
        self._unit = "step" if "steps" in limits else "epoch"
        self._total = limits.get("steps", limits.get("epochs", 0))
        self._enabled = enabled
        self._bar: Any = None
        self._done = 0
        self._first_epoch = 0
        self._figures = ""
        self._shown = self._began = time.monotonic()

    def __enter__(self) -> Progress:
        if not self._enabled:
            return self
        try:
            from tqdm.auto import tqdm
        except ImportError:
            return self
        self._bar = tqdm(total=self._total, unit=self._unit, leave=True)
        return self

    def __exit__(self, *unused: object) -> None:
        if self._bar is not None:
            self._bar.close()
        elif self._enabled and self._done:
            self._print(self._figures)

    def begin(self, epoch: int) -> None:
        """Note where the fit begins: epochs are counted from there."""
        self._first_epoch = epoch

    def step(self, epoch: int, metrics: dict[str, float]) -> None:
        """Count a step."""
        if not self._enabled:
            return
        before = self._done
        self._done = self._done + 1 if self._unit == "step" else epoch - self._first_epoch
        now = time.monotonic()
        is_due = now - self._shown >= (0.1 if self._bar is not None else 5)
        if is_due or self._done == self._total:
            self._shown = now
            figures = {_SHORT.get(name, name): f"{value:.3f}" for name, value in metrics.items()}
            self._figures = ", ".join(f"{name} {value}" for name, value in figures.items())
            if self._bar is not None:
                self._bar.set_postfix(figures, refresh=False)
            elif is_due:
                self._print(self._figures)
        if self._bar is not None and self._done > before:
            self._bar.update(self._done - before)

    def _print(self, text: str) -> None:
        elapsed = time.monotonic() - self._began
        print(f"{self._unit} {self._done}/{self._total}, {elapsed:.0f} s: {text}", file=sys.stderr)  # noqa: T201

"""What is called while a model trains: to watch, sample, save, or stop.

A callback may sample from and save the model that it is told of. What it raises ends the fit and reaches the caller;
the model stays usable.
"""

from __future__ import annotations

import math
import os
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ._numbers import whole

__all__ = ["Callback", "Checkpoint", "EarlyStopping", "LambdaCallback", "MetricLog", "NaNGuard", "SampleGrid"]


class Callback:
    """Base of all callbacks. ``model`` is the estimator or trainer that is being trained.

    ``on_step_end`` and ``on_epoch_end`` return True to stop training in good order.
    """

    def on_train_begin(self, model: Any) -> None:
        """Before the first step."""

    def on_step_end(self, model: Any, step: int, metrics: dict[str, float]) -> bool | None:
        """After each step; ``step`` counts from 1, ``metrics`` are the step's figures."""
        return None

    def on_epoch_end(self, model: Any, epoch: int, metrics: dict[str, float]) -> bool | None:
        """After the step that completes a pass over the data, when ``epoch`` passes are complete."""
        return None

    def on_train_error(self, model: Any, error: BaseException) -> None:
        """Before `on_train_end`, when an error ends training: a `NotFiniteError`, Ctrl-C, what a callback raised."""

    def on_train_end(self, model: Any) -> None:
        """After the last step, however training ended."""


class LambdaCallback(Callback):
    """A callback made of functions."""

    def __init__(
        self,
        on_step_end: Callable[[Any, int, dict[str, float]], bool | None] | None = None,
        on_epoch_end: Callable[[Any, int, dict[str, float]], bool | None] | None = None,
    ) -> None:
        if on_step_end is not None:
            self.on_step_end = on_step_end  # type: ignore[assignment,method-assign]
        if on_epoch_end is not None:
            self.on_epoch_end = on_epoch_end  # type: ignore[assignment,method-assign]


class _Periodic(Callback, ABC):
    """Acts every so many steps or epochs."""

    def __init__(self, every_steps: int | None, every_epochs: int | None) -> None:
        if every_steps is not None and every_epochs is not None:
            raise ValueError("give every_steps or every_epochs, not both")
        for name, period in (("every_steps", every_steps), ("every_epochs", every_epochs)):
            if period is not None:
                whole(name, period, 1)
        self.every_steps = every_steps
        self.every_epochs = 1 if every_steps is None and every_epochs is None else every_epochs
        self._step = 0

    def on_step_end(self, model: Any, step: int, metrics: dict[str, float]) -> bool | None:
        """Look at the step."""
        self._step = step
        if self.every_steps is not None and step % self.every_steps == 0:
            self.act(model, step)
        return None

    def on_epoch_end(self, model: Any, epoch: int, metrics: dict[str, float]) -> bool | None:
        """Look at the epoch."""
        if self.every_epochs is not None and epoch % self.every_epochs == 0:
            self.act(model, self._step)
        return None

    @abstractmethod
    def act(self, model: Any, step: int) -> None:
        """Do what is due at this step."""


class SampleGrid(_Periodic):
    """Writes a grid of samples, always of the same noise, as a PNG picture.

    Parameters
    ----------
    path : str or path
        The file; ``{step}`` in it is replaced by the step, as in ``"samples-{step:06}.png"``.
    every_steps, every_epochs : int, optional
        How often; by default every epoch.
    rows, columns : int
        How many samples.
    random_state : int
        Which noise.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        every_steps: int | None = None,
        every_epochs: int | None = None,
        rows: int = 8,
        columns: int = 8,
        random_state: int = 0,
    ) -> None:
        super().__init__(every_steps, every_epochs)
        self.path, self.rows, self.columns, self.random_state = os.fspath(path), rows, columns, random_state

    def act(self, model: Any, step: int) -> None:
        """Do what is due at this step."""
        from . import viz

        samples = model.sample(self.rows * self.columns, random_state=self.random_state)
        viz.save_grid(samples, self.path.format(step=step), columns=self.columns)


class Checkpoint(_Periodic):
    """Saves everything that training needs to go on.

    Parameters
    ----------
    path : str or path
        The file; ``{step}`` in it is replaced by the step. Without it each file replaces the one before, atomically.
    every_steps, every_epochs : int, optional
        How often; by default every epoch.
    """

    def __init__(
        self, path: str | os.PathLike[str], *, every_steps: int | None = None, every_epochs: int | None = None
    ) -> None:
        super().__init__(every_steps, every_epochs)
        self.path = os.fspath(path)

    def act(self, model: Any, step: int) -> None:
        """Do what is due at this step."""
        model.save(Path(self.path.format(step=step)))


class EarlyStopping(Callback):
    """Stops when the mean of a figure over windows of steps has not improved for a while.

    Parameters
    ----------
    metric : str
        The figure, such as ``"wasserstein"``; a plain loss says little about a GAN's samples.
    patience : int
        Windows without improvement that are allowed.
    window : int
        Steps whose mean counts.
    min_change : float
        The least change that is improvement.
    mode : {"min", "max"}
        Which way is better.
    """

    def __init__(
        self, metric: str, *, patience: int = 10, window: int = 100, min_change: float = 0, mode: str = "min"
    ) -> None:
        if mode not in ("min", "max"):
            raise ValueError(f"mode must be 'min' or 'max', not {mode!r}")
        self.metric, self.min_change = metric, min_change
        self.patience, self.window = whole("patience", patience, 1), whole("window", window, 1)
        self.mode = mode
        self.stopped_step: int | None = None

    def on_train_begin(self, model: Any) -> None:
        """Start anew."""
        self._best, self._waited, self.stopped_step = math.inf, 0, None
        self._values: list[float] = []

    def on_step_end(self, model: Any, step: int, metrics: dict[str, float]) -> bool | None:
        """Look at the step."""
        if self.metric not in metrics:
            raise ValueError(f"there is no figure {self.metric!r}; there are {', '.join(metrics)}")
        self._values.append(metrics[self.metric] * (1 if self.mode == "min" else -1))
        if len(self._values) < self.window:
            return None
        mean = sum(self._values) / self.window
        self._values.clear()
        if mean < self._best - self.min_change:
            self._best, self._waited = mean, 0
            return None
        self._waited += 1
        if self._waited < self.patience:
            return None
        self.stopped_step = step
        return True


class NaNGuard(Callback):
    """Stops a hand-made loop's figures from running on as NaN: raises when one is not finite.

    A fit guards itself: losses and weights that are no longer finite end it at the last good state. This guards other
    figures too, such as estimates.
    """

    def on_step_end(self, model: Any, step: int, metrics: dict[str, float]) -> bool | None:
        """Look at the step."""
        for name, value in metrics.items():
            if not math.isfinite(value):
                raise RuntimeError(f"{name} is {value} at step {step}")
        return None


class MetricLog(Callback):
    """Appends the figures of every so many steps to a CSV file.

    Parameters
    ----------
    path : str or path
    every_steps : int
    """

    def __init__(self, path: str | os.PathLike[str], *, every_steps: int = 1) -> None:
        self.path, self.every_steps = Path(path), whole("every_steps", every_steps, 1)

    def on_train_begin(self, model: Any) -> None:
        """Start anew."""
        self._names: list[str] = []

    def on_step_end(self, model: Any, step: int, metrics: dict[str, float]) -> bool | None:
        """Look at the step."""
        if step % self.every_steps:
            return None
        lines = ""
        if not self._names:
            self._names = list(metrics)
            lines = ",".join(["step", *self._names]) + "\n"
        row = [str(step), *(repr(metrics.get(name, math.nan)) for name in self._names)]
        with self.path.open("a", encoding="utf-8") as file:
            file.write(lines + ",".join(row) + "\n")
        return None

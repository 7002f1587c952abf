"""What every fit has in common: limits, callbacks, progress, history."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from ._progress import Progress
from .errors import NotFiniteError

BEGAN, STEP, EPOCH, ENDED = range(4)
Watch = Callable[[int, int, int, dict[str, float]], bool]


def fit_limits(steps: int | None, epochs: int | None) -> dict[str, int]:
    """Return how long to train, as options of the library."""
    if steps is None and epochs is None:
        raise ValueError("say how long to train: steps=... or epochs=...")
    limits = {}
    for name, value in (("steps", steps), ("epochs", epochs)):
        if value is None:
            continue
        if isinstance(value, bool) or not hasattr(value, "__index__"):
            raise TypeError(f"{name} must be an integer, not {value!r}")
        if value.__index__() < 0:
            raise ValueError(f"{name} must not be negative, but is {value}")
        limits[name] = value.__index__()
    return limits


def untraced(information: str) -> dict[str, str]:
    """Return why updates run op by op, by player, of what the library says of how they run."""
    reasons: dict[str, str] = json.loads(information)["untraced"]
    return reasons


@contextlib.contextmanager
def not_finite_named(information: Callable[[], str]) -> Iterator[None]:
    """Within the block a fit runs: the library's error for a number that is not finite says which one."""
    try:
        yield
    except RuntimeError as error:
        found = None
        # There is no information before a model has networks.
        with contextlib.suppress(RuntimeError):
            found = json.loads(information())["not_finite"]
        if found is None or found["message"] != str(error):
            raise
        message, value = found.pop("message"), float(found.pop("value"))
        raise NotFiniteError(message, value=value, **found) from None


def play(
    model: Any,
    callbacks: Sequence[Any],
    limits: dict[str, int],
    verbose: bool,
    run: Callable[[Any], None],
    information: Callable[[], str],
) -> None:
    """Run a fit that reports to callbacks and a progress bar.

    Parameters
    ----------
    model : object
        What callbacks are told is being trained.
    run : callable
        Starts the fit with the function that hears of its events.
    information : callable
        What the library says of how it ran, as JSON.

    Raises
    ------
    NotFiniteError
        When a loss or weight is no longer finite.
    """
    for callback in callbacks:
        if not hasattr(callback, "on_step_end"):
            raise TypeError(f"{callback!r} is no callback; derive it from swiftgan.callbacks.Callback")
    if not callbacks and not verbose:
        with not_finite_named(information):
            run(None)
        return
    with Progress(limits, verbose) as progress:

        def watch(kind: int, step: int, epoch: int, metrics: dict[str, float]) -> bool:
            if kind == STEP:
                progress.step(epoch, metrics)
                # All hear of a step, also those after one that asks to stop.
                return any([callback.on_step_end(model, step, metrics) is True for callback in callbacks])  # noqa: C419
            if kind == EPOCH:
                return any([callback.on_epoch_end(model, epoch, metrics) is True for callback in callbacks])  # noqa: C419
            if kind == BEGAN:
                progress.begin(epoch)
            return False

        for callback in callbacks:
            callback.on_train_begin(model)
        try:
            with not_finite_named(information):
                run(watch)
        except BaseException as error:
            for callback in callbacks:
                # What is not derived from Callback may do without.
                if hasattr(callback, "on_train_error"):
                    callback.on_train_error(model, error)
            raise
        finally:
            for callback in callbacks:
                callback.on_train_end(model)


class Record:
    """What is known of a model's history, so that it is not read anew for each look."""

    def __init__(self) -> None:
        self.steps: int | None = None
        self.history: History | None = None
        self.is_running = False

    @contextlib.contextmanager
    def running(self) -> Iterator[None]:
        """Within the block the model trains: nothing is known but what `counting` hears."""
        self.steps, self.history, self.is_running = None, None, True
        try:
            yield
        finally:
            self.steps, self.history, self.is_running = None, None, False

    def counting(self, watch: Watch | None) -> Watch | None:
        """Return a watcher that notes the step too."""
        if watch is None:
            return None

        def noting(kind: int, step: int, epoch: int, metrics: dict[str, float]) -> bool:
            self.steps = step
            return watch(kind, step, epoch, metrics)

        return noting

    def read(self, text: Callable[[], str]) -> History:
        """Return the history, from what the library writes when it is not known."""
        known = self.history
        if known is None or len(known) != self.steps:
            known = History.parse(text())
            if not self.is_running:
                self.steps, self.history = len(known), known
        return History({name: values.copy() for name, values in known.items()})


class History(dict[str, np.ndarray[Any, Any]]):
    """Figures by name, one number per step: ``history["generator_loss"]``; ``history["step"]`` counts the steps.

    A figure that was not finite, or not measured at a step, is NaN there.
    """

    @classmethod
    def parse(cls, text: str) -> History:
        """Return the history that the library wrote as JSON."""
        columns = json.loads(text)
        steps = np.asarray(columns.pop("step"), dtype=np.int64)
        rest = {name: np.asarray(values, dtype=np.float64) for name, values in columns.items()}
        return cls(step=steps, **rest)

    def __len__(self) -> int:
        return len(self.get("step", ()))

    def last(self, count: int = 1) -> dict[str, float]:
        """Return the mean of every figure over the last steps."""
        if not len(self):
            return {}
        return {name: float(np.mean(values[-count:])) for name, values in self.items() if name != "step"}

    def __repr__(self) -> str:
        names = ", ".join(name for name in self if name != "step")
        return f"History({len(self)} steps: {names})"

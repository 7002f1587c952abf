"""`compare`: trains and judges several models under one budget."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from .._numbers import whole
from ..callbacks import Callback
from ..metrics import Estimate
from ._given import Judge, budget_text, columns_of, make_judge, named_models, reference_rows, seed_numbers
from ._result import ComparedRun, Comparison


class _Budget(Callback):
    """Counts steps and seconds, and stops when the seconds are over."""

    def __init__(self, seconds: float | None) -> None:
        self.limit = seconds
        self.steps: int | None = None
        # Until a fit says that it begins, which not all do.
        self._began = time.perf_counter()

    def on_train_begin(self, model: Any) -> None:
        self._began = time.perf_counter()
        self.steps = self.steps or 0

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self._began

    def on_step_end(self, model: Any, step: int, metrics: dict[str, float]) -> bool | None:
        self.steps = (self.steps or 0) + 1
        return True if self.limit is not None and self.seconds >= self.limit else None


def compare(
    models: Mapping[str, Any] | Sequence[Any],
    data: Any,
    seeds: int | Sequence[int] = 5,
    *,
    steps: int | None = None,
    epochs: int | None = None,
    seconds: float | None = None,
    metrics: Iterable[str] | Mapping[str, Judge] | None = None,
    modes: tuple[Any, float] | None = None,
    reference: Any = None,
    features: Any = None,
    n_samples: int = 2500,
    callbacks: Callable[[], Sequence[Any]] | None = None,
    verbose: bool = True,
) -> Comparison:
    """Train several models with several seeds under one budget, judge their samples, and make one table.

    Parameters
    ----------
    models : mapping from name to model, or sequence of models
        Estimators that were not fitted (each run trains a copy with its own ``random_state``), or functions of a seed
        that return something with ``fit(X, steps=..., epochs=..., callbacks=..., verbose=...)`` and ``sample(n,
        random_state=...)``; a fit that calls no callbacks has no steps in the table, and keeps to no budget of seconds.
        A sequence of estimators is named by what they print.
    data : array, or pair of arrays (X, y)
        What is trained on; with y for models that take labels.
    seeds : int or sequence of int
        How many (0, 1, ...), or which; no two the same.
    steps, epochs, seconds : number
        The budget of each training; at least one, and the first that is over ends it. Seconds are of training alone, on
        this machine as it is: what it is doing besides counts.
    metrics : iterable of names, or mapping from name to function, optional
        Names of `swiftgan.metrics.evaluate`, or functions ``f(real, fake)`` that return a number, an `Estimate` or a
        named tuple of them. By default ``modes`` and ``high_quality`` where modes are given; sliced Wasserstein
        distance, precision, recall, density and coverage for vectors; Fréchet and kernel distance, precision and
        recall for images.
    modes : pair (centres, std), optional
        Of a mixture that is known, such as ``(sg.datasets.RING8_MODES, 0.01)``; judged by
        `swiftgan.metrics.mode_coverage`.
    reference : array, optional
        What samples are judged against: better held-out data. By default the data trained on.
    features : optional
        What the metrics look at in place of raw values; see `swiftgan.metrics.evaluate`.
    n_samples : int
        How many samples are judged. At most as many rows of the reference are used.
    callbacks : function, optional
        Called for each run; returns callbacks for its fit.
    verbose : bool
        Say on the standard error stream what is running, and how it did.

    Returns
    -------
    Comparison
        Prints as a table. A run that fails is kept with its error, and the others go on; so does Ctrl-C between runs:
        what is done is returned, with ``is_complete`` False.

    Raises
    ------
    TypeError, ValueError
        For what is wrong with every run: a budget, seeds, data, a reference, features or metrics that do not do.

    >>> import swiftgan as sg
    >>> found = sg.compare(
    ...     {"small": sg.GAN(hidden=[8]), "large": sg.GAN(hidden=[64])}, sg.datasets.ring8(512), seeds=2, steps=2,
    ...     modes=(sg.datasets.RING8_MODES, 0.01), n_samples=100, verbose=False)
    >>> found.names, len(found.rows), found.is_complete
    (['modes', 'high_quality'], 4, True)
    """
    named, numbers = named_models(models), seed_numbers(seeds)
    budget = budget_text(steps, epochs, seconds)
    n_samples = whole("n_samples", n_samples, 2)
    columns = columns_of(data)
    if callbacks is not None and not callable(callbacks):
        raise TypeError(
            f"callbacks are a function that returns new ones for each run, such as lambda: [...], not {callbacks!r}"
        )
    real = reference_rows(columns[0], reference, n_samples)
    judge = make_judge(real, columns[0], metrics, modes, features, n_samples)
    limits = {"steps": steps, "epochs": epochs}
    if seconds is not None and steps is None and epochs is None:
        limits["steps"] = 1 << 53
    result = Comparison(list(named), budget, n_samples)
    try:
        # Seed by seed, so that an early end leaves all models with as many runs.
        for number in numbers:
            for name, model in named.items():
                _say(verbose, f"{len(result.rows) + 1}/{len(named) * len(numbers)} {name}, seed {number} ...", end=" ")
                row = ComparedRun(name, number)
                given = () if callbacks is None else callbacks()
                _run(row, model, columns, limits, _Budget(seconds), given, judge, n_samples, result)
                result.rows.append(row)
                _say(verbose, _summary(row))
        result.is_complete = True
    except KeyboardInterrupt:
        _say(verbose, "interrupted")
    return result


def _run(
    row: ComparedRun,
    model: Any,
    columns: tuple[Any, ...],
    limits: dict[str, int | None],
    clock: _Budget,
    callbacks: Sequence[Any],
    judge: Callable[[Any], dict[str, Any]],
    n_samples: int,
    result: Comparison,
) -> None:
    try:
        fitted = _fresh(model, row.seed)
        fitted.fit(*columns, **limits, callbacks=[*callbacks, clock], verbose=False)
        row.steps, row.seconds = clock.steps, clock.seconds
        found = judge(fitted.sample(n_samples, random_state=row.seed))
    except KeyboardInterrupt:
        raise
    except Exception as error:  # one model that fails does not take the others with it
        row.steps, row.error = clock.steps or 0, f"{type(error).__name__}: {error}"
        return
    for name, figure in found.items():
        row.figures[name] = float(figure)
        if isinstance(figure, Estimate) and figure.better:
            result.better[name] = figure.better


def _fresh(model: Any, seed: int) -> Any:
    """Return a model that was not fitted, with this seed."""
    if callable(model):
        return model(seed)
    return type(model)(**{**model.get_params(), "random_state": seed})


def _summary(row: ComparedRun) -> str:
    figures = ", ".join(f"{name} {value:.4g}" for name, value in row.figures.items())
    steps = "" if row.steps is None else f"{row.steps} steps in "
    return row.error or f"{steps}{row.seconds:.1f} s: {figures}"


def _say(verbose: bool, text: str, end: str = "\n") -> None:
    if verbose:
        sys.stderr.write(text + end)
        sys.stderr.flush()

"""`compare`: trains and judges several models under one budget."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from .. import metrics as measures
from ..callbacks import Callback
from ..metrics import Estimate
from ._result import ComparedRun, Comparison

Judge = Callable[[Any, Any], Any]
"""``f(real, fake)``: a number, or a named tuple of numbers."""

# What is judged where nothing is said: distances, and fidelity apart from variety.
VECTORS = ("sliced_wasserstein", "precision_recall", "density_coverage")
IMAGES = ("frechet_distance", "kernel_distance", "precision_recall")


class _Budget(Callback):
    """Counts steps and seconds, and stops when the seconds are over."""

    def __init__(self, seconds: float | None) -> None:
        self.limit = seconds
        self.steps = 0

    def on_train_begin(self, model: Any) -> None:
        self._began = time.perf_counter()

    @property
    def seconds(self) -> float:
        return time.perf_counter() - self._began

    def on_step_end(self, model: Any, step: int, metrics: dict[str, float]) -> bool | None:
        self.steps += 1
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
        random_state=...)``. A sequence of estimators is named by what they print.
    data : array, or pair of arrays (X, y)
        What is trained on; with y for models that take labels.
    seeds : int or sequence of int
        How many (0, 1, ...), or which.
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

    >>> import swiftgan as sg
    >>> found = sg.compare(
    ...     {"small": sg.GAN(hidden=[8]), "large": sg.GAN(hidden=[64])}, sg.datasets.ring8(512), seeds=2, steps=2,
    ...     modes=(sg.datasets.RING8_MODES, 0.01), n_samples=100, verbose=False)
    >>> found.names, len(found.rows), found.is_complete
    (['modes', 'high_quality'], 4, True)
    """
    named = _named(models)
    numbers = list(range(seeds)) if isinstance(seeds, int) else [int(seed) for seed in seeds]
    if not numbers:
        raise ValueError("at least one seed is needed")
    if steps is None and epochs is None and seconds is None:
        raise ValueError("say how long each model may train: steps=..., epochs=... or seconds=...")
    if n_samples < 2:
        raise ValueError(f"at least 2 samples are needed to judge a model, not {n_samples}")
    if seconds is not None and not seconds > 0:
        raise ValueError(f"seconds must be above 0, not {seconds}")
    columns = data if isinstance(data, tuple) else (data,)
    real = np.asarray(columns[0] if reference is None else reference)
    if len(real) > n_samples:
        real = real[np.random.default_rng(0).permutation(len(real))[:n_samples]]
    judge = _judge(real, metrics, modes, features)
    limits = {"steps": steps, "epochs": epochs}
    if seconds is not None and steps is None and epochs is None:
        limits["steps"] = 1 << 53
    budget = ", ".join(
        f"{amount:g} {unit}" for amount, unit in ((steps, "steps"), (epochs, "epochs"), (seconds, "seconds")) if amount
    )
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
        row.steps, row.error = clock.steps, f"{type(error).__name__}: {error}"
        return
    for name, figure in found.items():
        row.figures[name] = float(figure)
        if isinstance(figure, Estimate) and figure.better:
            result.better[name] = figure.better


def _named(models: Mapping[str, Any] | Sequence[Any]) -> dict[str, Any]:
    named = dict(models) if isinstance(models, Mapping) else {repr(model): model for model in models}
    if not named:
        raise ValueError("there are no models to compare")
    if len(named) < len(models):
        raise ValueError("two of the models print alike; give a mapping from names to models")
    for name, model in named.items():
        if not callable(model) and not (hasattr(model, "fit") and hasattr(model, "sample")):
            raise TypeError(f"{name!r} is no model: it needs fit and sample, or to be a function of a seed")
    return named


def _fresh(model: Any, seed: int) -> Any:
    """Return a model that was not fitted, with this seed."""
    if callable(model):
        return model(seed)
    if not hasattr(model, "get_params"):
        raise TypeError(f"{type(model).__name__} has no get_params to copy it by; give a function of a seed")
    return type(model)(**{**model.get_params(), "random_state": seed})


def _judge(
    real: np.ndarray[Any, Any],
    metrics: Iterable[str] | Mapping[str, Judge] | None,
    modes: tuple[Any, float] | None,
    features: Any,
) -> Callable[[Any], dict[str, Any]]:
    """Return a function from samples to figures by name."""
    if metrics is None:
        chosen: Any = () if modes is not None else VECTORS if real.ndim == 2 else IMAGES
    else:
        chosen = metrics if isinstance(metrics, Mapping) else tuple([metrics] if isinstance(metrics, str) else metrics)
    unknown = [name for name in chosen if not isinstance(chosen, Mapping) and name not in measures.METRICS]
    if unknown:
        raise ValueError(f"there is no metric {unknown[0]!r}; there are {', '.join(measures.METRICS)}")

    def judge(fake: Any) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if modes is not None:
            coverage = measures.mode_coverage(fake, *modes)
            found |= {"modes": coverage.modes, "high_quality": coverage.high_quality}
        if isinstance(chosen, Mapping):
            for name, function in chosen.items():
                found |= measures.figures(name, function(real, fake))
        elif chosen:
            found |= dict(measures.evaluate(real, fake, chosen, features=features))
        return found

    return judge


def _summary(row: ComparedRun) -> str:
    figures = ", ".join(f"{name} {value:.4g}" for name, value in row.figures.items())
    return row.error or f"{row.steps} steps in {row.seconds:.1f} s: {figures}"


def _say(verbose: bool, text: str, end: str = "\n") -> None:
    if verbose:
        sys.stderr.write(text + end)
        sys.stderr.flush()

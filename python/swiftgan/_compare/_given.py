"""What `compare` is given, looked at before anything is trained: what is wrong with it is wrong with every run."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from .. import metrics as measures
from .._estimator import Estimator
from .._numbers import positive, whole
from ..metrics._evaluate import add_figures

Judge = Callable[[Any, Any], Any]
"""``f(real, fake)``: a number, or a named tuple of numbers."""

# What is judged where nothing is said: distances, and fidelity apart from variety.
VECTORS = ("sliced_wasserstein", "precision_recall", "density_coverage")
IMAGES = ("frechet_distance", "kernel_distance", "precision_recall")


def named_models(models: Mapping[str, Any] | Sequence[Any]) -> dict[str, Any]:
    """Return models by name: those of a sequence by what they print."""
    if not isinstance(models, Mapping) and (isinstance(models, str) or not isinstance(models, Iterable)):
        raise TypeError(
            f"models are a mapping from names to models, or a list of them, not {_kind(models)}; one alone goes in a "
            "list"
        )
    given = models if isinstance(models, Mapping) else list(models)
    named = dict(given) if isinstance(given, Mapping) else {repr(model): model for model in given}
    if not named:
        raise ValueError("there are no models to compare")
    if len(named) < len(given):
        raise ValueError("two of the models print alike; give a mapping from names to models")
    for name, model in named.items():
        if isinstance(model, type) and issubclass(model, Estimator):
            raise TypeError(f"{name!r} is the class {model.__name__}, not a model: call it, {model.__name__}()")
        if not callable(model) and not (hasattr(model, "fit") and hasattr(model, "sample")):
            raise TypeError(f"{name!r} is no model: it needs fit and sample, or to be a function of a seed")
        if not callable(model) and not hasattr(model, "get_params"):
            raise TypeError(
                f"{name!r}, of type {type(model).__name__}, has no get_params to copy it by; give a function of a seed"
            )
    return named


def seed_numbers(seeds: Any) -> list[int]:
    """Return the seeds: given one by one, or 0, 1, ... of a count."""
    if isinstance(seeds, Iterable) and not isinstance(seeds, str):
        numbers = [whole("a seed", seed, 0) for seed in seeds]
    else:
        numbers = list(range(whole("seeds", seeds, 1, why=", or a list of seeds")))
    if not numbers:
        raise ValueError("at least one seed is needed")
    if len(set(numbers)) < len(numbers):
        raise ValueError(f"seeds must differ, or runs are the same: {numbers}")
    return numbers


def budget_text(steps: Any, epochs: Any, seconds: Any) -> str:
    """Return the budget in words, after a look at it."""
    if steps is None and epochs is None and seconds is None:
        raise ValueError("say how long each model may train: steps=..., epochs=... or seconds=...")
    for name, count in (("steps", steps), ("epochs", epochs)):
        if count is not None:
            whole(name, count, 0)
    if seconds is not None:
        positive("seconds", seconds)
    amounts = ((steps, "steps"), (epochs, "epochs"), (seconds, "seconds"))
    return ", ".join(f"{amount:g} {unit}" for amount, unit in amounts if amount is not None)


def columns_of(data: Any) -> tuple[Any, ...]:
    """Return what models are fitted to: samples, or samples and labels."""
    if isinstance(data, list) and len(data) == 2 and np.ndim(data[0]) > 1:
        raise TypeError("data are an array (n, ...) of samples, or a pair of them and labels as a tuple, not a list")
    columns = data if isinstance(data, tuple) else (data,)
    if len(columns) > 2 or not columns or columns[0] is None or np.ndim(columns[0]) < 2:
        raise TypeError(f"data are an array (n, ...) of samples, or a pair of them and labels, not {_kind(data)}")
    if len(columns) == 2 and columns[1] is not None and np.shape(columns[1])[:1] != (len(columns[0]),):
        labels = np.shape(columns[1])[0] if np.ndim(columns[1]) else "a single number in place of"
        raise ValueError(f"there are {len(columns[0])} samples, but {labels} labels")
    return columns


def reference_rows(data: Any, reference: Any, n_samples: int) -> np.ndarray[Any, Any]:
    """Return real samples to judge against, at most as many as are judged."""
    real = np.asarray(data if reference is None else reference)
    if real.ndim < 2 or len(real) < 2:
        raise ValueError(f"at least 2 real samples (n, ...) are needed to judge against, not {_kind(real)}")
    return real if len(real) <= n_samples else real[np.random.default_rng(0).permutation(len(real))[:n_samples]]


def make_judge(
    real: np.ndarray[Any, Any],
    data: Any,
    metrics: Iterable[str] | Mapping[str, Judge] | None,
    modes: tuple[Any, float] | None,
    features: Any,
    n_samples: int,
) -> Callable[[Any], dict[str, Any]]:
    """Return a function from samples to figures by name, tried on the data as if a model had drawn them.

    Raises
    ------
    Exception
        What the trial raises: for a metric, reference, features or modes that do not go with the data.
    """
    if modes is not None and not (isinstance(modes, (tuple, list)) and len(modes) == 2 and np.ndim(modes[1]) == 0):
        raise TypeError(f"modes are a pair (centres, std), not {_kind(modes)}")
    if metrics is None:
        chosen: Any = () if modes is not None else VECTORS if real.ndim == 2 else IMAGES
    else:
        chosen = metrics if isinstance(metrics, Mapping) else tuple([metrics] if isinstance(metrics, str) else metrics)
    functions = dict(chosen) if isinstance(chosen, Mapping) else {}
    for name, function in functions.items():
        if not callable(function):
            raise TypeError(f"metric {name!r} is no function of real and fake samples, but {function!r}")

    def judge(fake: Any) -> dict[str, Any]:
        found: dict[str, Any] = {}
        if modes is not None:
            coverage = measures.mode_coverage(fake, *modes)
            found |= {"modes": coverage.modes, "high_quality": coverage.high_quality}
        if isinstance(chosen, Mapping):
            for name, function in functions.items():
                add_figures(found, name, measures.figures(name, function(real, fake)))
        elif chosen:
            found |= dict(measures.evaluate(real, fake, chosen, features=features))
        return found

    # Drawn with replacement: as many as models are asked for, and not the very same set.
    drawn = np.asarray(data)[np.random.default_rng(1).integers(len(data), size=n_samples)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        judge(drawn)
    return judge


def _kind(value: Any) -> str:
    shape = np.shape(value) if isinstance(value, np.ndarray) else None
    return f"an array of shape {shape}" if shape is not None else f"{value!r} of type {type(value).__name__}"

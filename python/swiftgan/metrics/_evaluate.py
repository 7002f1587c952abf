"""All metrics by name, and several of them in one call."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from .._registry import did_you_mean
from .._tensor import Tensor
from ._estimate import Estimate
from ._frechet import frechet_distance
from ._inputs import Features, as_pair
from ._kernel_distance import kernel_distance
from ._manifolds import density_coverage, precision_recall
from ._mmd_test import mmd_test
from ._neighbours import nearest_neighbours
from ._parzen import parzen_log_likelihood
from ._transport import sliced_wasserstein, wasserstein
from ._two_sample import classifier_two_sample_test

Metric = Callable[[Any, Any], Any]
METRICS: dict[str, Metric] = {
    "frechet_distance": frechet_distance,
    "kernel_distance": kernel_distance,
    "precision_recall": precision_recall,
    "density_coverage": density_coverage,
    "sliced_wasserstein": sliced_wasserstein,
    "wasserstein": wasserstein,
    "mmd_test": mmd_test,
    "parzen_log_likelihood": parzen_log_likelihood,
    "classifier_two_sample_test": classifier_two_sample_test,
    "nearest_neighbours": nearest_neighbours,
}
"""The metrics that compare real with fake samples, by name: each takes ``(real, fake, features)``."""

USUAL = ("frechet_distance", "kernel_distance", "precision_recall", "density_coverage", "sliced_wasserstein")
"""The metrics that `evaluate` takes unless told otherwise: a few seconds for 10,000 samples."""


class Evaluation(dict[str, Estimate]):
    """Figures by name; printed as a table."""

    def __str__(self) -> str:
        width = max(map(len, self), default=0)
        return "\n".join(f"{name:{width}}  {figure!r}" for name, figure in self.items())

    def _repr_html_(self) -> str:
        rows = (
            f"<tr><td>{html.escape(name)}</td><td>{figure._repr_html_()}</td></tr>" for name, figure in self.items()
        )
        return f"<table>{''.join(rows)}</table>"


def evaluate(
    real: Any, fake: Any, metrics: Iterable[str] | Mapping[str, Metric] = USUAL, *, features: Features = None
) -> Evaluation:
    """Return figures of several metrics, with features computed once.

    Parameters
    ----------
    real, fake : array (n, ...), (m, ...)
    metrics : names from `METRICS`, or functions by name
        A function takes real and fake features, (n, d) and (m, d), and returns what a metric does, or a number.
    features : callable, object or "pca", optional
        As for `frechet_distance`.

    Returns
    -------
    Evaluation
        A dict of `Estimate` by name: of metrics with several figures by those' names (``precision``, ``recall``),
        p-values with the metric's name before (``mmd_test_p_value``).

    >>> import numpy as np, swiftgan as sg
    >>> points = np.random.default_rng(0).normal(size=(2, 500, 8))
    >>> found = sg.metrics.evaluate(points[0], points[1], ["frechet_distance", "precision_recall"])
    >>> list(found)
    ['frechet_distance', 'precision', 'recall']
    """
    functions = dict(metrics) if isinstance(metrics, Mapping) else {name: _known(name) for name in _listed(metrics)}
    x, y = as_pair(real, fake, features, least=1)
    found = Evaluation()
    for name, function in functions.items():
        add_figures(found, name, figures(name, function(x, y)))
    return found


def add_figures(found: dict[str, Any], name: str, new: Mapping[str, Any]) -> None:
    """Add a metric's figures, with its name before those that are there already, or a number after."""
    for key, figure in new.items():
        unique, use = key if key not in found or key == name else f"{name}_{key}", 1
        shown = unique
        while shown in found:
            use += 1
            shown = f"{unique}_{use}"
        found[shown] = figure


def figures(name: str, result: Any) -> dict[str, Estimate]:
    """Return the figures in a metric's result, by name.

    Raises
    ------
    TypeError
        For a result without any.
    """
    if isinstance(result, Estimate):
        return {name: result}
    if isinstance(result, (np.ndarray, Tensor)) and result.size == 1:
        result = result.item()
    if isinstance(result, (int, float, np.number)):
        return {name: Estimate(float(result))}
    fields = result._asdict() if hasattr(result, "_asdict") else {}
    found = {key: value for key, value in fields.items() if isinstance(value, Estimate)}
    if not found:
        raise TypeError(f"metric {name!r} must return an Estimate, several or a number, not {result!r}")
    return {f"{name}_{key}" if key == "p_value" else key: value for key, value in found.items()}


def _listed(metrics: Iterable[str]) -> list[str]:
    return [metrics] if isinstance(metrics, str) else list(metrics)


def _known(name: str) -> Metric:
    if not isinstance(name, str):
        raise TypeError(f"metrics are names, or a mapping from names to functions; {name!r} is no name")
    if name not in METRICS:
        raise ValueError(
            f"there is no metric {name!r} of two sets{did_you_mean(name, METRICS)}; there are {', '.join(METRICS)}"
        )
    return METRICS[name]

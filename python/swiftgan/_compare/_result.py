"""What `compare` found: a table of means and spreads over seeds."""

from __future__ import annotations

import html
import json
import math
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass
class ComparedRun:
    """One training of one model."""

    model: str
    seed: int
    steps: int | None = 0
    """None of a model whose fit told no callback of them."""
    seconds: float = 0.0
    """Of training alone, without judging."""
    figures: dict[str, float] = field(default_factory=dict)
    error: str = ""
    """Why there are no figures; empty when there are."""


@dataclass
class ComparedFigure:
    """A figure of a model over its seeds."""

    mean: float
    std: float
    """The standard deviation over seeds, with n - 1; NaN for a single one."""
    n: int
    """How many runs have it."""

    def __str__(self) -> str:
        if not self.n:
            return "-"
        return f"{self.mean:.4g}" + (f" ± {self.std:.2g}" if self.n > 1 else "")


class Comparison:
    """Trainings of several models under one budget.

    Attributes
    ----------
    rows : list of ComparedRun
        One for each training, in the order in which they ran.
    budget : str
        What each training was given.
    better : dict
        "lower" or "higher" for figures that have a direction.
    is_complete : bool
        False when Ctrl-C ended it early; what was done is there.
    """

    def __init__(self, models: list[str], budget: str, n_samples: int) -> None:
        self.models = models
        self.budget = budget
        self.n_samples = n_samples
        self.rows: list[ComparedRun] = []
        self.better: dict[str, str] = {}
        self.is_complete = False

    @property
    def names(self) -> list[str]:
        """The names of all figures."""
        return list(dict.fromkeys(name for row in self.rows for name in row.figures))

    def values(self, model: str, name: str) -> np.ndarray[Any, Any]:
        """Return a figure of a model, one for each seed that has it."""
        if model not in self.models:
            raise ValueError(f"there is no model {model!r}; there are {', '.join(map(repr, self.models))}")
        if name not in self.names:
            raise ValueError(f"there is no figure {name!r}; there are {', '.join(map(repr, self.names)) or 'none'}")
        return np.array([row.figures[name] for row in self.rows if row.model == model and name in row.figures])

    def figure(self, model: str, name: str) -> ComparedFigure:
        """Return the mean and spread of a figure of a model over its seeds."""
        values = self.values(model, name)
        mean = float(values.mean()) if len(values) else math.nan
        return ComparedFigure(mean, float(values.std(ddof=1)) if len(values) > 1 else math.nan, len(values))

    def best(self, name: str | None = None) -> str:
        """Return the model with the best mean of a figure, by default of the first one that has a direction."""
        directed = [one for one in self.names if self.better.get(one)]
        chosen = directed[0] if name is None and directed else name
        if chosen is None:
            raise ValueError("no figure says which direction is better; name one")
        sign = -1 if self.better.get(chosen) == "higher" else 1
        found = {model: sign * self.figure(model, chosen).mean for model in self.models}
        known = {model: value for model, value in found.items() if not math.isnan(value)}
        if not known:
            raise ValueError(f"no model has a figure {chosen!r}")
        return min(known, key=known.__getitem__)

    # ------------------------------------------------------------------------------------------------- as a table

    def _head(self) -> list[str]:
        arrows = {"lower": " ↓", "higher": " ↑"}
        return [
            "model",
            *(name + arrows.get(self.better.get(name, ""), "") for name in self.names),
            "steps",
            "s",
            "runs",
        ]

    def _lines(self) -> list[list[str]]:
        lines = []
        for model in self.models:
            rows = [row for row in self.rows if row.model == model]
            if not rows:
                continue
            failed = sum(bool(row.error) for row in rows)
            known = [row.steps for row in rows if row.steps is not None]
            steps, seconds = f"{np.mean(known):.0f}" if known else "-", np.mean([row.seconds for row in rows])
            counts = f"{len(rows) - failed}" + (f" ({failed} failed)" if failed else "")
            cells = [str(self.figure(model, name)) for name in self.names]
            lines.append([model, *cells, steps, f"{seconds:.3g}", counts])
        return lines

    def _title(self) -> str:
        about = f"{self.budget} each; {self.n_samples} samples judged; mean ± standard deviation over seeds"
        return about if self.is_complete else f"{about}; ended early"

    def __repr__(self) -> str:
        table = [self._head(), *self._lines()]
        widths = [max(len(line[column]) for line in table) for column in range(len(table[0]))]
        shown = [
            "  ".join(
                cell.ljust(width) if index == 0 else cell.rjust(width) for index, (cell, width) in enumerate(pairs)
            )
            for pairs in (list(zip(line, widths, strict=True)) for line in table)
        ]
        failures = [f"{row.model}, seed {row.seed}: {row.error}" for row in self.rows if row.error]
        return "\n".join([self._title(), *shown, *failures])

    def _repr_html_(self) -> str:
        def row(cells: list[str], tag: str) -> str:
            return "<tr>" + "".join(f"<{tag}>{html.escape(cell)}</{tag}>" for cell in cells) + "</tr>"

        body = "".join(row(line, "td") for line in self._lines())
        failures = "".join(
            f"<div>{html.escape(f'{one.model}, seed {one.seed}: {one.error}')}</div>" for one in self.rows if one.error
        )
        return (
            f"<table><caption>{html.escape(self._title())}</caption>{row(self._head(), 'th')}{body}</table>{failures}"
        )

    def plot(self, path: str | os.PathLike[str] | None = None) -> Figure:
        """Draw each figure's values, means and spreads with matplotlib; write a picture when a path is given."""
        from ..viz import new_figure, save_figure

        names = self.names
        figure = new_figure((max(4.0, 3.0 * len(names)), 1.2 + 0.45 * len(self.models)))
        panels = figure.subplots(1, max(1, len(names)), squeeze=False, sharey=True)[0]
        for axes, name in zip(panels, names, strict=False):
            for place, model in enumerate(self.models):
                values = self.values(model, name)
                axes.plot(values, np.full(len(values), place), "o", markersize=4, alpha=0.5)
                if len(values):
                    spread = self.figure(model, name).std
                    axes.errorbar(values.mean(), place, xerr=0 if math.isnan(spread) else spread, fmt="|k", capsize=3)
            axes.set_title(self._head()[1 + names.index(name)], fontsize=9)
            axes.grid(alpha=0.3)
        panels[0].set_yticks(range(len(self.models)), self.models)
        panels[0].set_ylim(len(self.models) - 0.5, -0.5)
        save_figure(figure, path)
        return figure

    # --------------------------------------------------------------------------------------------------- as a file

    def to_json(self, path: str | os.PathLike[str] | None = None) -> str:
        """Return everything as JSON, a NaN as null; write it when a path is given."""
        table = {
            model: {name: vars(self.figure(model, name)) for name in self.names if len(self.values(model, name))}
            for model in self.models
        }
        content = {
            "budget": self.budget,
            "n_samples": self.n_samples,
            "is_complete": self.is_complete,
            "better": self.better,
            "table": table,
            "rows": [vars(row) for row in self.rows],
        }
        text = json.dumps(_without_nan(content), indent=2)
        if path is not None:
            Path(path).write_text(text + "\n", encoding="utf-8")
        return text


def _without_nan(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_nan(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_nan(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value

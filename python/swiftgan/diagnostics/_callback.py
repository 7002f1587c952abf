"""The callback `Diagnostics`: looks at a game now and then, and says whether it is converging."""

from __future__ import annotations

import json
import math
import os
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import _registry
from .._creation import asarray
from .._numbers import whole
from ..callbacks import Callback
from ..errors import NotFiniteError
from ._alarm import KINDS, Alarm, DiagnosticWarning
from ._display import Display, table
from ._files import FORMATS, RecordFiles
from ._options import checked_options
from ._series import Series

if TYPE_CHECKING:
    from matplotlib.figure import Figure

# For so many steps at least a game may take to get going, as the library has it.
START = 1500
DISPLAYS = ("auto", "terminal", "lines", "notebook", None)


class Diagnostics(Callback):
    """Says while a GAN trains whether it is converging: measures, draws, saves and warns.

    A look every so many steps takes two batches aside and computes the figures below. Nothing of the training changes:
    weights, running statistics, random numbers and the order of the data are the same bits as without it. A look costs
    about as much as ``4 + 4 * gap_steps`` updates.

    Figures
    -------
    discriminator_loss, generator_loss, ... :
        Each player's loss on the batch, without penalties.
    real_accuracy, fake_accuracy :
        The share of real and of generated samples that the discriminator takes for what they are; 1/2 when it cannot
        tell them apart.
    jsd_bound :
        log 2 - L_D/2, a lower bound on the Jensen-Shannon divergence in nats (Goodfellow et al. 2014, theorem 1), where
        d is a log-odds: 0 to 0.693.
    wasserstein :
        E[d(x)] - E[d(G(z))], the critic's estimate of the earth mover's distance up to its Lipschitz constant (Arjovsky
        et al. 2017).
    separation :
        The same in standard deviations of d.
    duality_gap :
        Max over D of M(G, D) minus min over G of M(G, D), M = -L_D, by a few steps of either player's own optimizer on
        copies (Grnarova et al. 2019, equation 2): 0 at an equilibrium.
    undecided_loss :
        The discriminator's loss where each side is half data and half samples, so that there is nothing to tell.
    diversity :
        The mean distance between samples over that between data.
    coverage :
        The share of data with a sample nearer than their fifth-nearest neighbour among the data, or than a tenth of the
        data's mean distance where that is more (Naeem et al. 2020, equation 3, with a floor).
    drift :
        How far the samples' mean is off along one direction, in standard deviations of the data.
    discriminator_gradient, generator_gradient, ... :
        The norm of the gradient of each player's loss and penalties.
    discriminator_weights, generator_weights, ... :
        The norm of each player's parameters.

    Figures that a game does not have (a discriminator's answers where there is none) are left out.

    Alarms: **mode_collapse** (samples are all alike, left half of what they covered, or never cover half of the data),
    **vanished_gradient** (the discriminator has won, or nothing reaches the generator), **oscillation** (the players
    chase each other), and **not_finite** (a loss or weight was NaN or infinite: the fit ended with an error at the last
    good state). Each is raised once, and again after it was gone.

    Parameters
    ----------
    every_steps : int
        Steps between two looks.
    held_out : array, or sequence of arrays, optional
        Data that are not trained on, of at least two batches, in the same form as those of the fit (with labels where
        the model takes them). Without them two batches of the training data are looked at, the same at every look.
    folder : str or path, optional
        Where to save: ``diagnostics.jsonl``, ``diagnostics.csv`` and TensorBoard's events.
    formats : sequence of {"jsonl", "csv", "tensorboard"}
        Which of them.
    display : {"auto", "terminal", "lines", "notebook", None}
        How to draw: a block that is drawn anew on a terminal, a table in a notebook, one line for each look, or
        nothing. With "terminal" turn the progress bar off (``verbose=False``).
    warn : bool
        Whether alarms are also Python warnings (`DiagnosticWarning`).
    stop_on : sequence of {"mode_collapse", "vanished_gradient", "oscillation"}
        Alarms that stop the training in good order.
    gap_steps : int
        Steps of each best response; 0 leaves the duality gap out.
    seed : int
        Of the noise and the rows of all looks.
    patience, collapse, won, vanished, swings, window, narrow, long
        When alarms are raised: at how many looks in a row a sign must show (5); the diversity of a collapse (0.2); the
        share of log 2 of a bound that says that the discriminator has won (0.95); the share of its largest norm under
        which the generator's gradient has vanished (0.001); how many swings (8) of both samples and discriminator in
        how many looks (40) are an oscillation; the coverage (0.5) that samples must have reached after so many looks
        (60) and 1500 steps, unless it rises.

    Attributes
    ----------
    records : list of dict
        ``{"step": int, "figures": {name: float or None}, "warnings": [...]}`` for each look.
    alarms : list of Alarm

    >>> import swiftgan as sg
    >>> diagnostics = sg.Diagnostics(every_steps=5)
    >>> gan = sg.GAN(random_state=0).fit(sg.datasets.ring8(512), steps=10, callbacks=[diagnostics], verbose=False)
    >>> diagnostics.steps.tolist(), bool(diagnostics["duality_gap"][-1] >= 0), diagnostics.alarms
    ([5, 10], True, [])
    """

    def __init__(
        self,
        every_steps: int = 100,
        *,
        held_out: Any = None,
        folder: str | os.PathLike[str] | None = None,
        formats: Sequence[str] = FORMATS,
        display: str | None = "auto",
        warn: bool = True,
        stop_on: Sequence[str] = (),
        gap_steps: int = 5,
        seed: int = 0,
        **thresholds: float,
    ) -> None:
        if display not in DISPLAYS:
            raise ValueError(f"display must be one of {', '.join(map(repr, DISPLAYS))}, not {display!r}")
        formats = (formats,) if isinstance(formats, str) else tuple(formats)
        stop_on = (stop_on,) if isinstance(stop_on, str) else tuple(stop_on)
        for kind, given, known in (("formats", formats, FORMATS), ("stop_on", stop_on, KINDS)):
            if unknown := [one for one in given if one not in known]:
                raise ValueError(f"{kind} are any of {', '.join(map(repr, known))}, not {unknown[0]!r}")
        self.every_steps = whole("every_steps", every_steps, 1)
        self.display, self.warn, self.stop_on = display, warn, stop_on
        self._options = checked_options({"gap_steps": gap_steps, "seed": seed, **thresholds})
        columns = [] if held_out is None else held_out if isinstance(held_out, (list, tuple)) else [held_out]
        self._held_out = [asarray(column) for column in columns]
        self._has_doubts = bool(self._held_out or thresholds)
        self._files = None if folder is None else RecordFiles(folder, formats)
        self._display: Display | None = None
        self.records: list[dict[str, Any]] = []
        self.alarms: list[Alarm] = []
        self._series = Series(
            max(self._options["window"], self._options["long"], -(-START // self.every_steps)),
            self._options["patience"],
        )

    # ------------------------------------------------------------------------------------------------- the callback

    def on_train_begin(self, model: Any) -> None:
        """Get ready to draw. Records of earlier fits are kept; alarms look back at those of this model alone."""
        self._display = Display(self.display)

    def on_step_end(self, model: Any, step: int, metrics: dict[str, float]) -> bool | None:
        """Look at the game when it is due."""
        begins = self._series.go_on(model, step)
        if step % self.every_steps:
            if begins and self._has_doubts:
                # Limits and held-out data that do not do are found now, not at a look after hours.
                self._diagnose(model, {**self._options, "gap_steps": min(1, self._options["gap_steps"])})
            return None
        new = self._look(model)
        return any(alarm.kind in self.stop_on for alarm in new) or None

    def on_train_error(self, model: Any, error: BaseException) -> None:
        """Note why training ended, when it was a number that is not finite."""
        if isinstance(error, NotFiniteError):
            alarm = Alarm.of(error)
            self._add({"step": alarm.step, "figures": {}, "warnings": [alarm.as_json()]}, [alarm])

    def on_train_end(self, model: Any) -> None:
        """Close files."""
        if self._files is not None:
            self._files.close()

    # --------------------------------------------------------------------------------------------------- the looks

    def look(self, model: Any) -> list[Alarm]:
        """Look at a model or trainer as it stands, also outside of a fit, and return what gives alarm only now.

        Raises
        ------
        ValueError, TypeError
            For held-out data that do not fit, or thresholds that do not do.
        NotFittedError
            For a model that has no networks yet.
        """
        _handle_of(model)
        self._series.stand(model, _steps_of(model))
        return self._look(model)

    def _look(self, model: Any) -> list[Alarm]:
        record = self._diagnose(model, {**self._options, "records": self._series.earlier()})
        new = [Alarm.read(one) for one in record["warnings"]]
        self._series.add(record)
        self._add(record, new)
        return new

    def _diagnose(self, model: Any, options: dict[str, Any]) -> dict[str, Any]:
        record: dict[str, Any] = json.loads(_handle_of(model).diagnose(self._held_out, _registry.encode(options)))
        return record

    def _add(self, record: dict[str, Any], new: list[Alarm]) -> None:
        self.records.append(record)
        self.alarms += new
        if self._files is not None:
            self._files.add(record)
        if self._display is not None:
            self._display.show(record["step"], self._columns(), self.alarms, new)
        if self.warn:
            for alarm in new:
                warnings.warn(alarm.message, DiagnosticWarning, stacklevel=2)

    # -------------------------------------------------------------------------------------------------- the results

    @property
    def steps(self) -> np.ndarray[Any, Any]:
        """At which steps there are figures."""
        return np.array([one["step"] for one in self.records if one["figures"]], dtype=np.int64)

    @property
    def names(self) -> list[str]:
        """The names of all figures."""
        return list(dict.fromkeys(name for one in self.records for name in one["figures"]))

    def __getitem__(self, name: str) -> np.ndarray[Any, Any]:
        """Return a figure at all looks; NaN where it was not finite or not there."""
        if name not in self.names:
            raise KeyError(f"there is no figure {name!r}; there are {', '.join(self.names) or 'none yet'}")
        looks = (one["figures"] for one in self.records if one["figures"])
        values = (math.nan if (value := one.get(name)) is None else value for one in looks)
        return np.fromiter(values, dtype=np.float64)

    def _columns(self) -> dict[str, list[float]]:
        return {name: self[name].tolist() for name in self.names}

    def plot(self, path: str | os.PathLike[str] | None = None) -> Figure:
        """Draw all figures with matplotlib, alarms as upright lines; write a picture when a path is given."""
        from ._plot import plot_records

        return plot_records(self.steps.tolist(), self._columns(), self.alarms, path)

    def __getstate__(self) -> dict[str, Any]:
        # Where it was drawn is not where a copy is: the next fit begins a display of its own.
        return {**vars(self), "_display": None}

    def __repr__(self) -> str:
        if not self.names:
            return f"Diagnostics(every_steps={self.every_steps}; no look yet)"
        last = ", ".join(f"{name}={values[-1]:.4g}" for name, values in self._columns().items())
        kinds = ", ".join(f"{alarm.kind} at step {alarm.step}" for alarm in self.alarms) or "no alarm"
        return f"Diagnostics({len(self.steps)} looks, step {self.steps[-1]}: {last}; {kinds})"

    def _repr_html_(self) -> str:
        if not self.names:
            return repr(self)
        return table(int(self.steps[-1]), self._columns(), self.alarms)


def _handle_of(model: Any) -> Any:
    handle = model._fitted if hasattr(type(model), "_fitted") else getattr(model, "_handle", None)
    if not hasattr(handle, "diagnose"):
        raise TypeError(f"diagnostics look at an estimator or a trainer, not at {type(model).__name__}")
    return handle


def _steps_of(model: Any) -> int:
    """Return how many steps an estimator or a trainer has trained."""
    return int(model.n_steps_ if hasattr(type(model), "n_steps_") else model.metrics.get("step", 0))

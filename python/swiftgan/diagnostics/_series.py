"""The looks at one model on its way: what alarms look back at."""

from __future__ import annotations

import math
import weakref
from typing import Any

Record = dict[str, Any]


class Series:
    """The looks at the model that is watched, along the path that led to where it is.

    Another model, or training that starts over, begins a new one; where training goes back to an earlier state, the
    looks after that are taken out.

    Parameters
    ----------
    window, patience : int
        As of alarms, the longest window of any. So many looks, and one, are told one by one. Of those before it is the
        largest figures alone, of the coverage the best that was held at `patience` looks in a row.
    """

    def __init__(self, window: int, patience: int) -> None:
        # A sign in the last window, and in those that ended up to `patience` looks earlier.
        self._memory, self._patience = window + patience + 1, patience
        self._model: weakref.ref[Any] | None = None
        self._step = 0
        self._looks: list[Record] = []
        # What is told of the looks before the last ones, of which so many are in it.
        self._past: dict[str, float] = {}
        self._folded = 0

    def go_on(self, model: Any, step: int) -> bool:
        """Note that a model has played a step, and return whether that begins a new series."""
        begins = step == 1 or not self._knows(model)
        if begins or step <= self._step:
            self._set_back(model, step - 1)
        self._step = step
        return begins

    def stand(self, model: Any, step: int) -> None:
        """Note that a model stands at a step."""
        if step < self._step or not self._knows(model):
            self._set_back(model, step)
        self._step = step

    def add(self, record: Record) -> None:
        """Add a look at the model as it stands."""
        self._looks.append(record)

    def earlier(self) -> list[Record]:
        """Return the looks so far in the form that the library takes."""
        first = max(0, len(self._looks) - self._memory)
        for place in range(self._folded, first):
            self._fold(place)
        self._folded = first
        recent = [{"step": look["step"], "figures": look["figures"]} for look in self._looks[first:]]
        if not first:
            return recent
        # Held at so many looks in a row, as alarms want it.
        return self._patience * [{"step": self._looks[first - 1]["step"], "figures": self._past}] + recent

    def _fold(self, place: int) -> None:
        for name, value in self._looks[place]["figures"].items():
            if name != "coverage" and value is not None:
                self._past[name] = max(self._past.get(name, -math.inf), value)
        row = [look["figures"].get("coverage") for look in self._looks[place : place + self._patience]]
        if None not in row:
            self._past["coverage"] = max(self._past.get("coverage", 0.0), min(row))

    def _knows(self, model: Any) -> bool:
        return self._model is not None and self._model() is model

    def _set_back(self, model: Any, step: int) -> None:
        kept = [look for look in self._looks if look["step"] <= step] if self._knows(model) else []
        self._model = weakref.ref(model)
        self._looks, self._past, self._folded = kept, {}, 0

    def __getstate__(self) -> dict[str, Any]:
        # What is unpickled watches no model yet.
        return {**vars(self), "_model": None}

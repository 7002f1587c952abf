"""What diagnostics warn of."""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from ..errors import NotFiniteError

KINDS = ("mode_collapse", "vanished_gradient", "oscillation")


class DiagnosticWarning(RuntimeWarning):
    """An alarm of `Diagnostics`."""


class Alarm(NamedTuple):
    """What gave alarm."""

    kind: str
    """"mode_collapse", "vanished_gradient", "oscillation", or "not_finite"."""
    step: int
    figure: str
    """The figure that raised it."""
    value: float
    message: str

    @classmethod
    def read(cls, found: dict[str, Any]) -> Alarm:
        """Return the alarm that a record of the library has among its warnings."""
        return cls(**{**found, "value": math.nan if found["value"] is None else found["value"]})

    @classmethod
    def of(cls, error: NotFiniteError) -> Alarm:
        """Return the alarm for what ended a fit."""
        return cls("not_finite", error.step, error.figure, error.value, str(error))

    def as_json(self) -> dict[str, Any]:
        """Return it as a record has it: a value that is not finite is None."""
        return {**self._asdict(), "value": self.value if math.isfinite(self.value) else None}

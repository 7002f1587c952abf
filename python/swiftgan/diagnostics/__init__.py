"""Is it converging? What a GAN's game is doing while it trains: measured, drawn, saved, and warned of."""

from __future__ import annotations

from ._alarm import Alarm, DiagnosticWarning
from ._callback import Diagnostics
from ._tensorboard import EventWriter

__all__ = ["Alarm", "DiagnosticWarning", "Diagnostics", "EventWriter"]

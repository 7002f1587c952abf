"""Is it converging? What a GAN's game is doing while it trains: measured, drawn, saved, and warned of."""

from __future__ import annotations

from ._callback import Alarm, Diagnostics, DiagnosticWarning
from ._tensorboard import EventWriter

__all__ = ["Alarm", "DiagnosticWarning", "Diagnostics", "EventWriter"]

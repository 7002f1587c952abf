"""Several models under one budget, judged alike."""

from __future__ import annotations

from ._result import ComparedFigure, ComparedRun, Comparison
from ._run import compare

__all__ = ["ComparedFigure", "ComparedRun", "Comparison", "compare"]

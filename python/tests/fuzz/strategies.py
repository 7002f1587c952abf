"""Hypothesis draws programs."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import strategies as st

from . import (  # noqa: F401 - they fill the catalogue
    catalogue_functions,
    catalogue_images,
    catalogue_order,
    catalogue_reduce,
    catalogue_shape,
)
from .catalogue import MAKERS
from .draft import Draft
from .program import Program

_NAMES = list(MAKERS)
random.Random(0).shuffle(_NAMES)


@st.composite
def programs(draw: Any, most: int = 20) -> Program:
    """A program of 1 to `most` steps. What does not fit is left out, so a program may turn out shorter."""
    draft = Draft(draw)
    for _ in range(draw(st.integers(1, 3))):
        draft.add_input()
    for _ in range(draw(st.integers(1, most))):
        start = draw(st.integers(0, len(_NAMES) - 1))
        for name in (_NAMES + _NAMES)[start : start + 8]:
            if draft.add_step(name, MAKERS[name](draft)):
                break
    return draft.program

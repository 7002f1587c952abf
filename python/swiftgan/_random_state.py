"""scikit-learn's ``random_state``, as a seed."""

from __future__ import annotations

import numbers
from typing import Any

import numpy as np

# What JSON can hold exactly.
_LIMIT = 2**53


def as_seed(random_state: Any) -> int:
    """Return the seed that a ``random_state`` stands for.

    Parameters
    ----------
    random_state : None, int, numpy.random.RandomState or numpy.random.Generator
        None draws from NumPy's common generator, so that ``numpy.random.seed`` makes a program repeatable.
    """
    if random_state is None:
        return int(np.random.randint(2**31))  # noqa: NPY002 - the one that numpy.random.seed sets
    if isinstance(random_state, numbers.Integral):
        seed = int(random_state)
        if not 0 <= seed < _LIMIT:
            raise ValueError(f"random_state must be from 0 to 2**53 - 1, not {seed}")
        return seed
    if isinstance(random_state, np.random.Generator):
        return int(random_state.integers(2**31))
    if isinstance(random_state, np.random.RandomState):
        return int(random_state.randint(2**31))
    raise TypeError(f"random_state must be None, an integer or a NumPy generator, not {type(random_state).__name__}")

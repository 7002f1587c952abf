"""One table of all functions of tensors: operations as C finds them, and the public functions of Python.

Each entry names a reference and calls of it; `test_ops.py` checks values, derivatives, memory layouts, threads and
extreme numbers of every call. A function of the library without an entry fails the suite.
"""

from __future__ import annotations

from . import (
    arranging,
    binary,
    convolution,
    creation,
    elementwise,
    functions,
    functions_images,
    functions_shape,
    images,
    indexing,
    linalg,
    linear,
    losses,
    mathematics,
    movement,
    order,
    recurrent,
    reductions,
)
from ._entry import Entry

FAMILIES = (
    arranging,
    binary,
    convolution,
    creation,
    elementwise,
    functions,
    functions_images,
    functions_shape,
    images,
    indexing,
    linalg,
    linear,
    losses,
    mathematics,
    movement,
    order,
    recurrent,
    reductions,
)


def _merged(name: str) -> dict[str, Entry]:
    table: dict[str, Entry] = {}
    for family in FAMILIES:
        for key, value in getattr(family, name, {}).items():
            assert key not in table, f"{key} has two entries"
            table[key] = value
    return table


OPERATIONS = _merged("OPERATIONS")
"""By the names of `sg_operation_find`."""

FUNCTIONS = _merged("FUNCTIONS")
"""By the names in `swiftgan`."""

"""How a tensor is printed."""

from __future__ import annotations

from typing import Any

import numpy as np


def represent(x: Any) -> str:
    """Return NumPy's own picture of the elements, with name and dtype; of a traced value, which has none, its kind."""
    if x._traced:
        return f"Tensor(traced, shape={x.shape}, dtype={x.dtype})"
    prefix = "Tensor("
    values = x.numpy()
    if values.size == 0 and values.ndim > 1:
        return f"{prefix}[], shape={values.shape}, dtype={values.dtype})"
    text = np.array2string(values, prefix=prefix, separator=", ")
    return f"{prefix}{text}, dtype={values.dtype})"

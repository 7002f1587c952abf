"""Data to train on: what ships with the package, what is computed, and files in the IDX format."""

from __future__ import annotations

import gzip
import math
import os
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from . import _core, _registry
from ._dtypes import DTypeLike, as_dtype
from ._random_state import as_seed

__all__ = ["GRID25_MODES", "RING8_MODES", "grid25", "load_digits", "load_idx", "ring8"]

_ANGLES = np.arange(8) * (2 * np.pi / 8)
RING8_MODES = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], axis=1)
"""The 8 centres of `ring8`, (8, 2); the standard deviation around each is 0.01."""

_STEPS = np.arange(-4.0, 5.0, 2.0)
GRID25_MODES = np.stack(np.meshgrid(_STEPS, _STEPS, indexing="ij"), axis=-1).reshape(25, 2)
"""The 25 centres of `grid25`, (25, 2); the standard deviation around each is 0.05."""


def load_digits(dtype: DTypeLike = np.uint8) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Return the 1,797 handwritten digits that ship with the package.

    They are the test part of the UCI set "Optical Recognition of Handwritten Digits" (E. Alpaydin and C. Kaynak, 1998,
    CC BY 4.0), the same as scikit-learn's ``load_digits``.

    Parameters
    ----------
    dtype : dtype
        uint8: pixels from 0 (paper) to 255 (ink), in steps of 16; float32 or float64: from 0 to 1.

    Returns
    -------
    images : array (1797, 8, 8, 1)
    labels : int32 array (1797,)
        0 to 9.
    """
    data, labels = _core.dataset("digits", "{}")
    raw = data.numpy()
    wanted = as_dtype(dtype)
    if wanted.kind == "f":
        images = (raw / 16).astype(wanted)
    elif wanted == np.uint8:
        images = np.round(raw * (255 / 16)).astype(np.uint8)
    else:
        raise TypeError(f"digits are uint8, float32 or float64, not {wanted}")
    return images, labels.numpy()


def ring8(n: int = 2500, random_state: Any = 0) -> np.ndarray[Any, Any]:
    """Return n points of 8 Gaussians on a circle of radius 1 with standard deviation 0.01, float32 (n, 2)."""
    return _mixture("ring8", n, random_state)


def grid25(n: int = 2500, random_state: Any = 0) -> np.ndarray[Any, Any]:
    """Return n points of 25 Gaussians at {-4, -2, 0, 2, 4} squared with standard deviation 0.05, float32 (n, 2)."""
    return _mixture("grid25", n, random_state)


def _mixture(name: str, n: int, random_state: Any) -> np.ndarray[Any, Any]:
    options = _registry.encode({"count": n, "seed": as_seed(random_state)})
    return _core.dataset(name, options)[0].numpy()


# The type byte of an IDX file. Numbers are big-endian.
_IDX_TYPES = {8: ">u1", 9: ">i1", 11: ">i2", 12: ">i4", 13: ">f4", 14: ">f8"}


def load_idx(path: str | os.PathLike[str]) -> np.ndarray[Any, Any]:
    """Return the array in an IDX file (the format of MNIST and Fashion-MNIST), compressed (.gz) or not.

    Raises
    ------
    FileNotFoundError
        Saying where such files can be had.
    OSError
        When the file is truncated or no IDX file.
    """
    file = Path(path)
    if not file.exists():
        raise FileNotFoundError(
            f"{file} does not exist. Fashion-MNIST comes with Debian's package 'dataset-fashion-mnist' "
            "(apt-get install dataset-fashion-mnist), under /usr/share/datasets/fashion-mnist"
        )
    raw = file.read_bytes()
    if raw[:2] == b"\x1f\x8b":
        try:
            raw = gzip.decompress(raw)
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            raise OSError(f"{file} is damaged: {error}") from None
    if len(raw) < 4 or raw[:2] != b"\0\0" or raw[2] not in _IDX_TYPES:
        raise OSError(f"{file} is no IDX file: it begins with '{raw[:4].hex()}'")
    rank = raw[3]
    if len(raw) < 4 + 4 * rank:
        raise OSError(f"{file} is truncated: {len(raw)} bytes cannot hold the sizes of {rank} axes")
    shape = struct.unpack(f">{rank}I", raw[4 : 4 + 4 * rank])
    dtype = np.dtype(_IDX_TYPES[raw[2]])
    expected = 4 + 4 * rank + math.prod(shape) * dtype.itemsize
    if len(raw) != expected:
        raise OSError(f"{file} is truncated or damaged: {len(raw)} bytes where {expected} are declared")
    array = np.frombuffer(raw, dtype, offset=4 + 4 * rank).reshape(shape)
    return array.astype(dtype.newbyteorder("="))

"""Data to train on: what ships with the package, what is computed, and files in the IDX format."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any, Literal

import numpy as np

from . import _core, _registry
from ._dtypes import DTypeLike, as_dtype
from ._random_state import as_seed

__all__ = [
    "GRID25_MODES",
    "RING8_MODES",
    "class_names",
    "fashion_mnist_folder",
    "grid25",
    "load_digits",
    "load_fashion_mnist",
    "load_idx",
    "load_idx_folder",
    "ring8",
]

_Array = np.ndarray[Any, Any]
_Split = Literal["all", "train", "test"]

_ANGLES = np.arange(8) * (2 * np.pi / 8)
RING8_MODES = np.stack([np.cos(_ANGLES), np.sin(_ANGLES)], axis=1)
"""The 8 centres of `ring8`, (8, 2); the standard deviation around each is 0.01."""

_STEPS = np.arange(-4.0, 5.0, 2.0)
GRID25_MODES = np.stack(np.meshgrid(_STEPS, _STEPS, indexing="ij"), axis=-1).reshape(25, 2)
"""The 25 centres of `grid25`, (25, 2); the standard deviation around each is 0.05."""


def load_digits(
    dtype: DTypeLike = np.uint8,
    *,
    split: _Split = "all",
    test_size: float = 0.25,
    n: int | None = None,
    random_state: Any = 0,
) -> tuple[_Array, _Array]:
    """Return the 1,797 handwritten digits that ship with the package.

    They are the test part of the UCI set "Optical Recognition of Handwritten Digits" (E. Alpaydin and C. Kaynak, 1998,
    CC BY 4.0), the same as scikit-learn's ``load_digits``.

    Parameters
    ----------
    dtype : dtype
        uint8: pixels from 0 (paper) to 255 (ink), in steps of 16; float32 or float64: from 0 to 1.
    split : {"all", "train", "test"}
        All of them, or rows to train on and to test on: no row is in both, and both have the classes in proportion.
    test_size : float
        The share of test rows, rounded up.
    n : int, optional
        Only so many, chosen with the classes in proportion.
    random_state : int or numpy.random.Generator
        Which rows are test rows, and which are chosen. An int always gives the same rows.

    Returns
    -------
    images : array (n, 8, 8, 1)
    labels : int32 array (n,)
        0 to 9.
    """
    return _images("digits", 16, dtype, split=split, test_size=test_size, count=n, seed=as_seed(random_state))


def load_fashion_mnist(
    dtype: DTypeLike = np.uint8,
    *,
    split: _Split = "train",
    n: int | None = None,
    random_state: Any = 0,
    folder: str | os.PathLike[str] | None = None,
) -> tuple[_Array, _Array]:
    """Return Fashion-MNIST: 60,000 + 10,000 grey pictures of clothes (H. Xiao et al. 2017, arXiv:1708.07747, MIT).

    The four files are not part of the package. They are looked for in the folder that the environment variable
    ``SWIFTGAN_DATA`` names (its folder ``fashion-mnist`` first); where it is not set, where Debian's package
    ``dataset-fashion-mnist`` puts them.

    Parameters
    ----------
    dtype : dtype
        uint8: pixels from 0 (background) to 255; float32 or float64: from 0 to 1.
    split : {"train", "test", "all"}
        The 60,000 to train on, the 10,000 to test on, or all.
    n : int, optional
        Only so many, chosen with the classes in proportion.
    random_state : int or numpy.random.Generator
        Which rows are chosen. An int always gives the same rows.
    folder : path, optional
        Where the files lie.

    Returns
    -------
    images : array (n, 28, 28, 1)
    labels : int32 array (n,)
        0 to 9; `class_names` says what they show.

    Raises
    ------
    FileNotFoundError
        Saying how to get the files, also when ``SWIFTGAN_DATA`` names a folder without them.
    OSError
        When a file is damaged or not Fashion-MNIST's.
    """
    where = None if folder is None else _existing(folder)
    try:
        return _images("fashion_mnist", 255, dtype, split=split, count=n, seed=as_seed(random_state), folder=where)
    except OSError as error:
        if where is None and fashion_mnist_folder() is None:
            raise FileNotFoundError(str(error)) from None
        raise


def load_idx_folder(
    folder: str | os.PathLike[str],
    dtype: DTypeLike = np.uint8,
    *,
    split: _Split = "train",
    n: int | None = None,
    random_state: Any = 0,
) -> tuple[_Array, _Array]:
    """Return the images and labels in a folder of four IDX files in the form of MNIST.

    The files are ``train-images-idx3-ubyte``, ``train-labels-idx1-ubyte`` and the same with ``t10k``, each with or
    without ``.gz``. Arguments and results are those of `load_fashion_mnist`, with images (n, height, width, 1).
    """
    return _images("idx_folder", 255, dtype, folder=_existing(folder), split=split, count=n, seed=as_seed(random_state))


def fashion_mnist_folder() -> Path | None:
    """Return the folder in which `load_fashion_mnist` finds its files; None when they are not on this machine."""
    folder = json.loads(_core.dataset_information("fashion_mnist"))["folder"]
    return None if folder is None else Path(folder)


def class_names(name: str) -> list[str]:
    """Return what the classes of a data set show: of "digits" or "fashion_mnist"."""
    names: list[str] | None = json.loads(_core.dataset_information(name))["classes"]
    if names is None:
        raise ValueError(f"the data set {name!r} has no names for classes")
    return names


def _images(name: str, top: int, dtype: DTypeLike, **options: Any) -> tuple[_Array, _Array]:
    """Return images with pixels from 0 to `top` as those of `dtype`, and labels."""
    wanted = as_dtype(dtype)
    if wanted.kind != "f" and wanted != np.uint8:
        raise TypeError(f"images are uint8, float32 or float64, not {wanted}")
    data, labels = _core.dataset(name, _registry.encode(options))
    raw = data.numpy()
    if wanted.kind == "f":
        images = np.divide(raw, top, dtype=wanted)
    else:
        images = raw if top == 255 else np.round(raw * (255 / top)).astype(np.uint8)
    return images, labels.numpy()


def _existing(path: str | os.PathLike[str]) -> str:
    """Return a path that leads somewhere, as text."""
    if not Path(path).exists():
        raise FileNotFoundError(
            f"{path} does not exist. Fashion-MNIST comes with Debian's package 'dataset-fashion-mnist' "
            "(apt-get install dataset-fashion-mnist), under /usr/share/datasets/fashion-mnist"
        )
    return os.fspath(path)


def ring8(n: int = 2500, random_state: Any = 0) -> np.ndarray[Any, Any]:
    """Return n points of 8 Gaussians on a circle of radius 1 with standard deviation 0.01, float32 (n, 2)."""
    return _mixture("ring8", n, random_state)


def grid25(n: int = 2500, random_state: Any = 0) -> np.ndarray[Any, Any]:
    """Return n points of 25 Gaussians at {-4, -2, 0, 2, 4} squared with standard deviation 0.05, float32 (n, 2)."""
    return _mixture("grid25", n, random_state)


def _mixture(name: str, n: int, random_state: Any) -> np.ndarray[Any, Any]:
    options = _registry.encode({"count": n, "seed": as_seed(random_state)})
    return _core.dataset(name, options)[0].numpy()


def load_idx(path: str | os.PathLike[str]) -> _Array:
    """Return the array in an IDX file (the format of MNIST and Fashion-MNIST), compressed (.gz) or not.

    8-bit signed and 16-bit integers become int32. For images with their labels see `load_idx_folder`.

    Raises
    ------
    FileNotFoundError
        Saying where such files can be had.
    OSError
        When the file is truncated or no IDX file.
    """
    array: _Array = _core.dataset("idx", _registry.encode({"path": _existing(path)}))[0].numpy()
    return array

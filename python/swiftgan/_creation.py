"""Making tensors: of arrays without a copy, of lists, of numbers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from . import _core
from ._core import apply, operation
from ._dtypes import DTypeLike, as_dtype, float32
from ._explain import takes_tensors
from ._tensor import Tensor

_full = operation("full")
_arange = operation("arange")
_eye = operation("eye")
_linspace = operation("linspace")

Shape = int | Sequence[int]


def _shape(shape: Shape) -> tuple[int, ...]:
    try:
        sizes = (shape.__index__(),) if hasattr(shape, "__index__") else tuple(size.__index__() for size in shape)
    except (TypeError, AttributeError):
        raise TypeError(f"a shape is an integer or a sequence of integers, not {shape!r}") from None
    for size in sizes:
        if size < 0:
            raise ValueError(f"sizes must not be negative, but the shape is {sizes}")
    return sizes


def _is_exchangeable(data: object) -> bool:
    return hasattr(data, "__buffer__") or isinstance(data, (np.ndarray, np.generic, bytes, bytearray, memoryview))


def asarray(data: Any, dtype: DTypeLike = None, *, copy: bool | None = None) -> Tensor:
    """Return a tensor of the data, on the same memory where that is possible.

    Parameters
    ----------
    data : array, tensor, number or nested sequence of numbers
        Objects with the buffer protocol (NumPy's arrays, ``array.array``, ``memoryview``) and with DLPack (other
        libraries' tensors on the CPU) are shared: what their owner writes later is seen by the tensor. Python floats
        become float32, integers int64.
    dtype : dtype, optional
        Convert to this type; by default the data's own.
    copy : bool, optional
        True always copies, False never does, None copies only where it must (other dtype, odd alignment, a list).

    Raises
    ------
    TypeError
        For a dtype that tensors cannot have (object, complex, float16, ...), naming it and what to convert to.
    ValueError
        When a copy would be needed but ``copy=False``; for ragged lists.
    """
    wanted = None if dtype is None else as_dtype(dtype)
    own = isinstance(data, Tensor)
    tensor = (data.copy() if copy else data) if own else _from_foreign(data, copy, wanted)
    if wanted is not None and tensor.dtype != wanted:
        if copy is False:
            raise ValueError(f"converting {tensor.dtype} to {wanted} needs a copy, which copy=False forbids")
        tensor = tensor.astype(wanted)
    return tensor


def array(data: Any, dtype: DTypeLike = None) -> Tensor:
    """Return a tensor with a copy of the data. As `asarray`, but never shares memory."""
    return asarray(data, dtype, copy=True)


def from_dlpack(data: Any) -> Tensor:
    """Return a tensor on the memory of an object with ``__dlpack__``."""
    return asarray(data, copy=False)


def _from_foreign(data: Any, copy: bool | None, wanted: Any) -> Tensor:
    if isinstance(data, np.ndarray) and not _is_regular(data):
        if copy is False:
            raise ValueError(
                "the array is not aligned to its elements, so that a copy is needed, which copy=False forbids"
            )
        data, copy = np.array(data), None
    if isinstance(data, (bool, int, float, list, tuple, range)):
        if copy is False:
            raise ValueError(f"a {type(data).__name__} has no memory to share; leave copy=False out")
        return _from_numbers(data, wanted)
    try:
        return _core.from_array(data, bool(copy))
    except (BufferError, ValueError) as error:
        found = getattr(data, "dtype", None)
        if found is None or (isinstance(error, ValueError) and "dtype" not in str(error)):
            raise
        raise TypeError(
            f"dtype {found} is not supported; tensors are float32, float64, int32, int64, uint8 or bool"
        ) from None


def _is_regular(array: np.ndarray[Any, Any]) -> bool:
    size = array.dtype.itemsize
    return array.flags.aligned and all(step % size == 0 for step in array.strides) if size else True


def _from_numbers(data: Any, wanted: Any) -> Tensor:
    if isinstance(data, (list, tuple)):
        data = _with_arrays(data)
    try:
        array = np.array(data)
    except ValueError as error:
        raise ValueError(f"cannot make a tensor of this {type(data).__name__}: {error}") from None
    # Python's floats are float32 where nothing else is asked for, and then rounded once.
    if wanted is None and array.dtype == np.float64 and not _holds_arrays(data):
        array = array.astype(np.float32)
    return _core.from_array(array, False)


def _with_arrays(data: Any) -> Any:
    """Tensors within a list become arrays, so that NumPy does not walk their elements one by one."""
    if isinstance(data, Tensor):
        return data.numpy()
    if isinstance(data, (list, tuple)):
        return [_with_arrays(item) for item in data]
    return data


def _holds_arrays(data: Any) -> bool:
    if isinstance(data, (list, tuple)):
        return any(_holds_arrays(item) for item in data)
    return isinstance(data, (np.ndarray, np.generic))


def full(shape: Shape, value: float, dtype: DTypeLike = float32) -> Tensor:
    """Return a tensor of the shape with the value everywhere.

    >>> import swiftgan as sg
    >>> sg.full((2, 2), 0.5)
    Tensor([[0.5, 0.5],
            [0.5, 0.5]], dtype=float32)
    """
    return apply(_full, shape=_shape(shape), value=float(value), dtype=as_dtype(dtype).name)


def zeros(shape: Shape, dtype: DTypeLike = float32) -> Tensor:
    """Return a tensor of zeros."""
    return full(shape, 0, dtype)


def ones(shape: Shape, dtype: DTypeLike = float32) -> Tensor:
    """Return a tensor of ones."""
    return full(shape, 1, dtype)


@takes_tensors
def full_like(x: Tensor, value: float, dtype: DTypeLike = None) -> Tensor:
    """Return a tensor with the shape and, unless given, the dtype of another."""
    return full(x.shape, value, x.dtype if dtype is None else dtype)


@takes_tensors
def zeros_like(x: Tensor, dtype: DTypeLike = None) -> Tensor:
    """Return zeros with the shape and, unless given, the dtype of another tensor."""
    return full_like(x, 0, dtype)


@takes_tensors
def ones_like(x: Tensor, dtype: DTypeLike = None) -> Tensor:
    """Return ones with the shape and, unless given, the dtype of another tensor."""
    return full_like(x, 1, dtype)


def arange(start: float, stop: float | None = None, step: float = 1, dtype: DTypeLike = None) -> Tensor:
    """Return start, start + step, ... up to but not including stop: int64 when all three are integers, else float32.

    >>> import swiftgan as sg
    >>> sg.arange(3)
    Tensor([0, 1, 2], dtype=int64)
    """
    if stop is None:
        start, stop = 0, start
    if dtype is None:
        dtype = "int64" if all(isinstance(value, (int, np.integer)) for value in (start, stop, step)) else float32
    return apply(_arange, start=float(start), end=float(stop), step=float(step), dtype=as_dtype(dtype).name)


def linspace(start: float, stop: float, num: int = 50, *, endpoint: bool = True, dtype: DTypeLike = float32) -> Tensor:
    """Return `num` evenly spaced numbers from start to stop, which is the last or, without `endpoint`, left out."""
    return apply(
        _linspace, start=float(start), end=float(stop), count=num, includes_end=endpoint, dtype=as_dtype(dtype).name
    )


def eye(n_rows: int, n_cols: int | None = None, *, k: int = 0, dtype: DTypeLike = float32) -> Tensor:
    """Return ones on the main (or k-th) diagonal and zeros elsewhere: the identity matrix, unless `n_cols` differs."""
    return apply(_eye, n=n_rows, columns=n_cols, diagonal=k, dtype=as_dtype(dtype).name)

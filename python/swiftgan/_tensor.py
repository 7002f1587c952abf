"""The tensor: an n-dimensional array that never changes, on memory that it can share with NumPy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn, TypeVar

import numpy as np

from . import _core
from ._core import apply, operation
from ._dtypes import BY_CODE, DTypeLike, as_dtype
from ._format import represent
from ._indexing import get_item, read_known
from ._methods import TensorMethods
from ._operators import TensorOperators

Operand = Any
"""What stands beside a tensor in an expression: a tensor, an array or a number."""
Target = TypeVar("Target")

_AS_INTEGER = (
    "an integer tensor whose value is not known while a function is traced is used where Python needs the integer: an "
    "index of a list, a shape, an axis or range(). Index a tensor with it, sg.asarray(values)[i], choose with "
    "sg.where, or pass it as a Python integer: then it is static, and another value is another trace"
)

_cast, _copy, _transpose, _contiguous = (operation(name) for name in ("cast", "copy", "transpose", "contiguous"))
_swap_axes = operation("swap_axes")


class Tensor(_core.Tensor, TensorMethods, TensorOperators):
    """An n-dimensional array that never changes; operations make new ones.

    ``Tensor(data, dtype=None)`` is `asarray`: arrays are shared, not copied. Operators broadcast as NumPy's do. Two
    dtypes meet in the higher of bool, uint8, int32, int64, float32, float64; a Python number takes the tensor's dtype.
    What has no exact result in integers (division, products of matrices, means, roots) is computed from integers as
    float32, not as NumPy's float64: exact up to 2**24; ``x.astype("float64")`` gives more.

    >>> import swiftgan as sg
    >>> x = sg.Tensor([[1.0, 2.0], [3.0, 4.0]])
    >>> (x @ x.T).sum().item()
    52.0
    """

    __slots__ = ("__weakref__",)
    # Arrays leave mixed expressions to the tensor, and NumPy's own functions still take tensors as arrays.
    __array_priority__ = 1000

    def __new__(cls, data: Any, dtype: DTypeLike = None) -> Tensor:
        from ._creation import asarray

        return asarray(data, dtype)

    # ------------------------------------------------------------------------------------------------ what it is

    @property
    def dtype(self) -> np.dtype[Any]:
        """The element type, as a NumPy dtype."""
        return BY_CODE[self._dtype]

    @property
    def T(self) -> Tensor:  # noqa: N802 - NumPy's name
        """The tensor with its axes in reverse order, on the same memory."""
        return apply(_transpose, self)

    @property
    def mT(self) -> Tensor:  # noqa: N802 - NumPy's name
        """The tensor with its last two axes exchanged, on the same memory."""
        if self.ndim < 2:
            raise ValueError(f"mT: a matrix has two axes, but the shape is {self.shape}")
        return apply(_swap_axes, self, axis1=-2, axis2=-1)

    @property
    def readonly(self) -> bool:
        """Whether the memory must not be written: borrowed as read-only, or repeated by broadcasting."""
        return self._read_only

    def __repr__(self) -> str:
        return represent(self)

    def __format__(self, form: str) -> str:
        if not form:
            return str(self)
        if self.size != 1:
            raise TypeError(f"only a tensor of one element can be formatted as {form!r}, not one of shape {self.shape}")
        return format(self.item(), form)

    def __len__(self) -> int:
        if not self.ndim:
            raise TypeError("a tensor of rank 0 has no length")
        return self.shape[0]

    def __iter__(self) -> Iterator[Tensor]:
        if not self.ndim:
            raise TypeError("a tensor of rank 0 cannot be iterated over")
        return (self[index] for index in range(self.shape[0]))

    def __bool__(self) -> bool:
        if self.size != 1:
            raise ValueError(f"the truth of a tensor of shape {self.shape} is ambiguous; use any() or all()")
        return bool(self.item())

    def __float__(self) -> float:
        return float(self.item())

    def __int__(self) -> int:
        return int(self.item())

    def __index__(self) -> int:
        if self.dtype.kind not in "iu" or self.ndim:
            raise TypeError(f"only an integer tensor of rank 0 is an index, not {self.dtype} of shape {self.shape}")
        return read_known(lambda: int(self.item()), _AS_INTEGER)

    def __reduce__(self) -> tuple[Any, ...]:
        from ._creation import array

        return array, (np.array(self),)

    def __copy__(self) -> Tensor:
        return self

    def __deepcopy__(self, memo: Any) -> Tensor:
        return self.copy()

    # -------------------------------------------------------------------------------------------------- to NumPy

    def numpy(self) -> np.ndarray[Any, Any]:
        """Return a NumPy array on the tensor's memory, which lives as long as the array does.

        Writing into it changes the tensor and every tensor that shares the memory; it is read-only where the tensor is.
        """
        return np.asarray(self)

    def __array__(self, dtype: DTypeLike = None, copy: bool | None = None) -> np.ndarray[Any, Any]:
        view = np.asarray(memoryview(self))
        if dtype is not None and view.dtype != dtype:
            if copy is False:
                raise ValueError(f"converting {view.dtype} to {np.dtype(dtype)} needs a copy")
            return view.astype(dtype)
        return view.copy() if copy else view

    def __dlpack__(
        self,
        *,
        stream: None = None,
        max_version: tuple[int, int] | None = None,
        dl_device: tuple[int, int] | None = None,
        copy: bool | None = None,
    ) -> Any:
        source = self.copy() if copy else self
        return _core.Tensor.__dlpack__(source, stream=stream, max_version=max_version, dl_device=dl_device)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        """Let NumPy's functions take tensors as arrays, and return arrays."""
        return function(*_as_arrays(args), **_as_arrays(kwargs))

    def tolist(self) -> Any:
        """Return the elements as nested lists of Python numbers."""
        return self.numpy().tolist()

    def copy_to(self, out: Target) -> Target:
        """Write the elements into an array and return it.

        Raises
        ------
        ValueError
            When the array is read-only, or has another shape or dtype.
        """
        if not isinstance(out, np.ndarray):
            raise TypeError(f"the target must be a NumPy array, not {type(out).__name__}")
        if not out.flags.writeable:
            raise ValueError("the target array is read-only; copy into one that can be written, such as target.copy()")
        if out.shape != self.shape or out.dtype != self.dtype:
            raise ValueError(
                f"the target has shape {out.shape} and dtype {out.dtype}, but the tensor {self.shape} and {self.dtype}"
            )
        if out.flags.c_contiguous:
            self._copy_to(out)
        else:
            out[...] = self.numpy()
        return out

    def astype(self, dtype: DTypeLike) -> Tensor:
        """Return the elements converted; the same tensor when it has that dtype. Floats are truncated to integers."""
        wanted = as_dtype(dtype)
        return self if wanted == self.dtype else apply(_cast, self, dtype=wanted.name)

    def copy(self) -> Tensor:
        """Return a tensor with memory of its own."""
        return apply(_copy, self)

    def contiguous(self) -> Tensor:
        """Return the tensor in row-major order without gaps, itself when it is so already."""
        return apply(_contiguous, self)

    # -------------------------------------------------------------------------------------------------- indexing

    def __getitem__(self, key: Any) -> Tensor:
        return get_item(self, key)

    def __setitem__(self, key: Any, value: Any) -> NoReturn:
        raise TypeError(
            "tensors never change; make a new one with x.at[key].set(y) or sg.where, or write into x.numpy()"
        )

    # As NumPy's arrays, which compare element by element: no hash.
    __hash__ = None  # type: ignore[assignment]


def _as_arrays(value: Any) -> Any:
    """Return NumPy's arguments with arrays in place of tensors."""
    if isinstance(value, Tensor):
        return value.numpy()
    if isinstance(value, dict):
        return {key: _as_arrays(item) for key, item in value.items()}
    if type(value) in (list, tuple):
        return type(value)(_as_arrays(item) for item in value)
    return value


_core.set_tensor_class(Tensor)

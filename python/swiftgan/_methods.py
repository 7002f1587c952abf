"""The functions that are methods of tensors too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from . import _activations, _arranging, _elementwise, _movement, _norms, _picking, _reductions, _sorting, _statistics
from ._reductions import Axis
from ._updates import At

if TYPE_CHECKING:
    from ._tensor import Operand, Tensor


class TensorMethods:
    """What can be written as ``x.sum()`` beside ``sg.sum(x)``; the functions have the documentation."""

    __slots__ = ()

    # ------------------------------------------------------------------------------------------------ reductions

    def sum(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """Return the sum over axes."""
        return _reductions.sum(self, axis, keepdims)

    def mean(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """Return the mean over axes."""
        return _reductions.mean(self, axis, keepdims)

    def var(
        self, axis: Axis = None, keepdims: bool = False, correction: float = 0, *, ddof: float | None = None
    ) -> Tensor:
        """Return the variance over axes."""
        return _reductions.var(self, axis, keepdims, correction, ddof=ddof)

    def std(
        self, axis: Axis = None, keepdims: bool = False, correction: float = 0, *, ddof: float | None = None
    ) -> Tensor:
        """Return the standard deviation over axes."""
        return _reductions.std(self, axis, keepdims, correction, ddof=ddof)

    def max(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """Return the largest element over axes."""
        return _reductions.max(self, axis, keepdims)

    def min(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """Return the smallest element over axes."""
        return _reductions.min(self, axis, keepdims)

    def any(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """Return whether any element over axes is true."""
        return _reductions.any(self, axis, keepdims)

    def all(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """Return whether all elements over axes are true."""
        return _reductions.all(self, axis, keepdims)

    def argmax(self, axis: int | None = None, keepdims: bool = False) -> Tensor:
        """Return the index of the first largest element."""
        return _reductions.argmax(self, axis, keepdims)

    def argmin(self, axis: int | None = None, keepdims: bool = False) -> Tensor:
        """Return the index of the first smallest element."""
        return _reductions.argmin(self, axis, keepdims)

    def norm(self, axis: Axis = None, keepdims: bool = False, *, ord: _norms.Order = None) -> Tensor:  # noqa: A002
        """Return the norm over axes, by default the Euclidean length."""
        return _norms.norm(self, axis, keepdims, ord=ord)

    def prod(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """Return the product over axes."""
        return _reductions.prod(self, axis, keepdims)

    def logsumexp(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """Return log(sum(exp(x))) over axes."""
        return _reductions.logsumexp(self, axis, keepdims)

    def median(self, axis: Axis = None, keepdims: bool = False) -> Tensor:
        """Return the middle of the sorted elements over axes."""
        return _statistics.median(self, axis, keepdims)

    def cumsum(self, axis: int | None = None) -> Tensor:
        """Return the running sums along an axis."""
        return _statistics.cumsum(self, axis)

    def cumprod(self, axis: int | None = None) -> Tensor:
        """Return the running products along an axis."""
        return _statistics.cumprod(self, axis)

    # ----------------------------------------------------------------------------------------------------- order

    def sort(self, axis: int | None = -1, *, descending: bool = False, stable: bool = True) -> Tensor:
        """Return the elements in order along an axis, in a new tensor."""
        return _sorting.sort(self, axis, descending=descending, stable=stable)

    def argsort(self, axis: int | None = -1, *, descending: bool = False, stable: bool = True) -> Tensor:
        """Return the positions that put the elements along an axis in order."""
        return _sorting.argsort(self, axis, descending=descending, stable=stable)

    def topk(self, k: int, axis: int = -1, *, largest: bool = True) -> _sorting.TopK:
        """Return the k largest elements along an axis in order, and their positions."""
        return _sorting.topk(self, k, axis, largest=largest)

    def searchsorted(self, values: Operand, side: str = "left") -> Tensor:
        """Return where values belong in this sorted tensor."""
        return _sorting.searchsorted(self, values, side)

    def nonzero(self) -> tuple[Tensor, ...]:
        """Return the indices of the elements that are true or not 0."""
        return _sorting.nonzero(self)

    @property
    def at(self) -> At:
        """New tensors with elements replaced: ``x.at[key].set(y)``, ``x.at[key].add(y)``."""
        return At(self)  # type: ignore[arg-type]

    # ----------------------------------------------------------------------------------------------------- shape

    def reshape(self, *shape: Any) -> Tensor:
        """Return the elements in another shape: ``x.reshape(2, -1)`` or ``x.reshape((2, -1))``."""
        return _movement.reshape(self, shape[0] if len(shape) == 1 else shape)

    def transpose(self, *axes: Any) -> Tensor:
        """Return the tensor with its axes in another order, by default the reverse."""
        order = axes[0] if len(axes) == 1 and not isinstance(axes[0], int) else axes
        return _movement.transpose(self, order or None)

    def swapaxes(self, axis1: int, axis2: int) -> Tensor:
        """Return the tensor with two axes exchanged."""
        return _movement.swapaxes(self, axis1, axis2)

    def squeeze(self, axis: Axis = None) -> Tensor:
        """Return the tensor without axes of extent 1."""
        return _movement.squeeze(self, axis)

    def flatten(self, axis: int = 0) -> Tensor:
        """Return the tensor with all axes from `axis` on made one."""
        return _movement.flatten(self, axis)

    def ravel(self) -> Tensor:
        """Return all elements along one axis."""
        return _movement.flatten(self)

    def take(self, indices: Sequence[int] | Operand, axis: int | None = None) -> Tensor:
        """Return the slices at the indices along an axis, or (None) the elements in row-major order."""
        return _picking.take(self, indices, axis)

    def repeat(self, repeats: int | Sequence[int] | Operand, axis: int | None = None) -> Tensor:
        """Return every slice along an axis repeated."""
        return _arranging.repeat(self, repeats, axis)

    # ----------------------------------------------------------------------------------------------- elementwise

    def exp(self) -> Tensor:
        """Return e to the power of each element."""
        return _elementwise.exp(self)

    def log(self) -> Tensor:
        """Return the natural logarithm of each element."""
        return _elementwise.log(self)

    def sqrt(self) -> Tensor:
        """Return the square root of each element."""
        return _elementwise.sqrt(self)

    def square(self) -> Tensor:
        """Return the square of each element."""
        return _elementwise.square(self)

    def abs(self) -> Tensor:
        """Return the magnitude of each element."""
        return _elementwise.abs(self)

    def tanh(self) -> Tensor:
        """Return the hyperbolic tangent of each element."""
        return _elementwise.tanh(self)

    def sigmoid(self) -> Tensor:
        """Return 1 / (1 + exp(-x)) of each element."""
        return _activations.sigmoid(self)

    def softplus(self) -> Tensor:
        """Return log(1 + exp(x)) of each element."""
        return _activations.softplus(self)

    def relu(self) -> Tensor:
        """Return max(x, 0) of each element."""
        return _activations.relu(self)

    def softmax(self, axis: int = -1) -> Tensor:
        """Return exp(x), scaled to sum 1 along an axis."""
        return _activations.softmax(self, axis)

    def round(self) -> Tensor:
        """Return the nearest whole numbers."""
        return _elementwise.round(self)

    def clip(self, min: Operand | None = None, max: Operand | None = None) -> Tensor:  # noqa: A002
        """Return the elements limited to [min, max]."""
        return _elementwise.clip(self, min, max)

"""The operators of tensors. They broadcast as NumPy's do and meet other dtypes as the functions do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._core import apply, binary, operation

if TYPE_CHECKING:
    from ._tensor import Operand, Tensor

_add, _subtract, _multiply, _divide = (operation(name) for name in ("add", "subtract", "multiply", "divide"))
_power, _square, _matmul = (operation(name) for name in ("power", "square", "matmul"))
_negative, _absolute = operation("negative"), operation("absolute")
_less, _less_equal, _equal = operation("less"), operation("less_equal"), operation("equal")
_greater, _greater_equal, _not_equal = operation("greater"), operation("greater_equal"), operation("not_equal")
_and, _or, _xor, _not = (operation("bitwise_" + name) for name in ("and", "or", "xor", "invert"))
_left_shift, _right_shift = operation("bitwise_left_shift"), operation("bitwise_right_shift")
_floor_divide, _remainder = operation("floor_divide"), operation("remainder")


class TensorOperators:
    """What stands behind ``x + y``, ``x // y``, ``x < y``, ``x & y``, ..."""

    __slots__ = ()

    def __add__(self, other: Operand) -> Tensor:
        return binary(_add, self, other)

    def __radd__(self, other: Operand) -> Tensor:
        return binary(_add, other, self)

    def __sub__(self, other: Operand) -> Tensor:
        return binary(_subtract, self, other)

    def __rsub__(self, other: Operand) -> Tensor:
        return binary(_subtract, other, self)

    def __mul__(self, other: Operand) -> Tensor:
        return binary(_multiply, self, other)

    def __rmul__(self, other: Operand) -> Tensor:
        return binary(_multiply, other, self)

    def __truediv__(self, other: Operand) -> Tensor:
        return binary(_divide, self, other)

    def __rtruediv__(self, other: Operand) -> Tensor:
        return binary(_divide, other, self)

    def __floordiv__(self, other: Operand) -> Tensor:
        return binary(_floor_divide, self, other)

    def __rfloordiv__(self, other: Operand) -> Tensor:
        return binary(_floor_divide, other, self)

    def __mod__(self, other: Operand) -> Tensor:
        return binary(_remainder, self, other)

    def __rmod__(self, other: Operand) -> Tensor:
        return binary(_remainder, other, self)

    def __divmod__(self, other: Operand) -> tuple[Tensor, Tensor]:
        return self // other, self % other

    def __pow__(self, other: Operand) -> Tensor:
        if isinstance(other, (int, float)) and other == 2:
            return apply(_square, self)
        return binary(_power, self, other)

    def __rpow__(self, other: Operand) -> Tensor:
        return binary(_power, other, self)

    def __matmul__(self, other: Operand) -> Tensor:
        return binary(_matmul, self, other)

    def __rmatmul__(self, other: Operand) -> Tensor:
        return binary(_matmul, other, self)

    def __neg__(self) -> Tensor:
        return apply(_negative, self)

    def __pos__(self) -> Tensor:
        return self  # type: ignore[return-value]

    def __abs__(self) -> Tensor:
        return apply(_absolute, self)

    def __eq__(self, other: object) -> Tensor:  # type: ignore[override]
        return binary(_equal, self, other)

    def __ne__(self, other: object) -> Tensor:  # type: ignore[override]
        return binary(_not_equal, self, other)

    def __lt__(self, other: Operand) -> Tensor:
        return binary(_less, self, other)

    def __le__(self, other: Operand) -> Tensor:
        return binary(_less_equal, self, other)

    def __gt__(self, other: Operand) -> Tensor:
        return binary(_greater, self, other)

    def __ge__(self, other: Operand) -> Tensor:
        return binary(_greater_equal, self, other)

    def __and__(self, other: Operand) -> Tensor:
        return binary(_and, self, other)

    __rand__ = __and__

    def __or__(self, other: Operand) -> Tensor:
        return binary(_or, self, other)

    __ror__ = __or__

    def __xor__(self, other: Operand) -> Tensor:
        return binary(_xor, self, other)

    __rxor__ = __xor__

    def __lshift__(self, other: Operand) -> Tensor:
        return binary(_left_shift, self, other)

    def __rlshift__(self, other: Operand) -> Tensor:
        return binary(_left_shift, other, self)

    def __rshift__(self, other: Operand) -> Tensor:
        return binary(_right_shift, self, other)

    def __rrshift__(self, other: Operand) -> Tensor:
        return binary(_right_shift, other, self)

    def __invert__(self) -> Tensor:
        return apply(_not, self)

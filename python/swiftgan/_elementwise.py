"""Functions of tensors, element by element, under NumPy's names. Arguments broadcast; arrays and numbers do too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ._core import apply, operation
from ._dtypes import BY_CODE, float32, int64, promoted
from ._explain import no_tensor

if TYPE_CHECKING:
    from ._tensor import Operand, Tensor

_ops = {
    name: operation(name)
    for name in [
        "absolute",
        "add",
        "ceil",
        "cos",
        "divide",
        "equal",
        "erf",
        "exp",
        "expm1",
        "floor",
        "greater",
        "greater_equal",
        "is_finite",
        "is_nan",
        "less",
        "less_equal",
        "log",
        "log1p",
        "logical_and",
        "logical_not",
        "logical_or",
        "logical_xor",
        "maximum",
        "minimum",
        "multiply",
        "negative",
        "not_equal",
        "power",
        "reciprocal",
        "round",
        "rsqrt",
        "select",
        "sign",
        "sin",
        "sqrt",
        "square",
        "subtract",
        "tanh",
        "clip",
        "cast",
    ]
}


def abs(x: Operand) -> Tensor:  # noqa: A001 - NumPy's name
    """Return the magnitude."""
    return apply(_ops["absolute"], x)


def negative(x: Operand) -> Tensor:
    """Return -x."""
    return apply(_ops["negative"], x)


def sign(x: Operand) -> Tensor:
    """Return -1, 0 or 1."""
    return apply(_ops["sign"], x)


def square(x: Operand) -> Tensor:
    """Return x * x."""
    return apply(_ops["square"], x)


def sqrt(x: Operand) -> Tensor:
    """Return the square root. Its derivative at 0 is infinite: add a small number where 0 occurs."""
    return apply(_ops["sqrt"], x)


def rsqrt(x: Operand) -> Tensor:
    """Return 1 / sqrt(x)."""
    return apply(_ops["rsqrt"], x)


def reciprocal(x: Operand) -> Tensor:
    """Return 1 / x."""
    return apply(_ops["reciprocal"], x)


def exp(x: Operand) -> Tensor:
    """Return e to the power of x."""
    return apply(_ops["exp"], x)


def expm1(x: Operand) -> Tensor:
    """Return exp(x) - 1, exact for small x."""
    return apply(_ops["expm1"], x)


def log(x: Operand) -> Tensor:
    """Return the natural logarithm."""
    return apply(_ops["log"], x)


def log1p(x: Operand) -> Tensor:
    """Return log(1 + x), exact for small x."""
    return apply(_ops["log1p"], x)


def sin(x: Operand) -> Tensor:
    """Return the sine."""
    return apply(_ops["sin"], x)


def cos(x: Operand) -> Tensor:
    """Return the cosine."""
    return apply(_ops["cos"], x)


def tanh(x: Operand) -> Tensor:
    """Return the hyperbolic tangent."""
    return apply(_ops["tanh"], x)


def erf(x: Operand) -> Tensor:
    """Return the error function."""
    return apply(_ops["erf"], x)


def floor(x: Operand) -> Tensor:
    """Return the largest whole number that is not above x."""
    return apply(_ops["floor"], x)


def ceil(x: Operand) -> Tensor:
    """Return the smallest whole number that is not below x."""
    return apply(_ops["ceil"], x)


def round(x: Operand) -> Tensor:  # noqa: A001 - NumPy's name
    """Return the nearest whole number, halves to even."""
    return apply(_ops["round"], x)


def isfinite(x: Operand) -> Tensor:
    """Return where x is neither infinite nor NaN."""
    return apply(_ops["is_finite"], x)


def isnan(x: Operand) -> Tensor:
    """Return where x is NaN."""
    return apply(_ops["is_nan"], x)


# ---------------------------------------------------------------------------------------------------------- of two


def add(x: Operand, y: Operand) -> Tensor:
    """Return x + y."""
    return apply(_ops["add"], x, y)


def subtract(x: Operand, y: Operand) -> Tensor:
    """Return x - y."""
    return apply(_ops["subtract"], x, y)


def multiply(x: Operand, y: Operand) -> Tensor:
    """Return x * y."""
    return apply(_ops["multiply"], x, y)


def divide(x: Operand, y: Operand) -> Tensor:
    """Return x / y; integers are divided as float32."""
    return apply(_ops["divide"], x, y)


def pow(x: Operand, y: Operand) -> Tensor:  # noqa: A001 - the array API's name
    """Return x to the power of y."""
    return apply(_ops["power"], x, y)


def maximum(x: Operand, y: Operand) -> Tensor:
    """Return the larger of the two; NaN wins."""
    return apply(_ops["maximum"], x, y)


def minimum(x: Operand, y: Operand) -> Tensor:
    """Return the smaller of the two; NaN wins."""
    return apply(_ops["minimum"], x, y)


def equal(x: Operand, y: Operand) -> Tensor:
    """Return where x == y."""
    return apply(_ops["equal"], x, y)


def not_equal(x: Operand, y: Operand) -> Tensor:
    """Return where x != y."""
    return apply(_ops["not_equal"], x, y)


def less(x: Operand, y: Operand) -> Tensor:
    """Return where x < y."""
    return apply(_ops["less"], x, y)


def less_equal(x: Operand, y: Operand) -> Tensor:
    """Return where x <= y."""
    return apply(_ops["less_equal"], x, y)


def greater(x: Operand, y: Operand) -> Tensor:
    """Return where x > y."""
    return apply(_ops["greater"], x, y)


def greater_equal(x: Operand, y: Operand) -> Tensor:
    """Return where x >= y."""
    return apply(_ops["greater_equal"], x, y)


def logical_and(x: Operand, y: Operand) -> Tensor:
    """Return where both of two bool tensors are true."""
    return apply(_ops["logical_and"], x, y)


def logical_or(x: Operand, y: Operand) -> Tensor:
    """Return where at least one of two bool tensors is true."""
    return apply(_ops["logical_or"], x, y)


def logical_xor(x: Operand, y: Operand) -> Tensor:
    """Return where exactly one of two bool tensors is true."""
    return apply(_ops["logical_xor"], x, y)


def logical_not(x: Operand) -> Tensor:
    """Return where a bool tensor is false."""
    return apply(_ops["logical_not"], x)


def clip(x: Operand, min: Operand | None = None, max: Operand | None = None) -> Tensor:  # noqa: A002 - NumPy's names
    """Return x limited to [min, max]; None leaves a side open. Bounds are numbers, or tensors that broadcast."""
    if _is_number(min) and _is_number(max):
        low = None if min is None else float(min)
        high = None if max is None else float(max)
        return apply(_ops["clip"], x, min=low, max=high)
    if min is not None:
        x = maximum(x, min)
    return x if max is None else minimum(x, max)


def _is_number(bound: Any) -> bool:
    return bound is None or isinstance(bound, (bool, int, float, np.generic))


def where(condition: Operand, x: Operand, y: Operand) -> Tensor:
    """Return x where the bool condition holds and y elsewhere. All three broadcast; dtypes meet as in x + y."""
    first, second = _common(x, y)
    return apply(_ops["select"], condition, first, second)


def _common(x: Any, y: Any) -> tuple[Any, Any]:
    """Both with one dtype: a number takes the other's where it can."""
    x_type, y_type = _dtype_of(x), _dtype_of(y)
    if x_type is None and y_type is None:
        kind = float32 if isinstance(x, float) or isinstance(y, float) else int64
        kinds = (BY_CODE[5] if isinstance(x, bool) and isinstance(y, bool) else kind,) * 2
    else:
        kinds = (x_type or _dtype_beside(x, y_type), y_type or _dtype_beside(y, x_type))
    wanted = promoted(*kinds)
    return _converted(x, wanted), _converted(y, wanted)


def _dtype_of(x: Any) -> Any:
    if isinstance(x, (bool, int, float)):
        return None
    try:
        return x.dtype
    except AttributeError:
        raise no_tensor(x) from None


def _dtype_beside(number: Any, other: Any) -> Any:
    if isinstance(number, bool) or other.kind == "f":
        return other
    if isinstance(number, int):
        return other if other.kind in "iu" else int64
    return float32


def _converted(x: Any, dtype: np.dtype[Any]) -> Any:
    if isinstance(x, (bool, int, float)):
        return np.asarray(x, dtype)
    return x if x.dtype == dtype else apply(_ops["cast"], x, dtype=dtype.name)

"""Further functions of tensors, element by element, under the array API's names. Arguments broadcast."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._core import apply, operation

if TYPE_CHECKING:
    from ._tensor import Operand, Tensor

_ops = {
    name: operation(name)
    for name in [
        "acos",
        "acosh",
        "asin",
        "asinh",
        "atan",
        "atan2",
        "atanh",
        "bitwise_and",
        "bitwise_invert",
        "bitwise_left_shift",
        "bitwise_or",
        "bitwise_right_shift",
        "bitwise_xor",
        "cbrt",
        "copysign",
        "cosh",
        "exp2",
        "floor_divide",
        "fmod",
        "hypot",
        "is_inf",
        "log10",
        "log2",
        "logaddexp",
        "logit",
        "nan_to_num",
        "nextafter",
        "remainder",
        "sign_bit",
        "sinh",
        "tan",
        "trunc",
    ]
}


def log2(x: Operand) -> Tensor:
    """Return the logarithm to base 2."""
    return apply(_ops["log2"], x)


def log10(x: Operand) -> Tensor:
    """Return the logarithm to base 10."""
    return apply(_ops["log10"], x)


def exp2(x: Operand) -> Tensor:
    """Return 2 to the power of x."""
    return apply(_ops["exp2"], x)


def cbrt(x: Operand) -> Tensor:
    """Return the cube root, also of negative numbers."""
    return apply(_ops["cbrt"], x)


def tan(x: Operand) -> Tensor:
    """Return the tangent."""
    return apply(_ops["tan"], x)


def asin(x: Operand) -> Tensor:
    """Return the angle in [-pi/2, pi/2] with the sine x, NaN outside [-1, 1]."""
    return apply(_ops["asin"], x)


def acos(x: Operand) -> Tensor:
    """Return the angle in [0, pi] with the cosine x, NaN outside [-1, 1]."""
    return apply(_ops["acos"], x)


def atan(x: Operand) -> Tensor:
    """Return the angle in [-pi/2, pi/2] with the tangent x."""
    return apply(_ops["atan"], x)


def sinh(x: Operand) -> Tensor:
    """Return the hyperbolic sine."""
    return apply(_ops["sinh"], x)


def cosh(x: Operand) -> Tensor:
    """Return the hyperbolic cosine."""
    return apply(_ops["cosh"], x)


def asinh(x: Operand) -> Tensor:
    """Return the inverse of the hyperbolic sine."""
    return apply(_ops["asinh"], x)


def acosh(x: Operand) -> Tensor:
    """Return the inverse of the hyperbolic cosine, NaN below 1."""
    return apply(_ops["acosh"], x)


def atanh(x: Operand) -> Tensor:
    """Return the inverse of the hyperbolic tangent, NaN outside [-1, 1]."""
    return apply(_ops["atanh"], x)


def trunc(x: Operand) -> Tensor:
    """Return the whole number next to x on the side of 0."""
    return apply(_ops["trunc"], x)


def isinf(x: Operand) -> Tensor:
    """Return where x is infinite."""
    return apply(_ops["is_inf"], x)


def signbit(x: Operand) -> Tensor:
    """Return where the sign bit is set: for negative numbers and -0."""
    return apply(_ops["sign_bit"], x)


def logit(x: Operand) -> Tensor:
    """Return log(x / (1 - x)), the inverse of the sigmoid."""
    return apply(_ops["logit"], x)


def floor_divide(x: Operand, y: Operand) -> Tensor:
    """Return x / y rounded down; integers divided by 0 give 0."""
    return apply(_ops["floor_divide"], x, y)


def remainder(x: Operand, y: Operand) -> Tensor:
    """Return what `floor_divide` leaves, with the sign of y, as Python's %; integers by 0 give 0."""
    return apply(_ops["remainder"], x, y)


def fmod(x: Operand, y: Operand) -> Tensor:
    """Return what division rounded toward 0 leaves, with the sign of x; integers by 0 give 0."""
    return apply(_ops["fmod"], x, y)


def atan2(y: Operand, x: Operand) -> Tensor:
    """Return the angle in [-pi, pi] of the point (y, x), the first argument its height."""
    return apply(_ops["atan2"], y, x)


def hypot(x: Operand, y: Operand) -> Tensor:
    """Return sqrt(x**2 + y**2) without overflow; its slope at the origin is taken as 0."""
    return apply(_ops["hypot"], x, y)


def copysign(x: Operand, y: Operand) -> Tensor:
    """Return the magnitude of x with the sign of y."""
    return apply(_ops["copysign"], x, y)


def nextafter(x: Operand, y: Operand) -> Tensor:
    """Return the number next to x in the direction of y."""
    return apply(_ops["nextafter"], x, y)


def logaddexp(x: Operand, y: Operand) -> Tensor:
    """Return log(exp(x) + exp(y)) without overflow."""
    return apply(_ops["logaddexp"], x, y)


def bitwise_and(x: Operand, y: Operand) -> Tensor:
    """Return the bits that both of two integers (or bools) have."""
    return apply(_ops["bitwise_and"], x, y)


def bitwise_or(x: Operand, y: Operand) -> Tensor:
    """Return the bits that at least one of two integers (or bools) has."""
    return apply(_ops["bitwise_or"], x, y)


def bitwise_xor(x: Operand, y: Operand) -> Tensor:
    """Return the bits that exactly one of two integers (or bools) has."""
    return apply(_ops["bitwise_xor"], x, y)


def bitwise_left_shift(x: Operand, y: Operand) -> Tensor:
    """Return the bits of integers x moved y places up; a y below 0 or beyond the width shifts all out."""
    return apply(_ops["bitwise_left_shift"], x, y)


def bitwise_right_shift(x: Operand, y: Operand) -> Tensor:
    """Return the bits of integers x moved y places down, the sign kept; y as for left."""
    return apply(_ops["bitwise_right_shift"], x, y)


def bitwise_invert(x: Operand) -> Tensor:
    """Return integers (or bools) with every bit the other way."""
    return apply(_ops["bitwise_invert"], x)


def nan_to_num(x: Operand, nan: float = 0.0, posinf: float | None = None, neginf: float | None = None) -> Tensor:
    """Return x with NaN and infinities replaced, the latter by the dtype's largest numbers unless others are given."""
    low, high = (None if bound is None else float(bound) for bound in (neginf, posinf))
    return apply(_ops["nan_to_num"], x, nan=float(nan), positive_infinity=high, negative_infinity=low)


# NumPy's older names.
arccos, arcsin, arctan, arctan2 = acos, asin, atan, atan2
arccosh, arcsinh, arctanh = acosh, asinh, atanh
mod = remainder

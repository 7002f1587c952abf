"""Functions of one and two tensors beyond those of the training loop, and integers bit by bit."""

from __future__ import annotations

import numpy as np

from ._entry import beyond, boolean, call, entry, fraction, index, normal, positive, smooth, unit
from ._reference import jax, jnp
from .binary import binary, pairs
from .elementwise import shapes, steps, unary


def whole(below):
    return lambda *shape: index(*shape, below=below)


def bits(theirs, below=99, *more, **options):
    return entry(
        theirs, *pairs(whole(99), whole(below)), *more, elementwise=True, order=0, result="int64", **options
    )  # fmt: skip


def shifts(theirs):
    """Shifts by a negative number or the width and more, which C does not define, leave nothing but the sign."""

    def reference(x, y):
        gone = jnp.where(x < 0, -1, 0) if theirs is jnp.right_shift else jnp.zeros_like(x)
        return jnp.where((y < 0) | (y >= 64), gone, theirs(x, jnp.clip(y, 0, 63)))

    return bits(reference, 70)


def rounded(theirs, extremes):
    """Functions that jump where the quotient is whole."""
    return binary(theirs, smooth, positive, extremes=extremes)


def floats(theirs, first=normal, second=normal, **options):
    return binary(theirs, first, second, **{"result": "float", "types": "ib", **options})


def nan_to_num(x, nan=0.0, positive_infinity=None, negative_infinity=None):
    return jnp.nan_to_num(x, nan=nan, posinf=positive_infinity, neginf=negative_infinity)


def test(theirs, extremes, **options):
    return unary(theirs, result="bool", order=0, extremes=extremes, **options)


def celu(x, alpha=1.0):
    return jax.nn.celu(x, alpha)


ANY = np.array([np.nan, np.inf, -np.inf, 1.5, -0.0])

OPERATIONS = {
    "log2": unary(jnp.log2, positive, extremes=np.log2),
    "log10": unary(jnp.log10, positive, extremes=np.log10),
    "exp2": unary(jnp.exp2, extremes=np.exp2),
    "cbrt": unary(jnp.cbrt, positive, extremes=np.cbrt),
    "tan": unary(jnp.tan, unit),
    "asin": unary(jnp.arcsin, unit, extremes=np.arcsin),
    "acos": unary(jnp.arccos, unit, extremes=np.arccos),
    "atan": unary(jnp.arctan, extremes=np.arctan),
    "sinh": unary(jnp.sinh, extremes=np.sinh),
    "cosh": unary(jnp.cosh, extremes=np.cosh),
    "asinh": unary(jnp.arcsinh, extremes=np.arcsinh),
    "acosh": unary(jnp.arccosh, beyond, extremes=np.arccosh),
    "atanh": unary(jnp.arctanh, unit, extremes=np.arctanh),
    "trunc": steps(jnp.trunc, extremes=np.trunc),
    "logit": unary(lambda x: jnp.log(x) - jnp.log1p(-x), fraction),
    "is_nan": test(jnp.isnan, np.isnan),
    "is_inf": test(jnp.isinf, np.isinf),
    "sign_bit": test(jnp.signbit, np.signbit),
    "nan_to_num": entry(
        nan_to_num, *shapes(normal), *shapes(normal, nan=2.0, positive_infinity=3.0, negative_infinity=-4.0),
        elementwise=True, types="ib", extremes=np.nan_to_num,
    ),
    "celu": entry(
        celu, *shapes(smooth), *shapes(smooth, alpha=0.5), elementwise=True, result="float", types="ib",
    ),
    "relu6": unary(jax.nn.relu6, smooth, result="same", types="in", extremes=lambda x: np.clip(x, 0, 6)),
    "hard_tanh": unary(jax.nn.hard_tanh, smooth, result="same", types="in", extremes=lambda x: np.clip(x, -1, 1)),
    "floor_divide": rounded(jnp.floor_divide, np.floor_divide),
    "remainder": rounded(jnp.remainder, np.remainder),
    "fmod": rounded(jnp.fmod, np.fmod),
    "atan2": floats(jnp.arctan2, extremes=np.arctan2),
    "hypot": floats(jnp.hypot, extremes=np.hypot),
    "copysign": floats(jnp.copysign, smooth, smooth, extremes=np.copysign),
    "nextafter": floats(jnp.nextafter, order=0, extremes=np.nextafter),
    "logaddexp": floats(jnp.logaddexp, extremes=np.logaddexp),
    "bitwise_and": bits(jnp.bitwise_and, 99, call(boolean(3, 4), boolean(4), result="bool")),
    "bitwise_or": bits(jnp.bitwise_or, 99, call(boolean(3, 4), boolean(4), result="bool")),
    "bitwise_xor": bits(jnp.bitwise_xor, 99, call(boolean(3, 4), boolean(4), result="bool")),
    "bitwise_left_shift": shifts(jnp.left_shift),
    "bitwise_right_shift": shifts(jnp.right_shift),
    "bitwise_invert": entry(
        jnp.bitwise_invert, *shapes(whole(99)), call(boolean(3), result="bool"),
        elementwise=True, order=0, result="int64",
    ),
}  # fmt: skip


def renamed(name, *calls, **options):
    """Another name of an operation, whose derivatives the table checks under that."""
    return entry(options.pop("theirs", None) or getattr(jnp, name), *calls, order=0, **options)


def one(name, domain=normal, **options):
    return renamed(name, call(domain(2, 3)), call(domain(0)), **{"result": "float", "types": "ib", **options})


def two(name, first=normal, second=normal, **options):
    calls = call(first(2, 3), second(3)), call(first(2, 3), 2), call(3, second(2, 1))
    return renamed(name, *calls, **{"types": "in", **options})


def of_floats(name, **options):
    return renamed(name, call(normal(2, 3), normal(3)), result="float", types="ib", **options)


def of_bits(name, theirs):
    return renamed(name, call(whole(9)(3, 1), index(4, below=5)), theirs=theirs, result="int64")


NAN_TO_NUM = {"nan": 1.0, "posinf": 2.0, "neginf": -2.0}

FUNCTIONS = {
    **{name: one(name) for name in ("exp2", "sinh", "cosh", "atan", "arctan", "asinh", "arcsinh")},
    **{name: one(name, positive) for name in ("log2", "log10", "cbrt")},
    **{name: one(name, unit) for name in ("tan", "asin", "acos", "atanh", "arcsin", "arccos", "arctanh")},
    **{name: one(name, beyond) for name in ("acosh", "arccosh")},
    "trunc": one("trunc", smooth, result="same", types="i"),
    "logit": one("logit", fraction, theirs=OPERATIONS["logit"].theirs),
    "isinf": one("isinf", result="bool"),
    "signbit": one("signbit", result="bool"),
    "nan_to_num": renamed(
        "nan_to_num", call(normal(3)), call(normal(2), **NAN_TO_NUM), types="ib", extremes=np.nan_to_num
    ),
    **{
        name: one(name, smooth, theirs=theirs, **options)
        for name, theirs, options in (
            ("celu", jax.nn.celu, {}),
            ("relu6", jax.nn.relu6, {"result": "same", "types": "in"}),
            ("hard_tanh", jax.nn.hard_tanh, {"result": "same", "types": "in"}),
        )
    },
    **{name: two(name, smooth, positive) for name in ("floor_divide", "remainder", "mod", "fmod")},
    **{name: of_floats(name) for name in ("atan2", "arctan2", "hypot", "copysign", "nextafter", "logaddexp")},
    **{name: of_bits(name, getattr(jnp, name)) for name in ("bitwise_and", "bitwise_or", "bitwise_xor")},
    **{name: of_bits(name, OPERATIONS[name].theirs) for name in ("bitwise_left_shift", "bitwise_right_shift")},
    "bitwise_invert": renamed("bitwise_invert", call(index(3, below=9)), result="int64"),
}  # fmt: skip

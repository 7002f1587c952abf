"""Python's public functions that work element by element or reduce: NumPy's names, with NumPy's arguments."""

from __future__ import annotations

import numpy as np

from ._entry import boolean, call, constant, distinct, entry, given, normal, positive, smooth, unit
from ._reference import jax, jnp


def renamed(name, *calls, theirs=None, **options):
    """Only another name of an operation, whose derivatives the table checks under that."""
    return entry(theirs or getattr(jnp, name), *calls, order=0, **options)


def unary(name, domain=normal, theirs=None, result="float", types="ib", **options):
    calls = call(domain(2, 3)), call(domain(0))
    return renamed(name, *calls, theirs=theirs, result=result, types=types, **options)


def binary(name, theirs=None, first=normal, second=normal, **options):
    options = {"types": "in", **options}
    return renamed(
        name, call(first(2, 3), second(3)), call(first(2, 3), 2), call(3, second(2, 1)), theirs=theirs, **options
    )


def logical(name):
    return renamed(name, call(boolean(3, 1), boolean(4)), result="bool")


def reduced(name, domain=distinct, theirs=None, **options):
    calls = (
        call(domain(2, 3, 4)),
        call(domain(2, 3, 4), 1),
        call(domain(2, 3, 4), (0, -1)),
        call(domain(2, 3, 4), axis=[1, 2], theirs={"axis": (1, 2)}),
        call(domain(2, 3), axis=-1, keepdims=True),
        call(domain(2, 3), keepdims=True),
        call(domain(0, 2), axis=1),
    )
    return renamed(name, *calls, theirs=theirs, **options)


def spread(name):
    """Variance and standard deviation."""
    calls = (
        call(normal(3, 4)),
        call(normal(3, 4), 1, correction=1),
        call(normal(3, 4), axis=1, ddof=1),
        call(normal(3, 4), axis=0, keepdims=True),
        call(normal(3, 4), axis=(0, 1), correction=0.5),
        call(normal(0, 2), axis=1),
    )
    return entry(getattr(jnp, name), *calls, result="float", types="ib")


def argument(name):
    return renamed(
        name,
        call(distinct(3, 4)),
        call(distinct(3, 4), 1),
        call(distinct(3, 4), axis=-2, keepdims=True),
        call(distinct(3, 4), keepdims=True),
        call(distinct(0, 4), axis=1),
        result="int64",
        types="i",
    )


def leaky_relu(x, slope=0.2):
    return jax.nn.leaky_relu(x, slope)


def gelu(x, approximate=False):
    return jax.nn.gelu(x, approximate=approximate)


def euclidean(x, axis=None, keepdims=False):
    return jnp.sqrt(jnp.sum(x * x, axis, keepdims=keepdims))


HOLES = np.array([[1.5, np.nan, -2.0], [np.nan, np.nan, np.nan], [0.25, 3.0, 7.5]])
NEAR = np.array([1.0, 1.000001, 2.5])


FUNCTIONS = {
    **{name: unary(name, result="same", types="i") for name in ("negative", "square")},
    **{name: unary(name, smooth, result="same", types="i") for name in ("abs", "sign", "floor", "ceil", "round")},
    **{name: unary(name) for name in ("exp", "expm1", "tanh", "sin", "cos")},
    **{name: unary(name, positive) for name in ("log", "sqrt", "reciprocal")},
    "log1p": unary("log1p", unit),
    "rsqrt": unary("rsqrt", positive, jax.lax.rsqrt),
    "erf": unary("erf", normal, jax.scipy.special.erf),
    **{name: unary(name, normal, getattr(jax.nn, name)) for name in ("sigmoid", "softplus", "silu")},
    "relu": unary("relu", smooth, jax.nn.relu, result="same", types="i"),
    "isnan": unary("isnan", result="bool", extremes=np.isnan),
    "isfinite": unary("isfinite", result="bool", extremes=np.isfinite),
    "elu": renamed("elu", call(smooth(3)), call(smooth(3), 0.5), theirs=jax.nn.elu, result="float", types="ib"),
    **{name: unary(name, normal, getattr(jax.nn, name)) for name in ("mish", "hard_sigmoid", "hard_swish")},
    "log_sigmoid": unary("log_sigmoid", normal, jax.nn.log_sigmoid),
    "selu": unary("selu", smooth, jax.nn.selu),
    "softsign": unary("softsign", smooth, jax.nn.soft_sign, types="i"),
    "glu": renamed("glu", call(normal(3, 4)), call(normal(4, 3), 0), theirs=jax.nn.glu, result="float", types="ib"),
    "leaky_relu": renamed("leaky_relu", call(smooth(3)), call(smooth(3), 0.1), call(smooth(3), slope=0.3),
        theirs=leaky_relu),
    "gelu": renamed("gelu", call(normal(3)), call(normal(3), approximate=True), theirs=gelu, result="float",
        types="ib"),
    **{
        name: renamed(name, call(normal(3, 4)), call(normal(3, 4), axis=0), call(normal(3, 4), -2),
            theirs=getattr(jax.nn, name),
                      result="float", types="ib")
        for name in ("softmax", "log_softmax")
    },
    **{name: binary(name) for name in ("add", "subtract", "multiply")},
    "divide": binary("divide", second=positive, result="float", types="ib"),
    "pow": binary("pow", jnp.power, first=positive, result="float", types="ib"),
    **{name: binary(name, first=smooth) for name in ("maximum", "minimum")},
    **{name: binary(name, result="bool", types="ib") for name in ("equal", "not_equal", "less", "less_equal",
        "greater", "greater_equal")},
    **{name: logical(name) for name in ("logical_and", "logical_or", "logical_xor")},
    "logical_not": renamed("logical_not", call(boolean(3)), result="bool"),
    "clip": renamed("clip", call(smooth(5), -1, 1), call(smooth(5), min=0.5, result="float"), call(smooth(5), max=0),
                    types="in"),
    "where": entry(
        jnp.where, call(boolean(3, 1), normal(4), normal(3, 4)), call(boolean(3), normal(3), 0),
        call(boolean(3), 1.5, normal(3), result="float"),
        call(boolean(2, 0), 2, normal(1)), types="in",
    ),
    "sum": reduced("sum", result="accumulate", types="ib"),
    "mean": reduced("mean", result="float", types="ib"),
    "max": reduced("max", types="i"),
    "min": reduced("min", types="i"),
    "any": reduced("any", boolean, result="bool"),
    "all": reduced("all", boolean, result="bool"),
    "var": spread("var"),
    "std": spread("std"),
    "argmax": argument("argmax"),
    "argmin": argument("argmin"),
    **{
        name: renamed(name, call(distinct(3, 4)), call(constant(HOLES), axis=1, result="float64"),
            call(constant(HOLES), 0, keepdims=True, result="float64"),
            result=result, types=types)
        for name, result, types in [("nansum", "accumulate", "ib"), ("nanmean", "float", "ib"), ("nanmax", "same", "i"),
            ("nanmin", "same", "i")]
    },
    "isclose": renamed("isclose", call(normal(3, 1), normal(4)), call(given(NEAR), given([1.0, 1.0, 2.0])),
        call(given(HOLES), given(HOLES), equal_nan=True), call(given(NEAR), 1.0, rtol=0.1, atol=0.0), result="bool",
        types="ib"),
    "norm": reduced("norm", normal, euclidean, result="float", types="ib"),
    "logsumexp": reduced("logsumexp", normal, jax.scipy.special.logsumexp, result="float", types="ib"),
    "stop_gradient": renamed("stop_gradient", call(normal(3)), theirs=lambda x: x, types="ib"),
}  # fmt: skip

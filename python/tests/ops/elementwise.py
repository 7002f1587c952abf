"""Functions of one tensor, element by element."""

from __future__ import annotations

import numpy as np
from scipy import special

from ._entry import call, entry, normal, positive, smooth, unit
from ._reference import jax, jnp


def shapes(domain, **kwargs):
    return call(domain(3, 4), **kwargs), call(domain(), **kwargs), call(domain(2, 0, 3), **kwargs)


def unary(theirs, domain=normal, **options):
    return entry(theirs, *shapes(domain), **{"elementwise": True, "result": "float", "types": "ib", **options})


def steps(theirs, **options):
    """Functions with kinks or steps, which keep integers as they are."""
    return unary(theirs, smooth, result="same", types="i", **options)


def rsqrt(x):
    return 1 / np.sqrt(x)


def softplus(x):
    return np.logaddexp(x, x.dtype.type(0))


def np_leaky(x, slope=0.2):
    return np.where(x > 0, x, slope * x)


OPERATIONS = {
    "negative": unary(jnp.negative, result="same", types="i", extremes=np.negative),
    "square": unary(jnp.square, result="same", types="i", extremes=np.square),
    "absolute": steps(jnp.abs, extremes=np.abs),
    "sign": steps(jnp.sign, extremes=np.sign),
    "floor": steps(jnp.floor, extremes=np.floor),
    "ceil": steps(jnp.ceil, extremes=np.ceil),
    "round": steps(jnp.round, extremes=np.round),
    "exp": unary(jnp.exp, extremes=np.exp),
    "expm1": unary(jnp.expm1, extremes=np.expm1),
    "log": unary(jnp.log, positive, extremes=np.log),
    "log1p": unary(jnp.log1p, unit, extremes=np.log1p),
    "sqrt": unary(jnp.sqrt, positive, extremes=np.sqrt),
    "rsqrt": unary(jax.lax.rsqrt, positive, extremes=rsqrt),
    "reciprocal": unary(lambda x: 1 / x, positive, extremes=lambda x: 1 / x),
    "tanh": unary(jnp.tanh, extremes=np.tanh),
    "sigmoid": unary(jax.nn.sigmoid, extremes=special.expit),
    "softplus": unary(jax.nn.softplus, extremes=softplus),
    "erf": unary(jax.scipy.special.erf, extremes=special.erf),
    "sin": unary(jnp.sin),
    "cos": unary(jnp.cos),
    "is_finite": unary(jnp.isfinite, result="bool", order=0, extremes=np.isfinite),
    "relu": unary(jax.nn.relu, smooth, result="same", types="i", extremes=lambda x: np.maximum(x, 0)),
    "leaky_relu": entry(
        lambda x, slope=0.2: jax.nn.leaky_relu(x, slope),
        *shapes(smooth), *shapes(smooth, slope=0.1), elementwise=True, extremes=np_leaky,
    ),
    "gelu": entry(
        lambda x, approximate=False: jax.nn.gelu(x, approximate=approximate),
        *shapes(normal), *shapes(normal, approximate=True), elementwise=True, result="float", types="ib",
    ),
    "silu": unary(jax.nn.silu),
    "elu": entry(
        lambda x, alpha=1.0: jax.nn.elu(x, alpha), *shapes(smooth), *shapes(smooth, alpha=0.5),
        elementwise=True, result="float", types="ib",
    ),
    "selu": unary(jax.nn.selu, smooth),
    "mish": unary(jax.nn.mish),
    "softsign": unary(jax.nn.soft_sign, smooth, types="i"),
    "hard_sigmoid": unary(jax.nn.hard_sigmoid),
    "hard_swish": unary(jax.nn.hard_swish),
    "log_sigmoid": unary(jax.nn.log_sigmoid, extremes=special.log_expit),
    "clip": entry(
        lambda x, **sides: jnp.clip(x, **sides),
        *shapes(smooth, min=-1.0, max=2.0), *shapes(smooth, max=1.0), call(smooth(5), min=0.0),
        call(smooth(5), min=0.5, result="float"),
        elementwise=True, types="in",
    ),
    **{
        name: entry(
            lambda x: x * 1.0, *shapes(normal), elementwise=name != "identity", types="ib", extremes=np.copy,
            never_large="shares the memory" if name == "identity" else None,
        )
        for name in ("copy", "identity", "contiguous")
    },
    "stop_gradient": entry(jax.lax.stop_gradient, *shapes(normal), elementwise=True, types="ib", extremes=np.copy),
    "cast": entry(
        lambda x, dtype: x.astype("float64" if dtype.startswith("float") else dtype).astype("float64"),
        *[call(smooth(3, 4), dtype=dtype, result=dtype) for dtype in ("float32", "float64", "int32", "int64", "bool")],
        call(positive(5), dtype="uint8", result="uint8"), call(normal(0, 2), dtype="float64", result="float64"),
        order=0, large=call(smooth(97, 1031), dtype="int32"),
    ),
}  # fmt: skip

"""Reductions over axes."""

from __future__ import annotations

import numpy as np

from ._entry import boolean, call, distinct, entry, normal
from ._reference import jax, jnp


def over(theirs):
    """The reference under the operations' names for its arguments."""
    return lambda x, axes=None, keep_dims=False, **more: theirs(x, axes, keepdims=keep_dims, **more)


def axes(domain, empty=True, **kwargs):
    some = (
        call(domain(2, 3, 4), **kwargs),
        call(domain(2, 3, 4), axes=(0, 2), **kwargs),
        call(domain(2, 3, 4), axes=(-2,), keep_dims=True, **kwargs),
        call(domain(3, 4), axes=(), **kwargs),
        call(domain(), **kwargs),
        call(domain(0, 3), axes=(1,), **kwargs),
    )
    return (*some, call(domain(0, 3), axes=(0,), **kwargs), call(domain(2, 0), **kwargs)) if empty else some


def reduction(theirs, domain=distinct, *, empty=True, large=normal, **options):
    return entry(over(theirs), *axes(domain, empty), large=call(large(701, 307), axes=(0,)), **options)


def argument(theirs):
    return entry(
        lambda x, axis, keep_dims=False: theirs(x, axis, keepdims=keep_dims),
        call(distinct(3, 4), axis=1), call(distinct(2, 3, 4), axis=-2, keep_dims=True), call(distinct(5), axis=0),
        call(distinct(0, 3), axis=1),
        result="int64", types="i", order=0, large=call(normal(701, 307), axis=1),
    )  # fmt: skip


def norm(x, axes, keepdims, order=2.0):
    if order == 2:
        return jnp.sqrt(jnp.sum(x * x, axes, keepdims=keepdims))
    if order == 0:
        return jnp.sum(x != 0, axes, dtype=float, keepdims=keepdims)
    if np.isinf(order):
        return (jnp.max if order > 0 else jnp.min)(jnp.abs(x), axes, keepdims=keepdims)
    return jnp.sum(jnp.abs(x) ** order, axes, keepdims=keepdims) ** (1 / order)


def nearness(x):
    return jnp.exp(-jnp.abs(x[:, :, :, None] - x[:, :, None, :]).sum(1)).sum(1)


def glu(x, axis=-1):
    return jax.nn.glu(x, axis)


OPERATIONS = {
    "sum": reduction(jnp.sum, types="i"),
    "max": reduction(jnp.max, empty=False, types="i"),
    "min": reduction(jnp.min, empty=False, types="i"),
    "any": reduction(jnp.any, boolean, large=boolean, result="bool", order=0),
    "all": reduction(jnp.all, boolean, large=boolean, result="bool", order=0),
    "argmax": argument(jnp.argmax),
    "argmin": argument(jnp.argmin),
    "mean": reduction(jnp.mean, result="float", types="ib"),
    "variance": entry(
        over(lambda x, axes, keepdims, correction=0.0: jnp.var(x, axes, keepdims=keepdims, correction=correction)),
        *axes(normal), call(normal(3, 4), axes=(1,), correction=1.0), call(normal(3, 4), correction=0.5),
        result="float", types="ib", large=call(normal(701, 307), axes=(1,)),
    ),
    "moments": entry(
        over(lambda x, axes, keepdims: jnp.stack([f(x, axes, keepdims=keepdims) for f in (jnp.mean, jnp.var)])),
        *axes(normal),
        result="float", types="ib", large=call(normal(701, 307), axes=(0,)),
    ),
    "norm": entry(
        over(norm), *axes(distinct, empty=False),
        *[call(distinct(3, 4), axes=(1,), order=order) for order in (1.0, 3.0, 0.5, 0.0, np.inf, -np.inf)],
        result="float", types="ib", large=call(normal(701, 307), axes=(0,)),
    ),
    "logsumexp": reduction(jax.scipy.special.logsumexp, normal, result="float", types="ib", empty=False),
    "standardize": entry(
        lambda x, axes, epsilon: (x - x.mean(axes, keepdims=True)) / jnp.sqrt(x.var(axes, keepdims=True) + epsilon),
        call(normal(5, 3), axes=(0,), epsilon=1e-3), call(normal(2, 3, 4), axes=(0, 2), epsilon=0.5),
        call(normal(2, 3, 0), axes=(0, 1), epsilon=0.5),
        result="float", types="ib", large=call(normal(701, 307), axes=(0,), epsilon=1e-5),
    ),
    "l1_nearness": entry(
        nearness, call(normal(2, 3, 4)), call(normal(1, 1, 5)), call(normal(3, 2, 1)), call(normal(2, 2, 0)),
        call(normal(0, 2, 3)),
        result="float", types="ib", large=call(normal(5, 3, 129)),
    ),
    "glu": entry(
        glu, call(normal(3, 4)), call(normal(2, 6, 4), axis=1), call(normal(0, 4)), call(normal(3, 0)),
        result="float", types="ib", large=call(normal(701, 308)),
    ),
    **{
        name: entry(
            lambda x, axis=-1, function=function: function(x, axis),
            call(normal(3, 4)), call(normal(2, 3, 4), axis=0), call(normal(2, 3, 4), axis=-2), call(normal(0, 3)),
            result="float", types="ib", large=call(normal(701, 307)),
        )
        for name, function in (("softmax", jax.nn.softmax), ("log_softmax", jax.nn.log_softmax))
    },
}  # fmt: skip

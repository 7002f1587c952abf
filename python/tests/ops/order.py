"""Order, running sums and statistics."""

from __future__ import annotations

import numpy as np

from ._entry import boolean, call, constant, distinct, entry, fraction, normal, smooth
from ._reference import jax, jnp
from .functions import renamed
from .reductions import axes, over, reduction

LARGE = normal(701, 307)
COUNTS = constant(np.array([[3, 1, 3], [0, 3, 1]]))
NOTHING = constant(np.array([], np.int64))
TIES = constant(np.array([2, 1, 2, -1, 1, 2], np.int32))


def along(theirs, domain=distinct, *more, **options):
    return entry(
        theirs, call(domain(3, 4), axis=1), call(domain(2, 3, 4), axis=-2), call(domain(0, 3), axis=0),
        call(domain(2, 0), axis=1), *more, **{"large": call(LARGE, axis=0), **options},
    )  # fmt: skip


def linear_scan(a, b, axis, reverse=False):
    a, b = (jnp.moveaxis(x, axis, 0) for x in jnp.broadcast_arrays(a, b))
    if not b.size:
        return jnp.moveaxis(b, 0, axis)
    first = b[-1] if reverse else b[0]
    rest = (a[:-1], b[:-1]) if reverse else (a[1:], b[1:])

    def step(h, both):
        h = both[0] * h + both[1]
        return h, h

    found = jax.lax.scan(step, first, rest, reverse=reverse)[1]
    return jnp.moveaxis(jnp.concatenate([found, first[None]] if reverse else [first[None], found]), 0, axis)


def running(theirs):
    def reference(x, axis, reverse=False):
        return jnp.flip(theirs(jnp.flip(x, axis), axis=axis), axis) if reverse else theirs(x, axis=axis)

    return reference


def argsort(x, axis=-1, descending=False):
    return jnp.argsort(-x if descending else x, axis=axis, stable=True)


def sort(x, axis=-1, descending=False, stable=True):
    x, axis = (x.ravel(), 0) if axis is None else (x, axis)
    return jnp.take_along_axis(x, argsort(x, axis, descending), axis)


def top(x, k, axis=-1, largest=True):
    return jax.lax.slice_in_dim(argsort(x, axis, largest), 0, k, axis=axis % x.ndim)


def median(x, axis=None, keepdims=False):
    return quantile(x, 0.5, axis, keepdims)


def quantile(x, q, axis=None, keepdims=False, method="linear"):
    if axis == () or axis == []:
        return x * 1.0
    return jnp.quantile(x, jnp.asarray(q), None if axis is None else tuple(np.atleast_1d(axis).tolist()),
                        keepdims=keepdims, method=method)  # fmt: skip


def average(x, weights, axis=None, keepdims=False):
    weights = jnp.broadcast_to(weights, x.shape)
    return (x * weights).sum(axis, keepdims=keepdims) / weights.sum(axis, keepdims=keepdims)


def py_average(x, axis=None, weights=None, keepdims=False):
    return average(x, jnp.ones(()) if weights is None else jnp.asarray(weights), axis, keepdims)


def unique(part):
    return lambda x: np.unique(x, return_index=True, return_inverse=True, return_counts=True)[part].reshape(
        x.shape if part == 2 else -1
    )


def uniques(theirs, result=None):
    """The values have the dtype of the numbers."""
    calls = call(TIES, result=result or "int32"), *(call(x, result=result or "int64") for x in (COUNTS, NOTHING))
    return entry(theirs, *calls, jit=False, order=0, never_large="reads its elements")


def bincount(x, weights=None, min_length=0):
    return np.bincount(np.ravel(x), None if weights is None else np.ravel(weights), min_length)


def histogram(x, edges, weights=None):
    return np.histogram(x, edges, weights=weights)[0]


EDGES = constant(np.array([-1.0, 0.0, 0.5, 2.0]))

OPERATIONS = {
    "linear_scan": entry(
        linear_scan, call(normal(3, 4), normal(3, 4), axis=1), call(normal(3, 4), normal(3, 4), axis=0, reverse=True),
        call(normal(), normal(2, 3), axis=-1), call(normal(1, 3, 2), normal(4, 1, 2), axis=1),
        call(normal(2, 0), normal(2, 0), axis=1), call(normal(0, 2), normal(2), axis=1),
        types="l", large=call(fraction(701, 307), normal(701, 307), axis=0),
    ),
    "cumulative_sum": entry(
        running(jnp.cumsum), *along(None).calls, call(normal(3, 4), axis=1, reverse=True), large=call(LARGE, axis=1),
        result="accumulate", types="ib",
    ),
    "cumulative_prod": entry(
        running(jnp.cumprod), *along(None, smooth).calls, call(smooth(3, 4), axis=1, reverse=True),
        large=call(fraction(701, 307), axis=0), result="accumulate", types="ib",
    ),
    "diff": entry(
        lambda x, n=1, axis=-1: jnp.diff(x, n, axis), call(normal(3, 5)), call(normal(3, 5), n=2, axis=0),
        call(normal(3, 5), n=0), call(normal(2, 0), n=1), call(normal(0, 3)), types="in", large=call(LARGE),
    ),
    "argsort": along(argsort, distinct, call(distinct(3, 4), descending=True), result="int64", order=0, types="ib"),
    "sort": along(sort, distinct, call(distinct(3, 4), descending=True), types="ib"),
    "top_k_indices": entry(
        top, call(distinct(3, 4), k=2), call(distinct(3, 4), k=3, axis=0, largest=False), call(distinct(0, 4), k=4),
        call(distinct(2, 3), k=0), result="int64", order=0, types="ib", large=call(LARGE, k=5),
    ),
    "searchsorted": entry(
        lambda a, v, side="left": jnp.searchsorted(a, v, side=side),
        *[call(constant(np.array([-1.0, 0.0, 0.5, 0.5, 2.0])), given, side=side)
          for given in (constant(np.array([[-2.0, -1.0, 0.5], [0.6, 2.0, 3.0]])), constant(np.zeros((0, 2))))
          for side in ("left", "right")],
        result="int64", order=0, large=call(constant(np.sort(np.sin(np.arange(999.0)))), LARGE),
    ),
    "unique": uniques(unique(0)),
    "unique_first_indices": uniques(unique(1), "int64"),
    "unique_inverse": uniques(unique(2), "int64"),
    "unique_counts": uniques(unique(3), "int64"),
    "bincount": entry(
        bincount, call(COUNTS), call(COUNTS, min_length=7), call(NOTHING, min_length=2), call(NOTHING),
        call(COUNTS, constant(np.arange(6.0).reshape(2, 3)), result="float64"),
        jit=False, order=0, result="int64", never_large="scatter_add is checked for threads",
    ),
    "histogram": entry(
        histogram, call(normal(20), EDGES), call(normal(0), EDGES),
        call(normal(6), EDGES, constant(np.arange(6.0)), result="float64"),
        jit=False, order=0, result="int64", types="ib", never_large="scatter_add is checked for threads",
    ),
    "prod": entry(
        over(jnp.prod), call(smooth(2, 3)), call(smooth(2, 3, 2), axes=(0, 2)), call(smooth(3, 2), axes=(-2,),
        keep_dims=True), call(smooth(3, 4), axes=()), call(smooth()), call(smooth(0, 3), axes=(0,)),
        call(smooth(0, 3), axes=(1,)), types="i", large=call(fraction(701, 307), axes=(1,)),
    ),
    "std": entry(
        over(lambda x, axes, keepdims, correction=0.0: jnp.std(x, axes, keepdims=keepdims, correction=correction)),
        call(normal(2, 3, 4)), call(normal(3, 4), axes=(1,), correction=1.0), call(normal(3, 4), axes=(0,),
        keep_dims=True), call(normal(0, 4), axes=(1,)), result="float", types="ib", large=call(LARGE, axes=(1,)),
    ),
    "ptp": reduction(jnp.ptp, empty=False, types="i"),
    "count_nonzero": reduction(jnp.count_nonzero, boolean, result="int64", order=0, large=boolean),
    "average": entry(
        lambda x, w, axes=None, keep_dims=False: average(x, w, axes, keep_dims),
        call(normal(3, 4), fraction(3, 4)), call(normal(3, 4), fraction(4), axes=(1,)),
        call(normal(3, 4), fraction(3, 1), axes=(0,), keep_dims=True), call(normal(0, 2), fraction(2), axes=(1,)),
        result="float", types="ib", large=call(LARGE, fraction(307), axes=(1,)),
    ),
    "median": entry(over(median), *axes(distinct, empty=False), result="float", types="ib",
                    large=call(LARGE, axes=(0,))),
    "quantile": entry(
        lambda x, q, axes=None, keep_dims=False, method="linear": quantile(x, q, axes, keep_dims, method),
        *axes(distinct, empty=False, q=0.3),
        *[call(distinct(3, 4), q=0.4, axes=(1,), method=each) for each in ("linear", "lower", "higher", "midpoint")],
        call(distinct(3, 4), q=0.9, method="nearest"), result="float", types="ib", large=call(LARGE, q=0.1, axes=(1,)),
    ),
}  # fmt: skip


def through(name, *calls, theirs=None, **options):
    return renamed(name, *calls, theirs=theirs, **{"types": "ib", **options})


def included(theirs, first):
    def reference(x, *, axis=None, include_initial=False):
        found = theirs(x, axis=axis)
        if not include_initial:
            return found
        shape = list(found.shape)
        shape[axis or 0] = 1
        return jnp.concatenate([jnp.full(shape, first), found], axis or 0)

    return reference


FUNCTIONS = {
    "prod": through("prod", call(smooth(3, 2)), call(smooth(3, 4), 1), call(smooth(0, 2), 0),
                    call(smooth(2, 3, 2), axis=(0, 2), keepdims=True), result="accumulate"),
    "ptp": through("ptp", call(distinct(3, 4)), call(distinct(3, 4), axis=1, keepdims=True), types="i"),
    "count_nonzero": through("count_nonzero", call(boolean(3, 4)), call(boolean(3, 4), axis=0, keepdims=True),
                             call(boolean(0, 2), 0), result="int64"),
    "average": through(
        "average", call(normal(3, 4)), call(normal(3, 4), 1), call(normal(3, 4), 0, fraction(3, 1), keepdims=True),
        call(normal(3, 4), weights=[1.0, 2.0, 3.0, 4.0], axis=1), theirs=py_average, result="float",
    ),
    "median": through("median", call(distinct(3, 4)), call(distinct(3, 5), axis=1, keepdims=True), result="float",
                      types="ib", theirs=median),
    "quantile": through(
        "quantile", call(distinct(3, 4), 0.3), call(distinct(3, 4), [0, 0.25, 1], axis=1),
        call(distinct(3, 4), (0.5,), 0, keepdims=True), call(distinct(5), 0.6, method="lower"),
        theirs=quantile, result="float", types="ib",
    ),
    "percentile": through(
        "percentile", call(distinct(3, 4), 30), call(distinct(3, 4), [0, 25, 100], axis=1, method="midpoint"),
        theirs=lambda x, q, axis=None, keepdims=False, method="linear": quantile(
            x, np.asarray(q) / 100, axis, keepdims, method
        ), result="float", types="ib",
    ),
    "cumsum": through("cumsum", call(normal(3, 4)), call(normal(3, 4), 1), call(normal(0, 2), axis=0),
                      result="accumulate"),
    "cumprod": through("cumprod", call(smooth(2, 3)), call(smooth(3, 4), 1), result="accumulate"),
    "cumulative_sum": through(
        "cumulative_sum", call(normal(4)), call(normal(3, 4), axis=1, include_initial=True),
        call(normal(0), include_initial=True), theirs=included(jnp.cumsum, 0.0), result="accumulate",
    ),
    "cumulative_prod": through(
        "cumulative_prod", call(smooth(4)), call(smooth(3, 4), axis=-1, include_initial=True),
        theirs=included(jnp.cumprod, 1.0), result="accumulate",
    ),
    "diff": through("diff", call(normal(3, 4)), call(normal(3, 4), 2, axis=0), types="in"),
    "bincount": renamed("bincount", call(COUNTS), call(COUNTS, minlength=6), jit=False, result="int64",
                        theirs=lambda x, weights=None, minlength=0: bincount(x, weights, minlength)),
    "sort": through("sort", call(distinct(3, 4)), call(distinct(3, 4), 0, descending=True), call(distinct(0, 2)),
                    call(distinct(3, 4), None),
                    theirs=sort),
    "argsort": through("argsort", call(distinct(3, 4)), call(distinct(3, 4), axis=0, descending=True),
                       call(distinct(3, 4), None), theirs=argsort,
                       result="int64"),
    "searchsorted": renamed(
        "searchsorted", call(constant(np.array([0.0, 1.0, 1.0, 3.0])), constant(np.array([[1.0, 4.0]])), side="right"),
        call(constant(np.array([0.0, 1.0, 1.0, 3.0])), constant(np.array(1.0))), result="int64",
    ),
    "unique_values": uniques(unique(0)),
    "unique_inverse": entry(lambda x: (unique(0)(x), unique(2)(x)), call(COUNTS), jit=False, order=0, result="int64"),
    "unique_all": entry(lambda x: [unique(part)(x) for part in range(4)], call(COUNTS), jit=False, order=0,
                        result="int64"),
    "nonzero": entry(np.nonzero, call(COUNTS), call(boolean(2, 3)), call(boolean(0, 3)), jit=False, order=0,
                     result="int64"),
    "flatnonzero": entry(np.flatnonzero, call(COUNTS), call(boolean(2, 3)), call(boolean()), jit=False, order=0,
                         result="int64"),
    "argwhere": entry(np.argwhere, call(COUNTS), call(boolean(2, 3)), call(boolean()), jit=False, order=0,
                      result="int64"),
}  # fmt: skip

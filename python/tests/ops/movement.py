"""Shapes, order and pieces of tensors."""

from __future__ import annotations

import numpy as np

from ._entry import call, entry, normal
from ._reference import jnp

VIEW = {"never_large": "shares the memory", "types": "ib"}


def slices(x, start, size, step=None):
    """As many elements as `size` says; a step may go backwards."""
    steps = step or [1] * x.ndim
    return x[np.ix_(*[first + stride * np.arange(n) for first, n, stride in zip(start, size, steps, strict=True)])]


def place(x, shape, start, step):
    """The adjoint of `slices`: into zeros."""
    places = np.ix_(*[first + stride * np.arange(n) for first, n, stride in zip(start, x.shape, step, strict=True)])
    return jnp.zeros(shape, x.dtype).at[places].set(x)


def slice_axis(x, axis, start=None, stop=None, step=1):
    key = [slice(None)] * x.ndim
    key[axis] = slice(start, stop, step)
    return x[tuple(key)]


def flatten(x, axis=0):
    return x.reshape(*x.shape[:axis], -1) if x.size else x.reshape(*x.shape[:axis], int(np.prod(x.shape[axis:])))


def pad(x, widths, value=0, mode="constant"):
    options = {"constant_values": value} if mode == "constant" else {}
    return jnp.pad(x, np.reshape(widths, (-1, 2)), mode, **options)


def joined(theirs):
    return lambda *xs, axis=0: theirs(xs, axis)


OPERATIONS = {
    "reshape": entry(
        jnp.reshape, call(normal(3, 4), shape=(2, 6)), call(normal(3, 4), shape=(-1,)), call(normal(), shape=(1, 1)),
        call(normal(0, 3), shape=(5, 0)), **VIEW,
    ),
    "transpose": entry(
        jnp.transpose, call(normal(2, 3, 4)), call(normal(2, 3, 4), axes=(1, 0, 2)), call(normal(0, 3)), call(normal()),
        **VIEW,
    ),
    "broadcast_to": entry(
        jnp.broadcast_to, call(normal(3, 1), shape=(2, 3, 4)), call(normal(), shape=(3,)),
        call(normal(1), shape=(2, 0)),
        call(normal(0, 1), shape=(0, 3)), **VIEW,
    ),
    "expand_dims": entry(
        jnp.expand_dims, call(normal(3, 4), axis=1), call(normal(3, 4), axis=-1), call(normal(0), axis=0), **VIEW
    ),
    "squeeze": entry(
        lambda x, axes=None: jnp.squeeze(x, axes), call(normal(3, 1, 4, 1)), call(normal(3, 1, 4, 1), axes=(-1,)),
        call(normal(1, 0)), **VIEW,
    ),
    "flatten": entry(flatten, call(normal(2, 3, 4)), call(normal(2, 3, 4), axis=1), call(normal(2, 0, 3), axis=1),
        **VIEW),
    "swap_axes": entry(
        jnp.swapaxes, call(normal(2, 3, 4), axis1=0, axis2=-1), call(normal(0, 3), axis1=0, axis2=1), **VIEW
    ),
    "slice": entry(
        slices, call(normal(4, 5), start=(1, 0), size=(2, 3), step=(1, 2)),
        call(normal(4, 5), start=(0, 1), size=(4, 2)),
        call(normal(4, 5), start=(3, 4), size=(4, 2), step=(-1, -3)), call(normal(4, 5), start=(2, 0), size=(0, 5)),
        **VIEW,
    ),
    "slice_axis": entry(
        slice_axis, call(normal(4, 5), axis=1, start=1, stop=4), call(normal(7, 2), axis=0, start=1, step=3),
        call(normal(3, 4), axis=-1, stop=0), call(normal(0, 4), axis=1, start=-2), **VIEW,
    ),
    "select_axis": entry(
        lambda x, axis, index: jnp.take(x, index, axis), call(normal(3, 4), axis=0, index=-1),
        call(normal(3, 4), axis=-1, index=2), call(normal(0, 4), axis=1, index=0), **VIEW,
    ),
    "flip": entry(
        lambda x, axes=None: jnp.flip(x, axes), call(normal(3, 4)), call(normal(2, 3, 4), axes=(0, -1)),
        call(normal(0, 3)), **VIEW,
    ),
    "place": entry(
        place, call(normal(2, 3), shape=(4, 7), start=(1, 0), step=(2, 3)),
        call(normal(2, 3), shape=(2, 4), start=(1, 3), step=(-1, -1)),
        call(normal(0, 2), shape=(3, 2), start=(0, 0), step=(1, 1)),
        types="ib", large=call(normal(300, 307), shape=(602, 307), start=(1, 0), step=(2, 1)),
    ),
    "pad": entry(
        pad, call(normal(3, 4), widths=(1, 0, 2, 1)), call(normal(3), widths=(0, 2), value=1.0),
        call(normal(0, 2), widths=(1, 1, 0, 0)),
        *[call(normal(3, 2), widths=(1, 4, 0, 3), mode=mode) for mode in ("edge", "reflect", "symmetric", "wrap")],
        types="ib", large=call(normal(300, 307), widths=(3, 2, 1, 0)),
    ),
    "concatenate": entry(
        joined(jnp.concatenate), call(normal(2, 3), normal(1, 3), normal(2, 3), axis=0),
        call(normal(2, 3), normal(2, 2), axis=-1),
        call(normal(0, 3), normal(2, 3), axis=0), call(normal(2), axis=0),
        types="ib", large=call(normal(300, 307), normal(100, 307), axis=0),
    ),
    "stack": entry(
        joined(jnp.stack), call(normal(2, 3), normal(2, 3)), call(normal(3), normal(3), normal(3), axis=-1),
        call(normal(0, 2), normal(0, 2), axis=1), types="ib", large=call(normal(300, 307), normal(300, 307), axis=1),
    ),
}  # fmt: skip

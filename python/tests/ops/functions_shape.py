"""Python's public functions that move, join, pick, make and multiply tensors: NumPy's names, with NumPy's arguments."""

from __future__ import annotations

import numpy as np

from . import convolution
from ._entry import call, constant, entry, index, normal
from ._reference import jnp


def numpys(name, *calls, theirs=None, types="ib", **options):
    return entry(theirs or getattr(jnp, name), *calls, types=types, **options)


def made(name, *calls, theirs=None, **options):
    """Functions that make tensors, against NumPy's."""
    return entry(theirs or getattr(np, name), *calls, order=0, jit=False, **{"result": "float32", **options})


def flatten(x, axis=0):
    return x.reshape(*x.shape[:axis], int(np.prod(x.shape[axis:])))


def pair(value):
    return (value, value) if isinstance(value, int) else tuple(value)


def sides(value, x, w, stride, dilation):
    """Padding by name or number as (top, bottom, left, right)."""
    if value == "valid":
        return (0, 0, 0, 0)
    if value == "same":
        found = []
        for n, k, s, d in zip(x.shape[1:3], w.shape, stride, dilation, strict=False):
            total = max(0, (-(-n // s) - 1) * s + d * (k - 1) + 1 - n)
            found += [total // 2, total - total // 2]
        return tuple(found)
    if isinstance(value, int):
        return (value,) * 4
    return tuple(value) if len(value) == 4 else (value[0], value[0], value[1], value[1])


def conv2d(x, w, stride=1, padding=0, dilation=1, groups=1):
    stride, dilation = pair(stride), pair(dilation)
    return convolution.conv2d(x, w, stride, sides(padding, x, w, stride, dilation), dilation, groups)


def conv_transpose2d(x, w, stride=1, padding=0, dilation=1, output_padding=0, groups=1):
    stride, dilation = pair(stride), pair(dilation)
    around = sides(padding, x, w, stride, dilation)
    return convolution.transposed(
        x, w, pair(output_padding), stride=stride, padding=around, dilation=dilation, groups=groups
    )


def conv1d(x, w, stride=1, padding=0, dilation=1, groups=1):
    padding = padding if isinstance(padding, str) else (0, 0, *pair(padding))
    return conv2d(x[:, None], w[None], (1, stride), padding, (1, dilation), groups)[:, 0]


def conv_transpose1d(x, w, stride=1, padding=0, dilation=1, output_padding=0, groups=1):
    around = (0, 0, *pair(padding))
    return conv_transpose2d(x[:, None], w[None], (1, stride), around, (1, dilation), (0, output_padding), groups)[:, 0]


X = constant(np.arange(6.0, dtype=np.float32).reshape(2, 3))
IMAGE = normal(1, 5, 6, 2)

FUNCTIONS = {
    "reshape": numpys("reshape", call(normal(2, 6), (3, 4)), call(normal(2, 6), -1), call(normal(2, 6), (4, -1)),
                      call(normal(0, 2), (0, 5))),
    "permute_dims": numpys("permute_dims", call(normal(2, 3, 4), (2, 0, 1)), call(normal(2, 3), axes=(1, 0))),
    "transpose": numpys("transpose", call(normal(2, 3, 4)), call(normal(2, 3, 4), (0, 2, 1))),
    "swapaxes": numpys("swapaxes", call(normal(2, 3, 4), 0, -1)),
    "moveaxis": numpys("moveaxis", call(normal(2, 3, 4), 0, -1), call(normal(2, 3, 4), (0, 1), (-1, -2))),
    "broadcast_to": numpys("broadcast_to", call(normal(3, 1), (2, 3, 4)), call(normal(), (3,)),
        call(normal(3), (0, 3))),
    "expand_dims": numpys("expand_dims", call(normal(2, 3), 1), call(normal(2, 3), axis=-1)),
    "squeeze": numpys("squeeze", call(normal(1, 2, 1)), call(normal(1, 2, 1), 0), call(normal(1, 2, 1), axis=(0, -1))),
    "flatten": numpys("flatten", call(normal(2, 3, 4)), call(normal(2, 3, 4), 1), call(normal(2, 0), 1),
        theirs=flatten),
    "flip": numpys("flip", call(normal(2, 3)), call(normal(2, 3), 1), call(normal(2, 3), axis=(0, -1))),
    "pad": numpys("pad", call(normal(2, 3), 1), call(normal(2, 3), ((0, 1), (2, 0)), "constant", constant_values=1.0),
                  call(normal(3), (1, 2), constant_values=1), call(normal(2, 3), 2, "reflect"),
                  call(normal(2, 3), (1, 0), mode="edge")),
    "concatenate": numpys("concatenate", call([normal(2, 3), normal(1, 3)]),
        call([normal(2, 3), normal(2, 1)], axis=-1),
                          call((normal(0, 3), normal(2, 3)), 0)),
    "stack": numpys("stack", call([normal(2, 3), normal(2, 3)]), call([normal(2), normal(2)], axis=-1)),
    "split": numpys("split", call(normal(6, 2), 3), call(normal(6, 2), [1, 4]), call(normal(2, 6), 2, axis=1),
                    call(normal(2, 5), (0, 3), -1)),
    "take": numpys("take", call(normal(4, 3), index(5, below=4), axis=0), call(normal(2, 4), [1, -1], axis=1),
                   call(normal(2, 4), [[1, -1, 5]]),
                   theirs=lambda x, indices, axis=None: jnp.take(x, jnp.asarray(indices), axis)),
    "ravel": numpys("ravel", call(normal(2, 3)), call(normal(0, 2)), call(normal())),
    "diag": numpys("diag", call(normal(3)), call(normal(3), 2), call(normal(3), k=-1), call(normal(3, 4), 1),
                   call(normal(0))),
    "matmul": numpys("matmul", call(normal(2, 3), normal(3, 4)), call(normal(3), normal(3)),
        call(normal(2, 2, 3), normal(3)),
                     call(normal(0, 3), normal(3, 2)), result="float"),
    "conv2d": numpys(
        "conv2d", call(IMAGE, normal(3, 2, 2, 3)), call(IMAGE, normal(3, 3, 2, 1), 2, "same"),
        call(IMAGE, normal(2, 2, 2, 1), stride=(2, 1), padding=(1, 0), dilation=(1, 2)),
        call(IMAGE, normal(2, 2, 2, 1), padding=(0, 1, 2, 0)), call(IMAGE, normal(2, 2, 2, 1), padding="valid"),
        call(IMAGE, normal(2, 2, 1, 4), groups=2),
        theirs=conv2d, result="float",
    ),
    "conv_transpose2d": numpys(
        "conv_transpose2d", call(IMAGE, normal(3, 2, 3, 2)), call(IMAGE, normal(3, 3, 1, 2), 2, 1),
        call(IMAGE, normal(2, 2, 1, 2), stride=(2, 1), padding=(0, 1, 0, 0), dilation=2, output_padding=(1, 0)),
        theirs=conv_transpose2d, result="float",
    ),
    "conv1d": numpys(
        "conv1d", call(normal(1, 7, 2), normal(3, 2, 3)), call(normal(1, 7, 2), normal(3, 1, 2), 2, "same", groups=2),
        call(normal(1, 7, 2), normal(2, 2, 1), padding=(1, 2), dilation=2), theirs=conv1d, result="float",
    ),
    "conv_transpose1d": numpys(
        "conv_transpose1d", call(normal(1, 4, 3), normal(3, 2, 3)),
        call(normal(1, 4, 2), normal(3, 1, 2), 2, (1, 0), groups=2, output_padding=1), theirs=conv_transpose1d,
        result="float",
    ),
    "zeros": made("zeros", call((2, 3)), call(3, "int32", result="int32"), call((), dtype="bool", result="bool")),
    "ones": made("ones", call((2, 0)), call(3, dtype="float64", result="float64")),
    "full": made("full", call((2, 3), 1.5), call(2, 7, "uint8", result="uint8"), call(2, 7.0),
                 call((), True, "bool", result="bool")),
    "zeros_like": made("zeros_like", call(X), call(X, "int64", result="int64")),
    "ones_like": made("ones_like", call(X), call(X, dtype="bool", result="bool")),
    "full_like": made("full_like", call(X, 2.5), call(X, 2, dtype="int32", result="int32")),
    "arange": made("arange", call(3, result="int64"), call(1.0, 2.0, 0.25), call(5, 0, -2, result="int64"),
                   call(3, dtype="float64", result="float64"), call(0, result="int64")),
    "linspace": made("linspace", call(0, 1), call(-1.0, 2.0, 7), call(1, 0, num=3, dtype="float64", result="float64"),
                     call(0, 1, 0)),
    "eye": made("eye", call(3), call(2, dtype="int64", result="int64"), call(0)),
}  # fmt: skip

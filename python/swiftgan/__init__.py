"""swiftgan: tensors, gradients and generative adversarial networks on a core written in Swift.

>>> import swiftgan as sg
>>> images, _ = sg.datasets.load_digits()
>>> gan = sg.DCGAN(batch_size=64, random_state=0).fit(images, steps=1, verbose=False)
>>> gan.sample(4).shape
(4, 8, 8, 1)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import _core, nn, optim, random
from ._activations import elu, glu, hard_sigmoid, hard_swish, log_sigmoid, mish, selu, softsign
from ._convolution import conv1d, conv2d, conv_transpose1d, conv_transpose2d
from ._creation import (
    arange,
    array,
    asarray,
    eye,
    from_dlpack,
    full,
    full_like,
    linspace,
    ones,
    ones_like,
    zeros,
    zeros_like,
)
from ._dtypes import bool_, float32, float64, int32, int64, uint8
from ._elementwise import (
    abs,  # noqa: A004 - NumPy's names
    add,
    ceil,
    clip,
    cos,
    divide,
    equal,
    erf,
    exp,
    expm1,
    floor,
    gelu,
    greater,
    greater_equal,
    isfinite,
    isnan,
    leaky_relu,
    less,
    less_equal,
    log,
    log1p,
    log_softmax,
    logical_and,
    logical_not,
    logical_or,
    logical_xor,
    maximum,
    minimum,
    multiply,
    negative,
    not_equal,
    pow,  # noqa: A004
    reciprocal,
    relu,
    round,  # noqa: A004
    rsqrt,
    sigmoid,
    sign,
    silu,
    sin,
    softmax,
    softplus,
    sqrt,
    square,
    subtract,
    tanh,
    where,
)
from ._gradients import grad, no_grad, stop_gradient, value_and_grad
from ._linear import matmul
from ._movement import (
    broadcast_to,
    concatenate,
    expand_dims,
    flatten,
    flip,
    moveaxis,
    pad,
    permute_dims,
    reshape,
    split,
    squeeze,
    stack,
    swapaxes,
    take,
    transpose,
)
from ._pooling import (
    adaptive_avg_pool1d,
    adaptive_avg_pool2d,
    adaptive_max_pool1d,
    adaptive_max_pool2d,
    avg_pool1d,
    avg_pool2d,
    global_avg_pool2d,
    global_max_pool2d,
    max_pool1d,
    max_pool2d,
    pixel_shuffle,
    pixel_unshuffle,
    resize,
)
from ._reductions import all, any, argmax, argmin, logsumexp, max, mean, min, norm, std, sum, var  # noqa: A004
from ._tensor import Tensor
from ._transforms import hessian, hvp, jacobian, jvp, per_example_gradients, vjp
from .config import get_config, get_num_threads, set_num_threads, show_config
from .errors import NotFittedError
from .game import Game, Player, Trainer
from .models import load

if TYPE_CHECKING:
    from . import callbacks, datasets, losses, metrics, models, objectives, viz
    from .models import (
        CVAE,
        DCGAN,
        GAN,
        VAE,
        WGANGP,
        Autoencoder,
        CNNClassifier,
        Estimator,
        MLPClassifier,
        MLPRegressor,
        SemanticHashing,
    )

__version__: str = _core.version()

__all__ = [
    "CVAE",
    "DCGAN",
    "GAN",
    "VAE",
    "WGANGP",
    "Autoencoder",
    "CNNClassifier",
    "Estimator",
    "Game",
    "MLPClassifier",
    "MLPRegressor",
    "NotFittedError",
    "Player",
    "SemanticHashing",
    "Tensor",
    "Trainer",
    "__version__",
    "abs",
    "adaptive_avg_pool1d",
    "adaptive_avg_pool2d",
    "adaptive_max_pool1d",
    "adaptive_max_pool2d",
    "add",
    "all",
    "any",
    "arange",
    "argmax",
    "argmin",
    "array",
    "asarray",
    "avg_pool1d",
    "avg_pool2d",
    "bool_",
    "broadcast_to",
    "callbacks",
    "ceil",
    "clip",
    "concatenate",
    "conv1d",
    "conv2d",
    "conv_transpose1d",
    "conv_transpose2d",
    "cos",
    "datasets",
    "divide",
    "elu",
    "equal",
    "erf",
    "exp",
    "expand_dims",
    "expm1",
    "eye",
    "flatten",
    "flip",
    "float32",
    "float64",
    "floor",
    "from_dlpack",
    "full",
    "full_like",
    "gelu",
    "get_config",
    "get_num_threads",
    "global_avg_pool2d",
    "global_max_pool2d",
    "glu",
    "grad",
    "greater",
    "greater_equal",
    "hard_sigmoid",
    "hard_swish",
    "hessian",
    "hvp",
    "int32",
    "int64",
    "isfinite",
    "isnan",
    "jacobian",
    "jvp",
    "leaky_relu",
    "less",
    "less_equal",
    "linspace",
    "load",
    "log",
    "log1p",
    "log_sigmoid",
    "log_softmax",
    "logical_and",
    "logical_not",
    "logical_or",
    "logical_xor",
    "logsumexp",
    "losses",
    "matmul",
    "max",
    "max_pool1d",
    "max_pool2d",
    "maximum",
    "mean",
    "metrics",
    "min",
    "minimum",
    "mish",
    "models",
    "moveaxis",
    "multiply",
    "negative",
    "nn",
    "no_grad",
    "norm",
    "not_equal",
    "objectives",
    "ones",
    "ones_like",
    "optim",
    "pad",
    "per_example_gradients",
    "permute_dims",
    "pixel_shuffle",
    "pixel_unshuffle",
    "pow",
    "random",
    "reciprocal",
    "relu",
    "reshape",
    "resize",
    "round",
    "rsqrt",
    "selu",
    "set_num_threads",
    "show_config",
    "sigmoid",
    "sign",
    "silu",
    "sin",
    "softmax",
    "softplus",
    "softsign",
    "split",
    "sqrt",
    "square",
    "squeeze",
    "stack",
    "std",
    "stop_gradient",
    "subtract",
    "sum",
    "swapaxes",
    "take",
    "tanh",
    "transpose",
    "uint8",
    "value_and_grad",
    "var",
    "viz",
    "vjp",
    "where",
    "zeros",
    "zeros_like",
]

# Imported when first used: a program that only computes does not wait for them.
_LAZY = ("callbacks", "datasets", "losses", "metrics", "models", "objectives", "viz")


def __getattr__(name: str) -> Any:
    import importlib

    if name in _LAZY:
        return importlib.import_module(f".{name}", __name__)
    if not name.startswith("_"):
        from . import models

        # One class for every model of the library's zoo.
        if name in dir(models):
            found = globals()[name] = getattr(models, name)
            return found
    raise AttributeError(f"module 'swiftgan' has no attribute {name!r}")


def __dir__() -> list[str]:
    from . import models

    return sorted({*globals(), *_LAZY, *dir(models)})

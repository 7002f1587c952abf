"""Activations: functions of tensors, element by element, that networks are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._core import apply, operation

if TYPE_CHECKING:
    from ._tensor import Operand, Tensor

_ops = {
    name: operation(name)
    for name in [
        "celu",
        "elu",
        "gelu",
        "glu",
        "hard_sigmoid",
        "hard_swish",
        "hard_tanh",
        "leaky_relu",
        "log_sigmoid",
        "log_softmax",
        "mish",
        "relu",
        "relu6",
        "selu",
        "sigmoid",
        "silu",
        "softmax",
        "softplus",
        "softsign",
    ]
}


def sigmoid(x: Operand) -> Tensor:
    """Return 1 / (1 + exp(-x))."""
    return apply(_ops["sigmoid"], x)


def softplus(x: Operand) -> Tensor:
    """Return log(1 + exp(x)), without overflow."""
    return apply(_ops["softplus"], x)


def relu(x: Operand) -> Tensor:
    """Return max(x, 0)."""
    return apply(_ops["relu"], x)


def leaky_relu(x: Operand, slope: float = 0.2) -> Tensor:
    """Return x where it is positive, `slope` times x elsewhere."""
    return apply(_ops["leaky_relu"], x, slope=float(slope))


def gelu(x: Operand, *, approximate: bool = False) -> Tensor:
    """Return x times the standard normal distribution function of x (Hendrycks & Gimpel 2016), or its tanh form."""
    return apply(_ops["gelu"], x, approximate=approximate)


def silu(x: Operand) -> Tensor:
    """Return x * sigmoid(x)."""
    return apply(_ops["silu"], x)


def softmax(x: Operand, axis: int = -1) -> Tensor:
    """Return exp(x), scaled to sum 1 along an axis."""
    return apply(_ops["softmax"], x, axis=axis)


def log_softmax(x: Operand, axis: int = -1) -> Tensor:
    """Return the logarithm of softmax, without overflow."""
    return apply(_ops["log_softmax"], x, axis=axis)


def log_sigmoid(x: Operand) -> Tensor:
    """Return the logarithm of the sigmoid, without overflow."""
    return apply(_ops["log_sigmoid"], x)


def elu(x: Operand, alpha: float = 1.0) -> Tensor:
    """Return x where it is positive, alpha (exp(x) - 1) elsewhere (Clevert et al. 2016)."""
    return apply(_ops["elu"], x, alpha=float(alpha))


def celu(x: Operand, alpha: float = 1.0) -> Tensor:
    """Return x where it is positive, alpha (exp(x / alpha) - 1) elsewhere (Barron 2017)."""
    return apply(_ops["celu"], x, alpha=float(alpha))


def selu(x: Operand) -> Tensor:
    """Return the scaled elu that keeps mean 0 and variance 1 (Klambauer et al. 2017)."""
    return apply(_ops["selu"], x)


def softsign(x: Operand) -> Tensor:
    """Return x / (1 + abs(x))."""
    return apply(_ops["softsign"], x)


def mish(x: Operand) -> Tensor:
    """Return x * tanh(softplus(x)) (Misra 2020)."""
    return apply(_ops["mish"], x)


def relu6(x: Operand) -> Tensor:
    """Return x limited to [0, 6]."""
    return apply(_ops["relu6"], x)


def hard_sigmoid(x: Operand) -> Tensor:
    """Return x / 6 + 1/2 limited to [0, 1] (Howard et al. 2019)."""
    return apply(_ops["hard_sigmoid"], x)


def hard_swish(x: Operand) -> Tensor:
    """Return x * hard_sigmoid(x) (Howard et al. 2019)."""
    return apply(_ops["hard_swish"], x)


def hard_tanh(x: Operand) -> Tensor:
    """Return x limited to [-1, 1]."""
    return apply(_ops["hard_tanh"], x)


def glu(x: Operand, axis: int = -1) -> Tensor:
    """Return the first half along an axis times the sigmoid of the second (Dauphin et al. 2017)."""
    return apply(_ops["glu"], x, axis=axis)

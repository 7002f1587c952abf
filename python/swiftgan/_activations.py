"""Activations beyond the common ones of `_elementwise`; `sg.nn` has all of them as layers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._core import apply, operation

if TYPE_CHECKING:
    from ._tensor import Operand, Tensor

__all__ = ["elu", "glu", "hard_sigmoid", "hard_swish", "log_sigmoid", "mish", "selu", "softsign"]

_ops = {name: operation(name) for name in __all__}


def elu(x: Operand, alpha: float = 1.0) -> Tensor:
    """Return x where it is positive, ``alpha * (exp(x) - 1)`` elsewhere (Clevert et al. 2016)."""
    return apply(_ops["elu"], x, alpha=float(alpha))


def selu(x: Operand) -> Tensor:
    """Return the self-normalising unit ``1.0507 * elu(x, 1.6733)`` (Klambauer et al. 2017)."""
    return apply(_ops["selu"], x)


def mish(x: Operand) -> Tensor:
    """Return ``x * tanh(softplus(x))`` (Misra 2020)."""
    return apply(_ops["mish"], x)


def softsign(x: Operand) -> Tensor:
    """Return ``x / (1 + |x|)``."""
    return apply(_ops["softsign"], x)


def hard_sigmoid(x: Operand) -> Tensor:
    """Return ``clip((x + 3) / 6, 0, 1)`` (Howard et al. 2019)."""
    return apply(_ops["hard_sigmoid"], x)


def hard_swish(x: Operand) -> Tensor:
    """Return ``x * hard_sigmoid(x)`` (Howard et al. 2019)."""
    return apply(_ops["hard_swish"], x)


def log_sigmoid(x: Operand) -> Tensor:
    """Return log(sigmoid(x)), without overflow."""
    return apply(_ops["log_sigmoid"], x)


def glu(x: Operand, axis: int = -1) -> Tensor:
    """Return the first half of an axis times the sigmoid of the second (Dauphin et al. 2017)."""
    return apply(_ops["glu"], x, axis=axis)

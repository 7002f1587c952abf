"""Losses as functions of tensors, computed from logits and logarithms: neither values nor gradients overflow.

>>> import swiftgan as sg
>>> sg.losses.cross_entropy(sg.array([[2.0, 0.0, -1.0]]), sg.array([0])).item()  # doctest: +ELLIPSIS
0.169...

``reduction`` says how the losses of elements become one number: ``"none"`` (not at all), ``"mean"``, ``"sum"``,
``"per_example"`` (the sum over all axes but the first) or ``"batch_mean"`` (the sum divided by the extent of the first
axis: the mean over a batch of each example's sum, as in the evidence lower bound of a VAE). The first argument decides
the dtype of the result. For the losses of GANs see `swiftgan.objectives`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ._core import apply, operation

if TYPE_CHECKING:
    from ._tensor import Operand, Tensor

__all__ = [
    "bernoulli_nll",
    "binary_cross_entropy_with_logits",
    "cosine_similarity",
    "cross_entropy",
    "gaussian_kl",
    "gaussian_nll",
    "huber",
    "l1",
    "mse",
]

_ops = {name: operation(name) for name in __all__}


def cross_entropy(
    logits: Operand,
    labels: Operand,
    *,
    weight: Operand | None = None,
    label_smoothing: float = 0.0,
    ignore_index: int | None = None,
    reduction: str = "mean",
) -> Tensor:
    """Return the softmax cross-entropy, ``-sum_c q_c log softmax(logits)_c``.

    Parameters
    ----------
    logits : tensor (..., classes)
        Before any softmax.
    labels : tensor
        Class indices (integers) of shape (...), or probabilities of the logits' shape: one-hot or soft labels.
    weight : tensor (classes,), optional
        A factor of each class's term; a mean over class indices divides by the labels' weights, as in PyTorch.
    label_smoothing : float
        e from 0 to 1: labels become ``(1 - e) q + e / classes`` (Szegedy et al. 2016, section 7).
    ignore_index : int, optional
        Marks elements without a label, such as -1 or -100: their loss is 0 and a mean does not count them.

    Raises
    ------
    ValueError
        When shapes do not fit.
    IndexError
        For a label that is no class; the label is named.
    """
    inputs = (logits, labels) if weight is None else (logits, labels, weight)
    smoothing = float(label_smoothing)
    return apply(
        _ops["cross_entropy"], *inputs, label_smoothing=smoothing, ignore_index=ignore_index, reduction=reduction
    )


def binary_cross_entropy_with_logits(
    logits: Operand, targets: Operand, *, pos_weight: Operand | None = None, reduction: str = "mean"
) -> Tensor:
    """Return ``t softplus(-x) + (1 - t) softplus(x)``: the cross-entropy of sigmoid(x) and t, without overflow.

    Parameters
    ----------
    targets : tensor or number
        Probabilities of the logits' shape, or one for all; integers and booleans are 0 and 1.
    pos_weight : tensor, optional
        A factor of the first term, broadcast to the logits' shape.
    """
    inputs = (logits, targets) if pos_weight is None else (logits, targets, pos_weight)
    return apply(_ops["binary_cross_entropy_with_logits"], *inputs, reduction=reduction)


def mse(predictions: Operand, targets: Operand, *, reduction: str = "mean") -> Tensor:
    """Return the squared error ``(x - t)**2``. Targets have the predictions' shape, or are one number."""
    return apply(_ops["mse"], predictions, targets, reduction=reduction)


def l1(predictions: Operand, targets: Operand, *, reduction: str = "mean") -> Tensor:
    """Return the absolute error ``|x - t|``. Targets have the predictions' shape, or are one number."""
    return apply(_ops["l1"], predictions, targets, reduction=reduction)


def huber(predictions: Operand, targets: Operand, *, delta: float = 1.0, reduction: str = "mean") -> Tensor:
    """Return ``r**2 / 2`` where ``|r| <= delta``, else ``delta * (|r| - delta / 2)``; r = x - t (Huber 1964)."""
    return apply(_ops["huber"], predictions, targets, delta=float(delta), reduction=reduction)


def cosine_similarity(a: Operand, b: Operand, axis: int = -1, *, eps: float = 1e-8) -> Tensor:
    """Return the cosine of the angle between vectors along an axis: ``a . b / (max(|a|, eps) max(|b|, eps))``."""
    return apply(_ops["cosine_similarity"], a, b, axis=axis, epsilon=float(eps))


def gaussian_kl(
    mean: Operand,
    log_var: Operand,
    prior_mean: Operand | None = None,
    prior_log_var: Operand | None = None,
    *,
    reduction: str = "batch_mean",
) -> Tensor:
    """Return the divergence KL(N(mean, exp(log_var)) || prior) of diagonal Gaussians in nats.

    The prior is the standard normal distribution unless its mean and logarithm of the variance are given, which
    broadcast (Kingma & Welling 2014, appendix B).
    """
    inputs = [mean, log_var]
    if prior_mean is not None or prior_log_var is not None:
        inputs.append(0.0 if prior_mean is None else prior_mean)
    if prior_log_var is not None:
        inputs.append(prior_log_var)
    return apply(_ops["gaussian_kl"], *inputs, reduction=reduction)


def gaussian_nll(x: Operand, mean: Operand, log_var: Operand, *, reduction: str = "batch_mean") -> Tensor:
    """Return minus the log-density of x in nats, ``(log(2 pi) + log_var + (x - mean)**2 exp(-log_var)) / 2``.

    x and mean have one shape; log_var broadcasts to it. The dtype is that of mean, the network's output.
    """
    return apply(_ops["gaussian_nll"], x, mean, log_var, reduction=reduction)


def bernoulli_nll(x: Operand, logits: Operand, *, reduction: str = "batch_mean") -> Tensor:
    """Return minus the log-probability of x in {0, 1}, or of grey values between, under logits, in nats."""
    return apply(_ops["bernoulli_nll"], x, logits, reduction=reduction)

"""Losses, from logits and logarithms. One loss is asked for each reduction, the others for two and their own."""

from __future__ import annotations

import numpy as np

from ._entry import call, constant, entry, normal, positive, unit
from ._reference import jax, jnp

REDUCTIONS = ("none", "mean", "sum", "per_example", "batch_mean")


def reduced(each, reduction, count=None):
    if reduction == "none":
        return each
    if reduction == "mean":
        return each.sum() / count if count is not None else each.mean()
    if reduction == "sum":
        return each.sum()
    return each.sum(tuple(range(1, each.ndim))) if reduction == "per_example" else each.sum() / each.shape[0]


def loss(theirs, *calls, standard="mean", **options):
    """`theirs` gives the elements' losses."""
    return entry(
        lambda *xs, reduction=standard, **more: reduced(theirs(*xs, **more), reduction),
        *calls, **{"result": "float", "types": "ib", **options},
    )  # fmt: skip


def of_two(domain=normal, reductions=("none", "per_example"), **kwargs):
    reductions = [call(normal(3, 4), domain(3, 4), reduction=name, **kwargs) for name in reductions]
    return (
        *reductions,
        call(normal(2, 3), domain(2, 3), **kwargs),
        call(normal(0, 3), domain(0, 3), reduction="sum", **kwargs),
    )


LARGE = call(normal(701, 307), normal(701, 307))


def cross_entropy(logits, labels, weight=None, label_smoothing=0.0, ignore_index=None, reduction="mean"):
    classes = logits.shape[-1]
    logs = jax.nn.log_softmax(logits)
    scale = jnp.ones(classes) if weight is None else weight
    if labels.shape == logits.shape:
        q = (1 - label_smoothing) * labels + label_smoothing / classes
        return reduced(-(q * scale * logs).sum(-1), reduction)
    counted = labels != ignore_index if ignore_index is not None else jnp.ones(labels.shape, bool)
    hot = jax.nn.one_hot(jnp.where(counted, labels, 0), classes)
    q = (1 - label_smoothing) * hot + label_smoothing / classes
    each = jnp.where(counted, -(q * scale * logs).sum(-1), 0)
    return reduced(each, reduction, (counted * (hot * scale).sum(-1)).sum())


def binary(x, t, weight=1.0):
    return -(weight * t * jax.nn.log_sigmoid(x) + (1 - t) * jax.nn.log_sigmoid(-x))


def huber(x, t, delta=1.0):
    r = jnp.abs(x - t)
    return jnp.where(r <= delta, r * r / 2, delta * (r - delta / 2))


def cosine(a, b, axis=-1, epsilon=1e-8):
    norms = [jnp.maximum(jnp.sqrt((v * v).sum(axis)), epsilon) for v in (a, b)]
    return (a * b).sum(axis) / norms[0] / norms[1]


def gaussian_kl(mean, log_var, prior_mean=0.0, prior_log_var=0.0):
    ratio = log_var - prior_log_var
    return (jnp.exp(ratio) - 1 - ratio + (mean - prior_mean) ** 2 * jnp.exp(-prior_log_var)) / 2


def gaussian_nll(x, mean, log_var):
    return (jnp.log(2 * jnp.pi) + log_var + (x - mean) ** 2 * jnp.exp(-log_var)) / 2


LABELS = constant(np.array([3, 0, 2]))
HIDDEN = constant(np.array([[3, -100], [-100, 1]], np.int32))
WEIGHT = positive(4)

OPERATIONS = {
    "cross_entropy": entry(
        cross_entropy, *[call(normal(3, 4), LABELS, reduction=name) for name in REDUCTIONS],
        call(normal(3, 4), LABELS, WEIGHT, label_smoothing=0.1), call(normal(3, 4), positive(3, 4)),
        call(normal(3, 4), positive(3, 4), WEIGHT, label_smoothing=0.2),
        call(normal(2, 2, 4), HIDDEN, ignore_index=-100),
        call(normal(2, 2, 4), HIDDEN, WEIGHT, ignore_index=-100, reduction="none"),
        call(normal(0, 4), constant(np.array([], np.int64)), reduction="sum"),
        result="float", types="ib", large=call(normal(701, 100), constant(np.arange(701) % 100)),
    ),
    "binary_cross_entropy_with_logits": loss(
        binary, *of_two(), call(normal(3, 4), unit(3, 4), positive(4)), call(normal(3, 4), unit()), large=LARGE
    ),
    "mse": loss(lambda x, t: (x - t) ** 2, *of_two(reductions=REDUCTIONS), large=LARGE),
    "l1": loss(lambda x, t: jnp.abs(x - t), *of_two(), large=LARGE),
    "huber": loss(huber, *of_two(), call(normal(3, 4), normal(3, 4), delta=0.5), large=LARGE),
    "cosine_similarity": entry(
        cosine, call(normal(3, 4), normal(3, 4)), call(normal(3, 4), normal(4)),
        call(normal(3, 4), normal(3, 4), axis=0),
        call(unit(3, 4), normal(3, 4), epsilon=2.0), call(normal(0, 4), normal(0, 4)),
        result="float", types="ib", large=LARGE,
    ),
    "gaussian_kl": loss(
        gaussian_kl, *of_two(), call(normal(3, 4), normal(3, 4), normal(4)),
        call(normal(3, 4), normal(3, 4), normal(4), normal()),
        standard="batch_mean", large=LARGE,
    ),
    "gaussian_nll": loss(
        gaussian_nll, call(normal(3, 4), normal(3, 4), normal(3, 4), reduction="none"),
        call(normal(3, 4), normal(3, 4), normal(4)), call(normal(3, 4), normal(3, 4), normal()),
        call(normal(0, 4), normal(0, 4), normal(4), reduction="sum"),
        standard="batch_mean", large=call(normal(701, 307), normal(701, 307), normal(307)),
    ),
    "bernoulli_nll": loss(lambda t, x: binary(x, t), *of_two(), standard="batch_mean", large=LARGE),
}  # fmt: skip

"""Layers written out in NumPy, as their papers state them: what the library's are compared with."""

from __future__ import annotations

import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def rnn_step(p, x, state, f=np.tanh):
    (h,) = state
    return (f(x @ p["input_weight"] + h @ p["recurrent_weight"] + p.get("bias", 0)),)


def lstm_step(p, x, state):
    h, c = state
    i, f, g, o = np.split(x @ p["input_weight"] + h @ p["recurrent_weight"] + p.get("bias", 0), 4, axis=1)
    c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(c), c


def gru_step(p, x, state, reset_after=True):
    (h,) = state
    ux, uz, un = np.split(x @ p["input_weight"] + p.get("bias", 0), 3, axis=1)
    wr, wz, wn = np.split(p["recurrent_weight"], 3, axis=1)
    r, z = sigmoid(ux + h @ wr), sigmoid(uz + h @ wz)
    n = np.tanh(un + r * (h @ wn + p.get("recurrent_bias", 0)) if reset_after else un + (r * h) @ wn)
    return ((1 - z) * n + z * h,)


def run(step, p, x, state, mask=None, backward=False):
    """One cell over (batch, time, features): outputs, and the last state."""
    mask = np.ones(x.shape[:2], bool) if mask is None else mask
    outputs = np.zeros((*x.shape[:2], state[0].shape[1]), x.dtype)
    for t in range(x.shape[1])[:: -1 if backward else 1]:
        there = mask[:, t, None]
        new = step(p, x[:, t], state)
        outputs[:, t] = np.where(there, new[0], 0)
        state = tuple(np.where(there, a, b) for a, b in zip(new, state, strict=True))
    return outputs, state


def stacked(step, parameters, x, states, layers=1, bidirectional=False, mask=None):
    """Cells on top of each other, in one direction or both; states are (layers * directions, batch, hidden)."""
    lasts = []
    for layer in range(layers):
        sides = []
        for side in ("forward", "backward")[: 1 + bidirectional]:
            prefix = (f"{layer}." if layers > 1 else "") + (f"{side}." if bidirectional else "")
            p = {name[len(prefix) :]: value for name, value in parameters.items() if name.startswith(prefix)}
            start = tuple(state[len(lasts)] for state in states)
            outputs, last = run(step, p, x, start, mask, side == "backward")
            sides.append(outputs)
            lasts.append(last)
        x = np.concatenate(sides, axis=2)
    return x, [np.stack(state) for state in zip(*lasts, strict=True)]


def attention(p, x, heads, context=None, mask=None, causal=False):
    """Multi-head attention; a row that may look at nothing has weights of 0."""
    context = x if context is None else context

    def project(name, value):
        return value @ p[f"{name}.weight"] + p.get(f"{name}.bias", 0)

    def split(value):
        return value.reshape(*value.shape[:2], heads, -1).transpose(0, 2, 1, 3)

    q, k, v = split(project("query", x)), split(project("key", context)), split(project("value", context))
    scores = np.einsum("bhqd,bhkd->bhqk", q, k) / np.sqrt(q.shape[-1])
    allowed = np.ones(scores.shape, bool) if mask is None else np.broadcast_to(mask, scores.shape)
    if causal:
        allowed = allowed & np.tril(np.ones(scores.shape[-2:], bool), scores.shape[-1] - scores.shape[-2])
    e = np.where(allowed, np.exp(scores - scores.max(-1, keepdims=True)), 0)
    total = e.sum(-1, keepdims=True)
    weights = np.divide(e, total, out=np.zeros_like(e), where=total > 0)
    seen = np.einsum("bhqk,bhkd->bqhd", weights, v).reshape(*x.shape[:2], -1)
    return project("output", seen), weights


def layer_norm(x, weight, bias):
    return (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + 1e-5) * weight + bias

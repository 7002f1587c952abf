"""Gated recurrent cells over sequences, and what flows back through them."""

from __future__ import annotations

from ._entry import call, entry, normal
from ._reference import jax, jnp


def state(given, batch, weights):
    return given if given.size else jnp.zeros((batch, weights.shape[0]), weights.dtype)


def over_time(step, start, *sequences):
    """Return what every step gives; the number of steps is known."""
    found = []
    for each in zip(*sequences, strict=True):
        start, planes = step(start, *each)
        found.append(planes)
    return found


def lstm(x, inputs, weights, bias, hidden, cell):
    bias = bias if bias.size else 0

    def step(before, x):
        i, f, g, o = jnp.split(x @ inputs + before[0] @ weights + bias, 4, axis=1)
        i, f, g, o = jax.nn.sigmoid(i), jax.nn.sigmoid(f), jnp.tanh(g), jax.nn.sigmoid(o)
        c = f * before[1] + i * g
        h = o * jnp.tanh(c)
        return (h, c), jnp.concatenate([h, c, i, f, g, o], axis=1)

    start = state(hidden, x.shape[1], weights), state(cell, x.shape[1], weights)
    return stacked(over_time(step, start, x), x, 6 * weights.shape[0])


def gru(x, inputs, weights, bias, candidate_bias, hidden):
    bias = bias if bias.size else jnp.zeros(weights.shape[1])

    def step(before, x):
        given, kept = jnp.split(x @ inputs + bias, 3, axis=1), jnp.split(before @ weights, 3, axis=1)
        r, z = jax.nn.sigmoid(given[0] + kept[0]), jax.nn.sigmoid(given[1] + kept[1])
        q = kept[2] + (candidate_bias if candidate_bias.size else 0)
        n = jnp.tanh(given[2] + r * q)
        h = n + z * (before - n)
        return h, jnp.concatenate([h, r, z, n, q], axis=1)

    return stacked(over_time(step, state(hidden, x.shape[1], weights), x), x, 5 * weights.shape[0])


def stacked(rows, like, width):
    return jnp.stack(rows) if rows else jnp.zeros((0, like.shape[1], width), like.dtype)


def padded(cotangent, steps):
    """Put zeros before the cotangents of the last steps."""
    return jnp.concatenate([jnp.zeros((steps - cotangent.shape[0], *cotangent.shape[1:])), cotangent])


def back(count, first, planes, weights, given, hidden, others, start):
    steps, batch, size = planes.shape[0], planes.shape[1], weights.shape[0]
    to_hidden, carry, rows = jnp.zeros((batch, size)), jnp.zeros((batch, size)), []
    hidden, others = padded(hidden, steps), padded(others, steps)
    for time in reversed(range(steps)):
        parts = jnp.split(planes[time], count, axis=1)
        before = jnp.split(planes[time - 1], count, axis=1)[first] if time else state(given, batch, weights)
        extra = jnp.split(others[time], count - 1, axis=1)
        flow = lstm_back if count == 6 else gru_back
        row, kept, carry = flow(parts, before, to_hidden + hidden[time], extra, carry)
        to_hidden = kept @ weights.T
        rows.insert(0, row)
    if start:
        nothing = jnp.zeros((batch, size))
        states = [to_hidden, carry] if count == 6 else [to_hidden + carry, nothing]
        rows.append(jnp.concatenate([*states, nothing, nothing], axis=1))
    return stacked(rows, planes, 4 * size)


def lstm_back(planes, before, to_hidden, others, carry):
    _, c, i, f, g, o = planes
    to_cell = carry + to_hidden * o * (1 - jnp.tanh(c) ** 2) + others[0]
    row = jnp.concatenate([
        (others[1] + to_cell * g) * i * (1 - i), (others[2] + to_cell * before) * f * (1 - f),
        (others[3] + to_cell * i) * (1 - g**2), (others[4] + to_hidden * jnp.tanh(c)) * o * (1 - o),
    ], axis=1)  # fmt: skip
    return row, row, to_cell * f


def gru_back(planes, before, to_hidden, others, carry):
    _, r, z, n, q = planes
    to_hidden = to_hidden + carry
    to_n = (others[2] + to_hidden * (1 - z)) * (1 - n**2)
    to_r, to_z = (others[0] + to_n * q) * r * (1 - r), (others[1] + to_hidden * (before - n)) * z * (1 - z)
    to_q = others[3] + to_n * r
    return jnp.concatenate([to_r, to_z, to_n, to_q], axis=1), jnp.concatenate([to_r, to_z, to_q], axis=1), to_hidden * z


def lstm_gradient(planes, weights, cell, hidden, others, start=False):
    return back(6, 1, planes, weights, cell, hidden, others, start)


def gru_gradient(planes, weights, first, hidden, others, start=False):
    return back(5, 0, planes, weights, first, hidden, others, start)


def sequence(gates, t, b, i, h, *states):
    return call(normal(t, b, i), normal(i, gates * h), normal(h, gates * h), *(normal(*shape) for shape in states))


def flow(planes, t, b, h, first, k, others, **options):
    gates = 4 if planes == 6 else 3
    return call(
        normal(t, b, planes * h), normal(h, gates * h), normal(*first), normal(k, b, h),
        normal(others, b, (planes - 1) * h), **options,
    )  # fmt: skip


OPERATIONS = {
    "lstm": entry(
        lstm, sequence(4, 3, 2, 3, 2, (8,), (2, 2), (2, 2)), sequence(4, 2, 9, 1, 3, (0,), (0,), (0,)),
        sequence(4, 2, 1, 0, 2, (8,), (0,), (1, 2)), sequence(4, 0, 2, 3, 2, (8,), (2, 2), (2, 2)),
        sequence(4, 1, 2, 3, 2, (8,), (2, 2), (0,)),
        result="float", types="ib", large=sequence(4, 3, 70, 40, 60, (240,), (70, 60), (70, 60)),
    ),
    "gru": entry(
        gru, sequence(3, 3, 2, 3, 2, (6,), (2,), (2, 2)), sequence(3, 2, 9, 1, 3, (0,), (0,), (0,)),
        sequence(3, 2, 1, 0, 2, (6,), (0,), (1, 2)), sequence(3, 0, 2, 3, 2, (6,), (2,), (2, 2)),
        sequence(3, 1, 9, 3, 2, (0,), (2,), (0,)),
        result="float", types="ib", large=sequence(3, 3, 70, 40, 60, (180,), (60,), (70, 60)),
    ),
    "lstm_gradient": entry(
        lstm_gradient, flow(6, 3, 2, 2, (2, 2), 3, 3, start=True), flow(6, 3, 2, 2, (0,), 1, 0),
        flow(6, 2, 1, 3, (1, 3), 0, 2, start=False), flow(6, 0, 2, 2, (0,), 0, 0),
        result="float", types="ib", large=flow(6, 3, 70, 60, (70, 60), 2, 1, start=True),
    ),
    "gru_gradient": entry(
        gru_gradient, flow(5, 3, 2, 2, (2, 2), 3, 3, start=True), flow(5, 3, 2, 2, (0,), 1, 0),
        flow(5, 2, 1, 3, (1, 3), 0, 2, start=False), flow(5, 0, 2, 2, (0,), 0, 0),
        result="float", types="ib", large=flow(5, 3, 70, 60, (70, 60), 2, 1, start=True),
    ),
}  # fmt: skip

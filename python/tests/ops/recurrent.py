"""Gated recurrent cells over sequences, and what flows back through them."""

from __future__ import annotations

import numpy as np

from ._entry import call, constant, entry, normal
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


def steps_of(mask, x):
    """Return which rows have a step, (time, batch, 1)."""
    return (mask != 0)[..., None] if mask.size else jnp.ones((*x.shape[:2], 1), bool)


def lstm(x, inputs, weights, bias, hidden, cell, mask):
    bias = bias if bias.size else 0

    def step(before, x, is_step):
        i, f, g, o = jnp.split(x @ inputs + before[0] @ weights + bias, 4, axis=1)
        i, f, g, o = jax.nn.sigmoid(i), jax.nn.sigmoid(f), jnp.tanh(g), jax.nn.sigmoid(o)
        c = f * before[1] + i * g
        h = jnp.where(is_step, o * jnp.tanh(c), before[0])
        c = jnp.where(is_step, c, before[1])
        return (h, c), jnp.concatenate([h, c, i, f, g, o], axis=1)

    start = state(hidden, x.shape[1], weights), state(cell, x.shape[1], weights)
    return stacked(over_time(step, start, x, steps_of(mask, x)), x, 6 * weights.shape[0])


def gru(x, inputs, weights, bias, candidate_bias, hidden, mask):
    bias = bias if bias.size else jnp.zeros(weights.shape[1])

    def step(before, x, is_step):
        given, kept = jnp.split(x @ inputs + bias, 3, axis=1), jnp.split(before @ weights, 3, axis=1)
        r, z = jax.nn.sigmoid(given[0] + kept[0]), jax.nn.sigmoid(given[1] + kept[1])
        q = kept[2] + (candidate_bias if candidate_bias.size else 0)
        n = jnp.tanh(given[2] + r * q)
        h = jnp.where(is_step, n + z * (before - n), before)
        return h, jnp.concatenate([h, r, z, n, q], axis=1)

    return stacked(over_time(step, state(hidden, x.shape[1], weights), x, steps_of(mask, x)), x, 5 * weights.shape[0])


def stacked(rows, like, width):
    return jnp.stack(rows) if rows else jnp.zeros((0, like.shape[1], width), like.dtype)


def padded(cotangent, steps):
    """Put zeros before the cotangents of the last steps."""
    return jnp.concatenate([jnp.zeros((steps - cotangent.shape[0], *cotangent.shape[1:])), cotangent])


def back(count, inputs, planes, hidden, others, wanted):
    """Every input's gradient, and what flows to the gates, of which the wanted ones are put end to end."""
    x, input_weights, weights, _, fifth, sixth, mask = inputs
    steps, batch, size = planes.shape[0], planes.shape[1], weights.shape[0]
    is_lstm = count == 6
    to_hidden, carry, rows, to_state = jnp.zeros((batch, size)), jnp.zeros((batch, size)), [], jnp.zeros(weights.shape)
    hidden, others = padded(hidden, steps), padded(others, steps)
    is_step = steps_of(mask, x)
    for time in reversed(range(steps)):
        parts = jnp.split(planes[time], count, axis=1)
        earlier = jnp.split(planes[time - 1], count, axis=1) if time else None
        first = state(fifth if is_lstm else sixth, batch, weights)
        h, carried = (earlier[0], earlier[is_lstm]) if time else (first, state(sixth, batch, weights))
        extra = jnp.split(others[time], count - 1, axis=1)
        flow = lstm_back if is_lstm else gru_back
        row, kept, carry, held = flow(parts, carried, to_hidden + hidden[time], extra, carry, is_step[time])
        to_hidden = kept @ weights.T + held
        to_state += h.T @ kept
        rows.insert(0, row)
    flows = stacked(rows, planes, 4 * size)
    given = flows[..., : weights.shape[1]]
    sums = given.sum((0, 1))
    found = [given @ input_weights.T, jnp.einsum("tbi,tbg->ig", x, given), to_state, sums]
    found += [to_hidden, carry] if is_lstm else [flows[..., 3 * size :].sum((0, 1)), to_hidden + carry]
    none = [index for index in (3, 4, 5) if not inputs[index].size]
    every = (*found, None, flows)
    return jnp.concatenate([jnp.zeros(0)] + [every[index].ravel() for index in wanted if index not in none])


def lstm_back(planes, before, to_hidden, others, carry, is_step):
    _, c, i, f, g, o = planes
    arrived, held = carry + others[0], jnp.where(is_step, 0, to_hidden)
    to_hidden = jnp.where(is_step, to_hidden, 0)
    to_cell = jnp.where(is_step, arrived + to_hidden * o * (1 - jnp.tanh(c) ** 2), 0)
    row = jnp.concatenate([
        (others[1] + to_cell * g) * i * (1 - i), (others[2] + to_cell * before) * f * (1 - f),
        (others[3] + to_cell * i) * (1 - g**2), (others[4] + to_hidden * jnp.tanh(c)) * o * (1 - o),
    ], axis=1)  # fmt: skip
    return row, row, jnp.where(is_step, to_cell * f, arrived), held


def gru_back(planes, before, to_hidden, others, carry, is_step):
    _, r, z, n, q = planes
    arrived = to_hidden + carry
    to_hidden = jnp.where(is_step, arrived, 0)
    to_n = (others[2] + to_hidden * (1 - z)) * (1 - n**2)
    to_r, to_z = (others[0] + to_n * q) * r * (1 - r), (others[1] + to_hidden * (before - n)) * z * (1 - z)
    to_q = others[3] + to_n * r
    row, kept = jnp.concatenate([to_r, to_z, to_n, to_q], axis=1), jnp.concatenate([to_r, to_z, to_q], axis=1)
    return row, kept, jnp.where(is_step, to_hidden * z, arrived), 0


def lstm_gradient(x, inputs, weights, bias, hidden, cell, mask, planes, to_hidden, to_others, wanted):
    return back(6, (x, inputs, weights, bias, hidden, cell, mask), planes, to_hidden, to_others, wanted)


def gru_gradient(x, inputs, weights, bias, candidate_bias, hidden, mask, planes, to_hidden, to_others, wanted):
    return back(5, (x, inputs, weights, bias, candidate_bias, hidden, mask), planes, to_hidden, to_others, wanted)


MASK = constant(np.array([[True, False], [True, True], [False, True]]))
NO_MASK = constant(np.zeros(0, bool))


def sequence(gates, t, b, i, h, *states, mask=NO_MASK):
    weights = normal(i, gates * h), normal(h, gates * h)
    return call(normal(t, b, i), *weights, *(normal(*shape) for shape in states), mask)


def flow(gates, t, b, i, h, states, k, others, wanted, mask=NO_MASK):
    planes = gates + 2
    return call(
        normal(t, b, i), normal(i, gates * h), normal(h, gates * h), *(normal(*shape) for shape in states), mask,
        normal(t, b, planes * h), normal(k, b, h), normal(others, b, (planes - 1) * h), wanted=wanted,
    )  # fmt: skip


OPERATIONS = {
    "lstm": entry(
        lstm, sequence(4, 3, 2, 3, 2, (8,), (2, 2), (2, 2), mask=MASK),
        sequence(4, 3, 2, 3, 2, (8,), (2, 2), (2, 2)), sequence(4, 2, 9, 1, 3, (0,), (0,), (0,)),
        sequence(4, 2, 1, 0, 2, (8,), (0,), (1, 2)), sequence(4, 0, 2, 3, 2, (8,), (2, 2), (2, 2)),
        sequence(4, 1, 2, 3, 2, (8,), (2, 2), (0,)),
        result="float", types="ib", large=sequence(4, 3, 70, 40, 60, (240,), (70, 60), (70, 60)),
    ),
    "gru": entry(
        gru, sequence(3, 3, 2, 3, 2, (6,), (2,), (2, 2), mask=MASK),
        sequence(3, 3, 2, 3, 2, (6,), (2,), (2, 2)), sequence(3, 2, 9, 1, 3, (0,), (0,), (0,)),
        sequence(3, 2, 1, 0, 2, (6,), (0,), (1, 2)), sequence(3, 0, 2, 3, 2, (6,), (2,), (2, 2)),
        sequence(3, 1, 9, 3, 2, (0,), (2,), (0,)),
        result="float", types="ib", large=sequence(3, 3, 70, 40, 60, (180,), (60,), (70, 60)),
    ),
    "lstm_gradient": entry(
        lstm_gradient, flow(4, 3, 2, 3, 2, [(8,), (2, 2), (2, 2)], 3, 3, [0, 1, 2, 3, 4, 5, 7], MASK),
        flow(4, 3, 2, 3, 2, [(8,), (2, 2), (2, 2)], 3, 3, [0, 1, 2, 3, 4, 5, 7]),
        flow(4, 3, 2, 1, 2, [(0,), (0,), (0,)], 1, 0, [0, 2, 3]),
        flow(4, 2, 9, 2, 1, [(4,), (0,), (9, 1)], 0, 2, [5, 7]), flow(4, 0, 2, 1, 2, [(0,), (0,), (0,)], 0, 0, [1, 7]),
        result="float", types="ib",
        large=flow(4, 3, 70, 40, 60, [(240,), (70, 60), (70, 60)], 2, 1, [0, 1, 2, 3, 4, 5]),
    ),
    "gru_gradient": entry(
        gru_gradient, flow(3, 3, 2, 3, 2, [(6,), (2,), (2, 2)], 3, 3, [0, 1, 2, 3, 4, 5, 7], MASK),
        flow(3, 3, 2, 3, 2, [(6,), (2,), (2, 2)], 3, 3, [0, 1, 2, 3, 4, 5, 7]),
        flow(3, 3, 2, 1, 2, [(0,), (0,), (0,)], 1, 0, [0, 2, 3]),
        flow(3, 2, 9, 2, 1, [(3,), (1,), (9, 1)], 0, 2, [4, 5]), flow(3, 0, 2, 1, 2, [(0,), (0,), (0,)], 0, 0, [1, 7]),
        result="float", types="ib",
        large=flow(3, 3, 70, 40, 60, [(180,), (60,), (70, 60)], 2, 1, [0, 1, 2, 3, 4, 5]),
    ),
}  # fmt: skip

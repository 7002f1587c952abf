"""The reference formulas of recurrent networks, written out in NumPy: what the library's layers are compared with."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

Weights = dict[str, np.ndarray]
State = tuple[np.ndarray, ...]
Step = Callable[[Weights, np.ndarray, State], State]


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def rnn_step(w: Weights, x: np.ndarray, state: State) -> State:
    """Elman 1990: s' = tanh(x U + s W + b)."""
    return (np.tanh(x @ w["input_weight"] + state[0] @ w["recurrent_weight"] + w["bias"]),)


def lstm_step(w: Weights, x: np.ndarray, state: State) -> State:
    """Hochreiter and Schmidhuber 1997, Gers et al. 2000: gates i, f, g, o; c' = f c + i g, h' = o tanh(c')."""
    i, f, g, o = np.split(x @ w["input_weight"] + state[0] @ w["recurrent_weight"] + w["bias"], 4, axis=1)
    cell = sigmoid(f) * state[1] + sigmoid(i) * np.tanh(g)
    return sigmoid(o) * np.tanh(cell), cell


def gru_step(w: Weights, x: np.ndarray, state: State) -> State:
    """Cho et al. 2014, the reset gate after the product: n = tanh(x U + b + r (h W + b_h)), h' = (1 - z) n + z h."""
    given = np.split(x @ w["input_weight"] + w["bias"], 3, axis=1)
    kept = np.split(state[0] @ w["recurrent_weight"], 3, axis=1)
    r, z = sigmoid(given[0] + kept[0]), sigmoid(given[1] + kept[1])
    n = np.tanh(given[2] + r * (kept[2] + w["recurrent_bias"]))
    return ((1 - z) * n + z * state[0],)


STEPS: dict[str, tuple[Step, int]] = {"RNN": (rnn_step, 1), "LSTM": (lstm_step, 2), "GRU": (gru_step, 1)}


def reference(kind: str, layer: Any, x: np.ndarray, layers: int, hidden: int) -> np.ndarray:
    """Return what a bidirectional stack gives for sequences (batch, time, features), by the formulas in x's type."""
    step, parts = STEPS[kind]
    values = {name: parameter.value.numpy().astype(x.dtype) for name, parameter in layer.parameters().items()}
    sequence = x
    for level in range(layers):
        directions = []
        for direction, times in (("forward", range(x.shape[1])), ("backward", range(x.shape[1])[::-1])):
            prefix = f"{level}.{direction}." if layers > 1 else f"{direction}."
            weights = {name.removeprefix(prefix): value for name, value in values.items() if name.startswith(prefix)}
            state = tuple(np.zeros((len(x), hidden), x.dtype) for _ in range(parts))
            outputs = np.empty((*x.shape[:2], hidden), x.dtype)
            for time in times:
                state = step(weights, sequence[:, time], state)
                outputs[:, time] = state[0]
            directions.append(outputs)
        sequence = np.concatenate(directions, axis=2)
    return sequence


def difference(kind: str, layers: int, dtype: str, seed: int) -> float:
    """Return the largest difference of a bidirectional stack to the formulas, on 5 sequences of 17 steps.

    With float64 sequences layers compute in float64; their weights are float32 numbers, which float64 holds exactly.
    """
    import swiftgan as sg

    inputs, hidden = 6, 7
    source = sg.random.Generator(seed)
    make = getattr(sg.nn, kind)
    layer = make(inputs, hidden, num_layers=layers, bidirectional=True, generator=source)
    x = np.random.default_rng(seed).normal(size=(5, 17, inputs)).astype(dtype)
    return float(np.abs(layer(x).numpy() - reference(kind, layer, x, layers, hidden)).max())

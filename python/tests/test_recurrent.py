"""Recurrent layers equal the written-out formulas, respect masks and states, and learn over long lags."""

from __future__ import annotations

import functools

import numpy as np
import pytest
import references
import swiftgan as sg
from swiftgan import nn

TOLERANCE = {"float32": 1e-5, "float64": 1e-10}
KINDS = {
    "RNN": (nn.RNN, nn.RNNCell, {}, references.rnn_step, ("hidden",)),
    "RNN relu": (nn.RNN, nn.RNNCell, {"nonlinearity": "relu"},
                 functools.partial(references.rnn_step, f=lambda x: np.maximum(x, 0)), ("hidden",)),
    "LSTM": (nn.LSTM, nn.LSTMCell, {}, references.lstm_step, ("hidden", "cell")),
    "LSTM without bias": (nn.LSTM, nn.LSTMCell, {"bias": False}, references.lstm_step, ("hidden", "cell")),
    "GRU": (nn.GRU, nn.GRUCell, {}, references.gru_step, ("hidden",)),
    "GRU reset before": (nn.GRU, nn.GRUCell, {"reset_after": False},
                         functools.partial(references.gru_step, reset_after=False), ("hidden",)),
}  # fmt: skip
FORMS = [(1, False), (2, False), (1, True), (2, True)]


def values(layer):
    return {name: parameter.value.numpy() for name, parameter in layer.parameters().items()}


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("layers", "bidirectional"), FORMS)
@pytest.mark.parametrize("masked", [False, True])
def test_parity(rng, kind, dtype, layers, bidirectional, masked):
    make, _, options, step, names = KINDS[kind]
    layer = make(3, 5, num_layers=layers, bidirectional=bidirectional, dtype=dtype, **options)
    x = rng.normal(size=(4, 7, 3)).astype(dtype)
    starts = [rng.normal(size=(layers * (1 + bidirectional), 4, 5)).astype(dtype) for _ in names]
    mask = np.arange(7) < np.array([[7], [3], [0], [5]]) if masked else None
    expected, lasts = references.stacked(step, values(layer), x, starts, layers, bidirectional, mask)
    found, further = layer.outputs(x, mask=mask, **dict(zip(names, starts, strict=True)))
    assert found.dtype == dtype
    assert np.allclose(found.numpy(), expected, rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype])
    assert list(further) == list(names)
    for name, last in zip(names, lasts, strict=True):
        assert np.allclose(further[name].numpy(), last, rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype])
    short = make(3, 5, num_layers=layers, bidirectional=bidirectional, return_sequences=False, dtype=dtype, **options)
    for name, value in values(layer).items():
        short.parameters()[name].value = sg.asarray(value)
    last = short(x, mask=mask, **dict(zip(names, starts, strict=True)))
    top = lasts[0][-1 - bidirectional :]
    assert np.allclose(last.numpy(), np.concatenate(list(top), axis=1), rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype])


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("kind", KINDS)
def test_cells(rng, kind, dtype):
    _, make, options, step, names = KINDS[kind]
    cell = make(3, 5, dtype=dtype, **options)
    x = rng.normal(size=(4, 3)).astype(dtype)
    state = tuple(rng.normal(size=(4, 5)).astype(dtype) for _ in names)
    expected = step(values(cell), x, state)
    h, further = cell.outputs(x, **dict(zip(names, state, strict=True)))
    for name, value in zip(names, expected, strict=True):
        assert np.allclose(further[name].numpy(), value, rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype])
    assert np.array_equal(h.numpy(), further["hidden"].numpy())
    # What a step gives is what the next takes.
    again, _ = cell.outputs(x, **further)
    assert np.allclose(again.numpy(), step(values(cell), x, expected)[0], atol=10 * TOLERANCE[dtype])


def test_gradients_equal_jax(rng):
    jax = pytest.importorskip("jax")
    jax.config.update("jax_enable_x64", True)
    jnp = jax.numpy
    layer = nn.LSTM(2, 3, dtype="float64")
    x = rng.normal(size=(2, 4, 2))

    def theirs(p, x):
        h = c = jnp.zeros((2, 3))
        total = 0.0
        for t in range(4):
            z = x[:, t] @ p["input_weight"] + h @ p["recurrent_weight"] + p["bias"]
            i, f, g, o = jnp.split(z, 4, axis=1)
            c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
            h = jax.nn.sigmoid(o) * jnp.tanh(c)
            total = total + (h**3).sum()
        return total

    ours = sg.grad(lambda layer, x: (layer(x) ** 3).sum(), (0, 1))(layer, x)
    expected = jax.grad(theirs, (0, 1))(values(layer), x)
    for name, gradient in expected[0].items():
        assert np.allclose(ours[0][name].numpy(), gradient, rtol=1e-10, atol=1e-12)
    assert np.allclose(ours[1].numpy(), expected[1], rtol=1e-10, atol=1e-12)


def test_the_lectures_network():
    """All weights 1, no biases, linear: h_t = V s_t with s_t = U x_t + W s_(t-1)."""
    net = nn.Sequential(
        nn.RNN(2, 2, nonlinearity="linear", bias=False, weight_init="ones", recurrent_init="ones"),
        nn.Dense(2, 2, bias=False, weight_init="ones"),
    )
    assert net(np.array([[[1, 1], [1, 1], [2, 2]]], "float32")).tolist() == [[[4, 4], [12, 12], [32, 32]]]


def test_states_and_masks_pass_through_sequential(rng):
    net = nn.Sequential(nn.GRU(2, 3), nn.GRU(3, 4), nn.Dense(4, 1))
    x = rng.normal(size=(2, 5, 2)).astype("float32")
    assert net.output_names == ("0.hidden", "1.hidden")
    assert {"mask", "0.hidden", "1.hidden"} <= set(net.input_names)
    whole, _ = net.outputs(x)
    first, states = net.outputs(x[:, :2])
    second, _ = net.outputs(x[:, 2:], **states)
    assert np.allclose(np.concatenate([first.numpy(), second.numpy()], axis=1), whole.numpy(), atol=1e-6)
    mask = np.array([[1, 1, 1, 0, 0]] * 2)
    assert np.allclose(net(x, mask=mask).numpy()[:, :3], net(x[:, :3]).numpy(), atol=1e-6)


def test_first_values():
    layer = nn.LSTM(3, 16, forget_bias=1.0, recurrent_init="orthogonal")
    p = values(layer)
    assert np.array_equal(p["bias"][16:32], np.ones(16))
    assert np.abs(p["input_weight"]).max() <= 0.25
    assert np.abs(p["input_weight"]).max() > 0.2
    for gate in np.split(p["recurrent_weight"], 4, axis=1):
        assert np.allclose(gate.T @ gate, np.eye(16), atol=1e-5)


@pytest.mark.parametrize("make", [nn.LSTM, nn.GRU])
def test_a_long_lag_is_learned(make):
    """The class of a sequence is its first symbol, 50 steps before its end; the rest is noise.

    The gate that keeps the state starts open, for about as long as the lag (Tallec and Ollivier 2018).
    """
    sg.random.seed(1)
    rng = np.random.default_rng(0)
    recurrent = make(4, 16, return_sequences=False, recurrent_init="orthogonal")
    bias = recurrent.parameters()["bias"]
    start = bias.value.numpy().copy()
    start[16:32] = 5  # of the LSTM's forget gate, or of the GRU's update gate
    bias.value = sg.asarray(start)
    net = nn.Sequential(recurrent, nn.Dense(16, 2))
    optimizer = sg.optim.Adam(net, learning_rate=0.01)

    def batch(count):
        labels = rng.integers(0, 2, count)
        x = np.zeros((count, 50, 4), "float32")
        x[np.arange(count)[:, None], np.arange(50), rng.integers(2, 4, (count, 50))] = 1
        x[:, 0] = np.eye(4)[labels]
        return x, np.eye(2, dtype="float32")[labels]

    loss = sg.value_and_grad(lambda net, x, y: -(sg.log_softmax(net(x)) * y).sum(axis=1).mean())
    for _ in range(300):
        value, gradients = loss(net, *batch(32))
        optimizer.step(gradients)
        if value.item() < 0.02:
            break
    x, y = batch(256)
    with sg.no_grad():
        accuracy = (net(x).numpy().argmax(1) == y.argmax(1)).mean()
    assert accuracy >= 0.99


def test_mistakes(rng):
    layer = nn.LSTM(3, 5)
    x = np.zeros((2, 4, 3), "float32")
    with pytest.raises(ValueError, match=r"lstm: expected an input with 3 axes, the last of 3 features"):
        layer(x[0])
    with pytest.raises(ValueError, match=r"'mask' must have shape \(batch, time\), here \(2, 4\), not \(4, 2\)"):
        layer(x, mask=np.ones((4, 2)))
    with pytest.raises(ValueError, match=r"'hidden' must have shape \(1, 2, 5\)"):
        layer(x, hidden=np.zeros((2, 2, 5)))
    with pytest.raises(TypeError, match="no further input 'h0'; it has mask, hidden, cell"):
        layer(x, h0=x)
    with pytest.raises(ValueError, match="num_layers"):
        nn.GRU(3, 5, num_layers=0)
    with pytest.raises(ValueError, match="'tanh', 'relu', 'linear'"):
        nn.RNN(3, 5, nonlinearity="sine")
    with pytest.raises((TypeError, ValueError), match="dtype"):
        nn.GRU(3, 5, dtype="int32")


@pytest.mark.parametrize("kind", [nn.RNN, nn.LSTM, nn.GRU])
@pytest.mark.parametrize("batch_first", [True, False])
def test_masked_steps_reach_no_gradient(rng, kind, batch_first):
    """NaN and infinity where the mask says that there is no step: values and gradients are those of zeros there."""
    layer = kind(2, 3, bidirectional=True, num_layers=2, batch_first=batch_first)
    x = rng.normal(size=(2, 4, 2)).astype("float32")
    mask = np.array([[True, True, False, False], [True, True, True, False]])
    if not batch_first:
        x, mask = x.swapaxes(0, 1).copy(), mask.T.copy()
    results = []
    for padding in (0.0, np.nan, np.inf):
        given = np.where(mask[..., None], x, np.float32(padding))
        gradients = sg.grad(lambda layer, given=given: (layer(given, mask=mask) ** 2).sum())(layer)
        results.append([layer(given, mask=mask).numpy(), *(gradient.numpy() for gradient in gradients.values())])
    for result in results[1:]:
        assert all(np.array_equal(found, expected) for found, expected in zip(result, results[0], strict=True))
    if not batch_first:
        with pytest.raises(ValueError, match=r"'mask' must have shape \(time, batch\), here \(4, 2\), not \(2, 4\)"):
            layer(x, mask=mask.T.copy())

"""Attention equals the written-out formulas; masks bar, and nothing to look at is no NaN."""

from __future__ import annotations

import numpy as np
import pytest
import references
import swiftgan as sg
from swiftgan import nn

TOLERANCE = {"float32": 1e-5, "float64": 1e-10}


def values(layer):
    return {name: parameter.value.numpy() for name, parameter in layer.parameters().items()}


def close(found, expected, dtype):
    assert found.dtype == dtype
    assert np.allclose(found.numpy(), expected, rtol=TOLERANCE[dtype], atol=TOLERANCE[dtype])


MASKS = {
    "none": None,
    "keys": np.array([[1, 1, 0, 0, 1], [0, 0, 0, 0, 0]], bool),
    "pairs": np.random.default_rng(1).random((2, 3, 5)) > 0.5,
    "heads": np.random.default_rng(2).random((2, 2, 3, 5)) > 0.5,
}


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("mask", MASKS)
def test_cross_attention(rng, dtype, causal, mask):
    layer = nn.MultiHeadAttention(4, 2, context_features=6, causal=causal, dtype=dtype)
    for parameter in layer.parameters().values():
        parameter.value = sg.asarray(rng.normal(size=parameter.value.shape))
    x, context = rng.normal(size=(2, 3, 4)).astype(dtype), rng.normal(size=(2, 5, 6)).astype(dtype)
    given = MASKS[mask]
    full = given
    if given is not None and given.ndim < 4:
        full = given[:, None, None] if given.ndim == 2 else given[:, None]
    expected, weights = references.attention(values(layer), x, 2, context, full, causal)
    found, further = layer.outputs(x, context=context, mask=given)
    close(found, expected, dtype)
    close(further["weights"], weights, dtype)


@pytest.mark.parametrize("dtype", TOLERANCE)
def test_self_attention_and_its_gradient(rng, dtype):
    layer = nn.MultiHeadAttention(6, 3, bias=False, dtype=dtype)
    x = rng.normal(size=(2, 4, 6)).astype(dtype)
    close(layer(x), references.attention(values(layer), x, 3)[0], dtype)
    gradients = sg.grad(lambda layer: (layer(x, mask=np.zeros((2, 4))) ** 2).sum())(layer)
    assert all(np.array_equal(gradient.numpy(), np.zeros(gradient.shape)) for gradient in gradients.values())


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("pool", [False, True])
def test_attention_of_images(rng, dtype, pool):
    layer = nn.SelfAttention2D(16, pool=pool, dtype=dtype)
    x = rng.normal(size=(2, 4, 6, 16)).astype(dtype)
    assert np.array_equal(layer(x).numpy(), x)
    layer.parameters()["gamma"].value = sg.asarray(0.7)
    p = values(layer)
    assert p["key.weight"].shape == (16, 2)
    assert p["value.weight"].shape == (16, 8)

    def keys(name):
        y = x @ p[f"{name}.weight"]
        return (y.reshape(2, 2, 2, 3, 2, -1).max((2, 4)) if pool else y).reshape(2, -1, y.shape[-1])

    scores = np.einsum("bqc,bkc->bqk", (x @ p["query.weight"]).reshape(2, 24, -1), keys("key"))
    e = np.exp(scores - scores.max(-1, keepdims=True))
    beta = e / e.sum(-1, keepdims=True)
    o = (np.einsum("bqk,bkc->bqc", beta, keys("value")) @ p["output.weight"]).reshape(x.shape)
    found, further = layer.outputs(x)
    close(found, p["gamma"] * o + x, dtype)
    close(further["weights"], beta, dtype)


@pytest.mark.parametrize("dtype", TOLERANCE)
@pytest.mark.parametrize("norm_first", [False, True])
def test_the_encoder_block(rng, dtype, norm_first):
    block = nn.TransformerEncoderBlock(6, 2, activation="relu", norm_first=norm_first, dtype=dtype)
    for name in ("norm1.weight", "norm1.bias", "norm2.weight", "norm2.bias"):
        block.parameters()[name].value = sg.asarray(rng.normal(size=6))
    p = values(block)
    x = rng.normal(size=(2, 4, 6)).astype(dtype)
    mask = np.array([[1, 1, 1, 0], [1, 1, 0, 0]], bool)

    def norm(name, value):
        return references.layer_norm(value, p[f"{name}.weight"], p[f"{name}.bias"])

    def attend(value):
        inner = {name[len("attention.") :]: each for name, each in p.items() if name.startswith("attention.")}
        return references.attention(inner, value, 2, mask=mask[:, None, None])[0]

    def feed(value):
        hidden = np.maximum(value @ p["expand.weight"] + p["expand.bias"], 0)
        return hidden @ p["contract.weight"] + p["contract.bias"]

    if norm_first:
        middle = x + attend(norm("norm1", x))
        expected = middle + feed(norm("norm2", middle))
    else:
        middle = norm("norm1", x + attend(x))
        expected = norm("norm2", middle + feed(middle))
    close(block(x, mask=mask), expected, dtype)
    assert p["expand.weight"].shape == (6, 24)


@pytest.mark.parametrize("features", [1, 6, 7])
def test_positions(features):
    time, period = 9, 100.0
    expected = np.zeros((time, features))
    for p in range(time):
        for i in range(features):
            angle = p / period ** (2 * (i // 2) / features)
            expected[p, i] = np.cos(angle) if i % 2 else np.sin(angle)
    found = nn.PositionalEncoding(max_period=period)(np.zeros((2, time, features)))
    assert np.allclose(found.numpy(), expected, atol=1e-12)
    learned = nn.LearnedPositionalEncoding(12, features)
    assert np.array_equal(
        learned(np.zeros((2, time, features), "float32")).numpy()[1], values(learned)["weight"][:time]
    )


def test_a_stack_of_blocks_tells_its_weights():
    net = nn.Sequential(nn.PositionalEncoding(), *(nn.TransformerEncoderBlock(4, 2) for _ in range(2)))
    y, further = net.outputs(sg.random.normal((2, 3, 4)), mask=np.ones((2, 3)))
    assert y.shape == (2, 3, 4)
    assert {name: value.shape for name, value in further.items()} == dict.fromkeys(
        ("1.weights", "2.weights"), (2, 2, 3, 3)
    )


def test_mistakes():
    layer = nn.MultiHeadAttention(4, 2)
    x = np.zeros((2, 3, 4), "float32")
    with pytest.raises(ValueError, match=r"'mask' must have shape .*here of \(2, 2, 3, 3\), not \(4, 3\)"):
        layer(x, mask=np.ones((4, 3)))
    with pytest.raises(ValueError, match=r"'context' must have shape .*\(2, keys, 4\), not \(2, 3, 5\)"):
        layer(x, context=np.ones((2, 3, 5)))
    with pytest.raises(ValueError, match=r"features \(5\) must be a multiple of num_heads \(2\)"):
        nn.MultiHeadAttention(5, 2)
    with pytest.raises(ValueError, match="there is no layer named 'gelo'.*did you mean 'gelu'"):
        nn.TransformerEncoderBlock(4, 2, activation="gelo")
    with pytest.raises(ValueError, match="at most max_length = 2 positions"):
        nn.LearnedPositionalEncoding(2, 4)(x)


def test_a_mask_of_two_axes_goes_by_its_first(rng):
    layer = nn.MultiHeadAttention(8, 2)
    x = rng.normal(size=(2, 4, 8)).astype("float32")
    look = np.tri(4, dtype=bool)
    assert np.array_equal(layer(x, mask=look).numpy(), layer(x, mask=np.stack([look, look])).numpy())
    keys = np.array([[True, True, False, True], [True, False, True, True]])
    assert np.array_equal(layer(x, mask=keys).numpy(), layer(x, mask=keys[:, None]).numpy())
    square = rng.normal(size=(4, 4, 8)).astype("float32")  # either would do: the batch's is meant
    assert np.array_equal(layer(square, mask=look).numpy(), layer(square, mask=look[:, None]).numpy())
    assert np.array_equal(layer(square, mask=look[None]).numpy(), layer(square, mask=np.stack([look] * 4)).numpy())
    with pytest.raises(
        ValueError, match=r"\(batch, keys\), \(queries, keys\), .* here of \(2, 2, 4, 4\), not \(3, 4\)"
    ):
        layer(x, mask=np.ones((3, 4)))


def test_unseen_keys_reach_no_gradient(rng):
    layer = nn.MultiHeadAttention(4, 2)
    x = rng.normal(size=(2, 3, 4)).astype("float32")
    mask = np.array([[True, False], [True, True]])
    results = []
    for hidden in (0.0, np.nan, np.inf):
        context = np.where(mask[..., None], x[:, :2], np.float32(hidden))
        gradients = sg.grad(lambda layer, c=context: (layer(x, context=c, mask=mask) ** 2).sum())(layer)
        results.append([gradient.numpy() for gradient in gradients.values()])
    for result in results[1:]:
        assert all(np.array_equal(found, expected) for found, expected in zip(result, results[0], strict=True))


@pytest.mark.parametrize("kind", [nn.MultiHeadAttention, nn.TransformerEncoderBlock])
def test_no_positions(kind):
    assert kind(8, 2)(np.ones((2, 0, 8), "float32")).shape == (2, 0, 8)

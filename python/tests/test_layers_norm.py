"""Normalisations, activations and weight wrappers against their papers' formulas in NumPy, computed in float64."""

from __future__ import annotations

import numpy as np
import pytest
import swiftgan as sg
from scipy import special
from swiftgan import nn


def value(layer, name):
    return layer.parameters()[name].value.numpy().astype("float64")


def close(found, expected, tolerance=2e-5):
    np.testing.assert_allclose(found.numpy(), expected, rtol=tolerance, atol=tolerance)


def randomise(layer, rng):
    """Set all trainable parameters to numbers that hide no mistake."""
    for parameter in layer.trainable_parameters().values():
        parameter.value = sg.array(rng.normal(size=parameter.value.shape), dtype="float32")


def standardised(x, axes, eps=1e-5):
    return (x - x.mean(axes, keepdims=True)) / np.sqrt(x.var(axes, keepdims=True) + eps)


ACTIVATIONS = {
    "ELU": lambda x: np.where(x > 0, x, np.expm1(x)),
    "SELU": lambda x: 1.0507009873554805 * np.where(x > 0, x, 1.6732632423543772 * np.expm1(x)),
    "SiLU": lambda x: x * special.expit(x),
    "Mish": lambda x: x * np.tanh(np.log1p(np.exp(x))),
    "Softsign": lambda x: x / (1 + np.abs(x)),
    "LogSigmoid": special.log_expit,
    "HardSigmoid": lambda x: np.clip((x + 3) / 6, 0, 1),
    "HardSwish": lambda x: x * np.clip((x + 3) / 6, 0, 1),
    "HardTanh": lambda x: np.clip(x, -1, 1),
    "LogSoftmax": lambda x: special.log_softmax(x, -1),
    "GLU": lambda x: x[..., :3] * special.expit(x[..., 3:]),
    "PReLU": lambda x: np.where(x > 0, x, 0.25 * x),
}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activations(name, rng):
    x = rng.normal(size=(5, 6), scale=4)
    close(getattr(nn, name)()(x.astype("float32")), ACTIVATIONS[name](x))


@pytest.mark.parametrize("name", ACTIVATIONS)
@pytest.mark.parametrize("size", [1e4, -1e4])
def test_activations_far_from_zero(name, size):
    layer = getattr(nn, name)()
    x = sg.array(np.array([[size, -size, size, size / 2, size, 1.0]], "float32"))
    found, gradient = sg.value_and_grad(lambda x: layer(x).sum())(x)
    assert np.isfinite(found.item())
    assert np.isfinite(gradient.numpy()).all()


def test_prelu_has_a_slope_for_each_feature(rng):
    x = rng.normal(size=(4, 3, 2))
    layer = nn.PReLU(2)
    randomise(layer, rng)
    close(layer(x.astype("float32")), np.where(x > 0, x, value(layer, "weight") * x))


@pytest.mark.parametrize("groups", [1, 2, 6])
@pytest.mark.parametrize("shape", [(3, 6), (3, 4, 6), (2, 3, 5, 6)])
def test_group_norm(groups, shape, rng):
    x = rng.normal(size=shape, loc=2)
    layer = nn.GroupNorm(6, groups)
    randomise(layer, rng)
    if groups == 6 and len(shape) == 2:
        return  # nothing to normalise over
    split = x.reshape(shape[0], -1, groups, 6 // groups)
    normed = standardised(split, (1, 3)).reshape(shape)
    close(layer(x.astype("float32")), normed * value(layer, "weight") + value(layer, "bias"), 1e-4)


def test_instance_norm(rng):
    x = rng.normal(size=(2, 4, 3, 5), loc=-1)
    close(nn.InstanceNorm(5)(x.astype("float32")), standardised(x, (1, 2)))
    layer = nn.InstanceNorm(5, affine=True)
    randomise(layer, rng)
    expected = standardised(x, (1, 2)) * value(layer, "weight") + value(layer, "bias")
    close(layer(x.astype("float32")), expected)


def test_norms_without_a_mean(rng):
    x = rng.normal(size=(3, 4, 5), loc=1)
    layer = nn.RMSNorm(5)
    randomise(layer, rng)
    close(layer(x.astype("float32")), x / np.sqrt((x**2).mean(-1, keepdims=True) + 1e-6) * value(layer, "weight"))
    close(nn.PixelNorm()(x.astype("float32")), x / np.sqrt((x**2).mean(-1, keepdims=True) + 1e-8))


def test_conditional_batch_norm(rng):
    x, labels = rng.normal(size=(8, 3, 3, 4)), rng.integers(0, 5, 8)
    layer = nn.ConditionalBatchNorm(4, num_classes=5)
    plain = nn.BatchNorm(4, affine=False)
    close(layer(x.astype("float32"), labels=labels), plain(x.astype("float32")).numpy())
    randomise(layer, rng)
    scale, shift = (value(layer, f"{part}.weight")[labels][:, None, None] for part in ("scale", "shift"))
    close(layer(x.astype("float32"), labels=labels), standardised(x, (0, 1, 2)) * scale + shift)
    plain(x.astype("float32"))
    layer.eval(), plain.eval()
    y = rng.normal(size=(8, 3, 3, 4))
    close(layer(y.astype("float32"), labels=labels), plain(y.astype("float32")).numpy() * scale + shift)


def test_norms_by_vectors(rng):
    x, style = rng.normal(size=(3, 4, 4, 2)), rng.normal(size=(3, 6))
    for layer, name, normed in [
        (nn.AdaIN(2, 6), "style", standardised(x, (1, 2))),
        (nn.ConditionalInstanceNorm(2, condition_features=6), "condition", standardised(x, (1, 2))),
        (nn.ConditionalBatchNorm(2, condition_features=6), "condition", standardised(x, (0, 1, 2))),
    ]:
        randomise(layer, rng)
        both = style @ value(layer, "map.weight") + value(layer, "map.bias")
        expected = normed * (1 + both[:, None, None, :2]) + both[:, None, None, 2:]
        close(layer(x.astype("float32"), **{name: style.astype("float32")}), expected, 1e-4)
        assert layer.input_names == (name,)


def test_mistakes_of_conditions():
    with pytest.raises(ValueError, match="give just one of num_classes and condition_features"):
        nn.ConditionalBatchNorm(4)
    with pytest.raises(TypeError, match="'labels' is missing"):
        nn.ConditionalBatchNorm(4, num_classes=3)(sg.zeros((2, 4)))
    with pytest.raises(ValueError, match=r"labels must have shape \(2,\)"):
        nn.ConditionalBatchNorm(4, num_classes=3)(sg.zeros((2, 4)), labels=np.zeros((2, 1), int))
    with pytest.raises(IndexError, match="3"):
        nn.ConditionalBatchNorm(4, num_classes=3)(sg.zeros((2, 4)), labels=np.array([0, 3]))
    with pytest.raises(ValueError, match="num_groups must divide features"):
        nn.GroupNorm(6, 4)


# --------------------------------------------------------------------------------------------------------- wrappers

LAYERS = {
    "dense": ({"name": "dense", "in_features": 5, "out_features": 4}, (6, 5), lambda w: w),
    "conv2d": (
        {"name": "conv2d", "in_channels": 2, "out_channels": 3, "kernel_size": 3},
        (2, 5, 5, 2),
        lambda w: w.reshape(-1, 3),
    ),
    "conv_transpose2d": (
        {"name": "conv_transpose2d", "in_channels": 2, "out_channels": 3, "kernel_size": 3, "stride": 2},
        (2, 3, 3, 2),
        lambda w: np.moveaxis(w, 2, -1).reshape(-1, 3),
    ),
    "embedding": ({"name": "embedding", "num_embeddings": 7, "embedding_dim": 3}, None, lambda w: w),
}


def example(shape, rng):
    return np.array([0, 6, 3]) if shape is None else rng.normal(size=shape).astype("float32")


@pytest.mark.parametrize("name", LAYERS)
def test_spectral_norm(name, rng):
    specification, shape, matrix = LAYERS[name]
    layer, plain, x = nn.SpectralNorm(specification), nn.Layer.named(**specification), example(shape, rng)
    weight = rng.normal(size=value(layer, "weight").shape)
    layer.parameters()["weight"].value = sg.array(weight, dtype="float32")
    for _ in range(200):
        layer(x)
    plain.parameters()["weight"].value = sg.array(weight / np.linalg.svd(matrix(weight))[1][0], dtype="float32")
    close(layer(x), plain(x).numpy(), 1e-4)
    before = {key: value(layer, key) for key in layer.parameters()}
    layer.eval()
    close(layer(x), plain(x).numpy(), 1e-4)
    assert all(np.array_equal(value(layer, key), old) for key, old in before.items())
    assert set(layer.trainable_parameters()) == {key for key in before if key in ("weight", "bias")}


@pytest.mark.parametrize("name", LAYERS)
def test_weight_norm(name, rng):
    specification, shape, matrix = LAYERS[name]
    layer, plain, x = nn.WeightNorm(specification), nn.Layer.named(**specification), example(shape, rng)
    close(sg.array(value(layer, "weight_g")), np.linalg.norm(matrix(value(layer, "weight")), axis=0))
    plain.parameters()["weight"].value = layer.parameters()["weight"].value
    close(layer(x), plain(x).numpy())
    layer.parameters()["weight"].value = 3 * layer.parameters()["weight"].value
    close(layer(x), plain(x).numpy())


def test_equalized_learning_rate(rng):
    layer = nn.EqualizedLearningRate(
        {"name": "conv2d", "in_channels": 8, "out_channels": 64, "kernel_size": 3, "weight_init": "he_normal"}
    )
    assert abs(value(layer, "weight").std() - 1) < 0.03
    x = rng.normal(size=(1, 5, 5, 8)).astype("float32")
    scaled = (value(layer, "weight") * np.sqrt(2 / 72)).astype("float32")
    close(layer(x), sg.conv2d(x, scaled).numpy())


def test_a_critic_under_spectral_norm_is_lipschitz(rng):
    """The point of it: slopes of at most 1, however a net of 1-Lipschitz activations is trained."""
    dense = [{"name": "dense", "in_features": n, "out_features": m} for n, m in ((2, 32), (32, 32), (32, 1))]
    layers = [dense[0], "relu", dense[1], "relu", dense[2]]
    critic = nn.SpectralNorm({"name": "sequential", "layers": layers})
    adam = sg.optim.Adam(critic, learning_rate=0.01)
    x = rng.normal(size=(64, 2)).astype("float32")
    target = 10 * x[:, :1]
    for _ in range(100):
        adam.step(sg.grad(lambda net: sg.losses.mse(net(x), target))(critic))
    critic.eval()
    slope = sg.grad(lambda x: critic(x).sum())(sg.array(x)).numpy()
    length = np.linalg.norm(slope, axis=1)
    assert length.max() < 1.02
    assert length.mean() > 0.5


@pytest.mark.parametrize("dtype", ["uint8", "int32", "int64"])
def test_labels_of_any_integers(dtype, rng):
    labels = np.array([0, 2, 1, 2], dtype)
    x = rng.normal(size=(4, 3)).astype("float32")
    table = nn.Embedding(3, 2)
    assert np.array_equal(table(labels).numpy(), value(table, "weight").astype("float32")[labels])
    norm = nn.ConditionalBatchNorm(3, num_classes=3)
    assert np.array_equal(norm(x, labels=labels).numpy(), norm(x, labels=labels.astype("int32")).numpy())
    loss = sg.losses.cross_entropy
    assert loss(x, labels).item() == loss(x, labels.astype("int32")).item()
    for bad in ("bool", "float32"):
        for call in (table, lambda labels: norm(x, labels=labels), lambda labels: loss(x, labels)):
            with pytest.raises(TypeError, match=f"integers.*, not {bad}; cast"):
                call(labels.astype(bad))


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize("shape", [(500, 6), (40, 9, 5, 6)])
def test_batch_norm_far_from_zero(compiled, shape, rng):
    x = (1e4 + rng.normal(size=shape)).astype("float32")
    layer = nn.BatchNorm(6, momentum=1)
    found = (sg.compile(layer) if compiled else layer)(x)
    axes = tuple(range(len(shape) - 1))
    exact = x.astype("float64")
    # The input less its mean rounds to the spacing of numbers near 10,000, about 0.001.
    np.testing.assert_allclose(found.numpy(), standardised(exact, axes), atol=1e-3)
    np.testing.assert_allclose(layer.parameters()["running_mean"].value.numpy(), exact.mean(axes), rtol=2e-7)
    np.testing.assert_allclose(layer.parameters()["running_var"].value.numpy(), exact.var(axes, ddof=1), rtol=2e-6)


def test_batch_norm_reads_its_input_twice_forward(rng):
    layer = nn.Sequential(nn.BatchNorm(6), nn.ReLU())
    forward = sg.compile(lambda x: layer(x))
    forward(rng.normal(size=(400, 6)).astype("float32"))
    names = forward.information()["step_names"]
    assert sum("moments" in name for name in names) == 1
    assert sum("subtract" in name and "relu" in name for name in names) == 1
    assert not any("sum" in name for name in names)


@pytest.mark.parametrize("values", [[1e30, 2e30], [1e30, -3e30], [1e30] * 5000 + [2e30] * 5000])
def test_variances_too_large_are_infinite(values):
    x = np.array(values, np.float32)
    assert sg.var(x).item() == np.inf
    assert sg.var(x[:, None], axis=0).numpy()[0] == np.inf
    assert np.isnan(sg.var(np.array([np.inf, 1], np.float32)).item())
    column = nn.BatchNorm(1)(x[:, None]).numpy()
    assert np.isfinite(column).all()

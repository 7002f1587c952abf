"""Blocks, minibatch statistics and noise against what their papers say, in NumPy."""

from __future__ import annotations

import numpy as np
import pytest
import swiftgan as sg
from swiftgan import nn

DENSE = {"name": "dense", "in_features": 3, "out_features": 3}


def value(layer, name):
    return layer.parameters()[name].value.numpy().astype("float64")


def close(found, expected, tolerance=2e-5):
    np.testing.assert_allclose(found.numpy(), expected, rtol=tolerance, atol=tolerance)


def test_residual_and_parallel(rng):
    x = rng.normal(size=(4, 3))
    layer = nn.Residual([DENSE, "tanh"], scale=0.3)
    body = np.tanh(x @ value(layer, "body.0.weight") + value(layer, "body.0.bias"))
    close(layer(x.astype("float32")), x + 0.3 * body)
    layer = nn.Residual(["tanh"], shortcut=DENSE)
    close(layer(x.astype("float32")), np.tanh(x) + x @ value(layer, "shortcut.weight"))
    both = nn.Parallel([DENSE, "tanh"])
    first = x @ value(both, "0.weight")
    close(both(x.astype("float32")), np.concatenate([first, np.tanh(x)], -1))
    close(nn.Parallel(["tanh", "relu"], merge="sum")(x.astype("float32")), np.tanh(x) + np.maximum(x, 0))
    close(nn.Parallel(["tanh", "sigmoid"], merge="product")(x.astype("float32")), np.tanh(x) / (1 + np.exp(-x)))
    with pytest.raises(ValueError, match="a shortcut such as"):
        nn.Residual([{"name": "dense", "in_features": 3, "out_features": 2}])(sg.zeros((4, 3)))


@pytest.mark.parametrize(("batch", "group"), [(8, 4), (6, 4), (5, 4), (1, 4), (4, 2)])
def test_minibatch_stddev(batch, group, rng):
    x = rng.normal(size=(batch, 2, 3, 4))
    layer = nn.MinibatchStddev(group, num_features=2)
    size = max(n for n in range(1, group + 1) if batch % n == 0)
    expected = np.zeros((batch, 2, 3, 2))
    for start in range(batch // size):
        members = x[start :: batch // size]
        deviation = np.sqrt(members.var(0) + 1e-8)
        for i in range(2):
            expected[start :: batch // size, ..., i] = deviation[..., 2 * i : 2 * i + 2].mean()
    close(layer(x.astype("float32")), np.concatenate([x, expected], -1))


def test_minibatch_discrimination(rng):
    x = rng.normal(size=(5, 4))
    layer = nn.MinibatchDiscrimination(4, num_kernels=3, kernel_dim=2, weight_init={"name": "normal", "std": 0.5})
    m = (x @ value(layer, "weight")).reshape(5, 3, 2)
    o = np.array(
        [[sum(np.exp(-np.abs(m[i, b] - m[j, b]).sum()) for j in range(5)) for b in range(3)] for i in range(5)]
    )
    close(layer(x.astype("float32")), np.concatenate([x, o], -1))


def test_noise():
    x = sg.ones((4000, 5))
    noise = nn.GaussianNoise(0.5)
    found = noise(x).numpy()
    assert abs(found.mean() - 1) < 0.02
    assert abs(found.std() - 0.5) < 0.02
    assert np.array_equal(noise.eval()(x).numpy(), x.numpy())
    drop = nn.DropPath(0.25)
    found = drop(x).numpy()
    assert set(np.unique(found)) == {0, np.float32(1 / 0.75)}
    assert (found == found[:, :1]).all()
    assert abs((found[:, 0] == 0).mean() - 0.25) < 0.03
    assert np.array_equal(drop.eval()(x).numpy(), x.numpy())


@pytest.mark.parametrize("size", [(16, 16), (28, 28), (7, 13), (1, 1)])
def test_unet_of_any_size(size, rng):
    net = nn.UNet(2, 3, [4, 8, 8], norm="instance_norm" if min(size) > 8 else None)
    x = rng.normal(size=(2, *size, 2)).astype("float32")
    y = net(x).numpy()
    assert y.shape == (2, *size, 3)
    assert np.abs(y).max() <= 1
    net.eval()
    gradients = sg.grad(lambda net: (net(x) ** 2).sum())(net)
    assert all(np.abs(gradient.numpy()).max() > 0 for name, gradient in gradients.items() if "bias" not in name)


def test_unet_skips_and_conditions(rng):
    """With the innermost path shut the image still passes by the skips; labels reach the norms."""
    net = nn.UNet(1, 1, [4, 4], norm={"name": "conditional_batch_norm", "num_classes": 3}, dropout=0)
    x = rng.normal(size=(3, 8, 8, 1)).astype("float32")
    assert net.input_names[0] == "labels"
    before = net(x, labels=np.array([0, 1, 2])).numpy()
    for name, parameter in net.parameters().items():
        if name.startswith(("down1.conv", "up1.conv")):
            parameter.value = sg.zeros(parameter.value.shape)
    after = net(x, labels=np.array([0, 1, 2])).numpy()
    assert np.abs(after).max() > 0
    assert not np.array_equal(after, before)
    assert not np.array_equal(after[0], after[1])

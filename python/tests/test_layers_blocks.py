"""Blocks, minibatch statistics and noise against what their papers say, in NumPy."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import swiftgan as sg
from scipy import ndimage
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


PADDING = {"constant": "constant", "reflect": "reflect", "edge": "edge", "symmetric": "symmetric", "wrap": "wrap"}


@pytest.mark.parametrize("mode", PADDING)
@pytest.mark.parametrize("groups", [1, 2])
def test_convolutions_against_jax(mode, groups, rng):
    x = rng.normal(size=(2, 7, 6, 4)).astype("float32")
    layer = nn.Conv2D(4, 6, 3, stride=2, padding=1, groups=groups, padding_mode=mode)
    around = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)), mode)
    expected = jax.lax.conv_general_dilated(
        around,
        layer.parameters()["weight"].value.numpy(),
        (2, 2),
        "VALID",
        dimension_numbers=("NHWC", "HWIO", "NHWC"),
        feature_group_count=groups,
    )
    close(layer(x), np.asarray(expected), 1e-4)
    line = nn.Conv1D(4, 6, 3, padding="same", dilation=2, groups=groups, padding_mode=mode)
    around = np.pad(x[:, 0], ((0, 0), (2, 2), (0, 0)), mode)
    expected = jax.lax.conv_general_dilated(
        around,
        line.parameters()["weight"].value.numpy(),
        (1,),
        "VALID",
        rhs_dilation=(2,),
        dimension_numbers=("NWC", "WIO", "NWC"),
        feature_group_count=groups,
    )
    close(line(x[:, 0]), np.asarray(expected), 1e-4)


def test_grouped_transposed_convolution_is_the_adjoint(rng):
    down = nn.Conv2D(4, 6, 4, stride=2, padding="same", groups=2, bias=False)
    up = nn.ConvTranspose2D(6, 4, 4, stride=2, padding="same", groups=2, bias=False)
    up.parameters()["weight"].value = down.parameters()["weight"].value
    x, y = (rng.normal(size=shape).astype("float32") for shape in ((2, 6, 8, 4), (2, 3, 4, 6)))
    assert np.isclose((down(x).numpy() * y).sum(), (x * up(y).numpy()).sum(), rtol=1e-4)


def test_pools_and_resampling(rng):
    x = rng.normal(size=(2, 6, 9, 3)).astype("float32")
    blocks = x.reshape(2, 3, 2, 3, 3, 3)
    close(nn.MaxPool2D((2, 3))(x), blocks.max((2, 4)))
    close(nn.AvgPool2D((2, 3))(x), blocks.mean((2, 4)))
    close(nn.AdaptiveAvgPool2D(3)(x), blocks.mean((2, 4)))
    close(nn.AdaptiveMaxPool2D(3)(x), blocks.max((2, 4)))
    close(nn.GlobalAvgPool()(x), x.mean((1, 2)))
    close(nn.GlobalMaxPool()(x), x.max((1, 2)))
    inside = ndimage.uniform_filter(x, (1, 3, 3, 1), mode="constant")
    counts = ndimage.uniform_filter(np.ones_like(x), (1, 3, 3, 1), mode="constant")
    close(nn.AvgPool2D(3, stride=1, padding="same")(x), inside)
    close(nn.AvgPool2D(3, stride=1, padding="same", count_include_pad=False)(x), inside / counts)
    close(nn.MaxPool2D(3, stride=1, padding="same")(x), ndimage.maximum_filter(x, (1, 3, 3, 1), mode="nearest"))
    close(nn.Upsample((2, 3))(x), x.repeat(2, 1).repeat(3, 2))
    close(nn.Upsample(2, mode="bilinear")(x), jax.image.resize(x, (2, 12, 18, 3), "bilinear"))
    shuffled = nn.PixelShuffle(3)(x.repeat(3, -1))
    close(nn.PixelUnshuffle(3)(shuffled), x.repeat(3, -1))
    close(nn.Pad2D([1, 0, 2, 1], "reflect")(x), np.pad(x, ((0, 0), (1, 0), (2, 1), (0, 0)), "reflect"))
    close(nn.Pad2D(1, value=3)(x), np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)), constant_values=3))


def test_upsample_conv2d_and_residual_block_shapes(rng):
    x = rng.normal(size=(2, 5, 4, 3)).astype("float32")
    grow = nn.UpsampleConv2D(3, 2, padding_mode="reflect")
    around = jnp.pad(x.repeat(2, 1).repeat(2, 2), ((0, 0), (1, 1), (1, 1), (0, 0)), "reflect")
    close(grow(x), sg.conv2d(np.asarray(around), grow.parameters()["weight"].value).numpy())
    for resample, shape in (("none", (5, 4)), ("up", (10, 8)), ("down", (2, 2))):
        for order in ("pre", "post"):
            assert nn.ResidualBlock(3, 6, resample=resample, order=order)(x).shape == (2, *shape, 6)


# ------------------------------------------------------------------------------------------- layers around layers


class Doubled(nn.Module):
    """A network written in Python."""

    def __init__(self):
        self.inner = nn.Dense(3, 3)

    def forward(self, x):
        return 2 * self.inner(x)


def test_options_take_layers_that_exist(rng, tmp_path):
    x = rng.normal(size=(4, 3)).astype("float32")
    dense = nn.Dense(3, 3)
    norm = nn.WeightNorm(dense)
    close(norm(x), dense(x).numpy())
    assert list(norm.parameters()) == ["weight", "bias", "weight_g"]
    dense.parameters()["bias"].value = sg.ones(3)
    close(norm(x), dense(x).numpy())

    block = nn.Residual([nn.SpectralNorm(Doubled()), "tanh"], shortcut=nn.Sequential(dense, nn.ReLU()))
    assert "body.0.inner.weight_u" in block.parameters()
    assert "shortcut.0.weight" in block.parameters()
    gradients = sg.grad(lambda net: (net(x) ** 2).sum())(block)
    assert set(gradients) == set(block.trainable_parameters())
    assert all(np.abs(gradient.numpy()).max() > 0 for gradient in gradients.values())
    block.eval()
    assert not dense.training
    block.save(tmp_path / "block.safetensors")
    other = nn.Residual([nn.SpectralNorm(Doubled()), "tanh"], shortcut=nn.Sequential(nn.Dense(3, 3), nn.ReLU()))
    other.eval().load(tmp_path / "block.safetensors")
    assert np.array_equal(other(x).numpy(), block(x).numpy())


def test_layers_around_layers_are_copied_and_pickled(rng):
    import copy
    import pickle

    x = rng.normal(size=(4, 3)).astype("float32")
    net = nn.Parallel([nn.SpectralNorm(nn.Dense(3, 2)), nn.Dense(3, 1)]).eval()
    for other in (copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
        assert np.array_equal(other(x).numpy(), net(x).numpy())
        other.parameters()["1.bias"].value = sg.ones(1)
        assert not np.array_equal(other(x).numpy(), net(x).numpy())
    with pytest.raises(TypeError, match="cannot be pickled or copied"):
        copy.deepcopy(nn.SpectralNorm(Doubled()))


def test_one_layer_is_a_list_of_one(rng):
    x = rng.normal(size=(4, 3)).astype("float32")
    dense = nn.Dense(3, 3)
    assert np.array_equal(nn.Residual(dense)(x).numpy(), nn.Residual([dense])(x).numpy())
    assert nn.Residual("relu")(x).shape == (4, 3)
    with pytest.raises(TypeError, match="option 'scale' must be a number, not a layer"):
        nn.Residual(dense, scale=nn.Dense(3, 3))
    with pytest.raises(TypeError, match="option 'layers' must be a layer or a list of layers, not 3"):
        nn.Residual(3)


@pytest.mark.parametrize("wrapper", [nn.SpectralNorm, nn.WeightNorm])
def test_two_wrappers_on_one_weight(wrapper):
    with pytest.raises(ValueError, match=r"_norm: the parameter 'weight' already has a \w+_norm around it") as caught:
        wrapper(wrapper(nn.Dense(2, 2)))
    assert "scope" not in str(caught.value)
    with pytest.raises(ValueError, match=r"the parameter '0.weight' already has"):
        wrapper(nn.Sequential(wrapper(nn.Dense(2, 2)), nn.Dense(2, 2)))


def test_layers_of_sequences_are_those_of_images_one_pixel_high(rng):
    x = rng.normal(size=(2, 7, 3)).astype("float32")
    pairs = [
        (nn.MaxPool1D(3, stride=2, padding="same"), nn.MaxPool2D((1, 3), stride=(1, 2), padding="same")),
        (nn.MaxPool1D(2, dilation=2), nn.MaxPool2D((1, 2), dilation=(1, 2))),
        (nn.AvgPool1D(3, padding=1), nn.AvgPool2D((1, 3), padding=(0, 1))),
        (nn.Pad1D([1, 2], mode="reflect"), nn.Pad2D([0, 0, 1, 2], mode="reflect")),
        (nn.Upsample(2), nn.Upsample((1, 2))),
        (nn.Upsample(3, mode="bilinear"), nn.Upsample((1, 3), mode="bilinear")),
    ]
    for sequences, images in pairs:
        assert np.array_equal(sequences(x).numpy(), images(x[:, None]).numpy()[:, 0]), sequences
    for padding, length in (("same", 14), ("valid", 16), (1, 14)):
        layer = nn.ConvTranspose1D(3, 2, 4, stride=2, padding=padding)
        images = nn.ConvTranspose2D(3, 2, (1, 4), stride=(1, 2), padding=(0, 1) if padding == 1 else padding)
        images.parameters()["weight"].value = layer.parameters()["weight"].value[None]
        assert layer(x).shape == (2, length, 2)
        assert np.allclose(layer(x).numpy(), images(x[:, None]).numpy()[:, 0], atol=1e-6)
    assert np.allclose(nn.GlobalAvgPool()(x).numpy(), x.mean(1), atol=1e-6)
    assert np.array_equal(nn.ReLU6()(9 * x).numpy(), np.clip(9 * x, 0, 6))
    with pytest.raises(ValueError, match="a sequence has one scale_factor"):
        nn.Upsample((2, 3))(x)
    with pytest.raises(ValueError, match=r"expected sequences \(batch, length, channels\)"):
        nn.MaxPool1D()(x[0])
    with pytest.raises(ValueError, match=r"output_padding must be at least 0 and below the stride \(2\), not 2"):
        nn.ConvTranspose1D(3, 2, 4, stride=2, output_padding=2)


def test_a_sequential_with_a_module_says_what_to_write():
    class Plain(nn.Module):
        def forward(self, x):
            return x

    net = nn.Sequential(Plain(), nn.ConditionalBatchNorm(3, num_classes=2))
    with pytest.raises(TypeError, match=r"write a Module whose forward\(self, x, labels\) calls the layers"):
        net(np.ones((4, 3), "float32"), labels=np.array([0, 1, 0, 1]))

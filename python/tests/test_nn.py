"""Layers by name, networks composed in Python, optimizers."""

from __future__ import annotations

import copy
import gc
import inspect
import json
import pickle
import weakref

import numpy as np
import pytest
import swiftgan as sg
from swiftgan import _registry, nn

LABELS = np.array([0, 4, 1, 0])

# Options, the input's shape (integers for None) and further inputs.
INPUTS = {
    "dense": ({"in_features": 3, "out_features": 4}, (5, 3)),
    "conv2d": ({"in_channels": 2, "out_channels": 3, "kernel_size": 3, "padding": "same"}, (2, 5, 5, 2)),
    "conv_transpose2d": (
        {"in_channels": 2, "out_channels": 3, "kernel_size": 4, "stride": 2, "padding": 1},
        (2, 3, 3, 2),
    ),
    "batch_norm": ({"features": 3}, (6, 3)),
    "layer_norm": ({"shape": 3}, (6, 3)),
    "embedding": ({"num_embeddings": 7, "embedding_dim": 3}, None),
    "reshape": ({"shape": [2, 3]}, (4, 6)),
    "maxout": ({"in_features": 3, "out_features": 2, "pieces": 3}, (4, 3)),
    "masked_dense": ({"in_degrees": [1, 2, 3], "out_degrees": [1, 2, 2]}, (4, 3)),
    "made": ({"in_features": 3, "hidden": [4, 5]}, (4, 3)),
    "random_features": ({"in_features": 3, "out_features": 4}, (4, 3)),
    "rbm": ({"in_features": 3, "out_features": 4}, (4, 3)),
    "glu": ({}, (3, 4)),
    "group_norm": ({"features": 4, "num_groups": 2}, (3, 5, 4)),
    "instance_norm": ({"features": 4, "affine": True}, (3, 5, 4)),
    "rms_norm": ({"shape": 3}, (4, 3)),
    "conditional_batch_norm": ({"features": 3, "num_classes": 5}, (4, 3), {"labels": LABELS}),
    "conditional_instance_norm": ({"features": 3, "num_classes": 5}, (4, 6, 3), {"labels": LABELS}),
    "ada_in": ({"features": 3, "style_features": 2}, (4, 6, 3), {"style": np.ones((4, 2), "float32")}),
    "spectral_norm": ({"layer": {"name": "dense", "in_features": 3, "out_features": 2}}, (4, 3)),
    "weight_norm": ({"layer": {"name": "dense", "in_features": 3, "out_features": 2}}, (4, 3)),
    "equalized_learning_rate": ({"layer": {"name": "dense", "in_features": 3, "out_features": 2}}, (4, 3)),
    "residual": ({"layers": [{"name": "dense", "in_features": 3, "out_features": 3}]}, (4, 3)),
    "parallel": ({"branches": ["relu", {"name": "dense", "in_features": 3, "out_features": 2}]}, (4, 3)),
    "slice": ({"start": 1, "end": 3}, (4, 3)),
    "conv1d": ({"in_channels": 2, "out_channels": 3, "kernel_size": 3, "padding": "same"}, (2, 5, 2)),
    "depthwise_conv2d": ({"in_channels": 2, "kernel_size": 3}, (2, 5, 5, 2)),
    "upsample": ({}, (2, 3, 3, 2)),
    "upsample_conv2d": ({"in_channels": 2, "out_channels": 3}, (2, 3, 3, 2)),
    "pad2d": ({"padding": [1, 2], "mode": "reflect"}, (2, 3, 3, 2)),
    "max_pool2d": ({}, (2, 4, 4, 2)),
    "avg_pool2d": ({}, (2, 4, 4, 2)),
    "adaptive_avg_pool2d": ({"output_size": 3}, (2, 4, 5, 2)),
    "adaptive_max_pool2d": ({"output_size": [3, 2]}, (2, 4, 5, 2)),
    "conv_transpose1d": ({"in_channels": 2, "out_channels": 3, "kernel_size": 4, "stride": 2}, (2, 5, 2)),
    "pad1d": ({"padding": [1, 2], "mode": "reflect"}, (2, 3, 2)),
    "max_pool1d": ({}, (2, 4, 2)),
    "avg_pool1d": ({}, (2, 4, 2)),
    "pixel_shuffle": ({}, (2, 3, 3, 4)),
    "pixel_unshuffle": ({}, (2, 4, 4, 2)),
    "residual_block": ({"in_channels": 2, "out_channels": 3, "resample": "down"}, (2, 4, 4, 2)),
    "minibatch_discrimination": ({"in_features": 3}, (4, 3)),
    "unet": ({"in_channels": 1, "out_channels": 2, "channels": [3, 4]}, (2, 9, 8, 1)),
    **{name: ({"input_size": 3, "hidden_size": 4}, (2, 5, 3)) for name in ("rnn", "lstm", "gru")},
    **{f"{name}_cell": ({"input_size": 3, "hidden_size": 4}, (2, 3)) for name in ("rnn", "lstm", "gru")},
    "multi_head_attention": ({"features": 4, "num_heads": 2}, (2, 3, 4)),
    "self_attention2d": ({"channels": 8}, (2, 3, 4, 8)),
    "transformer_encoder_block": ({"features": 4, "num_heads": 2}, (2, 3, 4)),
    "learned_positional_encoding": ({"max_length": 5, "features": 3}, (2, 4, 3)),
    "virtual_batch_norm": ({"features": 3, "reference": 2}, (4, 3)),
    "reference_batch": (
        {"size": 2, "shape": [3], "layer": {"name": "dense", "in_features": 3, "out_features": 2}},
        (4, 3),
    ),
    "sequential": ({"layers": [{"name": "dense", "in_features": 3, "out_features": 2}, "relu"]}, (4, 3)),
}


def make(name):
    options, shape, *further = INPUTS.get(name, ({}, (4, 3)))
    x = sg.Tensor([0, 6, 2]) if shape is None else sg.random.normal(shape)
    layer = nn.Layer.named(name, **options)
    return layer, lambda layer: layer(x, **(further[0] if further else {}))


@pytest.mark.parametrize("name", [entry["name"] for entry in json.loads(sg._core.registry("layer"))])
def test_every_registered_layer(name, tmp_path):
    """Each layer makes, runs, differentiates, saves and loads; one that needs options has a row above."""
    layer, call = make(name)
    y = call(layer)
    assert np.isfinite(y.numpy()).all()
    if layer.trainable_parameters():
        gradients = sg.grad(lambda layer: (call(layer) ** 2).sum())(layer)
        assert set(gradients) == set(layer.trainable_parameters())
        assert any(np.abs(gradient.numpy()).max() > 1e-6 for gradient in gradients.values())
    other, _ = make(name)
    layer.eval().save(tmp_path / "layer.safetensors")
    other.eval().load(tmp_path / "layer.safetensors")
    assert np.array_equal(call(other).numpy(), call(layer).numpy())
    known = inspect.signature(type(layer)).parameters
    assert set(INPUTS.get(name, ({}, None))[0]) <= set(known)
    assert type(layer).__name__ in repr(layer)
    assert type(layer).__doc__


def test_layers_compute_the_formulas(rng):
    x = rng.normal(size=(6, 3)).astype("float32")
    dense = nn.Dense(3, 2)
    w, b = (dense.parameters()[name].value.numpy() for name in ("weight", "bias"))
    assert np.allclose(dense(x).numpy(), x @ w + b, atol=1e-6)
    norm = nn.BatchNorm(3)
    assert np.allclose(norm(x).numpy(), (x - x.mean(0)) / np.sqrt(x.var(0) + 1e-5), atol=1e-5)
    assert np.allclose(norm.parameters()["running_mean"].value.numpy(), 0.1 * x.mean(0), atol=1e-6)
    norm.eval()
    running = 0.9 + 0.1 * x.var(0, ddof=1)
    assert np.allclose(norm(x).numpy(), (x - 0.1 * x.mean(0)) / np.sqrt(running + 1e-5), atol=1e-5)
    embedding = nn.Embedding(5, 3)
    assert np.array_equal(embedding(sg.Tensor([1, 4])).numpy(), embedding.parameters()["weight"].value.numpy()[[1, 4]])


def test_dropout_and_mode():
    net = nn.Sequential(nn.Dropout(0.5))
    x = sg.ones((1000,))
    assert net.training
    kept = net(x).numpy()
    assert set(np.unique(kept)) == {0, 2}
    assert abs(kept.mean() - 1) < 0.2
    first = net.seed(3)(x).numpy()
    assert np.array_equal(net.seed(3)(x).numpy(), first)
    assert not np.array_equal(net(x).numpy(), first)
    with net.evaluating():
        assert np.array_equal(net(x).numpy(), x.numpy())
    assert net.training
    assert not net.eval().training


class Net(nn.Module):
    """A network with everything that an attribute may be."""

    def __init__(self):
        self.blocks = [nn.Dense(3, 3), nn.Sequential(nn.Dense(3, 3), nn.Tanh())]
        self.heads = {"a": nn.Dense(3, 1), "b": nn.Dense(3, 1)}
        self.scale = nn.Parameter(sg.ones(3))
        self.count = nn.Parameter(sg.Tensor([0]), trainable=False)
        self.drop = nn.Dropout(0.5)
        self.note = "not a part"

    def forward(self, x):
        for block in self.blocks:
            x = x + block(x)
        return self.heads["a"](self.drop(x) * self.scale.value) + self.heads["b"](x)


def test_a_module_of_ones_own(tmp_path):
    net = Net()
    parts = ("blocks.0", "blocks.1.0", "heads.a", "heads.b")
    names = [f"{part}.{name}" for part in parts for name in ("weight", "bias")] + ["scale", "count"]
    assert sorted(net.parameters()) == sorted(names)
    assert "count" not in net.trainable_parameters()
    assert net.parameter_count == 9 + 3 + 9 + 3 + 4 + 4 + 3
    x = sg.random.normal((5, 3))
    gradients = sg.grad(lambda net: (net(x) ** 2).sum())(net)
    assert set(gradients) == set(names) - {"count"}
    net.eval()
    assert not net.training
    assert not net.drop.training
    y = net(x)
    net.save(tmp_path / "net.safetensors")
    other = Net().eval().load(tmp_path / "net.safetensors")
    assert np.array_equal(other(x).numpy(), y.numpy())
    assert "heads" in repr(net)
    net.extra = nn.Dense(3, 1)  # a part that comes later is found too
    assert "extra.weight" in net.parameters()


def test_what_cannot_be_copied_says_why():
    net = nn.Dense(3, 1)
    players = [sg.Player("discriminator", net), sg.Player("generator", nn.Dense(2, 3))]
    game = sg.Game(players, "non_saturating", latent=2)
    for thing, hint in (
        (sg.optim.Adam(net), r"Adam.*save\(path\)"),
        (game, "networks"),
        (sg.Trainer(game, sg.ones((64, 3))), r"save\(path\)"),
    ):
        for copied in (copy.copy, copy.deepcopy, pickle.dumps):
            with pytest.raises(TypeError, match=hint):
                copied(thing)


def test_attributes_leave_the_mode_alone():
    net = nn.Sequential(nn.Dense(4, 4), nn.Dropout(0.5)).eval()
    net.note = 1
    assert not net.training
    assert not net[1].training

    class Counting(nn.Module):
        def __init__(self):
            self.calls = 0
            self.drop = nn.Dropout(0.5)

        def forward(self, x):
            self.calls += 1
            return self.drop(x)

    counting = Counting()
    handle = counting.handle
    with counting.evaluating():
        assert counting(sg.ones(8)).tolist() == [1] * 8
        assert not counting.training
        assert not counting.drop.training
    assert counting.handle is handle
    assert counting.training
    assert counting.drop.training
    counting.eval().extra = nn.Dropout(0.5)  # a part that comes later joins in the mode
    assert not counting.training
    assert not counting.extra.training
    del counting.extra
    assert not counting.training


def test_parts_that_come_or_go_within_containers():
    net = Net()
    before = len(net.parameters())
    net.blocks.append(nn.Dense(3, 3))
    assert {"blocks.2.weight", "blocks.2.bias"} <= set(net.parameters())
    net.heads["c"] = nn.Sequential(Net())
    assert "heads.c.0.blocks.1.0.bias" in net.parameters()
    net.heads["c"][0].blocks.append(nn.Dense(3, 3))  # at any depth
    assert "heads.c.0.blocks.2.weight" in net.parameters()
    del net.heads["c"]
    net.blocks.pop()
    assert len(net.parameters()) == before
    net.blocks[0] = nn.Dense(3, 3)
    assert net.parameters()["blocks.0.weight"] == net.blocks[0].parameters()["weight"]


class Tied(nn.Module):
    """Two names of one layer, and a parameter and a normalisation with a state."""

    def __init__(self):
        self.first = nn.Dense(3, 3)
        self.second = [self.first, nn.Sequential(nn.BatchNorm(3), nn.Dropout(0.5))]
        self.scale = nn.Parameter(sg.ones(3))

    def forward(self, x):
        return self.second[1](self.second[0](self.first(x))) * self.scale.value


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda thing: pickle.loads(pickle.dumps(thing))])
def test_copies(copied):
    net = Tied()
    x = sg.random.normal((5, 3))
    net(x)
    net.scale.value = [1.0, 2.0, 3.0]
    twin = copied(net.eval())
    assert (twin.training, twin.first.training, twin.second[1][1].training) == (False, False, False)
    assert twin.second[0] is twin.first
    assert list(twin.parameters()) == list(net.parameters())
    assert np.array_equal(twin(x).numpy(), net(x).numpy())
    twin.scale.value = sg.zeros(3)
    assert net.scale.value.tolist() == [1, 2, 3]
    assert copied(nn.Dense(2, 2)).training
    mixed = Tied()
    mixed.eval().first.train()
    assert copied(mixed).first.training
    assert not copied(mixed).training
    generator = sg.random.Generator(3)
    generator.normal(4)
    again = copied(generator)
    assert again.normal(4).tolist() == generator.normal(4).tolist()


def test_a_parameter_of_ones_own():
    parameter = nn.Parameter([1.0, 2.0])
    gradient = sg.grad(lambda: (parameter.value**2).sum(), of=parameter)()
    assert gradient.tolist() == [2, 4]
    sg.optim.SGD([parameter], learning_rate=0.5).step([gradient])
    assert parameter.value.tolist() == [0, 0]
    parameter.value = [3.0, 4.0]
    assert parameter.value.tolist() == [3, 4]
    with pytest.raises(ValueError, match=r"\(3,\)"):
        parameter.value = sg.ones(3)


def test_modules_are_let_go_of():
    net = Net()
    net(sg.ones((2, 3)))
    net.parameters()
    watch = weakref.ref(net)
    del net
    gc.collect()
    assert watch() is None


def test_sequential_shares_its_layers():
    dense = nn.Dense(2, 2)
    net = nn.Sequential(dense, nn.ReLU(), nn.Dense(2, 1))
    net.parameters()["0.weight"].value = sg.zeros((2, 2))
    assert dense.parameters()["weight"].value.tolist() == [[0, 0], [0, 0]]
    assert len(net) == 3
    assert net[0] is dense
    assert len(net[1:]) == 2
    assert [type(layer).__name__ for layer in net] == ["Dense", "ReLU", "Dense"]
    with pytest.raises(TypeError, match="layer 1"):
        nn.Sequential(dense, sg.relu)


def test_seeds_decide_the_weights():
    first = nn.Dense(4, 4, generator=sg.random.Generator(1)).parameters()["weight"].value
    again = nn.Dense(4, 4, generator=sg.random.Generator(1)).parameters()["weight"].value
    other = nn.Dense(4, 4).parameters()["weight"].value
    sg.random.seed(0)
    assert np.array_equal(first.numpy(), again.numpy())
    assert np.array_equal(other.numpy(), nn.Dense(4, 4).parameters()["weight"].value.numpy())


def test_mistakes():
    with pytest.raises(TypeError, match="units.*in_features, out_features"):
        nn.Dense(2, units=3)
    with pytest.raises(TypeError, match="out_features"):
        nn.Dense(2)
    with pytest.raises(ValueError, match="-3"):
        nn.Dense(2, -3)
    with pytest.raises(TypeError, match="at most"):
        nn.ReLU(1)
    with pytest.raises(TypeError, match="twice"):
        nn.Dense(2, 3, in_features=2)
    with pytest.raises(AttributeError, match="Conv2D"):
        nn.Konv2D(2, 3)
    with pytest.raises(ValueError, match="dense"):
        nn.Layer.named("densse", 2, 3)
    with pytest.raises(ValueError, match=r"3 features|\(5, 4\)"):
        nn.Dense(3, 2)(sg.ones((5, 4)))
    with pytest.raises(MemoryError):
        nn.Dense(2**31 - 1, 2**31 - 1)
    with pytest.raises(ValueError, match="finite"):
        nn.Dropout(float("nan"))

    class Silent(nn.Module):
        def forward(self, x):
            return None

    silent = nn.Sequential(Silent())
    with pytest.raises(TypeError, match="forward"):
        silent.handle.apply(sg.ones(2))

    class Broken(nn.Module):
        def forward(self, x):
            raise LookupError("the user's own")

    broken = nn.Sequential(nn.Dense(2, 2), Broken())
    with pytest.raises(LookupError, match="the user's own") as caught:
        broken.handle.apply(sg.ones((1, 2)))
    assert caught.traceback[-1].name == "forward"
    with pytest.raises(NotImplementedError, match="forward"):
        nn.Module()(sg.ones(1))


@pytest.mark.parametrize("entry", json.loads(sg._core.registry("optimizer")), ids=lambda entry: entry["name"])
def test_every_optimizer_learns(entry, tmp_path, rng):
    x = rng.normal(size=(64, 3)).astype("float32")
    y = x @ np.array([[1.0], [-2.0], [0.5]], np.float32)
    net = nn.Dense(3, 1)
    optimizer_class = getattr(sg.optim, _registry.entries("optimizer")[entry["name"]].class_name)
    optimizer = optimizer_class(net, learning_rate=0.05)
    step = sg.value_and_grad(lambda net: ((net(x) - y) ** 2).mean())
    first = None
    for _ in range(150):
        loss, gradients = step(net)
        first = first or loss.item()
        optimizer.step(gradients)
    assert step(net)[0].item() < 0.05 * first
    optimizer.save(tmp_path / "state.safetensors")
    twin = nn.Dense(3, 1)
    net.save(tmp_path / "net.safetensors")
    twin.load(tmp_path / "net.safetensors")
    second = optimizer_class(twin, learning_rate=0.05)
    second.load(tmp_path / "state.safetensors")
    for model, rule in ((net, optimizer), (twin, second)):
        rule.step(step(model)[1])
    for name, parameter in net.parameters().items():
        assert np.array_equal(parameter.value.numpy(), twin.parameters()[name].value.numpy())


def test_optimizer_options():
    net = nn.Dense(2, 1)
    optimizer = sg.optim.Adam(net.parameters()["weight"], learning_rate={"name": "cosine", "initial": 1.0, "steps": 10})
    optimizer.add_group([net.parameters()["bias"]], learning_rate=0.1)
    gradients = list(sg.grad(lambda net: net(sg.ones((1, 2))).sum())(net).values())
    optimizer.step(gradients)
    assert optimizer.learning_rate < 1
    optimizer.learning_rate = 0.25
    assert optimizer.learning_rate == 0.25
    with pytest.raises(ValueError, match="1 gradients.*2 parameters"):
        optimizer.step(gradients[:1])
    with pytest.raises(TypeError, match="lr.*learning_rate"):
        sg.optim.Adam(net, lr=1)
    with pytest.raises(ValueError, match="no trainable"):
        sg.optim.SGD(nn.ReLU())
    with pytest.raises(TypeError, match="parameters"):
        sg.optim.SGD([sg.ones(2)])
    with pytest.raises(AttributeError, match="Adam"):
        sg.optim.Adagrad(net)


def test_files_are_safetensors(tmp_path):
    """Other programs read the files, and ours reads theirs."""
    safetensors = pytest.importorskip("safetensors.numpy")
    net = nn.Sequential(nn.Dense(3, 4), nn.BatchNorm(4))
    net.save(tmp_path / "net.safetensors")
    theirs = safetensors.load_file(tmp_path / "net.safetensors")
    for name, parameter in net.parameters().items():
        assert np.array_equal(theirs[name], parameter.value.numpy())
    changed = {name: value + 1 for name, value in theirs.items()}
    safetensors.save_file(changed, tmp_path / "changed.safetensors")
    net.load(tmp_path / "changed.safetensors")
    for name, parameter in net.parameters().items():
        assert np.array_equal(changed[name], parameter.value.numpy())


def test_documentation_speaks_python():
    for module in (nn, sg.optim, sg.models):
        for name in dir(module):
            text = getattr(module, name).__doc__ or ""
            assert not {"null", "true", "false", "object"} & set(text.replace(")", " ").replace(",", " ").split()), name
    assert "(default: True)" in nn.Dense.__doc__
    assert "or a dict such as" in nn.Dense.__doc__
    assert repr(nn.Dense(2, 3).parameters()["weight"]) == "Parameter('weight', shape=(2, 3), dtype=float32)"
    assert repr(nn.BatchNorm(2).parameters()["running_var"]).endswith("trainable=False)")


def test_further_inputs_that_a_layer_does_not_have():
    x = sg.ones((2, 3))
    net = nn.Sequential(nn.Dense(3, 2), nn.ReLU())
    assert net.input_names == ()
    assert net.output_names == ()
    first, further = net.outputs(x)
    assert further == {}
    assert np.array_equal(first.numpy(), net(x).numpy())
    assert np.array_equal(net(x, mask=None).numpy(), net(x).numpy())
    with pytest.raises(TypeError, match="no further input 'mask'; it has none"):
        net(x, mask=x)
    with pytest.raises(TypeError, match="no further input 'labels'"):
        nn.Dense(3, 2).outputs(x, labels=[0, 1])

    class Own(nn.Module):
        def forward(self, x):
            return x

    with pytest.raises(TypeError, match=r"\(mask\).*written in Python"):
        nn.Sequential(nn.ReLU(), Own())(x, mask=x)


def test_dtype_of_parameters():
    net = nn.Layer.named(
        "sequential", layers=[{"name": "dense", "in_features": 3, "out_features": 2}, "relu"], dtype="float64"
    )
    assert net.parameters()["0.weight"].value.dtype == sg.float64
    assert net(np.ones((2, 3))).dtype == sg.float64
    assert "dtype='float64'" in repr(net)
    again = pickle.loads(pickle.dumps(nn.GRU(2, 3, dtype="float64")))
    assert again.parameters()["bias"].value.dtype == sg.float64
    assert nn.Dense(2, 2).parameters()["weight"].value.dtype == sg.float32
    # Among others, and back from a specification.
    mixed = nn.Sequential(nn.Dense(3, 2, dtype=np.float64), nn.Dense(2, 1))
    built = sg._core.layer_from_specification(mixed.handle.specification(), sg._core.generator(0))
    assert [p.value.dtype for p in built.parameters()] == [sg.float64] * 2 + [sg.float32] * 2
    with pytest.raises(ValueError, match="'dtype' must be one of 'float32', 'float64'"):
        nn.Dense(2, 2, dtype=int)
    with pytest.raises(TypeError, match="float16"):
        nn.Dense(2, 2, dtype="float16")

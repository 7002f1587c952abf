"""Checks for NaN and infinity: they name the operation, the layer and the step where the first one arises."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest
import swiftgan as sg
from swiftgan import nn


def test_names_the_operation_with_shapes_and_ranges():
    with sg.debug(nan=True):
        with pytest.raises(RuntimeError) as caught:
            sg.log(sg.Tensor([[4.0, -1.0, 2.0]]))
        message = str(caught.value)
        assert message == (
            "log: made NaN of finite inputs, in 1 of 3 elements of float32 (1, 3): input 0 is float32 (1, 3) "
            "from -1.0 to 4.0"
        )
        with pytest.raises(
            RuntimeError, match=r"divide: made infinity.*input 0 is.*from 1\.0 to 1\.0; input 1.*from 0\.0"
        ):
            sg.ones(2) / sg.zeros(2)
        with pytest.raises(RuntimeError, match="exp: made infinity.*float64"):
            sg.exp(sg.Tensor(1000.0, dtype="float64"))
    assert np.isnan(sg.log(sg.Tensor(-1.0)).item())


def test_what_is_asked_for_or_came_in_is_none():
    with sg.debug(nan=True):
        inf = sg.full(3, np.inf)
        nan = sg.Tensor([np.nan, 1.0, 2.0])
        assert np.isinf((inf + 1).numpy()).all()
        assert np.isnan((nan * 2).numpy()[0])
        assert sg.where(sg.Tensor([True, False, True]), inf, nan).shape == (3,)
        # Steps on the way that need infinities of their own are no mistakes.
        x = sg.Tensor([[1.0, 200.0, -300.0], [0.0, 0.0, 0.0]])
        for f in (sg.softmax, sg.log_softmax, sg.logsumexp, sg.sigmoid, sg.softplus, sg.log_sigmoid):
            assert np.isfinite(f(x).numpy()).all()
        assert np.isfinite(sg.grad(lambda x: sg.log_softmax(x).sum() + sg.softplus(x).sum())(x).numpy()).all()


def test_as_function_and_context_and_nested():
    first = sg.debug(nan=True)
    try:
        with sg.debug(nan=False):
            assert np.isnan(sg.log(sg.Tensor(-1.0)).item())
        with pytest.raises(RuntimeError, match="made NaN"):
            sg.log(sg.Tensor(-1.0))
    finally:
        first.__exit__()
    assert np.isnan(sg.log(sg.Tensor(-1.0)).item())


def test_names_the_layer():
    class Net(nn.Module):
        def __init__(self):
            self.blocks = [nn.Dense(2, 2), nn.Sequential(nn.Dense(2, 2), Root())]

        def forward(self, x):
            for block in self.blocks:
                x = block(x)
            return x

    class Root(nn.Module):
        def forward(self, x):
            return sg.sqrt(x - 1000)

    with sg.debug(), pytest.raises(RuntimeError, match=r"sqrt: .*in layer Net\.blocks\.1 \(Sequential\)\.1 \(Root\)"):
        Net()(sg.ones((3, 2)))
    net = nn.Sequential(nn.Dense(2, 2), nn.Sequential(nn.ReLU(), nn.Dense(2, 2)))
    list(net.parameters().values())[2].value = sg.full((2, 2), 3e38)
    next(iter(net.parameters().values())).value = sg.full((2, 2), 1e3)
    with (
        sg.debug(),
        pytest.raises(RuntimeError, match=r"made infinity.*in layer Sequential\.1 \(Sequential\)\.1 \(Dense\)"),
    ):
        net(sg.ones((3, 2)))


def test_names_the_gradient():
    with sg.debug(), pytest.raises(RuntimeError, match="in the gradient of sqrt"):
        sg.grad(lambda x: sg.sqrt(x).sum())(sg.zeros(2))


def test_compiled_functions_run_as_they_are_written():
    calls = []

    @sg.compile
    def f(x):
        calls.append(1)
        return sg.log(x)

    f(sg.ones(2))
    f(sg.ones(2))
    assert len(calls) == 1
    with sg.debug():
        f(sg.ones(2))
        with pytest.raises(RuntimeError, match="log: made infinity"):
            f(sg.zeros(2))
    assert len(calls) == 3
    assert np.isinf(f(sg.zeros(2)).numpy()).all()


def test_training_names_step_player_and_layer():
    steps = []

    def loss(batch, key):
        steps.append(1)
        value = critic(batch[0]).mean()
        # From the fifth update on: the root of a negative number.
        return value + sg.sqrt(value * 0 - 1) if len(steps) >= 5 else value

    generator = nn.Sequential(nn.Dense(4, 2))
    critic = nn.Sequential(nn.Dense(2, 4), nn.ReLU(), nn.Dense(4, 1))
    players = [sg.Player("discriminator", critic, "sgd"), sg.Player("generator", generator, "sgd")]
    game = sg.Game(players, losses=dict.fromkeys(("discriminator", "generator"), loss), latent=4)
    trainer = sg.Trainer(game, sg.datasets.ring8(64), batch_size=8)
    with sg.debug(), pytest.raises(RuntimeError, match=r"sqrt: made NaN.*in step 3, discriminator"):
        trainer.fit(steps=10)
    assert len(steps) == 5

    data = np.random.default_rng(0).normal(size=(64, 2)).astype(np.float32)
    model = sg.GAN(batch_size=16, verbose=False, random_state=0, learning_rate=1e30)
    with sg.debug(), pytest.raises(RuntimeError, match=r"made (NaN|infinity).*in step \d+, \w+"):
        model.fit(data, steps=20)


def test_zoo_models_have_none():
    images = sg.datasets.load_digits()[0][:64]
    labels = sg.datasets.load_digits()[1][:64]
    with sg.debug():
        for model in (sg.DCGAN(width=8), sg.WGANGP(width=8), sg.VAE(), sg.CNNClassifier()):
            model.set_params(batch_size=16, verbose=False, random_state=0)
            model.fit(images, labels, steps=3)


def test_the_environment_turns_it_on():
    code = "import swiftgan as sg\nsg.log(sg.Tensor(-1.0))"
    environment = {**os.environ, "SWIFTGAN_DEBUG": "nan"}
    found = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert found.returncode == 1
    assert "RuntimeError: log: made NaN of finite inputs" in found.stderr
    environment["SWIFTGAN_DEBUG"] = "nun"
    found = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert found.returncode == 0
    assert "SWIFTGAN_DEBUG has 'nun'; the checks there are, are 'nan' and 'inputs'" in found.stderr


NAN = np.array([1.0, np.nan, 3.0], np.float32)


def test_inputs_that_are_not_finite_are_named():
    came_in = "no operation computed it while this was checked"
    sg.ones(3) + np.inf
    with sg.debug(inputs=True):
        with pytest.raises(
            RuntimeError, match=r"multiply: input 0 has NaN in 1 of 3 elements of float32 \(3,\).*came in"
        ):
            sg.asarray(NAN) * 2
        with pytest.raises(RuntimeError, match=f"add: input 1 has NaN in 1 of 3.*{came_in}"):
            sg.ones(3) + NAN
        # What is asked for, and what comes of it, is none: also a number that was used before the check.
        sg.ones(3) + np.inf
        assert np.isinf((sg.full(3, np.inf) + 1).T.reshape((3, 1)).numpy()).all()
        # Checks of outputs are still on.
        with pytest.raises(RuntimeError, match="log: made NaN of finite inputs"):
            sg.log(sg.Tensor([-1.0]))
    with sg.debug():
        assert np.isnan((sg.asarray(NAN) * 2).numpy()[1])
    assert np.isnan((sg.asarray(NAN) * 2).numpy()[1])
    assert repr(sg.debug(nan=False)) == "debug(nan=False, inputs=False)"


def test_inputs_alone():
    with sg.debug(nan=False, inputs=True):
        made = sg.log(sg.Tensor([-1.0, 1.0]))
        assert np.isnan((made + 1).numpy()[0])
        with pytest.raises(RuntimeError, match="input 0 has NaN"):
            sg.relu(sg.asarray(NAN))


def test_inputs_name_a_compiled_function_s_argument():
    f = sg.compile(lambda batch, scale: batch["x"] * scale)
    assert np.isnan(f({"x": NAN}, sg.ones(3)).numpy()[1])
    with sg.debug(inputs=True):
        with pytest.raises(
            RuntimeError, match=r"the argument 'batch\['x'\]' has NaN in 1 of 3 elements of float32 \(3,\)"
        ):
            f({"x": NAN}, sg.ones(3))
        with pytest.raises(RuntimeError, match="the argument 'scale' has infinity in 1 of 1"):
            f({"x": sg.ones(3)}, np.float32(np.inf))
        assert f({"x": sg.ones(3)}, sg.ones(3)).tolist() == [1, 1, 1]


def test_inputs_name_parameters_and_data_in_training():
    net = nn.Sequential(nn.Dense(3, 2), nn.Dense(2, 1))
    values = [parameter.value for parameter in net.parameters().values()]
    list(net.parameters().values())[2].value = sg.asarray(np.array([[np.nan], [1.0]], np.float32))
    with (
        sg.debug(inputs=True),
        pytest.raises(RuntimeError, match=r"NaN in 1 of 2.*in layer Sequential\.1 \(Dense\)"),
    ):
        net(sg.ones((4, 3)))
    assert len(values) == 4
    data = sg.datasets.ring8(64).copy()
    data[7] = np.nan
    model = sg.GAN(batch_size=64, verbose=False, random_state=0)
    with sg.debug(inputs=True), pytest.raises((RuntimeError, ValueError), match="NaN"):
        model.fit(data, steps=3)


def test_zoo_models_read_nothing_that_is_not_finite():
    images, labels = (part[:64] for part in sg.datasets.load_digits()[:2])
    with sg.debug(inputs=True):
        for model in (sg.DCGAN(width=8), sg.WGANGP(width=8), sg.VAE(), sg.CNNClassifier()):
            model.set_params(batch_size=16, verbose=False, random_state=0)
            model.fit(images, labels, steps=3)
        x = sg.Tensor([[1.0, 200.0, -300.0], [0.0, 0.0, 0.0]])
        for f in (sg.softmax, sg.log_softmax, sg.logsumexp, sg.sigmoid, sg.softplus, sg.log_sigmoid):
            assert np.isfinite(f(x).numpy()).all()


def test_the_environment_turns_both_checks_on():
    code = "import swiftgan as sg, numpy as np\nsg.exp(sg.asarray(np.array([np.nan], np.float32)))"
    for words in ("inputs", "nan,inputs"):
        environment = {**os.environ, "SWIFTGAN_DEBUG": words}
        found = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
        assert "RuntimeError: exp: input 0 has NaN in 1 of 1 elements" in found.stderr

"""What a game of objectives, penalties and tricks refuses, and in which words."""

from __future__ import annotations

import numpy as np
import pytest
import swiftgan as sg

nn = sg.nn
IMAGES = sg.datasets.load_digits()[0][:64]
RING = sg.datasets.ring8(256)


@pytest.mark.parametrize("penalty", ["gp", "dragan", "r1", "r2"])
def test_slopes_at_single_samples_want_a_discriminator_of_single_samples(penalty):
    with pytest.raises(ValueError, match="minibatch_discrimination 4 what the discriminator says of one sample"):
        sg.GAN(minibatch_discrimination=4, penalty=penalty, random_state=0).fit(RING, steps=1, verbose=False)
    with pytest.raises(ValueError, match="discriminator_norm 'batch'.*use 'layer'"):
        sg.DCGAN(discriminator_norm="batch", penalty=penalty, width=8, batch_size=32).fit(
            IMAGES, steps=1, verbose=False
        )


def test_a_penalty_of_ones_own_may_look_at_the_batch():
    own = sg.objectives.Penalty(lambda critic, real, fake, key: (critic(real) ** 2).mean(), name="size")
    gan = sg.GAN(minibatch_discrimination=4, penalty=own, hidden=[8], random_state=0)
    assert np.isfinite(gan.fit(RING, steps=2, verbose=False).history_["size"]).all()


@pytest.mark.parametrize("name", ["rsgan", {"name": "relativistic", "loss": "hinge"}])
def test_pairs_of_outputs_are_of_one_shape(name):
    column, row = np.array([[1.0], [2.0], [3.0]]), np.array([0.0, 1.0, 2.0])
    for call in (
        sg.objectives.discriminator_loss,
        lambda name, real, fake: sg.objectives.generator_loss(name, fake, real=real),
    ):
        with pytest.raises(
            ValueError, match=r"same shape, not \(3, 1\) and \(3,\)|same shape, not \(3,\) and \(3, 1\)"
        ):
            call(name, column, row)
        assert float(call(name, column[:, 0], row)) == float(call(name, column, row[:, None]))


@pytest.mark.parametrize(
    "option",
    [
        {"spectral_norm": True}, {"critic_steps": 3}, {"clip_weights": 0.1}, {"minibatch_discrimination": 4},
        {"discriminator_learning_rate": 1e-3}, {"ttur": (1e-3, 1e-3)}, {"unroll": 2}, {"penalty": "r1"},
    ],
)  # fmt: skip
def test_options_of_a_discriminator_that_is_not_there(option):
    (name,) = option
    with pytest.raises(
        ValueError, match=rf"gan: the objective 'gmmn' has no discriminator, so {name} .*; leave out {name}"
    ):
        sg.GAN(objective="gmmn", **option).fit(RING, steps=1, verbose=False)


def test_a_models_own_penalty_is_none_without_a_critic():
    gan = sg.WGANGP(objective="gmmn", hidden=[8], random_state=0).fit(RING, steps=2, verbose=False)
    assert "gradient_penalty" not in gan.history_


def test_a_batch_that_cannot_be_packed():
    players = [sg.Player("discriminator", nn.Dense(6, 1)), sg.Player("generator", nn.Dense(4, 2))]
    trainer = sg.Trainer(sg.Game(players, "ns", latent=4, pack=3), RING, batch_size=16, seed=0)
    with pytest.raises(ValueError, match="16 samples cannot be judged 3 at a time.*multiple of pack 3"):
        trainer.fit(steps=1)


def test_features_that_were_not_given():
    with pytest.raises(ValueError, match="looks at a side's features, and none are given"):
        sg.objectives.generator_loss("feature_matching", np.zeros((4, 1)), real=np.zeros((4, 1)))


@pytest.mark.parametrize("name", ["discriminator_loss", "hinge", "mmd2"])
def test_a_name_with_a_colon_is_no_users(name):
    for make in (
        lambda: sg.objectives.Objective(lambda real, fake: real.mean(), lambda fake: fake.mean(), name=f"{name}:b"),
        lambda: sg.objectives.Penalty(lambda critic, real, fake, key: critic(real).mean(), name=f"{name}:b"),
    ):
        with pytest.raises(ValueError, match=f"holds no ':'.*'{name}:b'"):
            make()


BATCH_LAYERS = {
    "batch_norm": lambda: nn.BatchNorm(8),
    "minibatch_discrimination": lambda: nn.MinibatchDiscrimination(8, 4),
    "minibatch_stddev": lambda: nn.MinibatchStddev(),
}


class Wrapped(nn.Module):
    def __init__(self, inner):
        self.blocks = [inner]

    def forward(self, x):
        return self.blocks[0](x)


@pytest.mark.parametrize("wrap", [lambda inner: inner, Wrapped, nn.SpectralNorm], ids=["plain", "module", "wrapper"])
@pytest.mark.parametrize("layer", BATCH_LAYERS)
def test_a_games_networks_are_looked_at_too(layer, wrap):
    width = {"batch_norm": 8, "minibatch_discrimination": 12, "minibatch_stddev": 9}[layer]
    critic = wrap(nn.Sequential(nn.Dense(2, 8), BATCH_LAYERS[layer](), nn.Dense(width, 1)))
    players = [
        sg.Player("discriminator", critic),
        sg.Player("generator", nn.Sequential(nn.Dense(4, 2), nn.BatchNorm(2))),
    ]

    def trainer(penalty):
        return sg.Trainer(sg.Game(players, "ns", penalties=penalty, latent=4), RING, batch_size=32, seed=0)

    for penalty in ("r1", "gp", ("dragan", 1)):
        with pytest.raises(ValueError, match=f"on the slope at single samples.*a layer '{layer}'.*leave out one"):
            trainer(penalty)
    # Without one, and with one of the user's own, such a network plays; batch norm in the generator always does.
    own = sg.objectives.Penalty(lambda critic, real, fake, key: (critic(real) ** 2).mean(), name="size")
    for good in ((), own):
        assert np.isfinite(trainer(good).fit(steps=2).history["generator_loss"]).all()


OBJECTIVES = sorted(set(sg._registry.entries("objective")) - {"gmmn"})


def constant(name):
    def function(critic, real, fake, key):
        return 7 + 0 * critic(fake).mean()

    function.__name__ = name
    return function


@pytest.mark.parametrize("objective", [name for name in OBJECTIVES if ":" not in name])
def test_a_penalty_called_as_a_figure_leaves_the_figure_alone(objective):
    options = {"objective": objective, "hidden": [8], "latent": 4, "batch_size": 32, "random_state": 0}
    options["historical_averaging"] = 0.1
    plain = sg.GAN(penalty=None, **options).fit(RING, steps=2, verbose=False).history_
    names = list(plain)
    found = sg.GAN(penalty=[constant(name) for name in names], **options).fit(RING, steps=2, verbose=False).history_
    for name in names:
        np.testing.assert_array_equal(found[name], plain[name])
        assert found[f"{name}_penalty"].tolist() == [7, 7]


def test_the_steps_are_counted_beside_a_penalty_called_step():
    players = [sg.Player("discriminator", nn.Dense(2, 1)), sg.Player("generator", nn.Dense(4, 2))]
    trainer = sg.Trainer(sg.Game(players, "hinge", penalties=constant("step"), latent=4), RING, seed=0).fit(steps=3)
    assert trainer.metrics["step"] == 3
    assert trainer.history["step"].tolist() == [1, 2, 3]
    assert trainer.metrics["step_penalty"] == 7


def test_classes_have_figures_of_their_own_too():
    images, labels = sg.datasets.load_digits()
    # Without a word the norm would depend on whether there is a penalty.
    options = {"width": 4, "batch_size": 32, "random_state": 0, "verbose": False, "discriminator_norm": "none"}
    plain = sg.ACGAN(penalty=None, **options).fit(images[:64], labels[:64], steps=1).history_
    own = [constant(name) for name in plain]
    found = sg.ACGAN(penalty=own, **options).fit(images[:64], labels[:64], steps=1).history_
    assert {f"{name}_penalty" for name in plain} <= set(found)
    for name in plain:
        np.testing.assert_array_equal(found[name], plain[name])


def test_features_do_without_outputs():
    real, fake = np.random.default_rng(0).normal(size=(2, 6, 3)).astype(np.float32)
    found = sg.objectives.generator_loss("feature_matching", real_features=real, fake_features=fake)
    np.testing.assert_allclose(float(found), np.square(real.mean(0) - fake.mean(0)).sum(), rtol=1e-5)
    kernel = {"name": "mmd_gan", "reconstruction": 8}
    alone = sg.objectives.generator_loss(kernel, real_features=real, fake_features=fake)
    both = sg.objectives.generator_loss(
        kernel, np.zeros((6, 1)), real=np.ones((6, 1)), real_features=real, fake_features=fake
    )
    assert float(alone) == float(both)
    with pytest.raises(ValueError, match="looks at a side's outputs, and none are given"):
        sg.objectives.discriminator_loss("feature_matching", None, None, real_features=real, fake_features=fake)


def test_losses_of_nothing():
    with pytest.raises(ValueError, match=r"output of the real side .*shape \(0,\).*nothing to take it of"):
        sg.objectives.discriminator_loss("ns", [], [])
    with pytest.raises(ValueError, match="'gmmn' has no discriminator"):
        sg.objectives.discriminator_loss("gmmn", None, None, real_samples=RING[:4], fake_samples=RING[4:8])


def test_losses_of_ones_own_refuse_what_they_leave_out():
    players = [sg.Player("discriminator", nn.Dense(2, 1)), sg.Player("generator", nn.Dense(4, 2))]
    own = dict.fromkeys(("discriminator", "generator"), lambda batch, key: None)
    for options, words in (
        ({"penalties": "r1"}, "'penalties' goes with an objective"),
        ({"pack": 3, "unroll": 1}, "'pack', 'unroll' go with an objective"),
        ({"augment": "color"}, "'augment' goes"),
        ({"historical_averaging": 0.1}, "'historical_averaging' goes"),
    ):
        with pytest.raises(ValueError, match=words):
            sg.Game(players, losses=own, latent=4, **options)
    assert sg.Game(players, losses=own, latent=4).players == tuple(players)


def test_the_library_keeps_its_names():
    with pytest.raises(ValueError, match="there is already an objective named 'hinge'"):
        sg.objectives.register(
            sg.objectives.Objective(lambda real, fake: real.mean(), lambda fake: fake.mean(), name="hinge")
        )

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

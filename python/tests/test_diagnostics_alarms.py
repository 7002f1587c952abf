"""Alarms: which one comes first for each fault, and that games which find their way raise none."""

from __future__ import annotations

import planted
import pytest
import swiftgan as sg

nn = sg.nn


def quiet(every_steps=20, **options):
    return sg.Diagnostics(every_steps, **{"display": None, "warn": False, "gap_steps": 0, **options})


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        (planted.collapsed, "mode_collapse"),
        (planted.won, "vanished_gradient"),
        (planted.oscillating, "oscillation"),
    ],
)
def test_the_first_alarm_is_the_faults(fault, kind, seed):
    diagnostics = quiet()
    fault(seed, diagnostics)
    assert diagnostics.alarms[0].kind == kind, diagnostics


@pytest.mark.parametrize("game", [planted.settling, planted.matching, planted.packed])
@pytest.mark.parametrize("seed", range(2))
def test_games_that_settle_raise_none(game, seed):
    """Looked at often, so that every sway on the way is seen."""
    diagnostics = quiet(10)
    game(seed, diagnostics, steps=700)
    assert diagnostics.alarms == [], diagnostics
    assert len(diagnostics.steps) == 70


def test_swings_of_the_samples_alone_are_no_chase():
    diagnostics = quiet(10)
    planted.settling(0, diagnostics, steps=400)
    drift = diagnostics["drift"]
    assert (drift > 0.5).sum() > 5
    assert (drift < -0.5).sum() > 5
    assert (diagnostics["separation"] > -1).sum() > 35
    assert diagnostics.alarms == []


@pytest.mark.parametrize("view", [{}, {"augment": "color,translation,cutout"}, {"pack": 2}])
def test_a_view_hides_no_collapse(view):
    """Diversity is that of samples, not of what augmentation makes of them."""
    channels = view.get("pack", 1)
    judge = nn.Sequential(nn.Flatten(), nn.Dense(64 * channels, 16), nn.LeakyReLU(), nn.Dense(16, 1))
    diagnostics = quiet(5)
    images, _ = sg.datasets.load_digits()
    trainer = planted.looked_at(planted.Constant(), judge, images, diagnostics, **view)
    assert trainer.sample(32, random_state=0).std(axis=0).max() == 0
    assert diagnostics["diversity"].max() < 1e-6
    assert diagnostics.alarms[0].kind == "mode_collapse"
    assert diagnostics.alarms[0].figure == "diversity"


def test_a_dead_generator_is_seen_whatever_the_discriminator_says():
    judge = nn.Sequential(nn.Dense(2, 16), nn.ReLU(), nn.Dense(16, 1))
    diagnostics = quiet(5)
    planted.looked_at(planted.Dead(), judge, sg.datasets.ring8(2048), diagnostics)
    assert diagnostics["real_accuracy"].min() < 0.99
    (alarm,) = diagnostics.alarms
    assert (alarm.kind, alarm.figure, alarm.value, alarm.step) == ("vanished_gradient", "generator_gradient", 0, 25)
    assert "gradient is 0" in alarm.message


@pytest.mark.parametrize("looks", [20, 50])
def test_a_slow_start_is_no_collapse(looks):
    """Untrained generators of images have little diversity."""
    diagnostics = quiet(looks)
    planted.slow_images(0, diagnostics, steps=500)
    assert diagnostics["diversity"].max() < 0.2
    assert diagnostics.alarms == []


@pytest.mark.parametrize("every", [20, 100])
@pytest.mark.parametrize("objective", ["lsgan", "hinge", "ns"])
def test_a_discriminator_that_has_won_by_the_first_look(objective, every):
    diagnostics = quiet(every)
    planted.won_at_once(1, diagnostics, objective, steps=10 * every)
    assert [alarm.kind for alarm in diagnostics.alarms] == ["vanished_gradient"], diagnostics


def test_an_autoencoder_that_has_won():
    """There are no accuracies: what it pays is little beside what it would if it could not tell."""
    diagnostics = quiet()
    planted.won_at_once(1, diagnostics, "ebgan", steps=1000)
    assert "real_accuracy" not in diagnostics.names
    assert [(one.kind, one.figure) for one in diagnostics.alarms] == [("vanished_gradient", "discriminator_loss")]


def test_what_a_discriminator_pays_when_there_is_nothing_to_tell():
    diagnostics = quiet()
    planted.won_at_once(1, diagnostics, "lsgan")
    # Right about all of either side it takes half of each for the other: twice 1/2 of 1 squared, by 1/2.
    assert diagnostics["undecided_loss"][-1] == pytest.approx(0.5, rel=0.1)
    assert diagnostics["discriminator_loss"][-1] < 0.01


def test_modes_that_were_never_there():
    judge = nn.Sequential(nn.Dense(2, 16), nn.LeakyReLU(), nn.Dense(16, 1))
    diagnostics = quiet(5)
    planted.looked_at(planted.Two(), judge, sg.datasets.ring8(2048), diagnostics, steps=1600)
    assert diagnostics["diversity"].min() > 0.5
    (alarm,) = [one for one in diagnostics.alarms if one.kind == "mode_collapse"]
    assert (alarm.figure, alarm.step) == ("coverage", 1505)
    assert "less than 0.5" in alarm.message


def test_a_generator_alone_has_samples_too():
    diagnostics = quiet()
    gan = sg.GAN(
        hidden=[32], latent=1, batch_size=64, objective={"name": "gmmn", "scales": [30.0]}, learning_rate=1e-2,
        random_state=0,
    )  # fmt: skip
    gan.fit(sg.datasets.ring8(4000), steps=400, callbacks=[diagnostics], verbose=False)
    assert {"diversity", "coverage", "drift"} <= set(diagnostics.names)
    assert "undecided_loss" not in diagnostics.names
    assert [alarm.kind for alarm in diagnostics.alarms] == ["mode_collapse"]


def test_figures_are_floats():
    diagnostics = quiet(1)
    diagnostics.records += [{"step": step, "figures": {"coverage": value}} for step, value in ((1, 0), (2, 1))]
    assert diagnostics["coverage"].dtype == "float64"


def test_held_out_rows_of_another_type():
    with pytest.raises(TypeError, match="held-out rows of 'x' are float64, but the data are float32"):
        sg.GAN(hidden=[8]).fit(
            sg.datasets.ring8(512),
            steps=1,
            callbacks=[quiet(held_out=sg.datasets.ring8(512).astype("float64"))],
            verbose=False,
        )

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

"""Objectives and penalties of one's own, in games, models and files; games of any networks."""

from __future__ import annotations

import subprocess
import sys
import warnings

import numpy as np
import pytest
import swiftgan as sg
from swiftgan import nn


def test_own_objectives_and_penalties_go_into_every_model(tmp_path):
    hinge = sg.objectives.Objective(
        lambda real, fake: sg.relu(1 - real).mean() + sg.relu(1 + fake).mean(),
        lambda fake: -fake.mean(),
        name="my hinge",
    )

    def r1(critic, real, fake, key):
        slope = sg.grad(lambda x: critic(x).sum())(real)
        return 0.5 * slope.reshape(slope.shape[0], -1).square().sum(axis=1).mean()

    images = sg.datasets.load_digits()[0][:64]
    made = [
        sg.DCGAN(
            width=8,
            batch_size=16,
            random_state=0,
            verbose=False,
            pack=2,
            unroll=1,
            objective=objective,
            penalty=penalty,
        ).fit(images, steps=4)
        for objective, penalty in ((hinge, sg.objectives.Penalty(r1, 3, name="my r1")), ("hinge", ("r1", 3)))
    ]
    assert made[0].untraced_ == {}
    np.testing.assert_allclose(made[0].history_["my r1"], made[1].history_["r1"], rtol=1e-3, atol=1e-6)
    np.testing.assert_allclose(*(gan.history_["discriminator_loss"] for gan in made), rtol=1e-3, atol=1e-6)
    made[0].save(tmp_path / "own.safetensors")
    again = sg.load(tmp_path / "own.safetensors").partial_fit(images, steps=2)
    np.testing.assert_array_equal(
        again.sample(4, random_state=0), made[0].partial_fit(images, steps=2).sample(4, random_state=0)
    )


def test_own_mistakes_are_the_users_own():
    class Mistake(Exception):
        pass

    def wrong(*_):
        raise Mistake("in the loss")

    data = sg.datasets.ring8(64)
    for options in (
        {"objective": sg.objectives.Objective(wrong, wrong)},
        {"penalty": sg.objectives.Penalty(wrong)},
    ):
        with pytest.raises(Mistake, match="in the loss"):
            sg.GAN(batch_size=16, verbose=False, **options).fit(data, steps=1)
    kept = []

    def keeps(critic, real, fake, key):
        kept.append(critic)
        return critic(real).mean()

    sg.GAN(batch_size=16, verbose=False, penalty=sg.objectives.Penalty(keeps)).fit(data, steps=1)
    with pytest.raises(RuntimeError, match="cannot be kept"):
        kept[0](sg.Tensor(data[:2]))
    with pytest.raises(ValueError, match="hinge"):
        sg.objectives.register(sg.objectives.Objective(wrong, wrong, name="hinge"))


def test_games_of_any_networks():
    def game(objective, critic=None, **options):
        source = sg.random.Generator(1)
        generator = nn.Sequential(nn.Dense(4, 16, generator=source), nn.ReLU(), nn.Dense(16, 2, generator=source))
        if critic is None:
            critic = nn.Sequential(nn.Dense(2, 16, generator=source), nn.ReLU(), nn.Dense(16, 1, generator=source))
        players = [sg.Player("discriminator", critic), sg.Player("generator", generator)]
        alone = objective == "gmmn"
        return sg.Game(players[1:] if alone else players, objective, latent=4, **options)

    class Judge(nn.Module):
        def __init__(self, marks):
            self.first, self.last = nn.Dense(2, 8), nn.Dense(8, 1)
            self.mark = nn.Features() if marks else nn.Identity()

        def forward(self, x):
            return self.last(self.mark(sg.relu(self.first(x))))

    encoder = nn.Sequential(nn.Dense(2, 8), nn.ReLU(), nn.Dense(8, 1), nn.Features(), nn.Dense(1, 2))
    data = sg.datasets.ring8(128)
    for each in (
        game("gmmn"),
        game("feature_matching"),
        game("feature_matching", Judge(True)),
        game({"name": "ebgan", "pulling_away": 0.1}, encoder),
        game("began", encoder, historical_averaging=0.1),
        game("mmd_gan", nn.Dense(2, 5)),
        game("ragan", penalties=("r1", 10)),
        game("hinge", nn.SpectralNorm(nn.Sequential(nn.Dense(4, 8), nn.ReLU(), nn.Dense(8, 1))), pack=2, unroll=1),
    ):
        play = sg.Trainer(each, data, batch_size=32, seed=0).fit(steps=4)
        assert play.untraced == {}
        assert all(np.isfinite(values).all() for values in play.history.values())
    with pytest.raises(RuntimeError, match="what its features are"):
        sg.Trainer(game("feature_matching", Judge(False)), data, batch_size=32).step()
    with pytest.raises(ValueError, match="autoencoder"):
        sg.Trainer(game("began"), data, batch_size=32).step()
    twice = sg.Trainer(game("wgan", penalties=["gp", ("r1", 1), ("gp", 2)]), data, batch_size=32, seed=0).fit(steps=1)
    assert {"gradient_penalty", "r1", "gradient_penalty_2"} <= set(twice.history)
    with pytest.raises(ValueError, match="'pack'"):
        own = dict.fromkeys(("discriminator", "generator"), lambda batch, key: None)
        sg.Trainer(sg.Game(game("hinge").players, losses=own, latent=4, pack=2), data, batch_size=32)
    with pytest.raises(ValueError, match="'generator'"):
        sg.Game([sg.Player("discriminator", encoder), sg.Player("generator", nn.Dense(4, 2))], "gmmn", latent=4)


# ------------------------------------------------------------------------------------------------------ names and files


def quick(**options):
    gan = sg.GAN(hidden=[8], batch_size=32, random_state=0, verbose=False, **options)
    return gan.fit(sg.datasets.ring8(128), steps=2)


def flat(critic, real, fake, key):
    """Return the slope at points between: what it gives depends on the key."""
    points = real + sg.random.uniform((len(real), 1), key=key) * (fake - real)
    return sg.grad(lambda x: critic(x).sum())(points).square().sum(axis=1).mean()


def wasserstein(**options):
    return sg.objectives.Objective(lambda real, fake: fake.mean() - real.mean(), lambda fake: -fake.mean(), **options)


OTHER_PROCESS = """
import sys, swiftgan as sg
path, name, *known = sys.argv[1:]
def other(penalty=None):
    return sg.objectives.Objective(lambda r, f: 1000 + f.mean(), lambda f: 7 * f.mean(), penalty, name=name or None)
if known:
    sg.objectives.register(other(lambda critic, real, fake, key: critic(real).square().mean()))
else:  # as many as the first process made
    gan = sg.GAN(objective=other(lambda *_: 0 * _[0](_[1]).mean()), hidden=[8], verbose=False)
    gan.fit(sg.datasets.ring8(128), steps=1)
try:
    again = sg.load(path)
except OSError as error:
    print(error)
else:
    print(again.partial_fit(sg.datasets.ring8(128), steps=1).history_["discriminator_loss"][-1])
"""


def in_another_process(*arguments):
    found = subprocess.run(
        [sys.executable, "-c", OTHER_PROCESS, *map(str, arguments)], capture_output=True, text=True, check=True
    )
    return found.stdout.strip()


def test_another_process_takes_no_other_objective_for_an_unnamed_one(tmp_path):
    path = tmp_path / "own.safetensors"
    own = wasserstein(penalty=flat)
    gan = quick(objective=own)
    with pytest.warns(UserWarning, match="give them a name before training"):
        gan.save(path)
    said = in_another_process(path, "")
    assert f"register(...), under the same name ({own.name!r})" in said
    # The made-up name will do, for those who must have the model.
    assert float(in_another_process(path, own.name, "known")) > 900
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        quick(objective=wasserstein(penalty=flat, name="named")).save(path)
    assert "trained with 'named' and 'named_penalty' of your own" in in_another_process(path, "")
    assert float(in_another_process(path, "named", "known")) > 900


def test_a_pickled_model_brings_its_functions(tmp_path):
    path = tmp_path / "gan.pickle"
    code = f"""
import pickle, sys
sys.path.insert(0, {str(tmp_path)!r})
import mine, swiftgan as sg
"""
    (tmp_path / "mine.py").write_text("def d(r, f):\n    return f.mean() - r.mean()\ndef g(f):\n    return -f.mean()\n")
    for more in (
        "gan = sg.GAN(objective=sg.objectives.Objective(mine.d, mine.g), hidden=[8], verbose=False)\n"
        f"pickle.dump(gan.fit(sg.datasets.ring8(128), steps=1), open({str(path)!r}, 'wb'))",
        f"pickle.load(open({str(path)!r}, 'rb')).partial_fit(sg.datasets.ring8(128), steps=1)",
    ):
        subprocess.run([sys.executable, "-c", code + more], check=True)


def test_names_do_not_change_the_bits():
    """A made-up name differs from run to run; the history and the penalty's random numbers do not."""
    first, second = (quick(objective=wasserstein(), penalty=sg.objectives.Penalty(flat, 2)) for _ in range(2))
    assert first.objective.name != second.objective.name
    np.testing.assert_array_equal(first.history_["flat"], second.history_["flat"])
    np.testing.assert_array_equal(first.sample(4, random_state=0), second.sample(4, random_state=0))


def test_the_penalty_of_an_objective_is_applied_wherever_the_objective_goes():
    given = wasserstein(name="wp", penalty=flat)
    alone, beside = quick(objective=given), quick(objective=given, penalty=("r1", 1))
    assert set(alone.history_) - set(quick(objective=wasserstein()).history_) == {"wp_penalty"}
    assert {"wp_penalty", "r1"} <= set(beside.history_)
    by_hand = quick(objective=wasserstein(), penalty=sg.objectives.Penalty(flat, name="wp_penalty"))
    np.testing.assert_array_equal(alone.sample(4, random_state=0), by_hand.sample(4, random_state=0))
    game = sg.Game(
        [sg.Player("discriminator", nn.Dense(2, 1)), sg.Player("generator", nn.Dense(3, 2))], given, latent=3
    )
    assert "wp_penalty" in sg.Trainer(game, sg.datasets.ring8(64), batch_size=32, seed=0).step()
    # What WGAN-GP brings by itself is for objectives without a penalty of their own.
    critic = sg.WGANGP(hidden=[8], objective=given, verbose=False, random_state=0).fit(sg.datasets.ring8(128), steps=1)
    assert "wp_penalty" in critic.history_
    assert "gradient_penalty" not in critic.history_


@pytest.mark.parametrize(
    ("penalty", "expected"),
    [
        (flat, {"flat": 1}),
        ((flat, 0.5), {"flat": 0.5}),
        ([flat, 3], {"flat": 3}),
        ([flat, ("r1", 1)], {"flat": 1, "r1": 1}),
        ([(flat, 2), flat], {"flat": 2, "flat_2": 1}),
        ([("dragan", {"weight": 2}), sg.objectives.Penalty(flat, 4, name="mine")], {"dragan": 2, "mine": 4}),
        (lambda critic, real, fake, key: critic(real).square().mean(), {"own_penalty": 1}),
    ],
)
def test_functions_are_penalties_in_every_form(penalty, expected):
    gan = quick(penalty=penalty)
    assert set(expected) <= set(gan.history_)
    players = [sg.Player("discriminator", nn.Dense(2, 1)), sg.Player("generator", nn.Dense(3, 2))]
    game = sg.Game(players, "wgan", penalties=penalty, latent=3)
    trainer = sg.Trainer(game, sg.datasets.ring8(64), batch_size=32, seed=0)
    assert set(expected) <= set(trainer.step())
    # In the first update the penalty is that of the networks as they are made, times its weight.
    if "flat" in expected:
        plain = quick(penalty=flat).history_["flat"][0]
        np.testing.assert_allclose(gan.history_["flat"][0], expected["flat"] * plain, rtol=1e-6)


def test_a_model_with_a_function_is_saved_under_the_name_it_was_trained_with(tmp_path):
    gan = quick(penalty=[(flat, 0.5), "r1"])
    with pytest.warns(UserWarning, match="flat:"):
        gan.save(tmp_path / "gan.safetensors")
    again = sg.load(tmp_path / "gan.safetensors")
    np.testing.assert_array_equal(
        again.fit(sg.datasets.ring8(128), steps=2).sample(4, random_state=0), gan.sample(4, random_state=0)
    )


def test_a_function_has_a_value_in_loops_of_ones_own():
    x = sg.Tensor(sg.datasets.ring8(8))

    def value(penalty):
        return sg.objectives.penalty_value(penalty, lambda a: a.square().sum(axis=1), x, x, sg.random.key(0)).item()

    before = len(sg.objectives.penalty_names())
    np.testing.assert_allclose(value(flat), (4 * x.square().sum(axis=1)).mean().item(), rtol=1e-6)
    np.testing.assert_allclose(value((flat, 2)), 2 * value(flat), rtol=1e-6)
    np.testing.assert_allclose(value(sg.objectives.Penalty(flat, 3)), 3 * value(flat), rtol=1e-6)
    assert len(sg.objectives.penalty_names()) == before, "a loop does not fill the library with functions"


def test_mistakes_are_found_where_they_are_made():
    own = sg.objectives
    cases = [
        (lambda: own.Objective(3, 4), TypeError, "discriminator_loss must be a function .*not 3"),
        (lambda: own.Objective(flat, None), TypeError, "generator_loss must be a function .*not None"),
        (lambda: own.Objective(flat, flat, ("r1", 1)), TypeError, "penalty of an objective is a function"),
        (lambda: own.Penalty(3), TypeError, "a penalty is a function .*not 3"),
        (lambda: own.Penalty(flat, "x"), TypeError, "weight of a penalty is a number, not 'x'"),
        (lambda: own.Penalty(flat, -1), ValueError, "at least 0, not -1"),
        (lambda: own.Penalty(flat, float("nan")), ValueError, "finite number of at least 0, not nan"),
        (lambda: own.Penalty(flat, name=3), TypeError, "a text, not 3"),
        (lambda: quick(objective=(flat, flat)), TypeError, r"objectives.Objective\(discriminator_loss"),
        (lambda: quick(objective=flat), TypeError, r"objectives.Objective\(discriminator_loss"),
        (lambda: quick(penalty=[flat, 3, 4]), TypeError, r"\(function, weight\).*not as 3"),
        (lambda: quick(penalty=(flat, -1)), ValueError, "at least 0, not -1"),
    ]
    for call, kind, words in cases:
        with pytest.raises(kind, match=words):
            call()

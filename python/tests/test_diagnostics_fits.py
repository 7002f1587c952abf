"""Diagnostics over fits: alarms look back at one model, and at all of it; what ends a fit; mistakes in good time."""

from __future__ import annotations

import copy
import csv
import json
import math
import pickle
import warnings

import numpy as np
import planted
import pytest
import swiftgan as sg
from swiftgan.diagnostics._series import Series

RING = sg.datasets.ring8(512)


def quiet(every_steps=20, **options):
    return sg.Diagnostics(every_steps, **{"display": None, "warn": False, **options})


def gan(**options):
    return sg.GAN(**{"hidden": [16], "batch_size": 64, "random_state": 0, "verbose": False, **options})


# ------------------------------------------------------------------------------------------------------- another fit


def test_another_model_is_not_judged_by_the_looks_at_the_one_before():
    """The first ends with most of the data covered, where the second begins with nothing."""
    diagnostics = quiet(10, gap_steps=0)
    for seed in (0, 1):
        planted.healthy(seed, diagnostics, steps=300)
    assert diagnostics.alarms == []
    assert diagnostics.steps.tolist() == 2 * list(range(10, 301, 10)), "records are kept"


def heard(series, model, steps):
    for step in steps:
        series.go_on(model, step)
        series.add({"step": step, "figures": {"coverage": step / 10}})


def test_looks_are_those_on_the_way_to_where_the_model_is():
    first, second = gan(), gan()
    series = Series(100, 5)
    heard(series, first, [1, 2, 3, 4])
    heard(series, first, [5, 6])
    assert [look["step"] for look in series.earlier()] == [1, 2, 3, 4, 5, 6]
    heard(series, first, [4, 5])  # it was set back to 3
    assert [look["step"] for look in series.earlier()] == [1, 2, 3, 4, 5]
    series.stand(first, 5)
    assert len(series.earlier()) == 5
    series.stand(first, 2)
    assert [look["step"] for look in series.earlier()] == [1, 2]
    heard(series, first, [1])  # fitted anew
    assert [look["step"] for look in series.earlier()] == [1]
    heard(series, second, [9])
    assert [look["step"] for look in series.earlier()] == [9]
    assert [look["step"] for look in pickle.loads(pickle.dumps(series)).earlier()] == [9]


@pytest.mark.parametrize("patience", [1, 2, 3])
def test_what_is_long_past_is_remembered(patience):
    """The largest of each figure; of the coverage what was held at so many looks in a row."""
    model = gan()
    series = Series(3, patience)
    values = [0.1, 0.9, 0.6, 0.7, 0.8, 0.2, 0.3, 0.1, 0.4, 0.2, 0.1, 0.3, 0.2]
    losses = [3.0, None, 9.0, *[1.0] * 10]

    def held(coverages):
        rows = [coverages[at : at + patience] for at in range(len(coverages) - patience + 1)]
        return max(map(min, rows), default=0)

    def largest(looks):
        return max(look["figures"]["loss"] or 0 for look in looks)

    for step, (value, loss) in enumerate(zip(values, losses, strict=True), 1):
        series.go_on(model, step)
        series.add({"step": step, "figures": {"coverage": value, "loss": loss}})
        told = series.earlier()
        assert held([look["figures"]["coverage"] for look in told]) == held(values[:step])
        assert largest(told) == max(loss or 0 for loss in losses[:step])
        assert len(told) <= 4 + 2 * patience
    series.stand(model, 6)
    assert held([look["figures"]["coverage"] for look in series.earlier()]) == held(values[:6])


def test_a_long_window_is_looked_at_in_full():
    diagnostics = quiet(20, gap_steps=0, swings=75, window=1000)
    planted.oscillating(0, diagnostics, steps=5200)
    assert [alarm.kind for alarm in diagnostics.alarms] == ["oscillation"]
    assert diagnostics.alarms[0].step > 200 * 20


def test_the_best_coverage_is_remembered_for_good():
    diagnostics = quiet(gap_steps=0, patience=1, collapse=0)
    model = gan().fit(RING, steps=1)
    diagnostics._series.stand(model, 1)
    for number in range(300):
        diagnostics._series.add({"step": 1, "figures": {"coverage": 0.9 if number == 0 else 0.46}})
    (alarm,) = diagnostics.look(model)
    assert (alarm.kind, alarm.figure) == ("mode_collapse", "coverage")
    assert "after 0.9." in alarm.message


def test_looks_by_hand():
    diagnostics = quiet(gap_steps=0)
    game = sg.Game([sg.Player("discriminator", sg.nn.Dense(2, 1)), sg.Player("generator", sg.nn.Dense(2, 2))], "ns",
                   latent=2)  # fmt: skip
    trainer = sg.Trainer(game, RING, batch_size=64, seed=0)
    for _ in range(3):
        trainer.step(2)
        diagnostics.look(trainer)
    diagnostics.look(trainer)
    assert diagnostics.steps.tolist() == [2, 4, 6, 6]
    assert len(diagnostics._series.earlier()) == 4
    diagnostics.look(gan().fit(RING, steps=9))
    assert len(diagnostics._series.earlier()) == 1
    assert len(copy.deepcopy(diagnostics).records) == 5


def test_the_table_has_the_figures_of_every_model(tmp_path):
    diagnostics = quiet(2, folder=tmp_path, gap_steps=0)
    images, _ = sg.datasets.load_digits()
    sg.VAE(hidden=[8], latent=2, random_state=0).fit(images, steps=4, callbacks=[diagnostics], verbose=False)
    gan().fit(RING, steps=4, callbacks=[diagnostics])
    with (tmp_path / "diagnostics.csv").open(newline="") as file:
        table = list(csv.DictReader(file))
    assert [int(row["step"]) for row in table] == [2, 4, 2, 4]
    assert set(table[0]) == {"step", "warnings", *diagnostics.names}
    for name in diagnostics.names:
        found = [float(row[name]) for row in table]
        np.testing.assert_array_equal(found, diagnostics[name], err_msg=name)
    assert not math.isnan(float(table[2]["jsd_bound"]))


# ----------------------------------------------------------------------------------------------- what is not finite


def exploding(**options):
    """Rates that are sound for 25 steps, and then are not."""
    return gan(learning_rate={"name": "step", "initial": 1e-3, "factor": 1e33, "every": 25}, **options)


def weights(model):
    return [p.value.numpy() for net in (model.generator_, model.discriminator_) for p in net.parameters().values()]


def test_a_number_that_is_not_finite_ends_at_the_last_good_state(tmp_path):
    model, diagnostics = exploding(), quiet(1, folder=tmp_path, gap_steps=0)
    with pytest.raises(sg.NotFiniteError, match="training stopped at step") as caught:
        model.fit(RING, steps=50, callbacks=[diagnostics])
    error, alarm = caught.value, diagnostics.alarms[-1]
    assert alarm == ("not_finite", error.step, error.figure, pytest.approx(error.value, nan_ok=True), str(error))
    assert not math.isfinite(error.value)
    assert f"step {error.step}: " in str(error)
    assert error.figure in str(error)
    assert error.figure in model.history_ or error.figure.startswith(("generator.", "discriminator."))
    last = json.loads((tmp_path / "diagnostics.jsonl").read_text().splitlines()[-1])
    assert (last["step"], last["warnings"][0]["kind"], last["warnings"][0]["value"]) == (error.step, "not_finite", None)
    # What is left behind is the state of a step before, to the bit.
    assert 0 < error.restored_step < error.step
    before = exploding().fit(RING, steps=error.restored_step)
    assert before.n_steps_ == error.restored_step
    for found, expected in zip(weights(model), weights(before), strict=True):
        assert np.isfinite(found).all()
        np.testing.assert_array_equal(found, expected)
    assert [type(again) for again in (copy.copy(error), pickle.loads(pickle.dumps(error)))] == 2 * [sg.NotFiniteError]


def test_a_first_fit_that_fails_at_once_says_so_too():
    model = gan(learning_rate=1e30)
    with pytest.raises(sg.NotFiniteError) as caught:
        model.fit(RING, steps=50)
    assert caught.value.restored_step == 0
    with pytest.raises(sg.NotFittedError):
        model.sample(2)
    assert gan().fit(RING, steps=2).n_steps_ == 2


@pytest.mark.parametrize("callbacks", [[], [sg.callbacks.Callback()]])
def test_a_trainer_says_which_number_it_was(callbacks):
    nn = sg.nn
    sgd = {"name": "sgd", "learning_rate": 1e30}
    players = [sg.Player("discriminator", nn.Dense(2, 1), sgd), sg.Player("generator", nn.Dense(2, 2), sgd)]
    trainer = sg.Trainer(sg.Game(players, "wgan", latent=2), RING, batch_size=64, seed=0)
    with pytest.raises(sg.NotFiniteError) as caught:
        trainer.fit(steps=50, callbacks=callbacks)
    assert caught.value.figure.endswith(("_loss", ".weight", ".bias", "wasserstein"))
    assert "-nan" not in str(caught.value)


def test_another_fit_that_is_sound_raises_no_alarm():
    """Within the handling of an error, where one lowers the rate and tries again."""
    diagnostics = quiet(1, gap_steps=0)
    try:
        exploding().fit(RING, steps=50)
    except RuntimeError:
        gan().fit(RING, steps=3, callbacks=[diagnostics])
    assert diagnostics.alarms == []
    assert diagnostics.steps.tolist() == [1, 2, 3]


def test_errors_of_others_are_theirs():
    class Watch(sg.callbacks.Callback):
        seen = ()

        def on_step_end(self, model, step, metrics):
            if step == 2:
                raise RuntimeError("training stopped at step 7: loss is nan; the state of step 6 was restored")

        def on_train_error(self, model, error):
            self.seen = (*self.seen, error)

        def on_train_end(self, model):
            self.seen = (*self.seen, "end")

    watch, diagnostics = Watch(), quiet(1, gap_steps=0)
    with pytest.raises(RuntimeError, match="step 7") as caught:
        gan().fit(RING, steps=5, callbacks=[watch, diagnostics])
    assert type(caught.value) is RuntimeError
    assert watch.seen == (caught.value, "end")
    assert diagnostics.alarms == []


# ------------------------------------------------------------------------------------------------------------ mistakes


def test_mistakes_do_not_wait_for_the_first_look():
    cases = [
        (lambda: quiet(2.5), TypeError, "every_steps must be an integer, not 2.5"),
        (lambda: quiet("a"), TypeError, "every_steps must be an integer, not 'a'"),
        (lambda: quiet(True), TypeError, "every_steps must be an integer, not True"),
        (lambda: quiet(wndow=3), TypeError, "did you mean 'window'"),
        (lambda: quiet(collapse="low"), TypeError, "collapse must be a number, not 'low'"),
        (lambda: quiet(gap_steps=1.5), TypeError, "gap_steps must be an integer, not 1.5"),
        (lambda: quiet(gap_steps=-1), ValueError, "gap_steps must be at least 0, not -1"),
    ]
    for call, kind, words in cases:
        with pytest.raises(kind, match=words), warnings.catch_warnings():
            call()
    model = gan()
    for options, kind, words in (
        ({"window": 2}, ValueError, "'window'.*2"),
        ({"held_out": RING[:10]}, ValueError, "hold out at least 128"),
        ({"held_out": np.zeros((500, 3), np.float32)}, ValueError, "rows of shape"),
    ):
        with pytest.raises(kind, match=words):
            model.fit(RING, steps=1000, callbacks=[quiet(500, **options)])
        assert model.n_steps_ == 1


@pytest.mark.parametrize("copied", [lambda one: pickle.loads(pickle.dumps(one)), copy.copy, copy.deepcopy])
@pytest.mark.parametrize("display", [None, "lines"])
def test_what_was_seen_can_be_pickled(copied, display, tmp_path):
    model = gan()
    diagnostics = sg.Diagnostics(2, display=display, folder=tmp_path, held_out=RING, warn=False, gap_steps=0)
    model.fit(RING, steps=4, callbacks=[diagnostics])
    again = copied(diagnostics)
    assert again.records == diagnostics.records
    assert repr(again) == repr(diagnostics)
    # And it goes on to watch.
    gan().fit(RING, steps=2, callbacks=[again])
    assert again.steps.tolist() == [2, 4, 2]


def test_a_fit_that_goes_bad_at_once_says_what_is_left():
    with pytest.raises(sg.NotFiniteError, match="the state of step 0, before any training, was restored"):
        gan(learning_rate=1e30).fit(RING, steps=50)

"""Several models under one budget."""

from __future__ import annotations

import json

import numpy as np
import pytest
import swiftgan as sg

POINTS = sg.datasets.ring8(1024)
MODES = (sg.datasets.RING8_MODES, 0.01)


def compare(models, data=POINTS, **options):
    return sg.compare(models, data, **{"seeds": 2, "steps": 3, "n_samples": 200, "verbose": False, **options})


def test_the_table():
    models = {"narrow": sg.GAN(hidden=[4]), "wide": sg.WGANGP(hidden=[32], batch_size=64)}
    found = compare(models, modes=MODES, metrics=["sliced_wasserstein"])
    assert found.names == ["modes", "high_quality", "sliced_wasserstein"]
    assert [(row.model, row.seed) for row in found.rows] == [("narrow", 0), ("wide", 0), ("narrow", 1), ("wide", 1)]
    assert all(row.steps == 3 and row.seconds > 0 and not row.error for row in found.rows)
    values = found.values("wide", "sliced_wasserstein")
    cell = found.figure("wide", "sliced_wasserstein")
    assert (cell.mean, cell.std, cell.n) == (values.mean(), values.std(ddof=1), 2)
    assert found.best("sliced_wasserstein") == min(
        found.models, key=lambda m: found.values(m, "sliced_wasserstein").mean()
    )
    assert "sliced_wasserstein ↓" in repr(found)
    assert f"{cell}" in repr(found)
    assert "<table>" in found._repr_html_()
    # The same again: runs are a function of their seeds.
    again = compare(models, modes=MODES, metrics=["sliced_wasserstein"], seeds=[1])
    assert again.values("wide", "sliced_wasserstein").tolist() == values[1:].tolist()


def test_what_is_judged_by_default():
    assert compare({"gan": sg.GAN()}, seeds=1).names == [
        "sliced_wasserstein",
        "precision",
        "recall",
        "density",
        "coverage",
    ]
    images, labels = sg.datasets.load_digits()
    found = compare({"dcgan": sg.DCGAN(width=8), "cvae": sg.CVAE(hidden=[16])}, (images, labels), seeds=1)
    # Labels are for the model that takes them; the other one leaves them alone.
    assert [row.error for row in found.rows] == ["", ""]
    assert {(row.model, name) for row in found.rows for name in row.figures} == {
        (model, name) for model in ("dcgan", "cvae") for name in found.names
    }
    without = compare({"dcgan": sg.DCGAN(width=8), "cvae": sg.CVAE(hidden=[16])}, images, seeds=1)
    assert without.rows[0].error == ""
    assert "requires y to be passed" in without.rows[1].error
    alone = compare([sg.DCGAN(width=8)], images, seeds=1)
    assert alone.names == ["frechet_distance", "kernel_distance", "precision", "recall"]
    assert alone.models == ["DCGAN(width=8)"]


def test_functions_judge_and_make_models():
    found = compare(
        {"made": lambda seed: sg.GAN(hidden=[8], random_state=seed)},
        metrics={"bias": lambda real, fake: abs(fake.mean())},
    )
    fake = sg.GAN(hidden=[8], random_state=1).fit(POINTS, steps=3, verbose=False).sample(200, random_state=1)
    assert found.values("made", "bias")[1] == abs(fake.mean())


def test_a_budget_of_seconds():
    found = compare({"gan": sg.GAN(hidden=[8], batch_size=32)}, steps=None, seconds=0.2, seeds=1, modes=MODES)
    assert found.rows[0].steps > 3
    assert 0.2 <= found.rows[0].seconds < 2
    assert found.budget == "0.2 seconds"


def test_a_failure_is_kept_and_the_others_go_on(tmp_path, capsys):
    models = {"bad": sg.GAN(hidden=[8], batch_size=9999), "good": sg.GAN(hidden=[8])}
    found = compare(models, modes=MODES, verbose=True)
    assert [bool(row.error) for row in found.rows] == [True, False, True, False]
    assert "batch_size is 9999" in repr(found)
    assert "0 (2 failed)" in repr(found)
    assert "4/4 good, seed 1" in capsys.readouterr().err
    content = json.loads(found.to_json(tmp_path / "table.json"))
    assert content == json.loads((tmp_path / "table.json").read_text())
    assert content["table"]["bad"] == {}
    assert content["rows"][1]["figures"]["modes"] == found.rows[1].figures["modes"]
    assert found.best("modes") == "good"
    pytest.importorskip("matplotlib")
    found.plot(tmp_path / "table.png")
    assert (tmp_path / "table.png").stat().st_size > 3000


def test_ctrl_c_leaves_what_is_done():
    class Interrupt(sg.callbacks.Callback):
        calls = 0

        def on_step_end(self, model, step, metrics):
            Interrupt.calls += 1
            if Interrupt.calls == 5:
                raise KeyboardInterrupt

    found = compare({"gan": sg.GAN(hidden=[8])}, callbacks=lambda: [Interrupt()], modes=MODES)
    assert len(found.rows) == 1
    assert not found.is_complete
    assert "ended early" in repr(found)


class Untouched:
    """A model that must not be trained."""

    def fit(self, *_, **__):
        raise AssertionError("a mistake that is wrong with every run was found only after training")

    def sample(self, n, random_state=None):
        raise AssertionError


@pytest.mark.parametrize(
    ("options", "kind", "words"),
    [
        ({"modes": sg.datasets.RING8_MODES}, TypeError, r"a pair \(centres, std\), not an array of shape \(8, 2\)"),
        ({"modes": (sg.datasets.RING8_MODES, 0)}, ValueError, "std must be .*not 0"),
        ({"modes": (sg.datasets.RING8_MODES[:, :1], 0.1)}, ValueError, "coordinates"),
        ({"features": 3}, TypeError, "features must be"),
        ({"metrics": {"a": lambda real, fake: 1 / 0}}, ZeroDivisionError, "zero"),
        ({"metrics": {"a": lambda real, fake: "good"}}, TypeError, "'a' must return"),
        ({"metrics": {"a": 3}}, TypeError, "metric 'a' is no function"),
        ({"metrics": ["frechet"]}, ValueError, "did you mean 'frechet_distance'"),
        ({"reference": np.zeros((50, 3))}, ValueError, r"real are \(3,\) and fake \(2,\)"),
        ({"reference": np.zeros((1, 2))}, ValueError, r"at least 2 real samples.*shape \(1, 2\)"),
        ({"steps": -1}, ValueError, "steps must be at least 0, not -1"),
        ({"steps": 2.5}, TypeError, "steps must be an integer, not 2.5"),
    ],
)
def test_what_is_wrong_with_every_run_costs_no_training(options, kind, words):
    with pytest.raises(kind, match=words):
        compare({"gan": lambda seed: Untouched()}, **options)


class Silent:
    """A model whose fit calls no callbacks."""

    def fit(self, X, steps=None, epochs=None, callbacks=(), verbose=True):
        self.mean = X.mean(axis=0)

    def sample(self, n, random_state=None):
        return self.mean + np.random.default_rng(random_state).normal(size=(n, 2))


def test_a_fit_that_calls_no_callbacks_is_judged_all_the_same():
    found = compare({"silent": lambda seed: Silent(), "gan": sg.GAN(hidden=[8])}, metrics=["sliced_wasserstein"])
    assert [row.error for row in found.rows] == 4 * [""]
    assert [row.steps for row in found.rows] == [None, 3, None, 3]
    assert all(0 <= row.seconds < 60 for row in found.rows)
    assert len(found.values("silent", "sliced_wasserstein")) == 2
    assert repr(found).splitlines()[2].split()[-3] == "-", "unknown steps are none"
    assert json.loads(found.to_json())["rows"][0]["steps"] is None


def test_figures_of_one_name_are_told_apart():
    own = {"modes": lambda real, fake: 5.0, "first": sg.metrics.precision_recall, "precision": lambda real, fake: -1.0}
    found = compare({"gan": sg.GAN(hidden=[8])}, seeds=1, modes=MODES, metrics=own)
    figures = found.rows[0].figures
    assert list(figures) == ["modes", "high_quality", "modes_2", "precision", "recall", "precision_2"]
    assert figures["modes"] <= 8
    assert (figures["modes_2"], figures["precision_2"]) == (5, -1)


def test_no_steps_are_a_budget_too():
    found = compare({"gan": sg.GAN(hidden=[8])}, steps=0, seeds=1, modes=MODES)
    assert found.budget == "0 steps"
    assert "0 steps each" in repr(found)


def test_mistakes_are_named():
    gan = {"gan": sg.GAN()}
    cases = [
        (lambda: compare(gan, steps=None), ValueError, "say how long"),
        (lambda: compare({}), ValueError, "no models"),
        (lambda: compare([sg.GAN(), sg.GAN()]), ValueError, "print alike"),
        (lambda: compare({"x": 3}), TypeError, "'x' is no model"),
        (lambda: compare(gan, metrics=["fid"]), ValueError, "no metric 'fid'"),
        (lambda: compare(gan, seeds=[]), ValueError, "one seed"),
        (lambda: compare(gan, steps=None, seconds=0), ValueError, "above 0"),
        (lambda: compare(gan, steps=None, seconds="1"), TypeError, "seconds must be a number, not '1'"),
        (lambda: compare(gan, seeds=2.5), TypeError, "seeds must be an integer, not 2.5"),
        (lambda: compare(gan, seeds=True), TypeError, "seeds must be an integer, not True"),
        (lambda: compare(gan, seeds="ab"), TypeError, "seeds must be an integer, not 'ab'"),
        (lambda: compare(gan, seeds=-1), ValueError, "seeds must be at least 1, or a list of seeds, not -1"),
        (lambda: compare(gan, seeds=[0, 1.5]), TypeError, "a seed must be an integer, not 1.5"),
        (lambda: compare(gan, seeds=[1, 1]), ValueError, r"seeds must differ.*\[1, 1\]"),
        (lambda: compare(sg.GAN()), TypeError, "mapping from names to models.*goes in a list"),
        (lambda: compare({"gan": sg.GAN}), TypeError, r"'gan' is the class GAN.*GAN\(\)"),
        (lambda: compare(gan, None), TypeError, "data are an array"),
        (lambda: compare(gan, POINTS[0]), TypeError, r"data are an array.*shape \(2,\)"),
        (lambda: compare(gan, [POINTS, POINTS[:, 0]]), TypeError, "as a tuple, not a list"),
        (lambda: compare(gan, [POINTS, POINTS]), TypeError, "as a tuple, not a list"),
        (lambda: compare(gan, (POINTS, np.zeros(30))), ValueError, "there are 1024 samples, but 30 labels"),
        (lambda: compare(gan, callbacks=[print]), TypeError, "callbacks are a function that returns new ones"),
        (lambda: compare(gan, n_samples="a"), TypeError, "n_samples must be an integer, not 'a'"),
        (lambda: compare(gan, n_samples=1), ValueError, "n_samples must be at least 2, not 1"),
        (lambda: compare(gan, seeds=1, modes=MODES).values("gam", "modes"), ValueError, "no model 'gam'"),
        (lambda: compare(gan, seeds=1, modes=MODES).best("fid"), ValueError, "no figure 'fid'"),
    ]
    for call, kind, words in cases:
        with pytest.raises(kind, match=words):
            call()

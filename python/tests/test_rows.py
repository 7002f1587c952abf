"""Every row holds in its short form, and the program that measures rows tells the truth."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest
import swiftgan as sg

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
RESULTS = BENCHMARKS.parent / "docs" / "results"
sys.path.insert(0, str(BENCHMARKS))

from rows import __main__ as rows  # noqa: E402
from rows import b9, mixtures  # noqa: E402
from rows import row as parts  # noqa: E402
from rows import table as tables  # noqa: E402

FIGURES = [
    pytest.param(row.name, figure, id=f"{row.name}-{figure.name}-{figure.data}")
    for row in map(rows.find, rows.row_names())
    for figure in row.figures
    if figure.data != "MNIST"  # whose short form is that of DIGITS
]


@pytest.mark.parametrize(("name", "figure"), FIGURES)
def test_short_form(name, figure):
    found = figure.run(figure.seeds[0], quick=True, peer=None)
    bound = figure.bound_of(quick=True)
    assert bound.holds(found.value), f"{name}: {figure.name} is {found.value}, must be {bound.text}"
    json.dumps(dict(found.details))


def test_declarations_are_whole():
    for row in map(rows.find, rows.row_names()):
        assert row.title
        assert row.figures
        for figure in row.figures:
            assert figure.data in ("", "DIGITS", "FASHION", "MNIST")
            assert not figure.of_mean or len(figure.seeds) > 1
            assert figure.budget_s > 0
            assert len(set(figure.seeds)) == len(figure.seeds) > 0
            assert figure.published or not row.name.startswith("C"), f"{row.name}: {figure.name}"


@pytest.mark.parametrize("path", sorted(RESULTS.glob("*.json")), ids=lambda x: x.stem)
def test_kept_results_are_of_the_figures_of_today(path):
    """Names, data, bounds and seeds; a row that has changed since is to be measured again."""
    kept = [
        (figure["figure"], figure["data"], figure["threshold"], list(figure["values"]))
        for figure in json.loads(path.read_text())["figures"]
        if figure["data"] != "MNIST"  # kept by those who have it
    ]
    assert kept == [
        (figure.name, figure.data, "mean " * figure.of_mean + figure.bound.text, [str(seed) for seed in figure.seeds])
        for figure in rows.find(path.stem).figures
        if figure.data != "MNIST"
    ]


def test_gains_of_edits_are_those_of_the_kept_figures():
    kept = {each["figure"]: each for each in json.loads((RESULTS / "C9.json").read_text())["figures"]}
    for attribute, other in (("class", "brightness"), ("brightness", "class")):
        own = kept[f"edits of the {attribute} whose {other} is kept"]
        gain = kept[f"edits of the {attribute}: {other} kept more than of random noise by"]["values"]
        assert gain == {seed: value - own["details"][seed]["of random noise"] for seed, value in own["values"].items()}


def test_overlap_falls_with_modes_missed_preferred_and_missed_narrowly():
    modes = np.array([[0.0, 0.0], [2.0, 0.0], [0.0, 2.0], [2.0, 2.0]])
    reach = 0.15

    def of(*counts, beside=0):
        far = np.full((beside, 2), 1.0)
        return mixtures.overlap(np.concatenate([np.repeat(modes, counts, axis=0), far]), modes, reach)

    assert of(25, 25, 25, 25) == 1
    assert of(50, 50, 0, 0) == 0.5
    assert of(70, 10, 10, 10) == pytest.approx(0.55)
    assert of(10, 10, 10, 10, beside=60) == pytest.approx(0.4)
    assert of(0, 0, 0, 0, beside=10) == 0
    assert mixtures.overlap(modes + np.array([0.14, 0]), modes, reach) == 1
    assert mixtures.overlap(modes + np.array([0.16, 0]), modes, reach) == 0
    noise = np.random.default_rng(0).uniform(-1, 3, (2500, 2))
    assert 0 < mixtures.overlap(noise, modes, reach) < 0.03  # 4 discs of radius 0.15 in 16


def test_luck_is_the_share_of_choices_that_are_as_good():
    assert b9.luck(np.array([25.0, 25.0]), np.array([20.0, 21.0, 22.0])) == 0.1  # one of the 10 pairs
    assert b9.luck(np.array([22.0, 25.0]), np.array([20.0, 21.0, 25.0])) == 0.3  # 25 + 25 and twice 25 + 22
    assert b9.luck(np.array([20.0]), np.array([21.0, 22.0])) == 1
    assert b9.luck(np.full(5, 0.1), np.full(5, 0.1)) == 1  # all ties, whatever the order of the sum
    rng = np.random.default_rng(0)
    chances = [b9.luck(*np.split(rng.normal(size=8), [3])) for _ in range(400)]
    assert 0.02 < np.mean(np.array(chances) <= 0.05) < 0.08  # no more alarms than it says where there is no gain


@pytest.mark.skipif(not hasattr(os, "sched_getaffinity"), reason="this system does not bind processes to processors")
def test_as_many_mixtures_run_as_this_process_may_use_processors(monkeypatch, tmp_path):
    given, running, most = [], 0, 0
    lock = threading.Lock()

    def run(setup, wanted, place):
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        time.sleep(0.05)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(json.dumps({"seed": wanted["seed"]}))
        with lock:
            running -= 1
            given.append(wanted["seed"])

    monkeypatch.setattr(mixtures, "_run", run)
    monkeypatch.setattr(mixtures, "ROOT", tmp_path)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {3})
    setup = mixtures.Setup("NS", 100, {})
    assert mixtures.table([setup], ["GRID25"], range(3))["NS", "GRID25", 2] == {"seed": 2}
    assert most == 1
    assert sorted(given) == [0, 1, 2]
    mixtures.table([setup], ["GRID25"], range(4))
    assert sorted(given) == [0, 1, 2, 3]  # what is kept is not made again


@pytest.mark.parametrize("name", ["DIGITS", "FASHION"])
def test_short_forms_are_on_digits(name):
    shapes = []
    figure = parts.Figure("", parts.at_least(0), lambda run: shapes.append(run.data.train[0].shape) or 0, data=name)
    figure.run(0, quick=True, peer=None)
    assert shapes == [(1347, 8, 8, 1)]


def test_bounds():
    assert parts.at_least(0.98).holds(0.98)
    assert not parts.at_least(0.98).holds(0.9799)
    assert not parts.at_most(1).holds(np.nan)
    assert parts.near(0.2831, 5e-5).holds(0.28314)
    assert not parts.near(0.2831, 5e-5).holds(0.28316)


def command(*words, **environment):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), **environment}
    words = [sys.executable, "-m", "rows", *map(str, words)]
    return subprocess.run(words, cwd=BENCHMARKS, env=environment, capture_output=True, text=True, timeout=280)


def test_the_program(tmp_path):
    done = command("a1", "--out", tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(" pass") == len(rows.find("A1").figures)
    result = json.loads((tmp_path / "A1.json").read_text())
    assert result["row"] == "A1"
    assert result["form"] == "full"
    assert result["command"].startswith("python -m rows a1")
    assert result["versions"]["swiftgan"] == sg.__version__
    assert result["cpu"]
    assert result["commit"]
    xor = next(figure for figure in result["figures"] if "XOR" in figure["figure"])
    assert list(xor["values"]) == ["0", "1", "2"]
    assert xor["verdict"] == "pass"


def test_an_unknown_row_names_the_known_ones():
    done = command("A77")
    assert done.returncode == 2
    assert "there is no row A77; there are A1" in done.stderr
    listed = command("--list")
    assert all(name in listed.stdout for name in rows.row_names())


@pytest.mark.parametrize("value", [0.97, np.nan])
def test_a_figure_that_does_not_hold_is_a_failure(value, tmp_path, capsys):
    figures = (parts.Figure("good", parts.at_least(0.9), lambda run: 0.99, seeds=(0, 1)),)
    # One seed of two is enough to fail.
    figures += (parts.Figure("bad", parts.at_least(0.98), lambda run: value if run.seed else 0.99, seeds=(0, 1)),)
    assert rows.run(parts.Row("A0", "test", figures), False, None, tmp_path) == 1
    assert "FAIL" in capsys.readouterr().out
    verdicts = [figure["verdict"] for figure in json.loads((tmp_path / "A0.json").read_text())["figures"]]
    assert verdicts == ["pass", "fail"]


def test_an_error_is_a_failure_and_the_others_are_measured(tmp_path, capsys):
    figures = (parts.Figure("broken", parts.at_least(0), lambda run: 1 / 0),)
    figures += (parts.Figure("good", parts.at_least(0), lambda run: 1),)
    assert rows.run(parts.Row("A0", "test", figures), False, None, tmp_path) == 1
    out = capsys.readouterr().out
    assert "FAIL: ZeroDivisionError" in out
    assert "pass" in out


def test_missing_data_skip_the_figure_and_keep_the_file(tmp_path, capsys, monkeypatch):
    def missing(**options):
        raise FileNotFoundError("not here. apt-get install dataset-fashion-mnist")

    monkeypatch.setattr(sg.datasets, "load_fashion_mnist", missing)
    parts.load.cache_clear()
    figures = (parts.Figure("clothes", parts.at_least(0), lambda run: len(run.data.test[0]), data="FASHION"),)
    (tmp_path / "A0.json").write_text("before")
    assert rows.run(parts.Row("A0", "test", figures), False, None, tmp_path) == 0
    assert "skipped: not here. apt-get install dataset-fashion-mnist" in capsys.readouterr().out
    assert (tmp_path / "A0.json").read_text() == "before"


def test_other_data_are_not_taken_for_fashion(monkeypatch):
    small = (np.zeros((3, 28, 28, 1), np.uint8), np.arange(3))
    monkeypatch.setattr(sg.datasets, "load_fashion_mnist", lambda **options: small)
    parts.load.cache_clear()
    with pytest.raises(ValueError, match="are not Fashion-MNIST"):
        parts.load("FASHION")
    parts.load.cache_clear()


def test_the_table_in_the_docs_is_that_of_the_results():
    text = (BENCHMARKS.parent / "docs" / "results.md").read_text()
    found = tables.table(RESULTS, map(rows.find, rows.row_names()))
    assert text.endswith(found + "\n"), "run python -m rows --table in benchmarks, and put it into docs/results.md"


def test_tables_say_means_what_fell_short_and_what_was_published(tmp_path):
    def measured(run):
        return parts.Measured(run.seed / 10, {"count": 3, "list": [1]})

    figures = (
        parts.Figure("good", parts.above(0), measured, seeds=(0, 2), of_mean=True, published="0.5 | elsewhere"),
        parts.Figure("bad", parts.above(0), measured, data="DIGITS", seeds=(0, 2)),
    )
    row = parts.Row("A0", "test", figures)
    assert rows.run(row, False, None, tmp_path) == 1
    *_, good, bad = tables.table(tmp_path, [row, parts.Row("A1", "not measured")]).splitlines()
    n = sg.get_num_threads()
    assert (
        good
        == f"| [A0](results/A0.json) | good | 0.1 ± 0.14 (2) | mean > 0 | count 3 | 0.5 \\| elsewhere | 0.0 ({n}) |"
    )
    assert bad == f"|  | bad (DIGITS) | 0.1 ± 0.14 (2) | > 0 **short** | count 3 |  | 0.0 ({n}) |"


def test_the_list_says_what_a_seed_took_and_on_what(tmp_path, capsys, monkeypatch):
    figures = (parts.Figure("known", parts.above(0), lambda run: 1, seeds=(0, 1)),)
    figures += (parts.Figure("new", parts.above(0), lambda run: 1, budget_s=77),)
    monkeypatch.setattr(rows, "find", lambda name: parts.Row(name, "test", figures))
    kept = {"figure": "known", "data": "", "seconds": 51.0}
    (tmp_path / "A0.json").write_text(json.dumps({"threads": 1, "precision": "medium", "figures": [kept]}))
    rows.show_list(["A0"], tmp_path)
    _, known, new = capsys.readouterr().out.splitlines()
    assert known.endswith(" 25.5  1 thread, medium precision")
    assert new.endswith(" ~77  1 thread")


def test_mnist_is_for_those_who_have_it(tmp_path, monkeypatch):
    figure = parts.Figure("test images", parts.at_least(2), lambda run: len(run.data.test[0]), data="MNIST")
    row = parts.Row("A0", "test", (figure,))
    monkeypatch.delenv(parts.MNIST, raising=False)
    parts.load.cache_clear()
    assert rows.run(row, False, None, tmp_path) == 0
    assert json.loads((tmp_path / "A0.json").read_text())["figures"] == []
    sizes = {"train": 60_000, "test": 10_000}
    monkeypatch.setattr(
        sg.datasets, "load_idx_folder", lambda folder, split: (np.zeros((sizes[split], 1)), np.zeros(sizes[split]))
    )
    monkeypatch.setenv(parts.MNIST, "a folder")
    assert rows.run(row, False, None, tmp_path) == 0
    assert json.loads((tmp_path / "A0.json").read_text())["figures"][0]["values"] == {"0": 10_000.0}
    sizes["test"] = 9
    parts.load.cache_clear()
    with pytest.raises(ValueError, match="are not MNIST"):
        parts.load("MNIST")
    parts.load.cache_clear()

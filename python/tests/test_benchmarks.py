"""The benchmarks of a step: what they print, and what they make of it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import ClassVar

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

import compare  # noqa: E402 - from the folder above
import contenders  # noqa: E402
import goals  # noqa: E402
import machine  # noqa: E402
import workloads  # noqa: E402

FIELDS = {"workload", "precision", "median_s", "min_s", "n", "first_s", "maxrss_mb", "threads", "library", "mode"}


def run(script, *words):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, str(BENCHMARKS / script), *words]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300, check=False)


@pytest.mark.parametrize("name", ["mlp", "lstmgan", "wgangp2d", "sample1", "sample256"])
def test_a_step_prints_its_figures(name):
    done = run("swiftgan_step.py", name, "highest", "--seconds", "0.05", "--threads", "1")
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout.splitlines()[-1])
    assert figures.keys() >= FIELDS
    assert figures["workload"] == name
    assert 0 < figures["min_s"] <= figures["median_s"]
    assert figures["first_s"] > 0
    assert figures["n"] >= 1
    assert 10 < figures["maxrss_mb"] < 4096


def test_wrong_words_are_named():
    assert "nlp" in run("swiftgan_step.py", "nlp").stderr
    assert "lowest" in run("swiftgan_step.py", "mlp", "lowest").stderr
    assert "nlp" in run("compare.py", "nlp").stderr
    assert "at least 1" in run("compare.py", "--rounds", "0").stderr


def test_compare_without_peers_measures_ours_alone(tmp_path):
    file = tmp_path / "bench.json"
    words = [
        "sample1",
        "--rounds",
        "2",
        "--seconds",
        "0.05",
        "--repeats",
        "0",
        "--peer",
        str(tmp_path / "none"),
        "--json",
        str(file),
    ]
    done = run("compare.py", *words)
    assert done.returncode == 0, done.stderr
    assert "PyTorch is not measured" in done.stdout
    assert "JAX is not measured" in done.stdout
    found = json.loads(file.read_text())["workloads"]["sample1"]
    assert len(found["rounds"]["swiftgan"]) == 2
    assert found["summary"].get("missed", []) == []
    assert all(0 <= one["others_share"] <= 1 for one in found["rounds"]["swiftgan"])
    assert "ratio" not in found["summary"]


def figures(median_ms, memory_mb, first_ms=1.0):
    return {"median_s": median_ms / 1e3, "maxrss_mb": memory_mb, "first_s": first_ms / 1e3}


def test_the_summary_takes_medians_and_the_best_mode():
    found = {
        "swiftgan": [figures(ms, 90) for ms in (10, 30, 20)],
        "torch-eager": [figures(ms, 200) for ms in (60, 50, 100)],
        "torch-compile": [figures(ms, 300) for ms in (48, 46, 47)],
        "jax": [figures(19, 250)],
    }
    result = goals.summary("wgangp2d", found)
    assert result["ours_ms"] == pytest.approx(20)
    assert (result["torch_mode"], result["torch_ms"]) == ("compile", pytest.approx(47))
    assert result["ratio"] == pytest.approx(47 / 20)
    assert result["memory_share"] == pytest.approx(90 / 200)
    assert len(result["missed"]) == 1
    assert "JAX" in result["missed"][0]
    assert goals.summary("wgangp2d", {"jax": found["jax"]}) is None


def test_goals_that_do_not_hold_are_listed():
    found = {"swiftgan": [figures(10, 150, 130)], "torch-eager": [figures(13, 200)]}
    speed, memory, first = goals.summary("dcgan28", found)["missed"]
    assert "1.30" in speed
    assert "0.75" in memory
    assert "120" in first  # beyond the median step
    assert "missed" not in goals.summary("dcgan28", found, judged=False)


def test_every_goal_is_of_a_workload():
    assert {*goals.SPEED, *goals.AHEAD_OF_JAX, *goals.FIRST_STEP_MS} <= set(workloads.WORKLOADS)


def contender(name):
    return contenders.Contender(name, ["none"])


class FakeWatch:
    """Other programs' shares, one for each measurement in turn."""

    shares: ClassVar[list[float]] = []

    def share(self):
        return FakeWatch.shares.pop(0)


def measured(monkeypatch, shares, repeats, rounds=2):
    times = iter(range(1, 100))
    FakeWatch.shares = list(shares)
    monkeypatch.setattr(contenders, "Watch", FakeWatch)
    monkeypatch.setattr(contenders, "measure_once", lambda *_: figures(next(times), 100))
    settings = {"precision": "highest", "seconds": 1, "threads": 1}
    both = [contender("swiftgan"), contender("torch-eager")]
    return contenders.measure("mlp", both, rounds=rounds, repeats=repeats, **settings)


def test_spoilt_rounds_are_repeated_and_the_quieter_one_counts(monkeypatch, capsys):
    # The second round is spoilt by what runs beside PyTorch, its first repetition even more, its second one is quiet.
    found = measured(monkeypatch, [0, 0.02, 0, 0.5, 0.9, 0.9, 0.01, 0.03], repeats=3)
    assert not FakeWatch.shares
    assert [one["median_s"] for one in found["swiftgan"]] == pytest.approx([1e-3, 7e-3])
    assert [one["others_share"] for one in found["torch-eager"]] == [0.02, 0.03]
    assert capsys.readouterr().out.count("repeated") == 2
    assert "missed" in goals.summary("mlp", found)


def test_repetitions_are_bounded_and_what_stays_spoilt_is_not_judged(monkeypatch, capsys):
    found = measured(monkeypatch, [0.6, 0.6, 0.3, 0.4, 0.7, 0.7], repeats=1)
    assert not FakeWatch.shares
    assert len(found["swiftgan"]) == 2
    assert [one["others_share"] for one in found["torch-eager"]] == [0.4, 0.7]
    result = goals.summary("mlp", found)
    assert result["others_share"] == 0.7
    assert result["spoilt"]
    assert "missed" not in result
    compare.show("mlp", result)
    assert "busy: other programs used 70% of the processors; not judged" in capsys.readouterr().out


def test_a_watch_sees_other_programs_and_not_its_own_children():
    watch = machine.Watch()
    subprocess.run([sys.executable, "-c", "sum(range(10**7))"], check=True)
    own = watch.share()
    processors = len(os.sched_getaffinity(0))
    code = "import time\nend = time.time() + 3\nwhile time.time() < end: pass"
    others = [subprocess.Popen([sys.executable, "-c", code]) for _ in range(processors)]
    time.sleep(0.3)
    watch = machine.Watch()
    time.sleep(1)
    busy = watch.share()
    for other in others:
        other.wait()
    assert busy > 0.5
    assert 0 <= own <= 1


def test_metrics_are_timed():
    done = run("metrics.py", "frechet_distance", "wasserstein", "--samples", "200", "--features", "4", "--rounds", "1")
    assert done.returncode == 0, done.stderr
    assert [line.split()[:2] for line in done.stdout.splitlines()[-2:]] == [
        ["frechet_distance", "200"],
        ["wasserstein", "40"],
    ]
    assert "there is no metric 'fid'" in run("metrics.py", "fid").stderr

"""The examples run as a reader would run them, and do what they say."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


def run(*command, folder):
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "MPLBACKEND": "Agg"}
    command = [sys.executable, *map(str, command)]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_demo(tmp_path):
    """All that it prints, after a training too short to be good but long enough for most classes."""
    out = run(EXAMPLES / "demo.py", "--epochs", 40, "--seed", 1, folder=tmp_path)
    for what in ("per second", "time to 1st sample", "test digits right", "samples to test", "train to test"):
        assert what in out
    assert int(re.search(r"classes in samples +(\d+) of 10", out)[1]) >= 7
    accuracy = float(re.search(r"classifier +([\d.]+)%", out)[1])
    assert accuracy > 95
    pytest.importorskip("matplotlib")
    assert sorted(path.name for path in (tmp_path / "demo").iterdir()) == ["digits.png", "losses.png"]


@pytest.mark.parametrize("name", ["02_custom_networks.py", "03_own_game.py"])
def test_examples(name, tmp_path):
    lines = run(EXAMPLES / name, folder=tmp_path).splitlines()
    assert "8 of 8 modes" in lines[-1]


def test_theory(tmp_path):
    pytest.importorskip("scipy")
    pytest.importorskip("matplotlib")
    lines = run(EXAMPLES / "07_theory.py", tmp_path / "pictures", folder=tmp_path).splitlines()
    assert float(re.search(r"step 1500: mean \|D - D\*\| ([\d.]+)", "\n".join(lines))[1]) < 0.05
    assert float(re.search(r"estimate ([\d.]+)", lines[-1])[1]) == pytest.approx(1.5, rel=0.1)
    assert {path.name for path in (tmp_path / "pictures").iterdir()} == {"line_game.png", "parallel_lines.png"}


def test_conditional(tmp_path):
    pytest.importorskip("PIL")
    out = run(EXAMPLES / "08_conditional.py", tmp_path / "pictures", "--epochs", 20, folder=tmp_path)
    assert float(re.search(r"reads ([\d.]+)%", out)[1]) > 50
    assert (tmp_path / "pictures" / "conditional.png").exists()


def test_anomalies(tmp_path):
    pytest.importorskip("PIL")
    lines = run(EXAMPLES / "11_anomalies.py", tmp_path / "pictures", folder=tmp_path).splitlines()
    for line in lines[:2]:
        assert float(re.search(r"in ([\d.]+)% of all pairs", line)[1]) > 95
        others, same = map(float, re.findall(r"([\d.]+)% of the", line))
        assert others > 85
        assert same < 50
        assert line.endswith("the eight most normal images are 2, 2, 2, 2, 2, 2, 2, 2")
    assert {path.name for path in (tmp_path / "pictures").iterdir()} == {"anomalies.png", "search.png"}


def test_editing(tmp_path):
    pytest.importorskip("PIL")
    out = run(EXAMPLES / "12_editing.py", tmp_path / "pictures", "--epochs", 30, folder=tmp_path)
    assert float(re.search(r"reads ([\d.]+)%", out)[1]) > 60
    assert float(re.search(r"itself by ([\d.]+)%", out)[1]) < 15
    assert float(re.search(r"BiGAN: ([\d.]+)%", out)[1]) > 20
    assert {path.name for path in (tmp_path / "pictures").iterdir()} == {"editing.png", "bigan.png"}


def test_objectives(tmp_path):
    pytest.importorskip("PIL")
    out = run(EXAMPLES / "16_objectives.py", tmp_path / "pictures", "--part", 0.25, folder=tmp_path)
    distances = dict(re.findall(r"(\S+) +Fréchet distance to test digits ([\d.]+)", out))
    assert list(distances) == ["LSGAN", "WGAN", "WGAN-GP", "MMD-GAN", "EBGAN", "BEGAN"]
    assert float(distances["LSGAN"]) < 150
    assert float(distances["WGAN"]) < 100
    assert (tmp_path / "pictures" / "objectives.png").exists()


def test_infogan(tmp_path):
    pytest.importorskip("PIL")
    out = run(EXAMPLES / "09_infogan.py", tmp_path / "pictures", "--epochs", 15, folder=tmp_path)
    assert float(re.search(r"sample: ([\d.]+) of", out)[1]) > 1.5
    assert float(re.search(r"([\d.]+)% of images agree", out)[1]) > 30
    assert len(re.findall(r"code [12] from -1 to 1: ink [+-]\d+%, slant [+-][\d.]+, \d+% stay", out)) == 2
    assert {path.name for path in (tmp_path / "pictures").iterdir()} == {"categories.png", "continuous.png"}


def test_semi_supervised(tmp_path):
    pytest.importorskip("matplotlib")
    pytest.importorskip("PIL")
    arguments = ("--epochs", 10, "--labels", 50)
    out = run(EXAMPLES / "10_semi_supervised.py", tmp_path / "pictures", *arguments, folder=tmp_path)
    told = re.search(r"50 labels, 450 test images told wrong: ([\d.]+)% from all images, ([\d.]+)% from", out)
    assert float(told[1]) < 70
    assert float(told[2]) < 40
    assert {path.name for path in (tmp_path / "pictures").iterdir()} == {"labels.png", "drawn.png"}


def test_laplacian_pyramid(tmp_path):
    pytest.importorskip("PIL")
    out = run(EXAMPLES / "13_laplacian_pyramid.py", tmp_path / "pictures", "--epochs", 8, folder=tmp_path)
    assert float(re.search(r"off by at most (\S+)", out)[1]) <= 1e-6
    names = {path.name for path in (tmp_path / "pictures").iterdir()}
    assert names == {"pyramid.png", "refined.png", "lapgan.png"}


def test_dcgan_studies(tmp_path):
    pytest.importorskip("PIL")
    out = run(EXAMPLES / "14_dcgan_studies.py", tmp_path / "pictures", "--epochs", 20, folder=tmp_path)
    assert float(re.search(r"([\d.]+)% right by features", out)[1]) > 75
    names = {path.name for path in (tmp_path / "pictures").iterdir()}
    assert names == {"filters.png", "guided.png", "walks.png", "arithmetic.png", "forget.png"}
    assert float(re.search(r"drawn ([\d.]+)% as often", out)[1]) < 80
    assert float(re.search(r"([\d.]+)% of the results", out)[1]) > 15


def test_tags(tmp_path):
    pytest.importorskip("matplotlib")
    out = run(EXAMPLES / "15_tags.py", tmp_path / "pictures", "--epochs", 25, folder=tmp_path)
    assert float(re.search(r"of ([\d.]+)% of", out)[1]) > 40
    assert (tmp_path / "pictures" / "tags.png").exists()


def test_the_notebook(tmp_path):
    """Every code cell in order, in one process; short of Jupyter's own display, that is what a notebook does."""
    pytest.importorskip("matplotlib")
    path = EXAMPLES / "06_digits.ipynb"
    assert path.stat().st_size < 100_000
    cells = [cell for cell in json.loads(path.read_text())["cells"] if cell["cell_type"] == "code"]
    assert all(not cell["outputs"] for cell in cells)
    code = "\n".join("".join(cell["source"]) for cell in cells).replace("epochs=60", "epochs=3")
    assert "of 10 classes" in run("-c", code, folder=tmp_path)
    assert {path.name for path in (tmp_path / "demo").iterdir()} == {"notebook.png", "walk.png", "slopes.png"}

"""The notebooks of the lectures' worked examples: they run, and what they show is what they print today."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "examples" / "lessons").glob("*.ipynb"))


@pytest.fixture(scope="module")
def runner():
    spec = importlib.util.spec_from_file_location("run_lessons", ROOT / "packaging" / "run_lessons.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_a_notebook_shows_what_it_prints(path, runner):
    pytest.importorskip("matplotlib")
    kept = json.loads(path.read_text())
    assert path.stat().st_size < runner.LARGEST_FILE
    assert runner.picture_count(kept) >= 1
    again = runner.execute(kept)
    assert runner.text_of(again) == runner.text_of(kept)
    assert runner.picture_count(again) == runner.picture_count(kept)


def test_there_is_one_for_each_example():
    names = " ".join(path.stem for path in NOTEBOOKS)
    for topic in ("perceptron", "back_propagation", "sobel", "feature_maps", "recurrence"):
        assert topic in names


def test_what_is_kept_is_not_what_a_cell_no_longer_prints(runner):
    """The comparison above can fail: a notebook whose kept text is stale differs from what it prints."""
    pytest.importorskip("matplotlib")
    cell = {"cell_type": "code", "source": ["x = 2\n", "print(x)"], "outputs": [], "execution_count": None}
    notebook = runner.execute({"cells": [cell]})
    assert runner.text_of(notebook) == "2\n"
    stale = {"cells": [{**notebook["cells"][0], "source": ["print(3)"]}]}
    assert runner.text_of(runner.execute(stale)) != runner.text_of(stale)

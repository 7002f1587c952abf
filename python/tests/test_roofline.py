"""The table of kernels: what it makes of the figures that the program prints."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
sys.path.insert(0, str(BENCHMARKS))

import roofline  # noqa: E402 - from the folder above

HEADER = {"cpu": "a processor", "instructions": "avx512_bf16", "threads": 1, "rounds": 3, "onednn": "2.6.3"}


def case(name, kernels, most, unit="GF/s", group="dcgan", work=12e9):
    return {
        "group": group,
        "name": name,
        "pass": "forward",
        "unit": unit,
        "work": work,
        "seconds": {label: [seconds, seconds / 2, seconds * 9] for label, seconds in kernels.items()},
        "most": {label: [rate] * 3 for label, rate in most.items()},
    }


@pytest.fixture
def cases():
    peaks = {"f32": 100e9, "bf16": 200e9}
    return [
        case("4x4", {"highest": 0.1, "medium": 0.05, "onednn f32 plain": 0.2, "onednn f32 own": 0.15}, peaks),
        case("3x3", {"highest": 0.3, "medium": 0.1, "onednn f32 plain": 0.2, "onednn f32 own": 0.4}, peaks),
        case("exp", {"highest": 0.5}, {"memory": 48e9}, unit="GB/s", group="streams"),
    ]


def test_lines_are_medians_beside_peaks_and_the_better_layout(cases):
    highest, medium = roofline.lines(cases[0])
    assert highest == ("4x4, forward", "highest", "120.0", "100.0", "120%", "60.0", "80.0", "-", "1.50")
    assert medium == ("4x4, forward", "medium", "240.0", "200.0", "120%", "-", "-", "-", "-")
    assert roofline.lines(cases[2]) == [("exp, forward", "", "24.0", "48.0", "50%", "-", "-", "-", "-")]


def test_products_are_compared_with_what_does_the_same(cases):
    kernels = {"highest": 0.2, "packed highest": 0.1, "onednn f32 plain": 0.1, "onednn f32 own": 0.05}
    product = case("product", kernels, {"f32": 300e9}, group="products")
    assert [line[-1] for line in roofline.lines(product)] == ["0.50", "0.50"]


def test_totals_take_the_faster_layout_of_each_shape(cases, capsys):
    assert roofline.total(cases[:2], "highest") == pytest.approx(24 / 0.4)
    assert roofline.total(cases[:2], "onednn f32 plain", "onednn f32 own") == pytest.approx(24 / 0.35)
    assert roofline.total(cases[:2], "onednn bf16 own") is None
    roofline.show_totals(cases)
    printed = capsys.readouterr().out
    assert (
        "highest: 60.0; oneDNN f32: 60.0 NHWC, 43.6 own layouts, 68.6 the faster of both for each; ratio 0.88"
        in printed
    )
    assert "medium: 160.0; oneDNN bf16: - NHWC" in printed


def test_figures_that_were_kept_are_shown_again(cases, tmp_path):
    file = tmp_path / "kept.json"
    file.write_text(json.dumps({"header": HEADER, "cases": cases}))
    command = [sys.executable, str(BENCHMARKS / "roofline.py")]
    done = subprocess.run([*command, file], capture_output=True, text=True, check=True)
    assert "a processor, avx512_bf16, threads: 1; medians of 3" in done.stdout
    assert "GB/s" in done.stdout
    wrong = subprocess.run([*command, tmp_path / "none"], capture_output=True, text=True, check=False)
    assert wrong.returncode == 2
    assert "there is no" in wrong.stderr

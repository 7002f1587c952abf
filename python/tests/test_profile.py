"""Profiles: every operation is counted, with its work, and written as a trace."""

from __future__ import annotations

import io
import json
import threading

import numpy as np
import pytest
import swiftgan as sg
from swiftgan import nn


def by_name(profile):
    return {op.name: op for op in profile.ops}


def test_counts_calls_flops_and_bytes(capsys):
    a, b = sg.ones((16, 32)), sg.ones((32, 8))
    image, weight = sg.ones((2, 8, 8, 3)), sg.ones((3, 3, 3, 5))
    with sg.profile() as profile:
        for _ in range(3):
            a @ b
        sg.conv2d(image, weight, padding=1)
        sg.exp(a)
        a.sum()
        a.copy()
    ops = by_name(profile)
    assert ops["batch_matmul"].calls == 3
    assert ops["batch_matmul"].flops == 3 * 2 * 16 * 32 * 8
    assert ops["batch_matmul"].bytes == 3 * 4 * (16 * 32 + 32 * 8 + 16 * 8)
    assert ops["conv2d"].flops == 2 * (2 * 8 * 8 * 5) * 3 * 3 * 3
    assert ops["conv2d"].bytes == 4 * (2 * 8 * 8 * 3 + 3 * 3 * 3 * 5 + 2 * 8 * 8 * 5)
    assert ops["exp"].flops == 512
    assert ops["exp"].bytes == 2 * 4 * 512
    assert ops["sum"].flops == 512
    assert ops["copy"].flops == 0
    assert all(op.seconds > 0 for op in profile.ops)
    assert sum(op.seconds for op in profile.ops) <= profile.seconds
    assert profile.peak_flops > 1e8
    assert profile.peak_bytes > 1e8
    assert 0 < profile.share_of_peak(ops["batch_matmul"]) < 3
    assert [op.seconds for op in profile.ops] == sorted((op.seconds for op in profile.ops), reverse=True)
    printed = capsys.readouterr().out
    assert printed.splitlines()[0].split() == [
        "operation",
        "calls",
        "time",
        "share",
        "MFLOP",
        "GFLOP/s",
        "MB",
        "GB/s",
        "of",
        "peak",
    ]
    assert "batch_matmul" in printed
    assert "this machine's peak" in printed
    assert repr(profile).startswith(f"profile({len(profile.ops)} operations")


def test_gradients_of_convolutions_cost_as_much_as_they():
    image, weight = sg.ones((2, 9, 9, 4)), sg.ones((3, 3, 2, 6))
    with sg.profile(show=False) as profile:
        sg.grad(lambda x, w: sg.conv2d(x, w, stride=2, groups=2).sum(), (0, 1))(image, weight)
    ops = by_name(profile)
    forward = 2 * (2 * 4 * 4 * 6) * 3 * 3 * 2
    for name in ("conv2d", "conv2d_input_gradient", "conv2d_filter_gradient"):
        assert ops[name].flops == forward


def test_steps_of_programs():
    f = sg.compile(lambda x, w: ((x @ w) * 2 + 1).tanh().sum())
    x, w = sg.ones((8, 8)), sg.ones((8, 8))
    f(x, w)
    with sg.profile(show=False) as profile:
        for _ in range(5):
            f(x, w)
    spans = [event for event in profile._events if event["cat"] == "function"]
    assert len(spans) == 5
    assert all("lambda" in event["name"] for event in spans)
    names = f.information()["step_names"]
    assert sum(op.calls for op in profile.ops) == 5 * len(names)
    assert {op.name for op in profile.ops} == set(names)
    product = next(op for op in profile.ops if "matmul" in op.name)
    assert product.flops >= 5 * 2 * 8**3
    # Each element goes through four operations, wherever they are done.
    assert sum(op.flops for op in profile.ops) == 5 * (2 * 8**3 + 4 * 64)


def test_a_trace_for_chrome(tmp_path):
    game = sg.Game(
        [
            sg.Player("discriminator", nn.Sequential(nn.Dense(2, 1))),
            sg.Player("generator", nn.Sequential(nn.Dense(4, 2))),
        ],
        objective="non_saturating",
        latent=4,
    )
    for eager in (False, True):
        trainer = sg.Trainer(game, sg.datasets.ring8(64), batch_size=8, eager=eager)
        with sg.profile(show=False) as profile:
            trainer.step(2)
        path = tmp_path / "trace.json"
        profile.save(path)
        events = json.loads(path.read_text())
        assert all(event["ph"] == "X" and event["pid"] == 1 and event["dur"] >= 0 for event in events)
        kinds = {
            kind: [event for event in events if event["cat"] == kind] for kind in ("step", "player", "layer", "op")
        }
        assert [event["name"] for event in kinds["step"]] == ["step 1", "step 2"]
        assert [event["name"] for event in kinds["player"]] == ["discriminator", "generator"] * 2
        assert {event["name"] for event in kinds["layer"]} >= {"generator", "discriminator", "0 (Dense)"}

        def inside(inner, outer):
            return (
                inner["tid"] == outer["tid"]
                and outer["ts"] <= inner["ts"]
                and inner["ts"] + inner["dur"] <= outer["ts"] + outer["dur"] + 1e-3
            )

        for player in kinds["player"]:
            assert sum(inside(player, step) for step in kinds["step"]) == 1
            assert any(inside(op, player) for op in kinds["op"])
        starts = [event["ts"] for event in events]
        assert starts == sorted(starts)
        assert min(starts) >= 0


def test_limits_and_misuse(tmp_path):
    out = io.StringIO()
    with sg.profile(limit=1, file=out) as profile:
        sg.exp(sg.ones(100))
        sg.log(sg.ones(100))
        with pytest.raises(RuntimeError, match="already under way"), sg.profile():
            pass
    assert "more operations" in out.getvalue()
    assert len(profile.table().splitlines()) == len(profile.ops) + 2
    with pytest.raises(RuntimeError, match="not complete"):
        sg.profile().save(tmp_path / "x.json")
    with pytest.raises(RuntimeError, match="no profile is under way"):
        sg._core.profile_end()
    with sg.profile(show=False) as empty:
        pass
    assert empty.ops == []
    assert "operations took" in empty.table()


def test_threads_have_numbers_of_their_own(tmp_path):
    with sg.profile(show=False) as profile:
        threads = [threading.Thread(target=lambda: [sg.exp(sg.ones(10)) for _ in range(50)]) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert by_name(profile)["exp"].calls == 150
    profile.save(tmp_path / "trace.json")
    events = json.loads((tmp_path / "trace.json").read_text())
    assert len({event["tid"] for event in events if event["name"] == "exp"}) == 3


def test_results_are_the_same():
    x = np.random.default_rng(0).normal(size=(5, 5)).astype(np.float32)
    f = sg.compile(lambda x: (x @ x).tanh())
    plain = f(x).numpy()
    with sg.profile(show=False):
        np.testing.assert_array_equal(f(x), plain)

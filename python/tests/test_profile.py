"""Profiles: every operation is counted, with its work, and written as a trace."""

from __future__ import annotations

import io
import json
import threading
import time

import numpy as np
import pytest
import swiftgan as sg
from swiftgan import nn


def by_name(profile):
    return {op.name: op for op in profile.ops}


def events_of(profile):
    return json.loads(profile._found.trace())


def inside(inner, outer):
    return (
        inner["tid"] == outer["tid"]
        and outer["ts"] <= inner["ts"] + 1e-3
        and inner["ts"] + inner["dur"] <= outer["ts"] + outer["dur"] + 1e-3
    )


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
    spans = [event for event in events_of(profile) if event["cat"] == "function"]
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


def test_replays_show_the_layers_that_their_steps_were_traced_in():
    class Outer(nn.Module):
        def __init__(self):
            self.body = nn.Sequential(nn.Dense(4, 8), nn.Tanh(), nn.Dense(8, 1))

        def forward(self, x):
            return self.body(x) @ sg.ones((1, 3))

    net = Outer()
    optimizer = sg.optim.Adam(net)

    @sg.compile
    def step(x):
        value, gradients = sg.value_and_grad(lambda: (net(x) ** 2).mean(), (), of=net)()
        optimizer.step(gradients)
        return value

    x = sg.random.normal((16, 4))
    step(x)
    assert step.traces == 1
    with sg.profile(show=False) as profile:
        for _ in range(3):
            step(x)
    events = events_of(profile)
    assert profile.events == sum(event["cat"] in ("op", "function") for event in events)
    spans = {}
    for event in events:
        spans.setdefault((event["cat"], event["name"]), []).append(event)
    calls = spans["function", next(name for kind, name in spans if kind == "function")]
    assert len(calls) == 3
    # Each call has them anew: once on the way forward, and once within "gradient".
    outer, back = spans["layer", "Outer"], spans["layer", "gradient"]
    assert len(outer) >= 6
    forward = [span for span in outer if not any(inside(span, way) for way in back)]
    assert len(forward) == 3
    for name in ("0 (Dense)", "2 (Dense)"):
        layers = spans["layer", name]
        assert sum(any(inside(layer, span) for span in forward) for layer in layers) == 3
        assert sum(any(inside(layer, way) for way in back) for layer in layers) >= 3
    for span in [*outer, *back]:
        assert sum(inside(span, call) for call in calls) == 1
    assert all(any(inside(op, call) for call in calls) for op in events if op["cat"] == "op")


def test_trainers_replay_in_spans_of_step_player_and_layer():
    players = [
        sg.Player("discriminator", nn.Sequential(nn.Dense(2, 4), nn.ReLU(), nn.Dense(4, 1))),
        sg.Player("generator", nn.Sequential(nn.Dense(4, 2))),
    ]
    trainer = sg.Trainer(sg.Game(players, objective="non_saturating", latent=4), sg.datasets.ring8(64), batch_size=8)
    trainer.step(2)
    assert trainer.untraced == {}
    with sg.profile(show=False) as profile:
        trainer.step(2)
    events = events_of(profile)
    layers = [event for event in events if event["cat"] == "layer"]
    names = {event["name"] for event in layers}
    assert names >= {"discriminator", "generator", "gradient", "0 (Dense)"}
    steps, updates = ([event for event in events if event["cat"] == kind] for kind in ("step", "player"))
    assert [event["name"] for event in steps] == ["step 3", "step 4"]
    for layer in layers:
        assert sum(inside(layer, update) for update in updates) == 1
        assert sum(inside(layer, step) for step in steps) == 1


def test_what_is_kept_is_bounded_and_says_what_is_missing(tmp_path):
    matrix = sg.ones((2, 2))

    def chain(x):
        for _ in range(100):
            x = x @ matrix * 0.5
        return x

    f = sg.compile(chain)
    f(matrix)
    steps = f.information()["steps"]
    assert steps >= 100
    runs = 1_000_000 // steps + 50
    with sg.profile(show=False) as profile:
        for _ in range(runs):
            f(matrix)
    total = runs * (steps + 1)
    assert profile.events == 1_000_000
    assert profile.dropped == total - 1_000_000
    assert sum(op.calls for op in profile.ops) == runs * steps
    last = profile.table().splitlines()[-1]
    assert last == f"{profile.dropped} events after the first 1000000 are counted here, but are in no trace file"
    path = tmp_path / "trace.json"
    profile.save(path)
    with path.open("rb") as file:
        file.seek(-300, 2)
        end = file.read().decode()
    assert f"{profile.dropped} later events are not here: 1000000 are kept" in end


def test_a_profile_costs_tiny_steps_little():
    f = sg.compile(lambda x: [x @ x for _ in range(1)] + [(x @ x).tanh() @ x])
    x = sg.ones((2, 2))
    f(x)

    def fastest():
        best = float("inf")
        for _ in range(20):
            start = time.perf_counter()
            for _ in range(200):
                f(x)
            best = min(best, time.perf_counter() - start)
        return best

    plain = fastest()
    with sg.profile(show=False):
        timed = fastest()
    assert timed < 2 * plain

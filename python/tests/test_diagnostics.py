"""Diagnostics: the right alarm for each planted fault, none for healthy runs, and no bit of the training changed."""

from __future__ import annotations

import csv
import json
import math
import struct
import warnings

import numpy as np
import planted
import pytest
import swiftgan as sg
from swiftgan.diagnostics import DiagnosticWarning, EventWriter
from swiftgan.diagnostics._tensorboard import crc32c


def quiet(every_steps=20, **options):
    return sg.Diagnostics(every_steps, **{"display": None, "warn": False, **options})


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(
    ("fault", "kind", "figures"),
    [
        (planted.collapsed, "mode_collapse", {"diversity", "coverage"}),
        (planted.won, "vanished_gradient", {"jsd_bound"}),
        (planted.oscillating, "oscillation", {"drift", "separation"}),
    ],
)
def test_a_planted_fault_raises_its_alarm(fault, kind, figures, seed):
    diagnostics = quiet()
    fault(seed, diagnostics)
    raised = [alarm for alarm in diagnostics.alarms if alarm.kind == kind]
    assert raised, diagnostics
    alarm = raised[0]
    assert alarm.figure in figures
    assert f"step {alarm.step}: " in alarm.message
    at = diagnostics.steps.tolist().index(alarm.step)
    assert diagnostics[alarm.figure][at] == pytest.approx(alarm.value)


@pytest.mark.parametrize("objective", ["least_squares", "hinge"])
def test_a_discriminator_that_has_won_is_seen_without_log_odds(objective):
    diagnostics = quiet()
    planted.won(0, diagnostics, steps=600, objective=objective)
    assert "vanished_gradient" in {alarm.kind for alarm in diagnostics.alarms}


def test_healthy_runs_raise_none():
    for seed in range(10):
        diagnostics = quiet(25)
        planted.healthy(seed, diagnostics, steps=300)
        assert diagnostics.alarms == [], seed
        assert len(diagnostics.steps) == 12


def test_healthy_digits_raise_none():
    images, _ = sg.datasets.load_digits()
    diagnostics = quiet(50, held_out=images[:256])
    gan = sg.DCGAN(width=32, batch_size=64, random_state=0)
    gan.fit(images[256:], steps=400, callbacks=[diagnostics], verbose=False)
    assert diagnostics.alarms == []
    assert diagnostics["diversity"][-1] > 0.6
    for name in ("real_accuracy", "fake_accuracy", "coverage"):
        assert ((diagnostics[name] >= 0) & (diagnostics[name] <= 1)).all()


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"penalty": "r1", "unroll": 2},
        {"spectral_norm": True, "objective": "hinge", "pack": 2},
        {"objective": "began"},
        {"ema": 0.9, "penalty": "dragan"},
    ],
)
def test_training_keeps_its_bits(options):
    def train(callbacks):
        gan = sg.GAN(hidden=[32], batch_size=32, random_state=3, **options)
        gan.fit(sg.datasets.ring8(512), steps=14, callbacks=callbacks, verbose=False)
        return gan

    watched, alone = train([quiet(3)]), train([])
    assert (watched.sample(64, random_state=0) == alone.sample(64, random_state=0)).all()
    for name, values in alone.history_.items():
        assert np.array_equal(values, watched.history_[name], equal_nan=True), name


def test_batch_norm_and_dropout_keep_their_state():
    def train(callbacks):
        sg.random.seed(1)
        nn = sg.nn
        judge = nn.Sequential(nn.Dense(2, 16), nn.Dropout(0.3), nn.ReLU(), nn.Dense(16, 1))
        maker = nn.Sequential(nn.Dense(4, 16), nn.BatchNorm(16), nn.ReLU(), nn.Dense(16, 2))
        game = sg.Game([sg.Player("discriminator", judge), sg.Player("generator", maker)], "minimax", latent=4)
        trainer = sg.Trainer(game, sg.datasets.ring8(256), batch_size=32, seed=1)
        return trainer.fit(steps=12, callbacks=callbacks).sample(32, random_state=0)

    assert (train([quiet(2)]) == train([])).all()


def test_figures_say_what_they_are():
    """Against the same computed from the networks' answers by NumPy."""
    gan = sg.GAN(hidden=[16], batch_size=64, random_state=0).fit(sg.datasets.ring8(512), steps=30, verbose=False)
    diagnostics = quiet(gap_steps=0)
    diagnostics.look(gan)
    found = {name: diagnostics[name][0] for name in diagnostics.names}
    assert "duality_gap" not in found
    assert found["jsd_bound"] == pytest.approx(math.log(2) - found["discriminator_loss"] / 2, abs=1e-6)
    weights = [np.asarray(p.value.numpy(), float) for p in gan.generator_.parameters().values()]
    assert found["generator_weights"] == pytest.approx(math.sqrt(sum((w**2).sum() for w in weights)), rel=1e-6)
    gaps = []
    for steps in (1, 5, 20):
        more = quiet(gap_steps=steps)
        more.look(gan)
        gaps.append(more["duality_gap"][0])
    assert 0 <= gaps[0] <= gaps[1] <= gaps[2]
    again = quiet(gap_steps=20)
    again.look(gan)
    assert again["duality_gap"][0] == gaps[2]


def test_equal_laws_have_equal_figures():
    """A generator that is the data's own law: nothing to tell apart, and as diverse as the data."""
    sg.random.seed(0)
    nn = sg.nn
    game = sg.Game(
        [sg.Player("discriminator", nn.Dense(2, 1)), sg.Player("generator", planted.Shift(0.0))], "minimax", latent=2
    )
    data = np.random.default_rng(0).standard_normal((2048, 2)).astype(np.float32)
    diagnostics = quiet()
    diagnostics.look(sg.Trainer(game, data, batch_size=256, seed=0))
    assert diagnostics["diversity"][0] == pytest.approx(1, abs=0.1)
    assert diagnostics["coverage"][0] > 0.9
    assert abs(diagnostics["drift"][0]) < 0.3
    assert abs(diagnostics["separation"][0]) < 0.3


def test_games_without_a_discriminator_have_less():
    vae = sg.VAE(hidden=[16], latent=2, random_state=0)
    images, _ = sg.datasets.load_digits()
    diagnostics = quiet(2)
    vae.fit(images, steps=4, callbacks=[diagnostics], verbose=False)
    assert {name.rsplit("_", 1)[-1] for name in diagnostics.names} == {"loss", "gradient", "weights"}


def test_an_alarm_stops_and_warns():
    diagnostics = quiet(warn=True, stop_on="mode_collapse")
    with pytest.warns(DiagnosticWarning, match="samples are all alike|samples have left|samples leave out"):
        gan = planted.collapsed(1, diagnostics)
    assert gan.n_steps_ == diagnostics.alarms[-1].step < 500


def test_files(tmp_path):
    diagnostics = quiet(5, folder=tmp_path / "run")
    sg.GAN(hidden=[16], random_state=0).fit(sg.datasets.ring8(512), steps=15, callbacks=[diagnostics], verbose=False)
    records = [json.loads(line) for line in (tmp_path / "run" / "diagnostics.jsonl").read_text().splitlines()]
    assert records == diagnostics.records
    with (tmp_path / "run" / "diagnostics.csv").open(newline="") as file:
        table = list(csv.DictReader(file))
    assert [int(row["step"]) for row in table] == [5, 10, 15]
    assert [float(row["jsd_bound"]) for row in table] == diagnostics["jsd_bound"].tolist()
    (path,) = (tmp_path / "run").glob("events.out.tfevents.*")
    events = read_events(path.read_bytes())
    assert events[0] == (0, "brain.Event:2", {})
    assert [event[0] for event in events[1:]] == [5, 10, 15]
    for (_, _, scalars), record in zip(events[1:], records, strict=True):
        assert set(scalars) == {f"diagnostics/{name}" for name in record["figures"]}
        for name, value in record["figures"].items():
            assert scalars[f"diagnostics/{name}"] == np.float32(value)


def read_events(data):
    """Read an event file by its description alone: frames, checksums bit by bit, and the protocol buffer's fields."""

    def checksum(part):
        crc = 0xFFFFFFFF
        for byte in part:
            crc ^= byte
            for _ in range(8):
                crc = (crc >> 1) ^ (0x82F63B78 * (crc & 1))
        crc ^= 0xFFFFFFFF
        return (((crc >> 15) | (crc << 17)) + 0xA282EAD8) % 2**32

    def varint(part, at):
        value = shift = 0
        while True:
            value |= (part[at] & 0x7F) << shift
            at, shift = at + 1, shift + 7
            if part[at - 1] < 0x80:
                return value, at

    def fields(part):
        at, found = 0, []
        while at < len(part):
            key, at = varint(part, at)
            wire = key & 7
            if wire == 0:
                value, at = varint(part, at)
            elif wire == 1:
                value, at = struct.unpack("<d", part[at : at + 8])[0], at + 8
            elif wire == 5:
                value, at = struct.unpack("<f", part[at : at + 4])[0], at + 4
            else:
                assert wire == 2
                size, at = varint(part, at)
                value, at = part[at : at + size], at + size
            found.append((key >> 3, value))
        return found

    at, events = 0, []
    while at < len(data):
        (size,) = struct.unpack("<Q", data[at : at + 8])
        assert struct.unpack("<I", data[at + 8 : at + 12])[0] == checksum(data[at : at + 8])
        body = data[at + 12 : at + 12 + size]
        assert struct.unpack("<I", data[at + 12 + size : at + 16 + size])[0] == checksum(body)
        at += 16 + size
        event = fields(body)
        found = dict(event)
        assert found[1] > 1.6e9
        scalars = {}
        for number, value in fields(found.get(5, b"")):
            assert number == 1
            inner = dict(fields(value))
            scalars[inner[1].decode()] = inner[2]
        events.append((found[2], found.get(3, b"").decode(), scalars))
    return events


def test_event_files_hold_what_is_hard(tmp_path):
    # The check value of CRC-32C, and of 32 bytes of zeros (RFC 3720, appendix B.4).
    assert crc32c(b"123456789") == 0xE3069283
    assert crc32c(bytes(32)) == 0x8A9136AA
    with EventWriter(tmp_path) as first, EventWriter(tmp_path) as second:
        first.add(2**40, {"größe/x": math.nan, "huge": 1e300, "long": 1.5, "n" * 300: -0.0})
        assert first.path != second.path
    (_, (step, _, scalars)) = read_events(first.path.read_bytes())
    assert step == 2**40
    assert math.isnan(scalars["größe/x"])
    assert scalars["huge"] == math.inf
    assert scalars["n" * 300] == 0


def test_mistakes_are_named():
    gan = sg.GAN(hidden=[8], batch_size=64, random_state=0).fit(sg.datasets.ring8(512), steps=1, verbose=False)
    cases = [
        (lambda: sg.Diagnostics(0), ValueError, "at least 1, not 0"),
        (lambda: sg.Diagnostics(display="screen"), ValueError, "not 'screen'"),
        (lambda: sg.Diagnostics(formats="xml"), ValueError, "not 'xml'"),
        (lambda: sg.Diagnostics(stop_on=["not_finite"]), ValueError, "not 'not_finite'"),
        (lambda: quiet().look(sg.GAN()), sg.NotFittedError, "has not been trained"),
        (lambda: quiet().look("gan"), TypeError, "not at str"),
        (lambda: quiet(patence=3).look(gan), TypeError, "did you mean 'patience'"),
        (lambda: quiet(held_out=np.zeros((100, 2), np.float32)).look(gan), ValueError, "hold out at least 128"),
        (lambda: quiet(held_out=np.zeros((500, 3), np.float32)).look(gan), ValueError, "rows of shape"),
        (lambda: quiet()["jsd_bound"], KeyError, "none yet"),
    ]
    for call, kind, words in cases:
        with pytest.raises(kind, match=words), warnings.catch_warnings():
            call()

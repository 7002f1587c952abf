"""Games and trainers put together in Python."""

from __future__ import annotations

import gc
import threading
import weakref

import numpy as np
import pytest
import swiftgan as sg
from swiftgan import nn


def networks(outputs=1):
    source = sg.random.Generator(3)
    generator = nn.Sequential(nn.Dense(4, 16, generator=source), nn.ReLU(), nn.Dense(16, 2, generator=source))
    critic = nn.Sequential(nn.Dense(2, 16, generator=source), nn.LeakyReLU(), nn.Dense(16, outputs, generator=source))
    return generator, critic


def game(objective="non_saturating", parts=None, ema=0.0, **options):
    generator, critic = parts or networks()
    adam = {"name": "adam", "learning_rate": 1e-3}
    players = [sg.Player("discriminator", critic, adam), sg.Player("generator", generator, adam, ema=ema)]
    if objective == "gmmn":
        players = players[1:]
    return sg.Game(players, objective, latent=4, **options)


def trainer(*args, **kwargs):
    return sg.Trainer(game(*args, **kwargs), sg.datasets.ring8(256), batch_size=32, seed=1)


@pytest.mark.parametrize("objective", sg.objectives.names())
@pytest.mark.parametrize("penalty", [None, *sg.objectives.penalty_names()])
def test_every_objective_and_penalty_plays(objective, penalty):
    if objective == "gmmn" and penalty:
        with pytest.raises(ValueError, match="no discriminator"):
            trainer(objective, penalties=[penalty])
        return
    # Autoencoders, for the objectives that need them.
    outputs = 2 if objective in ("ebgan", "began") else 1
    play = trainer(objective, networks(outputs), penalties=[penalty] if penalty else [])
    play.step(3)
    assert play.untraced == {}
    history = play.history
    assert list(history["step"]) == [1, 2, 3]
    assert {f"{player.name}_loss" for player in play.game.players} <= set(history)
    assert all(np.isfinite(values).all() for values in history.values())
    assert play.sample(7, random_state=0).shape == (7, 2)


def test_own_objective_equals_the_librarys():
    """The same hinge loss in Python and in Swift, from the same weights, goes the same way."""
    ours = sg.objectives.Objective(
        lambda real, fake: sg.relu(1 - real).mean() + sg.relu(1 + fake).mean(), lambda fake: -fake.mean()
    )
    mine, theirs = trainer(ours), trainer("hinge")
    for play in (mine, theirs):
        play.fit(steps=300)
    # Their noise differs, so the figures agree only on average.
    for name in ("discriminator_loss", "generator_loss"):
        assert abs(mine.history.last(100)[name] - theirs.history.last(100)[name]) < 0.15


@pytest.mark.parametrize("eager", [False, True])
def test_own_losses_and_modules(eager):
    class Critic(nn.Module):
        def __init__(self):
            self.net = networks()[1]

        def forward(self, x):
            return self.net(x).reshape(-1)

    generator, critic = networks()[0], Critic()
    seen = []

    def critic_loss(batch, key):
        points, labels = batch
        seen.append((points.shape, labels.dtype, key.shape))
        return critic(points).mean() * -1 + sg.grad(lambda x: critic(x).sum())(points).square().mean()

    def generator_loss(batch, key):
        return critic(generator(sg.random.normal((8, 4), key=key))).mean()

    own = sg.Game(
        [sg.Player("discriminator", critic, steps=2), sg.Player("generator", generator, "sgd", clip_weights=0.5)],
        losses={"discriminator": critic_loss, "generator": generator_loss},
        latent=4,
    )
    points = sg.datasets.ring8(64)
    play = sg.Trainer(own, [points, np.arange(64, dtype=np.int32)], batch_size=8, eager=eager)
    before = critic.parameters()["net.0.weight"].value.tolist()
    play.step(2)
    # A loss is called when its player's update is traced, or at every update.
    assert seen == [((8, 2), np.dtype("int32"), (2,))] * (4 if eager else 1)
    assert play.untraced == {}
    assert critic.parameters()["net.0.weight"].value.tolist() != before
    assert max(abs(p.value.numpy()).max() for p in generator.parameters().values()) <= 0.5
    watch = weakref.ref(own)
    del own, play
    gc.collect()
    assert watch() is None  # no circle through the library


def test_errors_in_losses_and_callbacks_are_the_users_own():
    class Mistake(Exception):
        pass

    def wrong(batch, key):
        raise Mistake("in the loss")

    generator, critic = networks()
    players = [sg.Player("discriminator", critic), sg.Player("generator", generator)]
    play = sg.Trainer(
        sg.Game(players, losses=dict.fromkeys(("discriminator", "generator"), wrong)), np.zeros((64, 2), "f4")
    )
    with pytest.raises(Mistake, match="in the loss") as caught:
        play.step()
    assert caught.traceback[-1].name == "wrong"
    with pytest.raises(Mistake):
        play.fit(steps=1)

    class Stubborn(sg.callbacks.Callback):
        def on_step_end(self, model, step, metrics):
            if step == 3:
                raise Mistake("in the callback")

    fine = trainer()
    with pytest.raises(Mistake, match="in the callback"):
        fine.fit(steps=10, callbacks=[Stubborn()])
    assert len(fine.history) == 3
    fine.fit(steps=2)
    assert len(fine.history) == 5


def test_players_move_in_their_stage():
    generator, critic = networks()
    players = [
        sg.Player("discriminator", critic, until_epoch=2),
        sg.Player("generator", generator, from_epoch=1, until_epoch=3),
    ]
    play = sg.Trainer(sg.Game(players, "non_saturating", latent=4), sg.datasets.ring8(64), batch_size=16)
    play.fit(epochs=3)
    history = play.history
    np.testing.assert_array_equal(np.isfinite(history["discriminator_loss"]), np.arange(12) < 8)
    np.testing.assert_array_equal(np.isfinite(history["generator_loss"]), np.arange(12) >= 4)
    with pytest.raises(RuntimeError, match="no player moves after 3 passes"):
        play.fit(epochs=1)
    with pytest.raises(ValueError, match="'generator' would never move: from_epoch 2"):
        sg.Trainer(
            sg.Game(
                [sg.Player("discriminator", critic), sg.Player("generator", generator, from_epoch=2, until_epoch=2)],
                "non_saturating",
                latent=4,
            ),
            sg.datasets.ring8(64),
            batch_size=16,
        )


def test_saves_and_resumes_to_the_same_bits(tmp_path):
    through = trainer(ema=0.9)
    through.fit(steps=20)
    first = trainer(ema=0.9)
    first.fit(steps=12)
    first.save(tmp_path / "half.safetensors")
    second = trainer(ema=0.9).load(tmp_path / "half.safetensors")
    second.fit(steps=8)
    assert np.array_equal(second.sample(50, 1), through.sample(50, 1))
    for name, values in through.history.items():
        assert np.array_equal(second.history[name], values)


def test_bits_do_not_depend_on_threads():
    before, found = sg.get_num_threads(), []
    try:
        for count in (1, 2):
            sg.set_num_threads(count)
            play = trainer("wasserstein", penalties=["gradient_penalty"])
            play.step(50)
            found.append(play.sample(64, 0))
    finally:
        sg.set_num_threads(before)
    assert np.array_equal(*found)


def test_callbacks(tmp_path):
    events = []

    class Log(sg.callbacks.Callback):
        def on_train_begin(self, model):
            events.append("begin")

        def on_step_end(self, model, step, metrics):
            events.append(step)
            model.sample(2, 0)

        def on_epoch_end(self, model, epoch, metrics):
            events.append(f"epoch {epoch}")

        def on_train_end(self, model):
            events.append("end")

    play = trainer()
    play.fit(epochs=1, callbacks=[Log()])
    assert events == ["begin", *range(1, 9), "epoch 1", "end"]
    stop = sg.callbacks.LambdaCallback(on_step_end=lambda model, step, metrics: step == 10)
    early = sg.callbacks.EarlyStopping("discriminator_loss", window=1, patience=1, min_change=1e9)
    play.fit(steps=100, callbacks=[stop])
    assert len(play.history) == 10
    play.fit(steps=100, callbacks=[early])
    assert len(play.history) == 12
    assert early.stopped_step == 12
    play.fit(
        steps=4,
        callbacks=[
            sg.callbacks.Checkpoint(tmp_path / "at-{step}.safetensors", every_steps=2),
            sg.callbacks.MetricLog(tmp_path / "log.csv", every_steps=2),
        ],
    )
    assert sorted(path.name for path in tmp_path.glob("at-*")) == ["at-14.safetensors", "at-16.safetensors"]
    lines = (tmp_path / "log.csv").read_text().splitlines()
    assert lines[0].startswith("step,")
    assert [line.split(",")[0] for line in lines[1:]] == ["14", "16"]
    with pytest.raises(ValueError, match="no figure 'fid'"):
        play.fit(steps=1, callbacks=[sg.callbacks.EarlyStopping("fid")])
    with pytest.raises(TypeError, match="no callback"):
        play.fit(steps=1, callbacks=[print])


def test_a_loss_that_is_not_finite_stops_at_the_last_good_state():
    steps = []

    def loss(batch, key):
        steps.append(1)
        value = critic(batch[0]).mean()
        return value * float("nan") if len(steps) == 7 else value

    generator, critic = networks()
    players = [sg.Player("discriminator", critic), sg.Player("generator", generator)]
    play = sg.Trainer(
        sg.Game(players, losses=dict.fromkeys(("discriminator", "generator"), loss), latent=4),
        np.ones((64, 2), "f4"),
        eager=True,  # else the loss is called when it is traced, and not at every update
    )
    with pytest.raises(RuntimeError, match="(?i)nan|finite"):
        play.fit(steps=50)
    assert np.isfinite(play.sample(3, 0)).all()


def test_sampling_from_another_thread_while_training():
    play = trainer()
    samples, failures = [], []

    def sample():
        try:
            samples.extend(play.sample(4, 0) for _ in range(5))
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=sample)
    started = sg.callbacks.LambdaCallback(
        on_step_end=lambda model, step, metrics: thread.start() if step == 1 else not thread.is_alive() and step > 100
    )
    play.fit(steps=5000, callbacks=[started])
    thread.join()
    assert not failures
    assert len(samples) == 5


def test_mistakes():
    generator, critic = networks()
    players = [sg.Player("discriminator", critic), sg.Player("generator", generator)]
    with pytest.raises(ValueError, match="wasserstein"):
        sg.Game(players, "waserstein")
    with pytest.raises(TypeError, match="either an objective or losses"):
        sg.Game(players)
    with pytest.raises(TypeError, match="'generator' needs a loss"):
        sg.Game(players, losses={"discriminator": lambda batch, key: None})
    with pytest.raises(ValueError, match="'judge'"):
        sg.Game(players, losses=dict.fromkeys(("discriminator", "generator", "judge"), lambda batch, key: None))
    with pytest.raises(TypeError, match="Module"):
        sg.Player("generator", lambda x: x)
    with pytest.raises(ValueError, match="names of their own"):
        sg.Game([players[0], players[0]], "hinge")
    with pytest.raises(TypeError, match="weight"):
        sg.Game(players, "wasserstein", penalties=[{"name": "gradient_penalty", "strength": 1}])
    for few in ([], players[:1]):
        with pytest.raises(ValueError, match="player"):
            sg.Game(few, "hinge")
    good = sg.Game(players, "hinge", latent=4)
    data = np.zeros((10, 2), np.float32)
    with pytest.raises(ValueError, match="batch_size is 64.*10"):
        sg.Trainer(good, data)
    with pytest.raises(ValueError, match="NaN"):
        sg.Trainer(good, np.full((10, 2), np.nan), batch_size=2)
    with pytest.raises(ValueError, match="first axes|rows"):
        sg.Trainer(good, [data, np.zeros(9)], batch_size=2)
    play = sg.Trainer(good, data, batch_size=5, seed=0)
    for limits in ({}, {"steps": -1}):
        with pytest.raises(ValueError):
            play.fit(**limits)
    with pytest.raises(TypeError, match="1.5"):
        play.fit(steps=1.5)
    with pytest.raises(ValueError, match="negative"):
        play.step(-1)
    with pytest.raises(ValueError, match="0"):
        play.sample(0)
    wrong = sg.Trainer(good, np.zeros((10, 3), np.float32), batch_size=5)
    with pytest.raises(ValueError, match="3"):
        wrong.step()


def test_networks_that_change_after_the_game_was_made():
    class Growing(nn.Module):
        def __init__(self):
            self.layers = [nn.Dense(2, 1)]

        def forward(self, x):
            for layer in self.layers:
                x = layer(x)
            return x

    network = Growing()
    players = [sg.Player("discriminator", network), sg.Player("generator", nn.Dense(3, 2))]
    trainer = sg.Trainer(sg.Game(players, "non_saturating", latent=3), sg.datasets.ring8(64))
    trainer.step()
    network.layers.append(nn.Dense(1, 1))
    for play in (trainer.step, lambda: trainer.fit(steps=1)):
        with pytest.raises(RuntimeError, match="'discriminator'.*anew"):
            play()


def test_the_history_is_read_once(monkeypatch):
    reads = []
    parse = sg._fit.History.parse
    monkeypatch.setattr(sg._fit.History, "parse", lambda text: reads.append(1) or parse(text))
    one = trainer()
    assert len(one.history) == 0
    one.step(3)
    del reads[:]
    assert [len(one.history) for _ in range(4)] == [3] * 4
    assert len(reads) == 1
    one.fit(steps=2)
    assert one.history["step"].tolist() == [1, 2, 3, 4, 5]
    assert "step=5" in repr(one)


def test_why_updates_are_not_traced():
    generator, critic = networks()
    seen = []

    def reading(batch, key):
        value = critic(batch[0]).mean()
        seen.append(value.item())
        return value

    def plain(batch, key):
        return critic(generator(sg.random.normal((8, 4), key=key))).mean()

    def trainer(**options):
        players = [sg.Player("discriminator", critic, "sgd"), sg.Player("generator", generator, "sgd")]
        own = sg.Game(players, losses={"discriminator": reading, "generator": plain}, latent=4)
        return sg.Trainer(own, sg.datasets.ring8(64), batch_size=8, **options)

    play = trainer()
    play.step(2)
    assert len(seen) == 2
    assert list(play.untraced) == ["discriminator"]
    assert "' are not known while a function is traced" in play.untraced["discriminator"]
    eager = trainer(eager=True)
    eager.step(2)
    assert len(seen) == 4
    assert eager.untraced == {}
    other = trainer()
    other.fit(steps=2, eager=True)
    assert other.untraced == {}
    assert len(seen) == 6
    other.fit(steps=1)
    assert list(other.untraced) == ["discriminator"]


def test_eager_and_traced_training_are_the_same():
    images = sg.datasets.load_digits()[0][:64]

    def weights(**options):
        gan = sg.DCGAN(batch_size=16, width=8, random_state=0, verbose=False, **options.pop("made", {}))
        gan.fit(images, steps=4, **options)
        assert gan.untraced_ == {}
        return [p.value.numpy() for p in gan.generator_.parameters().values()]

    traced, eager, chosen = weights(), weights(eager=True), weights(made={"eager": True})
    for a, b, c in zip(traced, eager, chosen, strict=True):
        np.testing.assert_allclose(a, b, rtol=2e-3, atol=2e-5)
        np.testing.assert_array_equal(b, c)

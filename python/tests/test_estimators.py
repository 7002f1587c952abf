"""GANs without labels as scikit-learn-like estimators."""

from __future__ import annotations

import copy
import inspect
import json
import pickle

import numpy as np
import pytest
import swiftgan as sg

ALL = [entry["name"] for entry in json.loads(sg._core.registry("model"))]
MODELS = ["gan", "dcgan", "wgan_gp", "lsgan", "wgan", "mmd_gan"]
SMALL = {name: {"width": 8, "hidden": [16]} for name in MODELS} | {"gan": {"hidden": [16]}, "dcgan": {"width": 8}}


def model_class(name):
    return getattr(sg, sg._registry.entries("model")[name].class_name)


def make(name="gan", **options):
    return model_class(name)(
        **{"batch_size": 32, "random_state": 0, "verbose": False, **SMALL.get(name, {}), **options}
    )


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("kind", ["uint8", "unit", "signed", "flat images", "float64"])
def test_samples_come_back_in_the_users_own_range_and_dtype(name, kind, digits):
    pixels = digits[0][:128]
    data = {
        "uint8": pixels,
        "unit": (pixels / np.float32(255)),
        "signed": (pixels / np.float32(127.5) - 1),
        "flat images": pixels[..., 0],
        "float64": pixels / 255,
    }[kind]
    samples = make(name).fit(data, steps=2).sample(5, random_state=0)
    assert samples.shape == (5, *data.shape[1:])
    assert samples.dtype == data.dtype
    assert samples.min() >= data.min()
    assert samples.max() <= data.max()
    assert samples.flags.writeable


@pytest.mark.parametrize("name", sorted(set(MODELS) - {"dcgan"}))
def test_vectors(name):
    data = sg.datasets.grid25(128) * 100 + 5
    model = make(name).fit(data, steps=3)
    assert model.sample(9).shape == (9, 2)
    assert model.sample_shape_ == (2,)
    assert np.isfinite(model.score(data))


@pytest.mark.parametrize("name", ALL)
def test_scikit_learns_rules(name):
    base = pytest.importorskip("sklearn.base")
    cls = model_class(name)
    model = cls(batch_size=8, random_state=3)
    parameters = model.get_params()
    assert list(parameters) == list(inspect.signature(cls).parameters)
    assert parameters["batch_size"] == 8
    assert model.set_params(batch_size=4) is model
    assert base.clone(model).get_params() == model.get_params()
    assert not [key for key in vars(model) if key.endswith("_")]
    with pytest.raises(Exception, match="not been trained|not fitted"):
        from sklearn.utils.validation import check_is_fitted

        check_is_fitted(model)
    with pytest.raises(TypeError, match="nosuch.*batch_size"):
        cls(nosuch=1)
    with pytest.raises(TypeError, match="nosuch.*batch_size"):
        model.set_params(nosuch=1)
    with pytest.raises(ValueError, match="nosuch"):  # as scikit-learn's own
        model.set_params(nosuch=1)
    with pytest.raises(TypeError, match=rf"^{cls.__name__}\.__init__"):
        cls(3)
    assert cls(batch_size=-1).batch_size == -1  # values are fit's business
    assert repr(cls(batch_size=4)) == f"{cls.__name__}(batch_size=4)"
    for parameter in parameters:
        assert parameter in cls.__doc__
    again = pickle.loads(pickle.dumps(model))
    assert again.get_params() == model.get_params()
    assert copy.deepcopy(model).get_params() == model.get_params()


def test_the_papers_defaults():
    gan, dcgan, wgan = (model_class(name)() for name in ("gan", "dcgan", "wgan_gp"))
    assert (gan.learning_rate, gan.batch_size, gan.latent_distribution) == (1e-3, 128, "uniform")
    assert (dcgan.learning_rate, dcgan.beta1, dcgan.batch_size, dcgan.latent) == (2e-4, 0.5, 128, 100)
    assert (wgan.learning_rate, wgan.beta1, wgan.beta2, wgan.critic_steps) == (1e-4, 0, 0.9, 5)


def test_fit_returns_the_model_and_starts_anew(digits):
    model = make()
    assert model.fit(digits[0], steps=5) is model
    assert model.n_steps_ == 5
    assert len(model.history_["generator_loss"]) == 5
    first = model.sample(3, 1)
    assert np.array_equal(model.fit(digits[0], steps=5).sample(3, 1), first)
    assert model.n_steps_ == 5
    model.fit(digits[0], epochs=1)
    assert model.n_steps_ == len(digits[0]) // 32
    model.set_params(epochs=0).fit(digits[0])
    assert model.n_steps_ == 0


def test_partial_fit_goes_on_to_the_same_bits(digits, tmp_path):
    through = make("dcgan", ema=0.9).fit(digits[0], steps=30)
    parts = make("dcgan", ema=0.9).partial_fit(digits[0], steps=11)
    parts.partial_fit(digits[0], steps=19)
    assert np.array_equal(parts.sample(20, 1), through.sample(20, 1))
    saved = make("dcgan", ema=0.9).fit(digits[0], steps=11)
    saved.save(tmp_path / "model.safetensors")
    loaded = sg.load(tmp_path / "model.safetensors")
    assert type(loaded) is sg.DCGAN
    assert loaded.get_params()["ema"] == 0.9
    assert np.array_equal(loaded.sample(20, 1), saved.sample(20, 1))
    loaded.verbose = False
    loaded.partial_fit(digits[0], steps=19)
    assert np.array_equal(loaded.sample(20, 1), through.sample(20, 1))
    assert np.array_equal(loaded.history_["generator_loss"], through.history_["generator_loss"])


def test_a_loaded_model_has_the_same_hyperparameters(tmp_path):
    data = sg.datasets.ring8(128)
    path = tmp_path / "model.safetensors"
    for options in (
        {"epochs": 3, "objective": "least_squares"},
        {"verbose": True, "random_state": None},
        {"objective": {"name": "least_squares", "a": -1, "b": 1, "c": 0}, "range": [-5, 5]},
    ):
        model = make(**options).fit(data, steps=1, verbose=False)
        model.set_params(learning_rate=0.5)  # for the next fit
        model.save(path)
        assert sg.load(path).get_params() == model.get_params()
        assert [file.name for file in tmp_path.iterdir()] == [path.name]
    model = make(random_state=np.random.default_rng(0), hidden=(16,)).fit(data, steps=1)
    model.save(bytes(path))
    assert sg.load(bytes(path)).get_params()["hidden"] == [16]
    again = make(random_state=sg.load(path).random_state).fit(data, steps=1)
    assert np.array_equal(again.sample(4, 0), model.sample(4, 0))
    model._model.save(str(path))  # as a program in C or Swift writes it
    assert sg.load(path).get_params() == again.set_params(verbose=True).get_params()


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_copies_of_a_fitted_model(copied):
    data = sg.datasets.ring8(128)
    model = make(ema=0.9).fit(data, steps=6)
    twin = copied(model)
    assert type(twin) is type(model)
    assert twin.get_params() == model.get_params()
    assert np.array_equal(twin.sample(9, 1), model.sample(9, 1))
    assert np.array_equal(twin.history_["generator_loss"], model.history_["generator_loss"])
    before = model.sample(9, 1)
    twin.partial_fit(data, steps=5)
    assert np.array_equal(model.sample(9, 1), before)  # a copy is on its own
    model.partial_fit(data, steps=5)
    assert np.array_equal(twin.sample(9, 1), model.sample(9, 1))


def test_grid_search_in_processes():
    search = pytest.importorskip("sklearn.model_selection")
    found = search.GridSearchCV(make(epochs=1), {"latent": [2, 4]}, cv=2, n_jobs=2).fit(sg.datasets.ring8(128))
    assert found.best_params_["latent"] in (2, 4)
    assert np.isfinite(found.cv_results_["mean_test_score"]).all()


def test_seeds():
    data = sg.datasets.ring8(128)
    assert np.array_equal(make().fit(data, steps=4).sample(4, 0), make().fit(data, steps=4).sample(4, 0))
    model = make().fit(data, steps=4)
    assert np.array_equal(model.sample(4, 7), model.sample(4, 7))
    assert not np.array_equal(model.sample(4, 7), model.sample(4, 8))
    assert not np.array_equal(model.sample(4), model.sample(4))
    np.random.seed(5)
    first = model.sample(4)
    np.random.seed(5)
    assert np.array_equal(model.sample(4), first)
    for state in (np.random.RandomState, np.random.default_rng):
        assert np.array_equal(model.sample(4, state(3)), model.sample(4, state(3)))
    assert np.array_equal(model.sample(300, 2)[:100], model.sample(100, 2))  # each sample depends on the seed alone


def test_bits_do_not_depend_on_threads(digits):
    before, found = sg.get_num_threads(), []
    try:
        for count in (1, 2):
            sg.set_num_threads(count)
            found.append(make("dcgan").fit(digits[0][:256], steps=50).sample(16, 0))
    finally:
        sg.set_num_threads(before)
    assert np.array_equal(*found)


def test_networks_of_a_model(digits):
    model = make("dcgan").fit(digits[0], steps=2)
    generator = model.generator_
    noise = sg.random.uniform((3, 100), -1, 1)
    assert generator.eval()(noise).shape == (3, 8, 8, 1)
    assert model.generate(noise).dtype == np.uint8
    assert model.discriminate(digits[0][:6]).shape == (6,)
    assert all(name.split(".")[-1] for name in model.discriminator_.parameters())


def test_progress_and_callbacks(digits, capsys, tmp_path):
    seen = []

    class Log(sg.callbacks.Callback):
        def on_epoch_end(self, model, epoch, metrics):
            seen.append((type(model).__name__, epoch, model.sample(2, 0).shape, sorted(metrics)))

    make().fit(digits[0][:64], epochs=2, callbacks=[Log()], verbose=True)
    assert [entry[:3] for entry in seen] == [("GAN", 1, (2, 8, 8, 1)), ("GAN", 2, (2, 8, 8, 1))]
    assert "generator_loss" in seen[0][3]
    assert "g_loss" in capsys.readouterr().err
    pytest.importorskip("PIL")
    grid = sg.callbacks.SampleGrid(tmp_path / "{step}.png", rows=2, columns=3)
    make().fit(digits[0][:64], epochs=1, callbacks=[grid])
    assert [path.name for path in tmp_path.iterdir()] == ["2.png"]


def test_the_history_is_read_once(monkeypatch):
    reads, seen = [], []
    parse = sg._fit.History.parse
    monkeypatch.setattr(sg._fit.History, "parse", lambda text: reads.append(1) or parse(text))
    look = sg.callbacks.LambdaCallback(lambda model, step, metrics: seen.append((model.n_steps_, step)))
    data = sg.datasets.ring8(64)
    model = make().fit(data, steps=5, callbacks=[look])
    assert seen == [(step, step) for step in range(1, 6)]
    del reads[:]
    assert [len(model.history_["step"]), model.n_steps_, model.n_steps_, len(model.history_)] == [5] * 4
    assert len(reads) == 1
    model.history_["step"][:] = 0  # one's own
    assert model.history_["step"].tolist() == [1, 2, 3, 4, 5]
    assert model.partial_fit(data, steps=2).n_steps_ == len(model.history_) == 7
    assert model.partial_fit(data, steps=1, callbacks=[look]).n_steps_ == 8
    assert seen[-1] == (8, 8)
    lengths = []
    record = sg.callbacks.LambdaCallback(lambda model, step, metrics: lengths.append(len(model.history_)))
    model.fit(data, steps=3, callbacks=[record])
    assert lengths == [1, 2, 3]


def test_networks_are_handed_out_in_evaluation_mode(digits):
    noise = sg.random.uniform((5, 100), -1, 1)

    def peek(model, step, metrics):
        model.generator_(noise)

    alone = make("dcgan").fit(digits[0][:128], steps=4)
    watched = make("dcgan").fit(digits[0][:128], steps=4, callbacks=[sg.callbacks.LambdaCallback(peek)])
    assert np.array_equal(watched.sample(4, 0), alone.sample(4, 0))
    assert not alone.generator_.training
    assert not alone.discriminator_.training
    alone.generator_(noise)
    for name, parameter in alone.generator_.parameters().items():
        assert np.array_equal(parameter.value, watched.generator_.parameters()[name].value), name
    for model in (alone, watched):
        model.partial_fit(digits[0][:128], steps=2)
    assert np.array_equal(watched.sample(4, 0), alone.sample(4, 0))


def test_tables_are_taken():
    class Table:
        def to_numpy(self):
            return sg.datasets.ring8(64)

    assert make().fit(Table(), steps=1).sample(2).shape == (2, 2)


@pytest.mark.parametrize("seed", [0, 1])
def test_wgan_gp_covers_the_grid(seed):
    """At least 20 of GRID25's 25 modes; here after 800 steps, some ten seconds on two cores."""
    model = sg.WGANGP(
        hidden=[128, 128, 128], batch_size=256, critic_steps=3, penalty={"name": "gradient_penalty", "weight": 0.1},
        learning_rate=1e-3, beta1=0.5, ema=0.99, random_state=seed, verbose=False,
    )  # fmt: skip
    model.fit(sg.datasets.grid25(20_000), steps=800)
    found = sg.metrics.mode_coverage(model.sample(2500, random_state=1), sg.datasets.GRID25_MODES, std=0.05)
    assert found.covered >= 20, found

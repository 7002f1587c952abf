"""Float32 products in three precisions: names, scopes, errors, training."""

from __future__ import annotations

import threading

import numpy as np
import pytest
import swiftgan as sg
from swiftgan import nn

BOUNDS = {"highest": 1e-6, "high": 2.0**-15, "medium": 2.0**-7}
ISA = sg.get_config()["isa"]
ROUNDS, SPLITS = ISA in ("avx512_bf16", "avx512_amx"), ISA == "avx512_amx"


@pytest.fixture(autouse=True)
def _as_it_was():
    yield
    sg.set_float32_matmul_precision("highest")


def relative(found, expected, magnitude=None):
    """Return the norm of what is off as a share of the result's, or of its terms' magnitudes."""
    return np.linalg.norm(found - expected) / np.linalg.norm(expected if magnitude is None else magnitude)


def samples(kind, shape, rng):
    plain = rng.uniform(-1, 1, shape)
    if kind == "wide":
        plain *= 2.0 ** rng.integers(-20, 21, shape)
    elif kind == "cancelling":
        plain += 1000 * (-1.0) ** np.indices(shape).sum(axis=0)
    return plain.astype(np.float32)


def test_as_a_function_and_in_a_block():
    assert sg.get_float32_matmul_precision() == "highest"
    with sg.set_float32_matmul_precision("medium") as block:
        assert sg.get_float32_matmul_precision() == "medium"
        with sg.set_float32_matmul_precision("high"):
            assert sg.get_float32_matmul_precision() == "high"
            sg.set_float32_matmul_precision("highest")
            assert sg.get_float32_matmul_precision() == "highest"
        assert sg.get_float32_matmul_precision() == "medium"
    assert sg.get_float32_matmul_precision() == "highest"
    sg.set_float32_matmul_precision("high")
    with block:
        assert sg.get_float32_matmul_precision() == "medium"
    assert sg.get_float32_matmul_precision() == "high"
    assert repr(block) == "set_float32_matmul_precision('medium')"


def test_a_block_ends_where_it_fails():
    with pytest.raises(ZeroDivisionError), sg.set_float32_matmul_precision("medium"):
        raise ZeroDivisionError
    assert sg.get_float32_matmul_precision() == "highest"


def test_a_block_is_of_its_thread():
    seen = {}
    inside, done = threading.Event(), threading.Event()

    def work():
        with sg.set_float32_matmul_precision("medium"):
            inside.set()
            done.wait(10)
            seen["inside"] = sg.get_float32_matmul_precision()

    thread = threading.Thread(target=work)
    thread.start()
    assert inside.wait(10)
    assert sg.get_float32_matmul_precision() == "highest"
    done.set()
    thread.join()
    assert seen == {"inside": "medium"}
    sg.set_float32_matmul_precision("high")
    thread = threading.Thread(target=lambda: seen.update(other=sg.get_float32_matmul_precision()))
    thread.start()
    thread.join()
    assert seen["other"] == "high"


def test_a_block_puts_back_only_what_its_own_call_set():
    """As if the call before the block had not been, and as if no later one had been undone."""
    stored = sg.set_float32_matmul_precision("medium")
    sg.set_float32_matmul_precision("high")
    with stored:
        assert sg.get_float32_matmul_precision() == "medium"
    assert sg.get_float32_matmul_precision() == "high"
    with sg.set_float32_matmul_precision("medium"):
        pass
    assert sg.get_float32_matmul_precision() == "high"


@pytest.mark.parametrize("factor", [30, 1000, 1e5])
@pytest.mark.parametrize("precision", list(BOUNDS))
def test_errors_of_convolutions_whose_neighbours_differ(precision, factor):
    """A tile of Winograd's has pixels and results that no tap multiplies: large ones must not show."""
    rng = np.random.default_rng(0)
    x, g = rng.standard_normal((16, 16, 16, 32)), rng.standard_normal((16, 8, 8, 32))
    x[:, :, 2] *= factor
    g[:, :, 2] *= factor

    def gradient(x, g, dtype):
        def product(w):
            return (sg.conv2d(sg.asarray(x, dtype), w, stride=2, padding=1) * sg.asarray(g, dtype)).sum()

        return sg.grad(product)(sg.zeros((4, 4, 32, 32), dtype)).numpy()

    exact, terms = gradient(x, g, "float64"), gradient(abs(x), abs(g), "float64")
    with sg.set_float32_matmul_precision(precision):
        assert relative(gradient(x, g, "float32"), exact, terms) < BOUNDS[precision]


@pytest.mark.parametrize("name", ["low", "HIGH", "", "bfloat16"])
def test_unknown_names(name):
    with pytest.raises(ValueError, match=f"one of 'highest', 'high', 'medium', not '{name}'"):
        sg.set_float32_matmul_precision(name)
    assert sg.get_float32_matmul_precision() == "highest"


@pytest.mark.parametrize("value", [None, 16, b"medium"])
def test_names_are_text(value):
    with pytest.raises(TypeError, match="precision must be 'highest', 'high' or 'medium'"):
        sg.set_float32_matmul_precision(value)


@pytest.mark.parametrize("kind", ["plain", "wide", "cancelling"])
@pytest.mark.parametrize("precision", list(BOUNDS))
def test_errors_of_products(precision, kind):
    rng = np.random.default_rng(1)
    a, b = samples(kind, (130, 301), rng), samples(kind, (301, 47), rng)
    exact, terms = a.astype("f8") @ b, np.abs(a).astype("f8") @ np.abs(b)
    with sg.set_float32_matmul_precision(precision):
        found = (sg.asarray(a) @ b).numpy()
        batch = sg.matmul(sg.asarray(np.stack([a, a])), np.stack([b, 2 * b])).numpy()
    assert found.dtype == np.float32
    assert relative(found, exact, terms) < BOUNDS[precision]
    for one, factor in zip(batch, (1, 2), strict=True):
        assert relative(one, factor * exact, factor * terms) < BOUNDS[precision]


@pytest.mark.parametrize("kind", ["plain", "wide", "cancelling"])
@pytest.mark.parametrize("precision", list(BOUNDS))
def test_errors_of_convolutions(precision, kind):
    rng = np.random.default_rng(2)
    x, w = samples(kind, (3, 12, 12, 18), rng), samples(kind, (4, 4, 18, 20), rng)

    def passes(x, w, y):
        gradients = sg.grad(lambda x, w: (sg.conv2d(x, w, stride=2, padding=1) * y).sum(), argnums=(0, 1))(x, w)
        return [sg.conv2d(x, w, stride=2, padding=1).numpy(), *(each.numpy() for each in gradients)]

    y = samples(kind, (3, 6, 6, 20), rng)
    exact = passes(*(each.astype("f8") for each in (x, w, y)))
    terms = passes(*(np.abs(each).astype("f8") for each in (x, w, y)))
    with sg.set_float32_matmul_precision(precision):
        found = passes(x, w, y)
    for a, b, magnitude in zip(found, exact, terms, strict=True):
        assert relative(a, b, magnitude) < BOUNDS[precision]


def test_lesser_precisions_run_where_they_can():
    rng = np.random.default_rng(3)
    a, b = samples("plain", (64, 64), rng), samples("plain", (64, 64), rng)
    results = {}
    for precision in BOUNDS:
        with sg.set_float32_matmul_precision(precision):
            results[precision] = (sg.asarray(a) @ b).numpy().tobytes()
            doubles = sg.asarray(a.astype("f8")) @ b.astype("f8")
            effect = sg.get_config()["float32_matmul_precision"]
        assert np.allclose(doubles.numpy(), a.astype("f8") @ b, rtol=1e-12)
        assert effect["asked"] == precision
        assert (effect["in_effect"] == precision) == (
            results[precision] != results["highest"] or precision == "highest"
        )
    assert (results["medium"] != results["highest"]) == ROUNDS
    assert (results["high"] != results["highest"]) == SPLITS


def test_configuration_says_what_runs(capsys):
    sg.set_float32_matmul_precision("high")
    sg.show_config()
    shown = capsys.readouterr().out
    config = sg.get_config()
    assert config["cpu"] in shown
    assert ", ".join(config["isa_supported"]) in shown
    assert ("high runs as highest on this CPU: float32" in shown) == (not SPLITS)
    sg.set_float32_matmul_precision("medium")
    sg.show_config()
    shown = capsys.readouterr().out
    assert ("medium: bfloat16 operands" in shown) == ROUNDS
    assert ("operands in tiles" in shown) == SPLITS


def test_compiled_functions_are_traced_for_each():
    rng = np.random.default_rng(4)
    x, w = samples("plain", (40, 50), rng), sg.asarray(samples("plain", (50, 60), rng))

    @sg.compile
    def step(x):
        return x @ w + (2 * x) @ w

    for precision in ("highest", "medium", "highest", "medium"):
        with sg.set_float32_matmul_precision(precision):
            assert step(x).numpy().tobytes() == (sg.asarray(x) @ w + (2 * sg.asarray(x)) @ w).numpy().tobytes()
    assert step.traces == 2


@pytest.mark.skipif(not ROUNDS, reason="this CPU has no faster products of lesser precision")
def test_threads_make_no_difference():
    before, found = sg.get_num_threads(), []
    try:
        for threads in (1, 2, 3):
            sg.set_num_threads(threads)
            model = sg.DCGAN(width=16, batch_size=32, random_state=0, verbose=False, precision="medium")
            model.fit(sg.datasets.load_digits(np.float32, n=96)[0], steps=3)
            found.append(model.sample(4, random_state=1).tobytes())
    finally:
        sg.set_num_threads(before)
    assert found[0] == found[1] == found[2]


def trained(fit=None, around="highest", **options):
    model = sg.DCGAN(width=16, batch_size=32, random_state=0, verbose=False, **options)
    with sg.set_float32_matmul_precision(around):
        model.fit(sg.datasets.load_digits(np.float32, n=96)[0], steps=3, **({} if fit is None else {"precision": fit}))
    return model.sample(4, random_state=1).tobytes()


def test_estimators_take_a_precision():
    highest, medium = trained("highest"), trained("medium")
    assert (highest != medium) == ROUNDS
    assert trained(precision="medium") == medium
    assert trained("highest", precision="medium") == highest
    assert trained(around="medium") == medium
    assert sg.DCGAN(precision="medium").get_params()["precision"] == "medium"
    assert sg.get_float32_matmul_precision() == "highest"
    with pytest.raises(ValueError, match="'highest', 'high', 'medium'"):
        sg.DCGAN(verbose=False, precision="low").fit(sg.datasets.load_digits(np.float32, n=96)[0], steps=1)
    with pytest.raises(TypeError, match="precision must be"):
        sg.DCGAN(verbose=False).fit(sg.datasets.load_digits(np.float32, n=96)[0], steps=1, precision=16)


def plane_trainer(**options):
    sg.random.seed(0)
    networks = [nn.Sequential(nn.Dense(n, 64), nn.ReLU(), nn.Dense(64, m)) for n, m in ((2, 1), (8, 2))]
    game = sg.Game(
        [sg.Player("discriminator", networks[0]), sg.Player("generator", networks[1])], "non_saturating", latent=8
    )
    return sg.Trainer(game, sg.datasets.ring8(128), batch_size=32, seed=0, **options)


def test_trainers_take_a_precision():
    def bits(trainer, **how):
        trainer.fit(steps=3, **how)
        assert trainer.untraced == {}
        return trainer.sample(32, random_state=0).tobytes()

    highest, medium = bits(plane_trainer()), bits(plane_trainer(), precision="medium")
    assert (highest != medium) == ROUNDS
    assert bits(plane_trainer(precision="medium")) == medium
    assert bits(plane_trainer(precision="medium"), precision="highest") == highest
    assert bits(plane_trainer(precision="medium"), eager=True) == medium
    assert sg.get_float32_matmul_precision() == "highest"
    with pytest.raises(ValueError, match="'highest', 'high', 'medium'"):
        plane_trainer(precision="low")
    with pytest.raises(ValueError, match="'highest', 'high', 'medium'"):
        plane_trainer().fit(steps=1, precision="low")

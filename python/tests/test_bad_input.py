"""What users get wrong: each mistake is an exception of the right type that says what to do, and nothing is lost."""

from __future__ import annotations

import contextlib
import json
import os
import struct
import threading
import warnings

import numpy as np
import pytest
import swiftgan as sg

GOOD = np.random.default_rng(0).uniform(0, 1, (64, 8, 8, 1)).astype(np.float32)


def gan(**options):
    return sg.GAN(**{"hidden": [16], "batch_size": 32, "random_state": 0, "verbose": False, **options})


BAD_DATA = {
    "one axis": (np.zeros(64, np.float32), ValueError, r"\(64,\)"),
    "five axes": (np.zeros((4, 2, 2, 2, 2), np.float32), ValueError, r"\(4, 2, 2, 2, 2\)"),
    "no rows": (np.zeros((0, 8, 8, 1), np.float32), ValueError, "empty"),
    "no columns": (np.zeros((64, 0), np.float32), ValueError, "empty"),
    "NaN": (np.where(np.arange(64)[:, None, None, None] == 5, np.nan, GOOD), ValueError, "NaN.*row 5"),
    "infinity": (np.full((64, 2), np.inf, np.float32), ValueError, "infinity"),
    "objects": (np.full((64, 2), None), TypeError, "object"),
    "complex": (np.zeros((64, 2), complex), TypeError, "complex"),
    "float16": (GOOD.astype(np.float16), TypeError, "float16.*astype"),
    "text": (np.full((64, 2), "a"), TypeError, "str|text"),
    "dates": (np.zeros((64, 2), "datetime64[s]"), TypeError, "datetime64"),
    "bools": (np.zeros((64, 2), bool), TypeError, "bool"),
    "structures": (np.zeros(64, [("a", "f4")]), TypeError, "struct"),
    "foreign byte order": (GOOD.astype(">f4"), TypeError, "byte order"),
    "images in 0 to 255 as floats": (GOOD * 255, ValueError, "range"),
    "images slightly out of range": (GOOD * 1.01, ValueError, r"\[0, 1\] or \[-1, 1\]"),
    "fewer rows than a batch": (GOOD[:20], ValueError, "batch_size is 32.*20"),
    "ragged": ([[1.0, 2.0], [3.0]], ValueError, "list"),
    "nothing": (None, TypeError, "NoneType"),
    "a string": ("digits", TypeError, "str"),
}


@pytest.mark.parametrize("name", BAD_DATA)
def test_bad_data(name):
    data, error, message = BAD_DATA[name]
    model = gan().fit(GOOD, steps=3)
    samples = model.sample(4, 1)
    with pytest.raises(error, match=message):
        model.fit(data, steps=1)
    assert model.n_steps_ == 3  # nothing lost
    assert np.array_equal(model.sample(4, 1), samples)
    with pytest.raises((error, ValueError)):
        model.partial_fit(data, steps=1)
    assert np.array_equal(model.sample(4, 1), samples)


def test_partial_fit_wants_the_same_kind_of_data():
    model = gan().fit(GOOD, steps=1)
    with pytest.raises(ValueError, match=r"\(8, 8, 1\).*\(64, 4, 4, 1\)"):
        model.partial_fit(GOOD[:, ::2, ::2], steps=1)
    with pytest.raises(TypeError, match="float32.*uint8"):
        model.partial_fit((GOOD * 255).astype(np.uint8), steps=1)


BAD_OPTIONS = {
    "batch_size": [(0, ValueError), (-1, ValueError), (1.5, TypeError), ("many", TypeError)],
    "hidden": [([0], ValueError), ("deep", TypeError)],
    "learning_rate": [
        (-1.0, ValueError),
        (float("nan"), ValueError),
        (None, TypeError),
        ({"name": "sloped"}, ValueError),
    ],
    "objective": [("minmax", ValueError), (3, TypeError), (object(), TypeError)],
    "optimizer": [("adm", ValueError)],
    "latent": [(0, ValueError)],
    "ema": [(1.0, ValueError)],
    "range": [([1, 0], ValueError), ("wide", ValueError)],
    "random_state": [(-1, ValueError), ("dice", TypeError)],
    "penalty": [({"name": "gradient_penalty", "wait": 1}, TypeError)],
    "epochs": [(-1, ValueError), (2.5, TypeError)],
}


@pytest.mark.parametrize(("name", "value", "error"), [(n, v, e) for n, cases in BAD_OPTIONS.items() for v, e in cases])
def test_bad_hyperparameters(name, value, error):
    model = gan(**{name: value})
    with pytest.raises(error) as caught:
        model.fit(GOOD)
    text = str(caught.value)
    assert name in text or repr(value).strip("'") in text
    with pytest.raises(sg.NotFittedError):
        model.sample(1)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"categorical": [1]}, "categorical.*each from 2 to 65536, not \\[1\\]"),
        ({"widths": [0]}, "widths.*each from 1 to 65536, or None, not \\[0\\]"),
    ],
)
def test_lists_of_numbers_have_bounds_that_are_told(options, words):
    with pytest.raises(ValueError, match=words):
        sg.InfoGAN(batch_size=32, verbose=False, **options).fit(GOOD, steps=1)


def test_one_sample_is_told_of_the_axis_that_it_lacks():
    model = gan().fit(GOOD, steps=1)
    with pytest.raises(ValueError, match=r"one sample without the axis of samples; make that \(1, 8, 8, 1\)$"):
        model.discriminate(GOOD[0])
    flat = gan().fit(GOOD[..., 0], steps=1)
    with pytest.raises(ValueError, match=r"make that \(1, 8, 8\)$"):
        flat.discriminate(GOOD[0, ..., 0])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda model: model.discriminate(), r"GAN.discriminate\(\): missing .*'X'; call it as discriminate\(X\)$"),
        (lambda model: model.filters(3), r"GAN.filters\(\): too many positional arguments; call it as filters\(\)$"),
        (lambda model: model.features(GOOD, y=3), r"GAN.features\(\): .*'y'; call it as features\(X, grid=4\)$"),
    ],
)
def test_methods_say_what_they_take(call, words):
    with pytest.raises(TypeError, match=f"^{words}"):
        call(gan().fit(GOOD, steps=1))


@pytest.mark.parametrize(("name", "channels"), [("GAN", 1), ("InfoGAN", 3), ("Autoencoder", 4)])
@pytest.mark.parametrize("method", ["fit", "partial_fit"])
def test_channels_first_are_warned_of(name, channels, method):
    """At the line of the call, whatever lies between, and once: not when training goes on."""
    model = getattr(sg, name)(hidden=[4], batch_size=8, verbose=False)
    images = np.random.default_rng(0).random((8, channels, 8, 6), np.float32)
    words = rf"images of {channels} by 8 with 6 channels.*X.transpose\(0, 2, 3, 1\)"
    with pytest.warns(UserWarning, match=words) as caught:
        getattr(model, method)(images, steps=1)
    assert [warning.filename for warning in caught] == [__file__]
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.partial_fit(images, steps=1)
        model.fit(images.transpose(0, 2, 3, 1), steps=1)


@pytest.mark.parametrize("shape", [(8, 4, 4, 16), (8, 3, 3, 8), (8, 2, 8, 8), (8, 8, 8, 1), (8, 1, 8, 3), (8, 3, 6)])
def test_other_shapes_are_taken_without_a_word(shape):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        gan(batch_size=8).fit(np.random.default_rng(0).random(shape, np.float32), steps=1)


def test_dcgan_says_which_sizes_do():
    with pytest.raises(ValueError, match="7"):
        sg.DCGAN(batch_size=4, verbose=False).fit(np.zeros((8, 7, 7, 1), np.uint8), steps=1)
    with pytest.raises(ValueError, match="image"):
        sg.DCGAN(batch_size=4, verbose=False).fit(np.zeros((8, 3), np.float32), steps=1)


@pytest.mark.parametrize("ask", [
    lambda model: model.sample(1), lambda model: model.history_, lambda model: model.save("x"),
    lambda model: model.generator_, lambda model: model.discriminate(GOOD), lambda model: model.score(GOOD),
    lambda model: model.generate(np.zeros((1, 100), "f4")),
])  # fmt: skip
def test_before_fit(ask):
    with pytest.raises(sg.NotFittedError, match="fit") as caught:
        ask(gan())
    assert isinstance(caught.value, (ValueError, AttributeError))
    assert not os.path.exists("x")


def test_bad_samples():
    model = gan().fit(GOOD, steps=1)
    for count, error in ((0, ValueError), (-3, ValueError), (2.5, TypeError), ("3", TypeError)):
        with pytest.raises(error):
            model.sample(count)
    with pytest.raises(MemoryError):
        model.sample(2**31 - 1)
    with pytest.raises(ValueError, match="99"):
        model.generate(np.zeros((2, 99), np.float32))
    with pytest.raises(ValueError, match="random_state"):
        model.sample(1, random_state=-1)


def test_bad_sizes():
    for shape in ((-1,), (2, -3)):
        with pytest.raises(ValueError, match="negative"):
            sg.zeros(shape)
    with pytest.raises(MemoryError):
        sg.zeros((2**40, 2**40))
    with pytest.raises(MemoryError):
        sg.zeros((2**44,))
    with pytest.raises(OverflowError, match="64 bits"):
        sg.zeros((2**70,))
    with pytest.raises(MemoryError):
        sg.arange(1e17)
    with pytest.raises(TypeError, match="shape"):
        sg.zeros("big")
    with pytest.raises(TypeError, match="shape"):
        sg.zeros(2.5)
    with pytest.raises(ValueError, match="16"):
        sg.zeros((1,) * 17).numpy()
    with pytest.raises(MemoryError):
        sg.broadcast_to(sg.zeros(1), (2**40,)).copy()
    with pytest.raises(ValueError, match="step"):
        sg.arange(0, 1, 0)
    assert sg.ones(3).sum().item() == 3  # alive


@pytest.mark.parametrize("compiled", [False, True])
@pytest.mark.parametrize("reduced", [False, True])
def test_more_elements_than_there_are_addresses(compiled, reduced):
    def outer(x):
        product = sg.broadcast_to(x, (2**29, 1)) * sg.broadcast_to(x, (1, 2**29))
        return product.sum() if reduced else product

    with pytest.raises(MemoryError, match=r"\(536870912, 536870912\).*1\.0 EiB.*smaller.*parts"):
        (sg.compile(outer) if compiled else outer)(sg.ones(1))


def test_bad_operands():
    x, y = sg.ones((2, 3)), sg.ones((4, 5))
    for op in (lambda: x + y, lambda: x @ y, lambda: sg.maximum(x, y), lambda: sg.where(x > 0, x, y)):
        with pytest.raises(ValueError, match=r"\(2, 3\).*\(4, 5\)"):
            op()
    with pytest.raises(ValueError, match="axis|rank"):
        sg.concatenate([x, sg.ones(3)])
    with pytest.raises(ValueError, match="at least one"):
        sg.concatenate([])
    for op in (lambda: x.sum(2), lambda: x.max(-3), lambda: sg.softmax(x, 5)):
        with pytest.raises(IndexError, match="axis"):
            op()
    with pytest.raises(TypeError, match="bool"):
        x & x
    with pytest.raises(TypeError, match="unsupported operand"):
        x + object()
    with pytest.raises(ValueError, match="empty"):
        sg.zeros((0, 3)).max()
    with pytest.raises(ValueError, match="channels"):
        sg.conv2d(sg.ones((1, 4, 4, 2)), sg.ones((3, 3, 1, 1)))
    with pytest.raises(TypeError):
        x.astype("complex64")
    with pytest.raises(TypeError, match="no attribute"):
        sg._core.apply(sg._core.operation("exp"), x, speed=3)
    with pytest.raises(ValueError, match="no operation named 'expo'"):
        sg._core.operation("expo")
    with pytest.raises(IndexError, match="7"):
        x.take([7])


def test_bad_threads():
    for count in (0, -1, 1000):
        with pytest.raises(ValueError, match=str(count)):
            sg.set_num_threads(count)


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    path = tmp_path_factory.mktemp("files") / "model.safetensors"
    gan().fit(GOOD, steps=2).save(path)
    return path.read_bytes()


def test_missing_files(tmp_path):
    for load in (sg.load, sg.nn.Dense(2, 2).load, sg.optim.Adam(sg.nn.Dense(2, 2)).load):
        with pytest.raises(FileNotFoundError):
            load(tmp_path / "none.safetensors")
    with pytest.raises(OSError, match="nowhere"):
        gan().fit(GOOD, steps=1).save(tmp_path / "nowhere" / "model.safetensors")
    with pytest.raises(OSError):
        sg.load(tmp_path)
    with pytest.raises(ValueError, match="NUL|null"):
        sg.nn.Dense(2, 2).save("a\0b")


@pytest.mark.parametrize("share", [0, 4, 9, 0.3, 0.9, 0.999])
def test_truncated_files(saved, tmp_path, share):
    path = tmp_path / "cut.safetensors"
    path.write_bytes(saved[: share if isinstance(share, int) else int(len(saved) * share)])
    with pytest.raises(OSError, match="cut.safetensors"):
        sg.load(path)


def test_foreign_files(tmp_path):
    np.save(tmp_path / "array.npy", GOOD)
    (tmp_path / "text.txt").write_text("hello, this is a text of some length\n" * 10)
    (tmp_path / "huge.safetensors").write_bytes(struct.pack("<Q", 2**63) + b"{}")
    sg.nn.Dense(2, 2).save(tmp_path / "layer.safetensors")
    for path in sorted(tmp_path.iterdir()):
        with pytest.raises((OSError, ValueError), match=path.name.replace(".", r"\.")):
            sg.load(path)
    with pytest.raises((OSError, ValueError)):
        sg.nn.Dense(3, 2).load(tmp_path / "layer.safetensors")


def test_tampered_files(saved, tmp_path):
    size = struct.unpack("<Q", saved[:8])[0]
    header = json.loads(saved[8 : 8 + size])

    def write(changed, body=saved[8 + size :]):
        text = json.dumps(changed).encode()
        path = tmp_path / "tampered.safetensors"
        path.write_bytes(struct.pack("<Q", len(text)) + text + body)
        return path

    assert sg.load(write(header)).n_steps_ == 2  # rewriting alone does no harm
    name = next(key for key in header if key != "__metadata__" and len(header[key]["shape"]) == 2)
    entry = header[name]
    for change in (
        {"shape": [entry["shape"][0] + 1, entry["shape"][1]]},
        {"data_offsets": [0, 2**60]},
        {"data_offsets": [-8, 8]},
        {"dtype": "F64"},
        {"dtype": "X9"},
        {"shape": [2**40, 2**40]},
        {"shape": "wide"},
    ):
        with pytest.raises((OSError, ValueError, MemoryError)):
            sg.load(write({**header, name: {**entry, **change}}))
    for broken in ({key: value for key, value in header.items() if key != name}, {"__metadata__": {}}, [], "x"):
        with pytest.raises((OSError, ValueError, TypeError)):
            sg.load(write(broken))
    metadata = header["__metadata__"]
    for key in metadata:
        with pytest.raises((OSError, ValueError, TypeError)):
            sg.load(write({**header, "__metadata__": {**metadata, key: '{"name": "dcgan"}'}}))
            raise OSError("a field that nothing depends on")


def test_random_damage_never_crashes(saved, tmp_path):
    rng = np.random.default_rng(0)
    size = 8 + struct.unpack("<Q", saved[:8])[0]
    path = tmp_path / "damaged.safetensors"
    for _ in range(100):
        bytes_ = bytearray(saved)
        for position in rng.integers(0, size, rng.integers(1, 4)):
            bytes_[position] = rng.integers(256)
        path.write_bytes(bytes_)
        with contextlib.suppress(OSError, ValueError, TypeError, MemoryError, RuntimeError):
            sg.load(path).sample(2)


def test_a_failed_load_changes_nothing(tmp_path):
    net = sg.nn.Sequential(sg.nn.Dense(2, 3), sg.nn.Dense(3, 1))
    before = {name: parameter.value.tolist() for name, parameter in net.parameters().items()}
    sg.nn.Sequential(sg.nn.Dense(2, 3), sg.nn.Dense(3, 2)).save(tmp_path / "other.safetensors")
    with pytest.raises((OSError, ValueError)):
        net.load(tmp_path / "other.safetensors")
    assert {name: parameter.value.tolist() for name, parameter in net.parameters().items()} == before


def test_a_failed_save_keeps_the_old_file(tmp_path, saved):
    if os.geteuid() == 0:
        pytest.skip("root may write anywhere")
    path = tmp_path / "model.safetensors"
    path.write_bytes(saved)
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(OSError):
            gan().fit(GOOD, steps=1).save(path)
    finally:
        tmp_path.chmod(0o700)
    assert path.read_bytes() == saved


def test_many_threads_at_once():
    """One model, several threads: samples are right, a second fit is refused, nobody crashes or hangs."""
    model = gan().fit(GOOD, steps=2)
    expected = model.sample(8, 1)
    net = sg.nn.Dense(8, 8)
    failures, refused = [], []

    def work(index):
        try:
            for _ in range(10):
                x = sg.random.normal((32, 8))
                sg.grad(lambda net, x: (net(x) ** 2).sum())(net, x)
                assert np.array_equal(model.sample(8, 1), expected)
                assert (x @ x.T).shape == (32, 32)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work, args=(index,)) for index in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures

    other = threading.Thread(target=lambda: refused.append(refusal(model)))
    first = sg.callbacks.LambdaCallback(on_step_end=lambda *_: other.start() or other.join() if not refused else None)
    model.partial_fit(GOOD, steps=3, callbacks=[first])
    assert "RuntimeError" in refused[0]
    assert model.n_steps_ == 5


def refusal(model):
    try:
        model.partial_fit(GOOD, steps=1)
    except RuntimeError as error:
        return repr(error)
    return "accepted"

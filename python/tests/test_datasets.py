"""Data: the digits are scikit-learn's, and files are read or refused."""

from __future__ import annotations

import gzip
import struct

import numpy as np
import pytest
import swiftgan as sg


def test_digits_are_scikit_learns(digits):
    datasets = pytest.importorskip("sklearn.datasets")
    theirs = datasets.load_digits()
    images, labels = digits
    assert images.shape == (1797, 8, 8, 1)
    assert images.dtype == np.uint8
    assert labels.dtype == np.int32
    assert np.array_equal(labels, theirs.target)
    assert np.array_equal(np.round(images[..., 0] * 16.0 / 255), theirs.images)
    floats, _ = sg.datasets.load_digits("float64")
    assert np.array_equal(floats[..., 0] * 16, theirs.images)
    with pytest.raises(TypeError, match="int32"):
        sg.datasets.load_digits("int32")


def test_digits_in_two_parts():
    images, labels = sg.datasets.load_digits(split="train")
    test_images, test_labels = sg.datasets.load_digits(split="test")
    assert (len(images), len(test_images)) == (1347, 450)
    together = np.concatenate([images, test_images]).reshape(1797, -1)
    everything = sg.datasets.load_digits()[0].reshape(1797, -1)
    assert np.array_equal(np.unique(together, axis=0), np.unique(everything, axis=0))
    counts = np.bincount(np.concatenate([labels, test_labels]))
    assert np.abs(np.bincount(test_labels) - counts * 450 / 1797).max() < 1
    other = sg.datasets.load_digits(split="test", random_state=1)[1]
    assert not np.array_equal(test_labels, other)
    few = sg.datasets.load_digits(split="train", n=20)[1]
    assert np.array_equal(np.bincount(few), np.full(10, 2))
    with pytest.raises(ValueError, match="'test'"):
        sg.datasets.load_digits(split="tests")
    with pytest.raises(ValueError, match="1348 of 1347"):
        sg.datasets.load_digits(split="train", n=1348)


def write_idx(path, array):
    raw = struct.pack(f">BBBB{array.ndim}I", 0, 0, 8, array.ndim, *array.shape) + array.astype("u1").tobytes()
    path.write_bytes(gzip.compress(raw) if path.suffix == ".gz" else raw)


@pytest.fixture
def fashion_folder(tmp_path, rng):
    """A folder in the form of Fashion-MNIST: 40 + 20 images, one part compressed."""
    folder = tmp_path / "fashion-mnist"
    folder.mkdir()
    for prefix, count, ending in (("train", 40, ".gz"), ("t10k", 20, "")):
        write_idx(folder / f"{prefix}-images-idx3-ubyte{ending}", rng.integers(0, 256, (count, 28, 28)))
        write_idx(folder / f"{prefix}-labels-idx1-ubyte{ending}", np.arange(count) % 10)
    return folder


def test_fashion_mnist_is_found(fashion_folder, monkeypatch):
    for place in (fashion_folder, fashion_folder.parent):
        monkeypatch.setenv("SWIFTGAN_DATA", str(place))
        assert sg.datasets.fashion_mnist_folder() == fashion_folder
        images, labels = sg.datasets.load_fashion_mnist()
        assert (images.shape, images.dtype) == ((40, 28, 28, 1), np.uint8)
        assert np.array_equal(labels, np.arange(40) % 10)
        assert len(sg.datasets.load_fashion_mnist(split="all")[0]) == 60
    floats, few = sg.datasets.load_fashion_mnist("float32", split="test", n=10)
    assert floats.dtype == np.float32
    assert floats.max() <= 1 < 255 * floats.max()
    assert np.array_equal(np.sort(few), np.arange(10))
    assert sg.datasets.class_names("fashion_mnist")[9] == "Ankle boot"
    again = sg.datasets.load_idx_folder(fashion_folder, split="train")
    assert np.array_equal(again[0], images)


def test_a_data_folder_that_does_not_do_is_told(tmp_path, monkeypatch):
    for folder, problem in ((tmp_path / "none", "does not exist"), (tmp_path, "not all there")):
        monkeypatch.setenv("SWIFTGAN_DATA", str(folder))
        with pytest.raises(FileNotFoundError, match=f"SWIFTGAN_DATA names the folder .*{problem}") as caught:
            sg.datasets.load_fashion_mnist(n=10)
        assert str(folder) in str(caught.value)
        assert sg.datasets.fashion_mnist_folder() is None


def test_fashion_mnist_that_is_not_there(tmp_path, fashion_folder):
    with pytest.raises(FileNotFoundError, match="apt-get install dataset-fashion-mnist"):
        sg.datasets.load_fashion_mnist(folder=tmp_path / "none")
    with pytest.raises(OSError, match="holds no file train-images-idx3-ubyte"):
        sg.datasets.load_fashion_mnist(folder=tmp_path)
    write_idx(fashion_folder / "t10k-labels-idx1-ubyte", np.arange(19))
    with pytest.raises(OSError, match="19 labels.*20 images"):
        sg.datasets.load_fashion_mnist(folder=fashion_folder, split="test")
    write_idx(fashion_folder / "t10k-images-idx3-ubyte", np.zeros((19, 8, 8)))
    with pytest.raises(OSError, match=r"\(19, 8, 8, 1\)"):
        sg.datasets.load_fashion_mnist(folder=fashion_folder, split="test")


def test_the_real_fashion_mnist_where_it_is_installed():
    if sg.datasets.fashion_mnist_folder() is None:
        pytest.skip("Fashion-MNIST is not on this machine: apt-get install dataset-fashion-mnist")
    for split, count in (("train", 60000), ("test", 10000)):
        images, labels = sg.datasets.load_fashion_mnist(split=split)
        assert images.shape == (count, 28, 28, 1)
        assert np.array_equal(np.bincount(labels), np.full(10, count // 10))


def test_mixtures():
    points = sg.datasets.grid25(5000, random_state=1)
    assert points.shape == (5000, 2)
    assert points.dtype == np.float32
    nearest = np.round(points / 2) * 2
    assert abs((points - nearest).std() - 0.05) < 0.005
    assert np.array_equal(points, sg.datasets.grid25(5000, random_state=1))
    assert abs(np.hypot(*sg.datasets.ring8(1000).T).mean() - 1) < 0.01
    with pytest.raises(ValueError, match="0"):
        sg.datasets.ring8(0)


@pytest.mark.parametrize("code", [(8, "u1"), (11, ">i2"), (13, ">f4")])
def test_idx_files(tmp_path, code):
    number, dtype = code
    values = np.arange(24).reshape(2, 3, 4).astype(dtype)
    raw = struct.pack(">BBBB3I", 0, 0, number, 3, 2, 3, 4) + values.tobytes()
    plain, packed = tmp_path / "data.idx", tmp_path / "data.idx.gz"
    plain.write_bytes(raw)
    packed.write_bytes(gzip.compress(raw))
    for path in (plain, packed):
        found = sg.datasets.load_idx(path)
        assert np.array_equal(found, values)
        assert found.dtype.isnative
    for broken in (raw[:-1], raw[:6], b"", b"\1" + raw, gzip.compress(raw)[:-9]):
        plain.write_bytes(broken)
        with pytest.raises(OSError, match="data.idx"):
            sg.datasets.load_idx(plain)
    with pytest.raises(FileNotFoundError, match="apt-get install dataset-fashion-mnist"):
        sg.datasets.load_idx(tmp_path / "none")

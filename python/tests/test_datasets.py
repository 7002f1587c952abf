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

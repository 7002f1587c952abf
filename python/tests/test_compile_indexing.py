"""Indices that are tensors while a function is traced: gathered with, scattered to, or refused with what to write."""

from __future__ import annotations

import numpy as np
import pytest
import swiftgan as sg

X = np.arange(12, dtype=np.float32).reshape(3, 4)

# Each of x and an integer i, which is traced: as NumPy does it with the integer.
READS = {
    "x[i]": lambda x, i: x[i],
    "x[-i]": lambda x, i: x[-i],
    "x[i + 1]": lambda x, i: x[i + 1],
    "x[:, i]": lambda x, i: x[:, i],
    "x[i, 1]": lambda x, i: x[i, 1],
    "x[1, i]": lambda x, i: x[1, i],
    "x[i, i]": lambda x, i: x[i, i],
    "x[..., i]": lambda x, i: x[..., i],
    "x[i, None, ::2]": lambda x, i: x[i, None, ::2],
    "x[i, [0, 2]]": lambda x, i: x[i, [0, 2]],
}


@pytest.mark.parametrize("dtype", [np.int32, np.int64, np.uint8])
@pytest.mark.parametrize("what", READS)
def test_reads_by_a_traced_integer(what, dtype):
    if dtype == np.uint8 and "-" in what:
        pytest.skip("bytes have no negative numbers")
    f = sg.compile(READS[what])
    for index in (1, 0, 1):
        found = f(X, np.asarray(index, dtype))
        wanted = READS[what](X, index)
        assert found.shape == np.shape(wanted)
        np.testing.assert_array_equal(found, wanted)
    assert f.traces == 1


WRITES = {
    "set": (lambda x, i: x.at[i].set(7), lambda x, i: x.__setitem__(i, 7)),
    "set a row": (lambda x, i: x.at[i].set(sg.arange(4.0)), lambda x, i: x.__setitem__(i, np.arange(4))),
    "add": (lambda x, i: x.at[i].add(2), lambda x, i: x.__setitem__(i, x[i] + 2)),
    "subtract": (lambda x, i: x.at[i].subtract(2), lambda x, i: x.__setitem__(i, x[i] - 2)),
    "one element": (lambda x, i: x.at[i, 2].set(7), lambda x, i: x.__setitem__((i, 2), 7)),
    "a column": (lambda x, i: x.at[:, i].add(sg.ones(3)), lambda x, i: x.__setitem__((slice(None), i), x[:, i] + 1)),
    "a list of it": (lambda x, i: x.at[i.reshape(1)].set(7), lambda x, i: x.__setitem__([i], 7)),
    "a mask": (lambda x, i: x.at[x > i].set(-1), lambda x, i: x.__setitem__(x > i, -1)),
    "a mask of rows": (
        lambda x, i: x.at[x[:, 0] > i].add(1),
        lambda x, i: x.__setitem__(x[:, 0] > i, x[x[:, 0] > i] + 1),
    ),
}


@pytest.mark.parametrize("what", WRITES)
def test_writes_by_a_traced_integer_or_mask(what):
    traced, plain = WRITES[what]
    f = sg.compile(traced)
    for index in (1, 2, 0):
        wanted = X.copy()
        plain(wanted, index)
        np.testing.assert_array_equal(f(X, np.int64(index)), wanted)
    assert f.traces == 1


def test_gradients_through_a_traced_index():
    f = sg.compile(sg.grad(lambda x, i: (x[i] ** 2).sum()))
    for index in (0, 2):
        wanted = np.zeros_like(X)
        wanted[index] = 2 * X[index]
        np.testing.assert_array_equal(f(X, np.int64(index)), wanted)


def test_an_index_out_of_range_is_found_by_the_replay():
    f = sg.compile(lambda x, i: x[i])
    f(X, np.int64(1))
    with pytest.raises(IndexError, match="index 5 is out of range for axis 0 of size 3"):
        f(X, np.int64(5))
    np.testing.assert_array_equal(f(X, np.int64(2)), X[2])


REFUSED = {
    "a slice": (lambda x, i: x[i : i + 2], r"the bounds are tensors.*write x\[start \+ sg.arange\(length\)\]"),
    "a slice's step": (lambda x, i: x[::i], r"the bounds are tensors"),
    "a slice to set": (lambda x, i: x.at[i:].set(1), r"the bounds are tensors"),
    "a mask": (lambda x, i: x[x > i], r"sg.where\(mask, x, 0\), write x.at\[mask\].set\(number\)"),
    "a mask with an index": (lambda x, i: x[x[:, 0] > i, 1], r"sg.where\(mask, x, 0\)"),
    "many values for a mask": (lambda x, i: x.at[x > i].set(x), r"write sg.where\(mask, values, x\)"),
    "a list": (lambda x, i: ["a", "b"][i], r"sg.asarray\(values\)\[i\].*static"),
    "range": (lambda x, i: [x for _ in range(i)], "where Python needs the integer.*static"),
    "a shape": (lambda x, i: sg.zeros((i, 2)), "where Python needs the integer.*static"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_traced_says_what_to_write(what):
    f, words = REFUSED[what]
    with pytest.raises(RuntimeError, match=words):
        sg.compile(f)(X, np.int64(1))


def test_a_window_of_known_length_as_the_message_says():
    f = sg.compile(lambda x, i: x[i + sg.arange(2)])
    for index in (0, 1):
        np.testing.assert_array_equal(f(X, np.int64(index)), X[index : index + 2])


def test_wrong_kinds_of_traced_indices():
    with pytest.raises(TypeError, match="index arrays hold integers or booleans, not float32"):
        sg.compile(lambda x, i: x[i])(X, np.float32(1))
    with pytest.raises(IndexError, match=r"boolean index of shape \(4,\) does not fit axes of shape \(3,\)"):
        sg.compile(lambda x, i: x.at[x[0] > i].set(1))(X, np.int64(1))


def test_messages_call_arguments_by_their_names():
    with pytest.raises(RuntimeError, match="the values of 'scores' are not known"):
        sg.compile(lambda x, scores: x * scores.item())(X, np.float32(1))
    with pytest.raises(RuntimeError, match=r"the values of 'batch\['y'\]' are not known"):
        sg.compile(lambda *, z, batch: batch["y"].item() * z)(batch={"x": X, "y": np.float32(1)}, z=X)

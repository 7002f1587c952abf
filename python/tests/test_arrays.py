"""Indexing, updates, order and counts as NumPy has them: what the table of `ops` cannot say."""

from __future__ import annotations

import numpy as np
import pytest
import swiftgan as sg
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

SHAPE = (4, 5, 3)
X = np.arange(60).reshape(SHAPE)
BYTES = np.array([3, 250], np.uint8)


@st.composite
def keys(draw):
    """Any mix of parts, in a shape that NumPy takes."""
    parts, axis, common = [], 0, draw(st.sampled_from([(2,), (2, 3), (1,), ()]))
    while axis < 3 and draw(st.integers(0, 5)):
        kind = draw(st.sampled_from(["int", "slice", "array", "mask", "wide", "none", "ellipsis"]))
        extent = SHAPE[axis]
        if kind == "int":
            parts.append(draw(st.integers(-extent, extent - 1)))
        elif kind == "slice":
            parts.append(draw(st.slices(extent)))
        elif kind == "array":
            kept = common[draw(st.integers(0, len(common))) :]
            dtype = draw(st.sampled_from([np.int64, np.int32, np.int8]))
            parts.append(draw(hnp.arrays(dtype, kept, elements=st.integers(-extent, extent - 1))))
        elif kind == "mask":
            parts.append(draw(hnp.arrays(bool, (extent,))))
        elif kind == "wide" and axis < 2:
            parts.append(draw(hnp.arrays(bool, SHAPE[axis : axis + 2])))
            axis += 1
        elif kind == "none":
            parts.append(None)
            continue
        elif kind == "ellipsis" and Ellipsis not in [part for part in parts if part is Ellipsis]:
            parts.append(Ellipsis)
            axis = max(axis, draw(st.integers(axis, 2)))
            continue
        else:
            continue
        axis += 1
    return tuple(parts)


def with_tensors(key):
    return tuple(sg.asarray(part.astype(np.int64)) if isinstance(part, np.ndarray) and part.dtype != bool else part
                 for part in key)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(keys())
def test_any_key_as_numpy(key):
    try:
        expected = X[key]
    except IndexError:
        with pytest.raises((IndexError, ValueError)):
            sg.asarray(X)[key]
        return
    for each in (key, with_tensors(key)):
        found = sg.asarray(X)[each]
        assert found.shape == expected.shape
        assert np.array_equal(found.numpy(), expected)
    changed = X.copy()
    changed[key] = -1
    assert np.array_equal(sg.asarray(X).at[key].set(-1).numpy(), changed)
    added = X.copy()
    np.add.at(added, key, 2)
    assert np.array_equal(sg.asarray(X).at[key].add(2).numpy(), added)


def test_masks_of_rank_0_and_lists():
    x = sg.asarray(X)
    assert x[True].shape == (1, 4, 5, 3)
    assert x[False].shape == (0, 4, 5, 3)
    assert x[sg.asarray(X) > 57].tolist() == [58, 59]
    assert x[[]].shape == (0, 5, 3)
    assert x[[0, -1], :, [1, 2]].shape == (2, 5)


@pytest.mark.parametrize(
    ("key", "error", "text"),
    [
        ((0, [0, 5]), IndexError, r"index 5 \(at \(1,\) of the indices\) is out of range for axis 1 of size 5"),
        (([-5],), IndexError, "index -5 is out of range for axis 0 of size 4"),
        ((0, 0, 3), IndexError, "index 3 is out of range for axis 2 of size 3"),
        (([0, 1], [0, 1, 2]), ValueError, r"\(2,\) and \(3,\) do not broadcast"),
        (([0.5],), TypeError, "integers or booleans, not float64"),
        (([True, False],), IndexError, r"\(2,\) does not fit axes of shape \(4,\)"),
        ((0, 0, 0, [0]), IndexError, "4 are indexed"),
    ],
)
def test_bad_keys_say_why(key, error, text):
    with pytest.raises(error, match=text):
        sg.asarray(X)[key]


def test_gradients_of_updates():
    x, v = sg.ones((3, 2)), sg.asarray(np.float32([[1, 2], [3, 4]]))
    to_x, to_v = sg.grad(lambda x, v: (x.at[[0, 0]].set(v) ** 2).sum(), (0, 1))(x, v)
    assert to_x.tolist() == [[0, 0], [2, 2], [2, 2]]
    assert to_v.tolist() == [[0, 0], [6, 8]]  # the last of repeated rows stays
    to_v = sg.grad(lambda v: (x.at[[0, 0]].add(v) ** 2).sum())(v)
    assert to_v.tolist() == [[10, 14], [10, 14]]


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("descending", [False, True])
def test_nan_is_sorted_last_and_ties_keep_their_order(dtype, descending):
    x = np.array([2, np.nan, -np.inf, 0.0, -0.0, np.inf, np.nan, 2], dtype)
    order = sg.argsort(sg.asarray(x), descending=descending).tolist()
    assert order == ([5, 0, 7, 3, 4, 2, 1, 6] if descending else [2, 3, 4, 0, 7, 5, 1, 6])


@given(hnp.arrays(np.float32, hnp.array_shapes(max_dims=3, max_side=9), elements=st.sampled_from([0, 1, -1, np.nan])),
       st.data())  # fmt: skip
def test_sorting_as_numpy(x, data):
    axis = data.draw(st.integers(-x.ndim, x.ndim - 1))
    assert np.array_equal(sg.sort(sg.asarray(x), axis).numpy(), np.sort(x, axis, kind="stable"), equal_nan=True)
    assert np.array_equal(sg.argsort(sg.asarray(x), axis).numpy(), np.argsort(x, axis, kind="stable"))


def test_topk():
    values, indices = sg.topk(sg.asarray(np.float32([[1, 5, 3], [9, 7, 8]])), 2)
    assert values.tolist() == [[5, 3], [9, 8]]
    assert indices.tolist() == [[1, 2], [0, 2]]
    assert indices.dtype == "int64"
    assert sg.topk(sg.asarray(X), 1, axis=0, largest=False).values.shape == (1, 5, 3)
    with pytest.raises(ValueError, match="k is 4, but axis 1 has 3 elements"):
        sg.ones((2, 3)).topk(4)


def test_unique_values_and_counts():
    x = np.float32([3, 1, np.nan, 3, np.nan])
    values, counts = sg.unique_counts(sg.asarray(x))
    assert np.array_equal(values.numpy(), [1, 3, np.nan, np.nan], equal_nan=True)
    assert counts.tolist() == [1, 2, 1, 1]


def test_histogram_as_numpy(rng):
    x = rng.normal(size=500)
    for arguments in ((7,), (5, (-1.0, 1.0)), ([-2.0, 0.0, 0.5],)):
        counts, edges = sg.histogram(sg.asarray(x), *arguments)
        expected, bounds = np.histogram(x, *arguments)
        assert counts.tolist() == expected.tolist()
        assert np.allclose(edges.numpy(), bounds)
    weighted, _ = sg.histogram(sg.asarray(x), 3, weights=sg.asarray(x))
    assert np.allclose(weighted.numpy(), np.histogram(x, 3, weights=x)[0])
    assert sg.histogram(sg.zeros(0), 2)[0].tolist() == [0, 0]
    with pytest.raises(ValueError, match="at least one bin"):
        sg.histogram(sg.zeros(3), 0)


def test_operators_of_integers():
    a, b = np.array([-7, 7, 5, 0], np.int32), np.array([2, -2, 0, 3], np.int32)
    x, y = sg.asarray(a), sg.asarray(b)
    with np.errstate(divide="ignore"):
        assert (x // y).tolist() == (a // b).tolist()
        assert (x % y).tolist() == (a % b).tolist()
        assert [part.tolist() for part in divmod(x, y)] == [part.tolist() for part in divmod(a, b)]
    assert (x & 3).tolist() == (a & 3).tolist()
    assert (x << 2).tolist() == (a << 2).tolist()
    assert (1 << sg.arange(4)).tolist() == [1, 2, 4, 8]
    assert (x >> 1).tolist() == (a >> 1).tolist()
    assert (~x).tolist() == (~a).tolist()
    assert (~(x > 0)).tolist() == (~(a > 0)).tolist()
    assert (7 % sg.asarray(np.float32([2.5]))).tolist() == [2.0]
    with pytest.raises(TypeError, match="integers or bool, not float32"):
        sg.ones(2) & sg.ones(2)


def test_bounds_of_clip_may_be_tensors():
    x = sg.asarray(np.float32([[1, 5], [3, 9]]))
    assert x.clip(sg.asarray(np.float32([2, 6]))).tolist() == [[2, 6], [3, 9]]
    assert sg.clip(x, 2, sg.asarray(np.float32([[3], [4]]))).tolist() == [[2, 3], [3, 4]]


@pytest.mark.parametrize(
    ("act", "error", "text"),
    [
        (lambda x: sg.take_along_axis(x, [0, 1], 0), ValueError, r"\(2,\).*\(2, 3\)"),
        (lambda x: sg.take_along_axis(x, [[0, 3, 0]], 0), IndexError, r"index 3 .* axis 0 of size 2"),
        (lambda x: sg.take(x, [0.5]), TypeError, "integers, not float64"),
        (lambda x: sg.quantile(x, 2), ValueError, "0...1, but one is 2"),
        (lambda x: sg.bincount(sg.asarray([1, -2])), ValueError, "-2 is negative"),
        (lambda x: sg.repeat(x, [1, 2], 1), ValueError, r"one whole number for each of 3 slices"),
        (lambda x: sg.tile(x, -1), ValueError, "must not be negative"),
        (lambda x: sg.tile(x, 2**62), (ValueError, MemoryError), "overflow|elements"),
        (lambda x: sg.roll(x, (1, 2), 0), ValueError, "2 shifts do not fit 1 axes"),
        (lambda x: sg.split(x, 2, 1), ValueError, "3 elements along axis 1"),
        (lambda x: sg.rot90(x, 1, (0, -2)), ValueError, "two axes"),
        (lambda x: sg.searchsorted(x, x), ValueError, "one axis"),
        (lambda x: sg.one_hot(x, 3), TypeError, "labels are integers"),
        (lambda x: sg.cumulative_sum(x), ValueError, "needs axis="),
        (lambda x: sg.meshgrid(x), ValueError, "one axis"),
        (lambda x: sg.unique_values(x).shape and sg.median(sg.zeros(0)), ValueError, "no elements"),
    ],
)
def test_bad_arguments_say_why(act, error, text):
    with pytest.raises(error, match=text):
        act(sg.ones((2, 3)))


def test_closeness_and_equality_as_in_numpy(rng):
    x = rng.normal(size=(3, 4))
    near, holes = x * (1 + 1e-7), np.where(x > 0, np.nan, x)
    for a, b in [(x, near), (x, x + 1), (holes, holes), (x, x[0]), (x, 0.1), (BYTES, BYTES[::-1])]:
        for equal_nan in (False, True):
            assert sg.allclose(a, b, equal_nan=equal_nan) is np.allclose(a, b, equal_nan=equal_nan)
            assert sg.array_equal(a, b, equal_nan=equal_nan) is np.array_equal(a, b, equal_nan=equal_nan)
    assert sg.allclose(np.array([0.1]), 0.1, rtol=0, atol=1e-12)


def test_softmax_of_nothing_is_empty():
    for function in (sg.softmax, sg.log_softmax):
        for shape, axis in [((3, 0), -1), ((0, 3), 0), ((0, 3), 1), ((2, 0, 3), 1)]:
            assert function(np.zeros(shape, np.float32), axis).shape == shape
    with pytest.raises(IndexError, match="axis 5"):
        sg.softmax(np.zeros((3, 0), np.float32), 5)


@pytest.mark.parametrize("key", [
    (1, 2), 1, (slice(None), 3), (slice(1, None, 2), slice(3, 0, -2)), (..., None, 0), (slice(2, 2), 1), ..., (),
    [2, 0, 2], np.array(1), np.array([[0, -1]]), (1, [0, 2]),
])  # fmt: skip
def test_updates_equal_numpy(key, rng):
    x = rng.normal(size=(3, 4, 2))
    values = rng.normal(size=x[key].shape)
    changed, added = x.copy(), x.copy()
    changed[key] = values
    np.add.at(added, key, values)
    assert np.array_equal(sg.asarray(x).at[key].set(values).numpy(), changed)
    assert np.allclose(sg.asarray(x).at[key].add(values).numpy(), added)
    weights = rng.normal(size=x.shape)
    to_x, to_values = sg.grad(lambda x, v: (x.at[key].set(v) * weights).sum(), (0, 1))(
        sg.asarray(x), sg.asarray(values)
    )
    kept = weights.copy()
    kept[key] = 0
    assert np.allclose(to_x.numpy(), kept)
    if not isinstance(key, list):  # of the repeated index only the last value stays
        assert np.allclose(to_values.numpy(), weights[key])
    to_values = sg.grad(lambda v: (sg.asarray(x).at[key].add(v) * weights).sum())(sg.asarray(values))
    assert np.allclose(to_values.numpy(), weights[key])


def test_updates_refuse_floats_for_integers():
    for key in (0, ..., [0]):
        with pytest.raises(TypeError):
            sg.arange(4).at[key].set(np.array(0.5))


@pytest.mark.parametrize("make", [sg.Tensor, sg.array, sg.asarray])
def test_python_numbers_are_rounded_once(make):
    """To the type that was asked for, not to float32 before."""
    assert make([1 / 3], dtype=np.float64).numpy()[0] == 1 / 3
    assert make(1 / 3, dtype=np.float64).item() == 1 / 3
    assert make([1e300], dtype=np.float64).numpy()[0] == 1e300
    assert make([16777217.0], dtype=np.int64).numpy()[0] == 16777217
    assert make([1 / 3]).dtype == sg.float32

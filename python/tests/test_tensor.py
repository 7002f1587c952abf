"""Tensors compute what NumPy computes, and read like it."""

from __future__ import annotations

import copy
import operator

import numpy as np
import pytest
import swiftgan as sg
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

FLOATS = st.floats(-8, 8, width=32)


@st.composite
def pairs(draw):
    shapes = draw(hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=4, max_side=4, min_side=0)).input_shapes
    return [draw(hnp.arrays(np.float32, shape, elements=FLOATS)) for shape in shapes]


@given(pairs())
@pytest.mark.parametrize("op", [operator.add, operator.sub, operator.mul, operator.lt, operator.le, operator.gt,
                                operator.ge, operator.eq, operator.ne])  # fmt: skip
def test_binary_operators_broadcast_as_numpy(op, xy):
    x, y = xy
    expected = op(x, y)
    found = op(sg.asarray(x), sg.asarray(y)).numpy()
    assert found.shape == expected.shape
    assert found.dtype == expected.dtype
    assert np.array_equal(found, expected)


@pytest.mark.parametrize("op", [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow, operator.lt,
                                operator.eq])  # fmt: skip
def test_numbers_and_arrays_on_either_side(op):
    x = np.array([1.0, 2.0, 4.0], np.float32)
    t = sg.asarray(x)
    for other in (3, 0.5, np.float32(2), x + 1):
        assert np.allclose(op(t, other).numpy(), op(x, other))
        assert np.allclose(op(other, t).numpy(), op(other, x))
        assert op(t, other).dtype == op(x, other).dtype
    assert op(t, np.float64(2)).dtype == op(x, 2.0).dtype  # NumPy's own floats are Python floats


def test_numbers_as_operands_keep_their_value():
    """Their tensors are used again: for equal numbers and types only, and no result is on their memory."""
    x = sg.zeros(1)
    for operator_of in (operator.add, operator.sub, operator.mul, operator.truediv, operator.pow, operator.mod):
        for _ in range(2):
            result = operator_of(x, 1.25)
            np.testing.assert_array_equal(result.numpy(), operator_of(np.zeros(1, np.float32), np.float32(1.25)))
            result.numpy()[...] = 7
            result = operator_of(sg.full((), 2.0), 1.25)
            np.testing.assert_allclose(result.numpy(), operator_of(np.float32(2), np.float32(1.25)), rtol=1e-6)
            result.numpy()[...] = 7
    for value in (0.0, -0.0, 1e-3, float("inf"), *np.random.default_rng(0).normal(size=300).tolist()):
        for dtype in (np.float32, np.float64):
            copy = (sg.asarray(np.ones(1, dtype)) * value).numpy()
            assert copy.dtype == dtype
            assert copy.tobytes() == np.array([value], dtype).tobytes()
    assert np.isnan((x + float("nan")).numpy()).all()
    assert (sg.asarray(np.array([5], np.uint8)) + 1).dtype == np.uint8
    assert (sg.asarray(np.array([5], np.int32)) + 1).item() == 6


def test_dtypes_meet():
    kinds = ["bool", "uint8", "int32", "int64", "float32", "float64"]
    for low, first in enumerate(kinds):
        for high, second in enumerate(kinds):
            wanted = kinds[max(low, high)]
            if wanted != "bool":
                assert (sg.ones(2, first) + sg.ones(2, second)).dtype == wanted
    assert (sg.ones(2, "int32") / 2).dtype == "float32"
    assert (sg.ones(2, "int32") + 1.5).dtype == "float32"
    assert (sg.ones(2, "uint8") + 1).dtype == "uint8"
    assert (sg.ones(2, "bool") + 1).dtype == "int64"
    assert (sg.ones(2, "float64") * 2).dtype == "float64"
    with pytest.raises(OverflowError, match="300.*uint8"):
        sg.ones(2, "uint8") + 300
    big = 2**62 + 1
    assert (sg.zeros(1, "int64") + big).item() == big


UNARY = {
    "abs": np.abs, "negative": np.negative, "sign": np.sign, "square": np.square, "exp": np.exp, "expm1": np.expm1,
    "sin": np.sin, "cos": np.cos, "tanh": np.tanh, "floor": np.floor, "ceil": np.ceil, "round": np.round,
    "isfinite": np.isfinite, "isnan": np.isnan, "relu": lambda x: np.maximum(x, 0),
    "sigmoid": lambda x: 1 / (1 + np.exp(-x)), "softplus": lambda x: np.logaddexp(x, 0),
}  # fmt: skip
POSITIVE = {"log": np.log, "log1p": np.log1p, "sqrt": np.sqrt, "rsqrt": lambda x: 1 / np.sqrt(x),
            "reciprocal": np.reciprocal}  # fmt: skip


@pytest.mark.parametrize("name", [*UNARY, *POSITIVE])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_unary_functions(name, dtype, rng):
    x = rng.normal(size=(5, 7)).astype(dtype)
    if name in POSITIVE:
        x = np.abs(x) + np.array(0.1, dtype)
    expected = {**UNARY, **POSITIVE}[name](x.astype("float64"))
    tolerance = 2e-6 if dtype == "float32" else 1e-13
    for cut in (slice(None), (slice(None, None, -2), slice(1, None, 3))):
        found = getattr(sg, name)(sg.asarray(x[cut])).numpy()
        assert np.allclose(found, expected[cut], rtol=tolerance, atol=tolerance)


@given(
    hnp.arrays(np.float64, hnp.array_shapes(min_dims=1, max_dims=4, max_side=5), elements=st.floats(-9, 9)), st.data()
)
def test_reductions_as_numpy(x, data):
    t = sg.asarray(x)
    axes = data.draw(st.none() | st.sets(st.integers(-x.ndim, -1)).map(tuple))
    keep = data.draw(st.booleans())
    for name in ("sum", "mean", "max", "min", "var", "std"):
        expected = getattr(np, name)(x, axis=axes, keepdims=keep)
        found = getattr(t, name)(axes, keepdims=keep).numpy()
        assert found.shape == expected.shape
        assert np.allclose(found, expected, atol=1e-9)
    axis = data.draw(st.none() | st.integers(-x.ndim, x.ndim - 1))
    for name in ("argmax", "argmin"):
        assert np.array_equal(getattr(t, name)(axis, keepdims=keep).numpy(), getattr(np, name)(x, axis, keepdims=keep))
    assert np.array_equal((t > 0).any(axes).numpy(), (x > 0).any(axis=axes))
    assert np.array_equal((t > 0).all(axes).numpy(), (x > 0).all(axis=axes))


def test_sums_of_integers_do_not_overflow():
    assert sg.full(1000, 255, "uint8").sum().item() == 255_000
    assert sg.ones(5, "bool").sum().item() == 5
    assert sg.full(4, 2**30, "int32").sum().dtype == "int64"


KEYS = st.deferred(lambda: hnp.basic_indices((4, 5, 3), allow_newaxis=True, allow_ellipsis=True, max_dims=6))


@given(KEYS)
def test_basic_indexing_as_numpy(key):
    x = np.arange(60).reshape(4, 5, 3)
    expected = x[key]
    found = sg.asarray(x)[key]
    assert found.shape == np.shape(expected)
    assert np.array_equal(found.numpy(), expected)
    if np.size(expected):
        assert x.ctypes.data <= found._address < x.ctypes.data + x.nbytes  # a view, not a copy


@pytest.mark.parametrize(
    "key",
    [
        [0, 2], np.array([[1, -1], [0, 3]]), (slice(None), [4, 0]), (Ellipsis, np.array([2, 2])), (1, [0, 3]),
        (slice(None), slice(None), [True, False, True]), np.arange(4) % 2 == 0, np.arange(20).reshape(4, 5) % 3 == 0,
        (None, [1]), [],
    ],
)  # fmt: skip
def test_indexing_by_one_array(key):
    x = np.arange(60).reshape(4, 5, 3)
    assert np.array_equal(sg.asarray(x)[key].numpy(), x[key])
    assert np.array_equal(sg.asarray(x)[sg.asarray(key) if isinstance(key, np.ndarray) else key].numpy(), x[key])


def test_indexing_errors():
    t = sg.zeros((4, 5))
    for key in (4, -5, (0, 5), [4], (0, 0, 0), (Ellipsis, Ellipsis)):
        with pytest.raises(IndexError):
            t[key]
    for key in (1.5, "a", [0.5], (0, [1.5])):
        with pytest.raises(TypeError):
            t[key]
    with pytest.raises(TypeError, match="never change"):
        t[0] = 1
    assert t[sg.Tensor(2)].shape == (5,)


@given(st.data())
def test_movement_as_numpy(data):
    x = np.arange(24.0).reshape(2, 3, 4)
    t = sg.asarray(x)
    order = data.draw(st.permutations(range(3)))
    assert np.array_equal(sg.permute_dims(t, order).numpy(), x.transpose(order))
    shape = data.draw(st.sampled_from([(24,), (4, -1), (2, 2, 6), (-1, 1, 8), (3, 8)]))
    assert np.array_equal(t.transpose(order).reshape(shape).numpy(), x.transpose(order).reshape(shape))
    axis = data.draw(st.integers(-3, 2))
    assert np.array_equal(sg.concatenate([t, t * 2], axis).numpy(), np.concatenate([x, x * 2], axis))
    assert np.array_equal(sg.stack([t, t * 2], axis).numpy(), np.stack([x, x * 2], axis))
    assert np.array_equal(sg.flip(t, axis).numpy(), np.flip(x, axis))
    assert np.array_equal(sg.expand_dims(t, axis).squeeze(axis).numpy(), x)
    assert np.array_equal(sg.moveaxis(t, axis, 0).numpy(), np.moveaxis(x, axis, 0))
    widths = data.draw(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=3, max_size=3))
    assert np.array_equal(sg.pad(t, widths, constant_values=7).numpy(), np.pad(x, widths, constant_values=7))


def test_more_movement():
    x = np.arange(6.0).reshape(2, 3)
    t = sg.asarray(x)
    assert t.T.shape == (3, 2)
    assert sg.broadcast_to(t, (4, 2, 3)).shape == (4, 2, 3)
    assert [piece.shape for piece in sg.split(t, 3, axis=1)] == [(2, 1)] * 3
    assert [piece.shape for piece in sg.split(t, [1], axis=1)] == [(2, 1), (2, 2)]
    assert t.take([2, 0], axis=1).tolist() == [[2, 0], [5, 3]]
    assert sg.pad(t, 1).shape == (4, 5)
    assert t.flatten().shape == t.ravel().shape == (6,)
    with pytest.raises(ValueError, match="cannot be split"):
        sg.split(t, 2, axis=1)
    with pytest.raises(ValueError, match=r"\(2, 3\).*\(4, 2\)"):
        t.reshape(4, 2)


@given(hnp.mutually_broadcastable_shapes(signature="(m,k),(k,n)->(m,n)", max_dims=2, max_side=5))
def test_matmul_as_numpy(shapes):
    rng = np.random.default_rng(0)
    x, y = (rng.normal(size=shape) for shape in shapes.input_shapes)
    assert np.allclose((sg.asarray(x) @ sg.asarray(y)).numpy(), x @ y)


def test_matmul_of_vectors():
    m, v = np.arange(6.0).reshape(2, 3), np.arange(3.0)
    assert np.allclose((sg.asarray(m) @ v).numpy(), m @ v)
    assert np.allclose((v @ sg.asarray(m.T)).numpy(), v @ m.T)
    assert (sg.asarray(v) @ v).item() == 5
    with pytest.raises(ValueError, match=r"\(2, 3\).*\(2, 3\)"):
        sg.asarray(m) @ m


def test_creation():
    assert sg.zeros(3).dtype == "float32"
    assert sg.full((2, 2), 7, "int32").tolist() == [[7, 7], [7, 7]]
    assert sg.arange(2, 8, 3).tolist() == [2, 5]
    assert sg.arange(0, 1, 0.25).dtype == "float32"
    assert np.allclose(sg.linspace(0, 1, 5).numpy(), np.linspace(0, 1, 5))
    assert sg.eye(3).numpy().tolist() == np.eye(3).tolist()
    assert sg.ones_like(sg.zeros((2, 1), "int64")).dtype == "int64"
    assert sg.Tensor([1, 2]).dtype == "int64"
    assert sg.Tensor([1.0, 2]).dtype == "float32"
    assert sg.Tensor([True]).dtype == "bool"
    assert sg.Tensor([np.float64(1), np.float64(2)]).dtype == "float64"
    assert sg.Tensor([sg.ones(2), sg.zeros(2)]).tolist() == [[1, 1], [0, 0]]
    assert sg.Tensor([]).shape == (0,)
    assert sg.asarray([1, 2], dtype=float).dtype == "float64"


def test_where_and_clip():
    x = np.arange(-3.0, 3.0)
    t = sg.asarray(x)
    assert np.array_equal(sg.where(t > 0, t, 0).numpy(), np.where(x > 0, x, 0))
    assert sg.where(t > 0, 1, 2).dtype == "int64"
    assert sg.where(t > 0, t.astype("int32"), 0.5).dtype == "float32"
    assert np.array_equal(t.clip(-1, 1).numpy(), x.clip(-1, 1))
    assert np.array_equal(t.clip(max=0).numpy(), x.clip(max=0))
    assert ((t > 0) | (t < -1)).tolist() == ((x > 0) | (x < -1)).tolist()
    assert (~(t > 0) & (t == t)).tolist() == (~(x > 0)).tolist()


def test_reads_like_numpy():
    t = sg.Tensor([[1.0, 2.5], [3.0, 4.0]])
    assert repr(t) == "Tensor([[1. , 2.5],\n        [3. , 4. ]], dtype=float32)"
    assert repr(sg.Tensor(3)) == "Tensor(3, dtype=int64)"
    assert repr(sg.zeros((0, 3))) == "Tensor([], shape=(0, 3), dtype=float32)"
    assert len(repr(sg.zeros(100_000))) < 200
    assert (t.shape, t.ndim, t.size, t.nbytes, len(t)) == ((2, 2), 2, 4, 16, 2)
    assert [row.tolist() for row in t] == [[1, 2.5], [3, 4]]
    assert float(t[0, 1]) == 2.5
    assert int(t[1, 1]) == 4
    assert bool(t[0, 0] > 0)
    assert [10, 20, 30][sg.Tensor(1)] == 20
    assert t.astype("int32").tolist() == [[1, 2], [3, 4]]
    assert t.astype("float32") is t
    assert (t == "x") is False
    assert (t != None) is True  # noqa: E711
    assert copy.deepcopy(t).tolist() == t.tolist()
    assert np.exp(t).shape == (2, 2)
    with pytest.raises(ValueError, match="ambiguous"):
        bool(t)
    with pytest.raises(TypeError):
        hash(t)
    with pytest.raises(ValueError, match="one element"):
        t.item()
    with pytest.raises(TypeError):
        len(t[0, 0])
    with pytest.raises(TypeError, match="list"):
        t + [1, 2]  # noqa: RUF005 - it must not be taken for a list


def test_take_wants_integers():
    x = sg.arange(5)
    for indices in ([0.5, 1.9], [True, False], np.array([1.0]), sg.Tensor([1.0]), sg.Tensor([True]), np.array([True])):
        with pytest.raises(TypeError, match="integers, not"):
            x.take(indices)
    for indices in ([4, -1], (4, 4), np.array([4, 4], "int32"), sg.Tensor([4, 4]), np.array([4, 4], "uint8")):
        assert x.take(indices).tolist() == [4, 4]
    assert x.take([]).shape == (0,)


@pytest.mark.parametrize("name", ["sum", "mean", "max", "min", "std", "var", "any", "all", "prod", "median", "cumsum"])
def test_numpys_functions_take_tensors_as_arrays(name, rng):
    array = rng.normal(size=(3, 4)).astype("float32")
    function, x = getattr(np, name), sg.Tensor(array)
    for options in ({}, {"axis": 0}, {"axis": 1, "out": np.empty(3, bool if name in ("any", "all") else "float32")}):
        if name == "cumsum":
            options.pop("out", None)
        found = function(x, **options)
        assert isinstance(found, (np.ndarray, np.generic))
        assert np.array_equal(found, function(array, **options))
    assert np.array_equal(np.concatenate([x, array]), np.concatenate([array, array]))
    assert np.array_equal(np.where(x > 0, x, 0), np.where(array > 0, array, 0))
    assert np.array_equal(np.std(x, ddof=1), np.std(array, ddof=1))


def test_one_element_is_formatted():
    loss = (sg.ones(3) / 3).mean()
    assert f"{loss:.3f}" == "0.333"
    assert f"{sg.Tensor([[7]]):03d}" == "007"
    assert f"{sg.ones(2)}" == str(sg.ones(2))
    with pytest.raises(TypeError, match=r"'.2f'.*\(2,\)"):
        f"{sg.ones(2):.2f}"


def test_ranges_are_taken():
    assert sg.Tensor(range(3)).tolist() == [0, 1, 2]


def test_moveaxis_is_numpys(rng):
    array = rng.normal(size=(2, 3, 4, 5))
    for source, destination in ((0, -1), (-1, 0), ([0, 1], [-1, -2]), ((3, 0), (0, 2)), (1, 1), ([], [])):
        assert np.array_equal(
            sg.moveaxis(sg.Tensor(array), source, destination), np.moveaxis(array, source, destination)
        )
    for wrong in ((4, 0), (0, -5), ([0, 7], [1, 2])):
        with pytest.raises(IndexError, match="no axis (4|-5|7).*4 axes"):
            sg.moveaxis(sg.Tensor(array), *wrong)
    with pytest.raises(ValueError, match="twice"):
        sg.moveaxis(sg.Tensor(array), [0, -4], [0, 1])
    with pytest.raises(ValueError, match="2 axes.*1 places"):
        sg.moveaxis(sg.Tensor(array), [0, 1], 0)


def test_only_one_size_is_left_open():
    with pytest.raises(ValueError, match=r"only one size may be -1.*\(-1, -1\)"):
        sg.ones((2, 3)).reshape(-1, -1)


@pytest.mark.parametrize(("kernel", "stride", "dilation"), [(3, 1, 1), (4, 2, 1), (3, 2, 2), (2, 3, 1), (5, (1, 2), 1)])
def test_padding_by_name_is_the_layers(kernel, stride, dilation):
    nn = sg.nn
    for name in ("same", "valid"):
        options = {"stride": stride, "padding": name, "dilation": dilation}
        x = sg.random.normal((2, 9, 10, 3))
        layer = nn.Conv2D(3, 4, kernel, **options)
        weight = layer.parameters()["weight"].value
        assert np.array_equal(sg.conv2d(x, weight, **options), layer(x))
        layer = nn.ConvTranspose2D(3, 4, kernel, **options)
        weight = layer.parameters()["weight"].value
        assert np.array_equal(sg.conv_transpose2d(x, weight, **options), layer(x))


def test_arguments_of_convolutions():
    x, w = sg.ones((1, 4, 4, 1)), sg.ones((3, 3, 1, 1))
    for name in ("stride", "dilation"):
        for value in (1.5, True, (1, 2, 3), "2", (1, 2.5)):
            with pytest.raises(TypeError, match=f"{name} must be an integer or a pair"):
                sg.conv2d(x, w, **{name: value})
    for value in ("full", 1.5, (1, 2, 3), None, ("same", "same")):
        with pytest.raises(TypeError, match="padding must be 'same', 'valid', an integer"):
            sg.conv2d(x, w, padding=value)
    with pytest.raises(ValueError, match="output_padding=1"):
        sg.conv_transpose2d(x, w, stride=2, padding="same", output_padding=1)
    assert sg.conv2d(x, w, padding=[1, 0, 0, 2]).shape == (1, 3, 4, 1)
    with pytest.raises(ValueError, match="(?i)rank|axes|shape"):
        sg.conv2d(sg.ones((4, 4)), w, padding="same")

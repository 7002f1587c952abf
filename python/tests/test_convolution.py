"""Convolutions over a grid of odd sizes, strides, paddings, dilations and groups: equal to JAX, to order 2."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest
import swiftgan as sg
from windows import Windows

jax = pytest.importorskip("jax")
jax.config.update("jax_enable_x64", True)
jnp = jax.numpy


def theirs(x, w, stride, padding, dilation, groups):
    return jax.lax.conv_general_dilated(
        x, w, stride, [padding[:2], padding[2:]], rhs_dilation=dilation, feature_group_count=groups,
        dimension_numbers=("NHWC", "HWIO", "NHWC"),
    )  # fmt: skip


def cases():
    """A sample of the grid in which each value of each axis appears; the same on every run."""
    sizes = [(5, 7), (1, 9), (6, 3), (11, 2)]
    filters = [(1, 1), (3, 3), (2, 5), (4, 1)]
    strides = [(1, 1), (2, 2), (1, 3), (3, 2)]
    paddings = [(0, 0, 0, 0), (1, 1, 1, 1), (2, 0, 1, 3), (0, 3, 4, 0)]
    dilations = [(1, 1), (2, 1), (2, 3)]
    channels = [(1, 2, 3), (2, 4, 6), (3, 3, 3), (4, 8, 4), (5, 5, 5), (1, 1, 1)]  # groups, in, out
    grid = list(itertools.product(sizes, filters, strides, paddings, dilations, channels))
    fits = [
        case for case in grid
        if all(
            n + sum(case[3][2 * axis : 2 * axis + 2]) >= (k - 1) * d + 1
            for axis, (n, k, d) in enumerate(zip(case[0], case[1], case[4], strict=True))
        )
    ]  # fmt: skip
    return random.Random(0).sample(fits, 60)


def slopes(library, gradient, convolve, weight, directions):
    """Return f(x, w) = sum(weight * conv(x, w)**2), and the derivative of f along directions of x and w."""

    def f(a, b):
        return (library.square(convolve(a, b)) * weight).sum()

    def along(a, b):
        da, db = gradient(f, (0, 1))(a, b)
        return (da * directions[0]).sum() + (db * directions[1]).sum()

    return f, along


@pytest.mark.parametrize(("size", "kernel", "stride", "padding", "dilation", "channels"), cases())
def test_grid(size, kernel, stride, padding, dilation, channels, rng):
    groups, inputs, outputs = channels
    x = rng.normal(size=(2, *size, inputs))
    w = rng.normal(size=(*kernel, inputs // groups, outputs))
    y = np.asarray(theirs(x, w, stride, padding, dilation, groups))

    def ours(a, b):
        return sg.conv2d(a, b, stride, padding, dilation, groups)

    assert np.allclose(ours(sg.asarray(x), sg.asarray(w)).numpy(), y, rtol=1e-12, atol=1e-12)
    single = ours(sg.asarray(x.astype(np.float32)), sg.asarray(w.astype(np.float32)))
    assert np.allclose(single.numpy(), y, rtol=1e-4, atol=1e-4)

    windows = Windows(kernel, stride, padding, dilation, groups)
    weight, u, v = (rng.normal(size=shape) for shape in (y.shape, x.shape, w.shape))
    slope = 2 * weight * y
    change = 2 * weight * (windows.convolve(u, w) + windows.convolve(x, v))
    expected = [
        (windows.images(slope, w, x.shape), windows.filters(x, slope)),
        (
            windows.images(change, w, x.shape) + windows.images(slope, v, x.shape),
            windows.filters(x, change) + windows.filters(u, slope),
        ),
    ]
    for f, both in zip(slopes(sg, sg.grad, ours, weight, (u, v)), expected, strict=True):
        for a, b in zip(sg.grad(f, (0, 1))(x, w), both, strict=True):
            assert a.shape == b.shape
            assert np.allclose(a.numpy(), b, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    ("kernel", "stride", "padding", "dilation", "channels"),
    [
        ((3, 3), (1, 1), (1, 1, 1, 1), (1, 1), (1, 2, 3)),
        ((2, 5), (3, 2), (1, 0, 2, 3), (1, 1), (2, 4, 6)),
        ((3, 2), (1, 2), (2, 1, 0, 2), (2, 3), (4, 4, 4)),
        ((4, 3), (2, 1), (0, 3, 1, 1), (1, 2), (3, 6, 3)),
    ],
)
def test_gradients_equal_jax(kernel, stride, padding, dilation, channels, rng):
    # XLA cannot compile all adjoints of its own convolution on the CPU; the grid above has its references from NumPy.
    groups, inputs, outputs = channels
    x, w = rng.normal(size=(2, 7, 9, inputs)), rng.normal(size=(*kernel, inputs // groups, outputs))
    geometry = (stride, padding, dilation, groups)
    weight = rng.normal(size=theirs(x, w, *geometry).shape)
    directions = rng.normal(size=x.shape), rng.normal(size=w.shape)
    ours = slopes(sg, sg.grad, lambda a, b: sg.conv2d(a, b, *geometry), weight, directions)
    reference = slopes(jnp, jax.grad, lambda a, b: theirs(a, b, *geometry), weight, directions)
    for f, g in zip(ours, reference, strict=True):
        for a, b in zip(sg.grad(f, (0, 1))(x, w), jax.jit(jax.grad(g, (0, 1)))(x, w), strict=True):
            assert np.allclose(a.numpy(), b, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("groups", [1, 3])
@pytest.mark.parametrize(("stride", "padding", "dilation", "more"), [(1, 0, 1, 0), (2, 1, 1, 1), (3, (0, 2), 2, 2)])
def test_transposed_is_the_adjoint(stride, padding, dilation, more, groups, rng):
    y = rng.normal(size=(2, 5, 6))
    w = rng.normal(size=(4, 3 // groups, 6))
    found = sg.conv_transpose1d(y, w, stride, padding, dilation, more, groups)
    x = rng.normal(size=found.shape)
    forward = sg.conv1d(x, w, stride, padding, dilation, groups)
    assert forward.shape == y.shape
    assert np.isclose((forward * y).sum(), (found * x).sum())


@pytest.mark.parametrize("padding", ["same", "valid", 2, (1, 2)])
@pytest.mark.parametrize(("stride", "dilation"), [(1, 1), (2, 1), (1, 3), (3, 2)])
def test_sequences(padding, stride, dilation, rng):
    x, w = rng.normal(size=(2, 11, 4)), rng.normal(size=(3, 2, 6))
    sides = padding.upper() if isinstance(padding, str) else [(padding,) * 2 if isinstance(padding, int) else padding]
    expected = jax.lax.conv_general_dilated(
        x, w, (stride,), sides, rhs_dilation=(dilation,), feature_group_count=2, dimension_numbers=("NWC", "WIO", "NWC")
    )
    assert np.allclose(sg.conv1d(x, w, stride, padding, dilation, groups=2).numpy(), expected, rtol=1e-12, atol=1e-12)
    if padding == "same":
        back = sg.conv_transpose1d(expected, w, stride, "same", dilation, groups=2)
        assert back.shape == (2, expected.shape[1] * stride, 4)


@pytest.mark.parametrize(("groups", "outputs"), [(48, 48), (4, 24), (1, 8)])
def test_same_bits_on_any_number_of_threads(groups, outputs, rng):
    x = rng.normal(size=(3, 33, 31, 48)).astype(np.float32)
    w = rng.normal(size=(3, 3, 48 // groups, outputs)).astype(np.float32)
    before, found = sg.get_num_threads(), []
    try:
        for threads in (1, 2):
            sg.set_num_threads(threads)
            y = sg.conv2d(x, w, 2, 1, groups=groups)
            slopes = sg.grad(lambda a, b: sg.conv2d(a, b, 2, 1, groups=groups).square().sum(), (0, 1))(x, w)
            found.append([y.numpy(), *(slope.numpy() for slope in slopes)])
    finally:
        sg.set_num_threads(before)
    assert all(np.array_equal(a, b) for a, b in zip(*found, strict=True))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda x, w: sg.conv2d(x, w, groups=3), "3 groups"),
        (lambda x, w: sg.conv2d(x, w, groups=0), "at least 1"),
        (lambda x, w: sg.conv2d(x, w), "channels"),
        (lambda x, w: sg.conv1d(x, w), "3 axes"),
    ],
)
def test_refusals(call, words):
    with pytest.raises(ValueError, match=words):
        call(sg.zeros((1, 5, 5, 4)), sg.zeros((3, 3, 2, 4)))

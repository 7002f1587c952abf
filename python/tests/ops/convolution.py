"""Convolutions: images NHWC, filters HWIO."""

from __future__ import annotations

from ._entry import call, entry, normal
from ._reference import jax, jnp

OPTIONS = {"float32": 1e-5, "float64": 1e-12, "result": "float", "types": "ib"}


def conv2d(x, w, stride=(1, 1), padding=(0, 0, 0, 0), dilation=(1, 1), groups=1):
    """As the operation; nothing is convolved where XLA refuses empty sizes."""
    top, bottom, left, right = padding
    if 0 in x.shape[:1] + w.shape[2:]:
        sizes = [
            (n + a + b - d * (k - 1) - 1) // s + 1
            for n, k, a, b, s, d in zip(
                x.shape[1:3], w.shape, (top, left), (bottom, right), stride, dilation, strict=False
            )
        ]
        return jnp.zeros((x.shape[0], *sizes, w.shape[3])) + 0 * (x.sum() + w.sum())
    return jax.lax.conv_general_dilated(
        x, w, stride, [(top, bottom), (left, right)], rhs_dilation=dilation, feature_group_count=groups,
        dimension_numbers=("NHWC", "HWIO", "NHWC"),
    )  # fmt: skip


def input_gradient(y, w, input_size, groups=1, **geometry):
    image = jnp.zeros((y.shape[0], *input_size, w.shape[2] * groups))
    return jax.vjp(lambda x: conv2d(x, w, groups=groups, **geometry), image)[1](y)[0]


def filter_gradient(x, y, filter_size, groups=1, **geometry):
    w = jnp.zeros((*filter_size, x.shape[3] // groups, y.shape[3]))
    return jax.vjp(lambda w: conv2d(x, w, groups=groups, **geometry), w)[1](y)[0]


def transposed(x, w, output_padding=(0, 0), **geometry):
    stride, padding, dilation = (
        geometry.get(name, default)
        for name, default in (("stride", (1, 1)), ("padding", (0,) * 4), ("dilation", (1, 1)))
    )
    size = [
        (x.shape[1 + a] - 1) * stride[a]
        + dilation[a] * (w.shape[a] - 1)
        + 1
        - padding[2 * a]
        - padding[2 * a + 1]
        + output_padding[a]
        for a in (0, 1)
    ]
    return input_gradient(x, w, size, **geometry)


# A stride that does not divide, uneven padding, dilation, a filter larger than the image inside its padding.
GEOMETRIES = [
    ((2, 5, 6), (3, 3), (3, 4), {}),
    ((1, 7, 6), (4, 4), (3, 3), {"stride": (2, 2), "padding": (1, 1, 1, 1)}),
    ((2, 6, 5), (2, 3), (3, 2), {"stride": (2, 3), "padding": (0, 1, 2, 0), "dilation": (2, 1)}),
    ((1, 3, 2), (5, 4), (3, 2), {"padding": (2, 2, 2, 1)}),
    ((0, 4, 4), (3, 3), (2, 2), {}),
]
GROUPED = ((2, 4, 3), (2, 3), (3, 1))
# Groups, channels of the image and of the result: depthwise, with a multiplier, and two runs.
GROUPS = [(3, 3, 3), (2, 2, 4), (2, 4, 6)]
LARGE = ((4, 33, 31), (5, 3), (15, 15), {"stride": (2, 2), "padding": (1, 0, 0, 1)})


def sequences(theirs, **defaults):
    """The reference on images one pixel high."""

    def reference(x, w, stride=1, padding=(0, 0), dilation=1, groups=1, **more):
        more = {key: (0, value) for key, value in more.items()}
        geometry = {"stride": (1, stride), "padding": (0, 0, *padding), "dilation": (1, dilation), "groups": groups}
        return theirs(x[:, None], w[None], **geometry, **more)[:, 0]

    return reference


def geometry_calls(make, channels=(2, 3)):
    return [
        *[make(*geometry, *channels) for geometry in GEOMETRIES],
        *[make(*GROUPED[:3], {"groups": groups}, *sizes) for groups, *sizes in GROUPS],
    ]


def forward(image, kernel, _, options, inputs, outputs):
    return call(normal(*image, inputs), filters(kernel, options, inputs, outputs), **options)


def to_input(image, kernel, result, options, inputs, outputs):
    return call(
        normal(image[0], *result, outputs), filters(kernel, options, inputs, outputs), input_size=image[1:], **options
    )


def to_filter(image, kernel, result, options, inputs, outputs):
    return call(normal(*image, inputs), normal(image[0], *result, outputs), filter_size=kernel, **options)


def from_result(image, kernel, result, options, inputs, outputs):
    return call(normal(image[0], *result, outputs), filters(kernel, options, inputs, outputs), **options)


def filters(kernel, options, inputs, outputs):
    return normal(*kernel, inputs // options.get("groups", 1), outputs)


LARGER_RESULT = call(normal(1, 3, 2, 3), normal(3, 2, 2, 3), stride=(2, 3), output_padding=(1, 2))

OPERATIONS = {
    name: entry(theirs, *geometry_calls(make), *more, large=make(*LARGE, 8, 16), **OPTIONS)
    for name, theirs, make, *more in (
        ("conv2d", conv2d, forward),
        ("conv2d_input_gradient", input_gradient, to_input),
        ("conv2d_filter_gradient", filter_gradient, to_filter),
        ("conv_transpose2d", transposed, from_result, LARGER_RESULT),
    )
} | {
    "conv1d": entry(
        sequences(conv2d), call(normal(2, 7, 2), normal(3, 2, 3)),
        call(normal(1, 8, 4), normal(2, 2, 4), stride=2, padding=(1, 2), dilation=2, groups=2),
        call(normal(0, 4, 2), normal(2, 2, 1)),
        large=call(normal(4, 3001, 8), normal(5, 8, 16)), **OPTIONS,
    ),
    "conv_transpose1d": entry(
        sequences(transposed), call(normal(2, 4, 3), normal(3, 2, 3)),
        call(normal(1, 4, 4), normal(2, 2, 4), stride=3, padding=(1, 0), dilation=2, groups=2, output_padding=1),
        call(normal(0, 4, 1), normal(2, 2, 1)),
        large=call(normal(4, 3001, 16), normal(5, 8, 16)), **OPTIONS,
    ),
}  # fmt: skip

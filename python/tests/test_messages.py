"""What wrong calls say: who speaks, what was wrong, with what value."""

from __future__ import annotations

import numpy as np
import pytest
import swiftgan as sg

X = np.ones((2, 3), np.float32)
IMAGE = np.ones((1, 4, 4, 2), np.float32)
BYTES = np.array([3, 250], np.uint8)

# The call, the exception, and words of the message.
WRONG = {
    "softmax's axis": (lambda: sg.softmax(X, 3), IndexError, "^softmax: axis 3 .* rank 2"),
    "norm's axis": (lambda: sg.norm(X, axis=9), IndexError, "^norm: axis 9"),
    "einsum's letter": (lambda: sg.einsum("ij,jk", X, X), ValueError, '^einsum: "ij,jk": the letter'),
    "how many to take": (lambda: sg.topk(X, 9), ValueError, "^top_k_indices: k is 9"),
    "a layer named like its op": (
        lambda: sg.nn.PixelShuffle(2)(IMAGE), ValueError, "^pixel_shuffle: 2 channels are no multiple",
    ),
    "a matrix with NaN": (
        lambda: sg.linalg.cholesky(np.full((2, 2), np.nan)), ValueError, "^cholesky: the matrix holds NaN or infinity",
    ),
    "a matrix of a batch with infinity": (
        lambda: sg.linalg.cholesky(np.stack([np.eye(2), np.full((2, 2), np.inf)])), ValueError,
        "^cholesky: matrix 1 of the batch holds NaN or infinity",
    ),
    "the spectral norm": (lambda: sg.norm(X, ord=2), ValueError, "^norm: ord=2 of a matrix needs singular values"),
    "a norm over three axes": (lambda: sg.norm(IMAGE[0], ord=1), ValueError, "^norm: ord=1 .* not of 3 axes"),
    "a matrix' norm of vectors": (lambda: sg.norm(X, axis=1, ord="fro"), ValueError, "^norm: ord='fro' is a norm"),
    "the axes of mT": (lambda: sg.asarray(X[0]).mT, ValueError, r"^mT: .* \(3,\)"),
    "flip's axis": (lambda: sg.flip(X, 5), IndexError, "^flip: axis 5"),
    "the axes that are swapped": (lambda: sg.swapaxes(X, 0, 4), IndexError, "^swap_axes: axis 4"),
    "shapes of a product": (lambda: sg.matmul(X, X), ValueError, r"^matmul: shapes \(2, 3\) and \(2, 3\)"),
    "shapes of a stack": (lambda: sg.stack([X, X[0]]), ValueError, r"^stack: the shapes \(2, 3\) and \(3,\) differ"),
    "a sequence's filter": (
        lambda: sg.conv1d(IMAGE[0], np.ones((9, 2, 1), np.float32)), ValueError, "^conv1d: a filter of 9",
    ),
    "an axis that is text": (lambda: sg.sum(sg.asarray(X), axis="a"), TypeError, "^axes must be an integer.* not 'a'"),
    "an axis that is a float": (lambda: sg.sum(sg.asarray(X), axis=1.0), TypeError, "^axes must be .* not 1.0"),
    "a factor that is a float": (
        lambda: sg.pixel_shuffle(IMAGE, 2.5), TypeError, "'factor' must be an integer, not 2.5",
    ),
    "two strides for a sequence": (
        lambda: sg.conv1d(IMAGE[0], np.ones((2, 2, 1), np.float32), stride=(1, 2)),
        TypeError, r"^conv1d: the attribute 'stride' must be an integer, not \[1, 2\]",
    ),
    "the mode of padding": (lambda: sg.pad(X, 1, "mirror"), ValueError, "^pad: there is no padding mode 'mirror'"),
    "a reduction": (lambda: sg.losses.mse(X, X, reduction="all"), ValueError, "^mse: reduction must be .* not 'all'"),
    "a value that does not fit": (lambda: sg.full(2, 300, "uint8"), ValueError, "300.* fits uint8"),
    "a negative value in bytes": (lambda: sg.full(2, -1, "uint8"), ValueError, "-1.* fits uint8"),
    "padding with what does not fit": (lambda: sg.pad(BYTES, 1, constant_values=300), ValueError, "300.* fits uint8"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_message(what):
    call, exception, words = WRONG[what]
    with pytest.raises(exception, match=words):
        call()


def test_bounds_beyond_a_type_limit_nothing():
    assert sg.clip(BYTES, -1, 300).tolist() == [3, 250]
    assert sg.clip(BYTES, -1, 300).dtype == "uint8"
    assert sg.clip(BYTES, 10, 1e9).tolist() == [10, 250]
    assert sg.clip(BYTES, 300).tolist() == [300, 300]
    assert sg.clip(BYTES, -0.5, 3.5).tolist() == [3, 3.5]
    assert sg.clip(np.array([2**31 - 1], np.int32), max=2**40).dtype == "int32"

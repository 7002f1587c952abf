"""What wrong calls say: who speaks, what was wrong, with what value."""

from __future__ import annotations

import numpy as np
import pytest
import swiftgan as sg

X = np.ones((2, 3), np.float32)
IMAGE = np.ones((1, 4, 4, 2), np.float32)
BYTES = np.array([3, 250], np.uint8)
MASK = np.array([True, False, True])
TENSOR = sg.asarray(X)

# The call, the exception, and words of the message.
WRONG = {
    "softmax's axis": (lambda: sg.softmax(X, 3), IndexError, "^softmax: axis 3 .* rank 2"),
    "norm's axis": (lambda: sg.norm(X, axis=9), IndexError, "^norm: axis 9"),
    "einsum's letter": (lambda: sg.einsum("ij,jk", X, X), ValueError, '^einsum: "ij,jk": the letter'),
    "how many to take": (lambda: sg.topk(X, 9), ValueError, "^topk: k is 9"),
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
    "the axes that are swapped": (lambda: sg.swapaxes(X, 0, 4), IndexError, "^swapaxes: axis 4"),
    "shapes of a product": (lambda: sg.matmul(X, X), ValueError, r"^matmul: shapes \(2, 3\) and \(2, 3\)"),
    "shapes of a stack": (lambda: sg.stack([X, X[0]]), ValueError, r"^stack: the shapes \(2, 3\) and \(3,\) differ"),
    "a sequence's filter": (
        lambda: sg.conv1d(IMAGE[0], np.ones((9, 2, 1), np.float32)), ValueError, "^conv1d: a filter of 9",
    ),
    "an axis that is text": (
        lambda: sg.sum(sg.asarray(X), axis="a"),
        TypeError, "^sum: axis must be an integer.* not 'a'",
    ),
    "an axis that is a float": (lambda: sg.sum(sg.asarray(X), axis=1.0), TypeError, "^sum: axis must be .* not 1.0"),
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
    "where's shapes": (
        lambda: sg.where(MASK, np.ones(4), 0.0),
        ValueError, r"^where: shapes \(3,\) and \(4,\) and \(\)",
    ),
    "where's condition": (
        lambda: sg.where(X, 1.0, 2.0), TypeError, "^where: the condition must be bool, not float32; compare it",
    ),
    "a condition that is a list": (
        lambda: sg.where([True, False], 1.0, 2.0), TypeError,
        r"^where: 'condition' must be a tensor, an array or a number, not a list; make a tensor .* sg.asarray",
    ),
    "a choice that is text": (lambda: sg.where(MASK, 1.0, "b"), TypeError, r"^where: 'y' must be .* not 'b' \(str\)"),
    "a choice that is None": (lambda: sg.where(MASK, None, 1.0), TypeError, "^where: 'x' must be .* not None"),
    "clip's bound": (lambda: sg.clip(X, "0", 1), TypeError, r"^clip: 'min' must be a tensor.* not '0' \(str\)"),
    "clip's shapes": (lambda: sg.clip(X, np.zeros(2), 1), ValueError, r"^clip: shapes \(2, 3\) and \(2,\) do not"),
    "nothing to concatenate": (
        lambda: sg.concatenate([]),
        ValueError, "^concatenate: at least one .*'tensors' is empty",
    ),
    "tensors without a list": (
        lambda: sg.concatenate(X, X),
        TypeError, r"^concatenate: axis is a tensor; .* in a list: concatenate\(\[a, b\]\)",
    ),
    "a number to concatenate": (
        lambda: sg.concatenate(3), TypeError, "^concatenate: 'tensors' must be a list or tuple of tensors, not 3",
    ),
    "text among tensors": (
        lambda: sg.concatenate([X, "a"]), TypeError, r"^concatenate: 'tensors\[1\]' must be a tensor.* not 'a' \(str\)",
    ),
    "shapes to concatenate": (
        lambda: sg.concatenate([X, X[:, :2]]), ValueError, r"^concatenate: shapes \(2, 3\) and \(2, 2\) differ outside",
    ),
    "two free sizes": (lambda: TENSOR.reshape(-1, -1), ValueError, r"^reshape: only one size .*\(-1, -1\)"),
    "a size that is a float": (lambda: TENSOR.reshape(3.0, 2), TypeError, "^reshape: shape must be .* not 3.0"),
    "sizes that do not fit": (
        lambda: TENSOR.reshape(4, 2), ValueError, r"^reshape: cannot reshape \(2, 3\) with 6 elements into \(4, 2\)",
    ),
    "the operator of products": (
        lambda: TENSOR @ TENSOR,
        ValueError, r"^matmul: shapes \(2, 3\) and \(2, 3\) do not fit",
    ),
    "a product from an array": (
        lambda: np.ones((2, 2), np.float32) @ sg.ones((3, 2)), ValueError, r"^matmul: shapes \(2, 2\) and \(3, 2\)",
    ),
    "the operator of sums": (
        lambda: TENSOR + sg.ones((2, 4)),
        ValueError, r"^add: shapes \(2, 3\) and \(2, 4\) do not",
    ),
    "an operator and text": (lambda: TENSOR + "a", TypeError, r"unsupported operand.* \+: 'Tensor' and 'str'"),
    "rows that are not there": (
        lambda: TENSOR[[0, 5]],
        IndexError, r"^x\[key\]: index 5 \(at \(1,\) of the indices\) is out of range for axis 0",
    ),
    "indices that do not meet": (
        lambda: TENSOR[[0, 1], [0, 1, 2]], ValueError, r"^x\[key\]: shapes \(2,\) and \(3,\) do not broadcast",
    ),
    "values to set": (lambda: TENSOR.at[0].set(sg.ones(2)), ValueError, r"^x.at\[key\].set: shapes \(2,\) and \(3,\)"),
    "a row to set": (
        lambda: TENSOR.at[[7]].add(1),
        IndexError, r"^x.at\[key\].add: index 7 is out of range for axis 0",
    ),
    "rows to take": (
        lambda: sg.take(X, [9], axis=0),
        IndexError, "^take: index 9 is out of range for axis 0 of size 2",
    ),
    "sums along no axis": (lambda: sg.cumsum(X, axis=3), IndexError, "^cumsum: axis 3 is out of range"),
    "a function of text": (lambda: sg.exp("a"), TypeError, r"^exp: 'x' must be a tensor.* not 'a' \(str\)"),
    "a function of None": (lambda: sg.softmax(None), TypeError, "^softmax: 'x' must be a tensor.* not None"),
    "a function of a list": (lambda: sg.exp([1.0]), TypeError, "^exp: 'x' must be .* not a list; .*sg.asarray"),
    "a sum of a list": (lambda: sg.sum([1.0]), TypeError, "^sum: 'x' must be .* not a list; .*sg.asarray"),
    "a split of text": (lambda: sg.split("a", 2), TypeError, r"^split: 'x' must be .* not 'a' \(str\)"),
    "pieces of a split": (lambda: sg.split(X, 2, axis=1), ValueError, "^split: 3 elements along axis 1 .*array_split"),
    "a stack of lists": (lambda: sg.vstack([[1.0], X]), TypeError, r"^vstack: 'tensors\[0\]' must be .* not a list"),
    "targets that are text": (
        lambda: sg.losses.mse(X, "a"),
        TypeError, r"^mse: '\w+' must be a tensor.* not 'a' \(str\)",
    ),
    "shapes of a loss": (
        lambda: sg.losses.mse(X, X[:, :2]),
        ValueError, r"^mse: the target has shape \(2, 2\), but the prediction \(2, 3\)",
    ),
    "labels of floats": (
        lambda: sg.losses.cross_entropy(X, np.ones(2, np.float32)), TypeError,
        "^cross_entropy: class indices must be integers, not float32; cast",
    ),
    "a label beyond": (
        lambda: sg.losses.cross_entropy(X, np.array([0, 9])), IndexError, "^cross_entropy: label 9 is out of range",
    ),
    "channels of a convolution": (
        lambda: sg.conv2d(IMAGE, np.ones((3, 3, 3, 1), np.float32)), ValueError,
        "^conv2d: the image has 2 channels, but the filter has 3",
    ),
    "a filter that is text": (
        lambda: sg.conv2d(IMAGE, "a"),
        TypeError, r"^conv2d: '\w+' must be a tensor.* not 'a' \(str\)",
    ),
    "a stride of 0": (
        lambda: sg.conv2d(IMAGE, np.ones((3, 3, 2, 1), np.float32), stride=0),
        ValueError, "^conv2d: stride must be .* not",
    ),
    "features of a layer": (
        lambda: sg.nn.Dense(3, 2)(sg.ones((2, 4))),
        ValueError, r"^dense: .*last of 3 features, not one of shape \(2, 4\)",
    ),
    "a layer of text": (
        lambda: sg.nn.Dense(3, 2)("a"),
        TypeError, r"^Dense: 'x' must be a tensor or an array, not 'a'",
    ),
    "a layer's option": (
        lambda: sg.nn.Dense(3, 2, biass=True),
        TypeError, r"no option 'biass' \(did you mean 'bias'\?\)",
    ),
    "a model's option": (lambda: sg.GAN(latent="a").fit(X, steps=1), TypeError, "option 'latent' .*, or None, not"),
    "data of another range": (
        lambda: sg.GAN(batch_size=1, verbose=False, hidden=[2]).fit(IMAGE, steps=1).discriminate(300 * IMAGE),
        ValueError, r"from 300 to 300, outside the range \[0, 1\] of the data .*; rescale them as those were",
    ),
    "data outside their own range": (
        lambda: sg.GAN(range=[0, 1], batch_size=1, verbose=False).fit(300 * IMAGE),
        ValueError, r"from 300 to 300, outside their range \[0, 1\]; rescale them, or give the range that they lie in",
    ),
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


def test_messages_stop_at_the_user_s_own_functions():
    def shifted(x):
        return x + sg.ones((2, 4))

    # Called from within a function of the library, the user's function is where the mistake is.
    with pytest.raises(ValueError, match="^add: shapes"):
        sg.value_and_grad(lambda x: shifted(x).sum())(TENSOR)
    assert sg.exp(sg.Tensor([0.0])).tolist() == [1]


def test_messages_of_checks_keep_the_operation():
    with sg.debug(nan=True), pytest.raises(RuntimeError, match="^maximum: made|^clip: |^log: made"):
        sg.log(sg.Tensor([-1.0]))

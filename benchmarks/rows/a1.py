"""A1: the neuron, the multi-layer perceptron, and back-propagation by gradient descent on E = (y - z)^2."""

from __future__ import annotations

import numpy as np
import swiftgan as sg

from .row import Figure, Measured, Row, Run, at_most, near

# The 2-2-1 sigmoid net of the lecture: rows of W1 are the hidden neurons.
W1 = np.array([[-5.5921, 7.5976], [-0.5787, -0.2875]])
B1 = np.array([0.5765, -0.2764])
W2 = np.array([-8.4075, 0.4838])
B2 = np.array(3.9829)


def output(w1: sg.Tensor, b1: sg.Tensor, w2: sg.Tensor, b2: sg.Tensor, x: np.ndarray) -> sg.Tensor:
    hidden = sg.sigmoid(w1 @ x + b1)
    return sg.sigmoid((w2 * hidden).sum() + b2)


def lecture_output(x: tuple[float, float]) -> float:
    weights = [sg.asarray(array) for array in (W1, B1, W2, B2)]
    return float(output(*weights, np.array(x)))


def by_hand(x: np.ndarray, y: float) -> list[np.ndarray]:
    """Return dE/dW1, dE/db1, dE/dW2, dE/db2 as derived on paper: the output's error, handed back layer by layer.

    The derivative of (y - z)^2 is 2 (z - y). The lecture drops the 2, so all its slopes are half of these.
    """
    hidden = 1 / (1 + np.exp(-(W1 @ x + B1)))
    z = 1 / (1 + np.exp(-(W2 @ hidden + B2)))
    at_output = 2 * (z - y) * z * (1 - z)
    at_hidden = at_output * W2 * hidden * (1 - hidden)
    return [np.outer(at_hidden, x), at_hidden, at_output * hidden, np.asarray(at_output)]


def hand_against_autodiff(run: Run) -> Measured:
    """Return the largest difference of any slope; both inputs of the lecture, with the targets 0 and 1."""
    worst, lecture = 0.0, []
    for x, y in ((np.array([1.72, 1.24]), 0.0), (np.array([2.0, 1.26]), 1.0)):
        slopes = sg.grad(lambda *w, x=x, y=y: (y - output(*w, x)) ** 2, argnums=(0, 1, 2, 3))(W1, B1, W2, B2)
        ours = by_hand(x, y)
        worst = max(worst, *(float(np.abs(a.numpy() - b).max()) for a, b in zip(slopes, ours, strict=True)))
        lecture += [float(a.numpy().sum() / (b / 2).sum()) for a, b in zip(slopes, ours, strict=True)]
    return Measured(worst, {"autodiff / lecture's (which drops the factor 2)": round(float(np.mean(lecture)), 12)})


def descent_on_xor(run: Run) -> Measured:
    """Return the error E on the four rows of XOR after gradient descent from random weights."""
    x = sg.asarray(np.array([[0, 0], [0, 1], [1, 0], [1, 1]], np.float32))
    y = sg.asarray(np.array([[0], [1], [1], [0]], np.float32))
    source = sg.random.Generator(run.seed)
    net = sg.nn.Sequential(
        sg.nn.Dense(2, 8, generator=source), sg.nn.Tanh(), sg.nn.Dense(8, 1, generator=source), sg.nn.Sigmoid()
    )
    descent = sg.optim.SGD([net], learning_rate=1.0)
    slope = sg.value_and_grad(lambda: ((y - net(x)) ** 2).mean(), of=[net])
    errors = []
    for _ in range(2000):
        error, gradients = slope()
        descent.step(gradients)
        errors.append(float(error))
    return Measured(errors[-1], {"at first": errors[0]})


ROW = Row(
    "A1",
    "neuron, MLP, back-propagation by gradient descent",
    (
        Figure("the 2-2-1 net's output for (1.72, 1.24)", near(0.2831, 5e-5), lambda run: lecture_output((1.72, 1.24))),
        Figure("the 2-2-1 net's output for (2.00, 1.26)", near(0.8638, 5e-5), lambda run: lecture_output((2.0, 1.26))),
        Figure("hand-derived back-propagation, difference to autodiff", at_most(1e-12), hand_against_autodiff),
        Figure("2-8-1 net, E on XOR after 2,000 steps", at_most(0.01), descent_on_xor, seeds=(0, 1, 2)),
    ),
)

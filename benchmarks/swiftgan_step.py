"""A step of a workload in swiftgan, as a user would write it; prints one line of JSON.

python swiftgan_step.py WORKLOAD [highest|high|medium] [--seconds 4] [--threads N] [--eager]
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import swiftgan as sg
from stepping import measure, parser
from swiftgan import nn
from workloads import DATA_BATCHES, WORKLOADS, Layer


def convolution(kind: Any) -> Callable[..., nn.Module]:
    return lambda i, o, kernel, stride, pad, bias: kind(i, o, kernel_size=kernel, stride=stride, padding=pad, bias=bias)


KINDS: dict[str, Callable[..., nn.Module]] = {
    "dense": lambda i, o, bias: nn.Dense(i, o, bias=bias),
    "conv": convolution(nn.Conv2D),
    "conv_transpose": convolution(nn.ConvTranspose2D),
    "batch_norm": nn.BatchNorm,
    "lstm": lambda i, hidden, sequences: nn.LSTM(i, hidden, return_sequences=sequences),
    "reshape": lambda *shape: nn.Reshape(list(shape)),
    "flatten": nn.Flatten,
    "relu": nn.ReLU,
    "leaky_relu": lambda: nn.LeakyReLU(0.2),
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
    "softmax": nn.Softmax,
}


def build(rows: list[Layer]) -> nn.Module:
    """Return the network of a workload."""
    return nn.Sequential(*(KINDS[kind](*arguments) for kind, *arguments in rows))


def make_trainer(name: str, eager: bool = False) -> sg.Trainer:
    """Return the trainer of a workload, on random data."""
    work = WORKLOADS[name]
    rate, beta1, beta2 = work.adam
    adam = {"name": "adam", "learning_rate": rate, "beta1": beta1, "beta2": beta2}
    game = sg.Game(
        [
            sg.Player("discriminator", build(work.discriminator), adam, steps=work.critic_steps),
            sg.Player("generator", build(work.generator), adam),
        ],
        objective="wasserstein" if work.gradient_penalty else "non_saturating",
        penalties=[{"name": "gradient_penalty", "weight": work.gradient_penalty}] if work.gradient_penalty else (),
        latent=work.latent,
    )
    data = np.random.default_rng(0).random((DATA_BATCHES * work.batch, *work.sample), np.float32)
    data *= 2
    data -= 1
    mode = {"eager": True} if eager else {}
    return sg.Trainer(game, data, batch_size=work.batch, seed=0, **mode)


def set_precision(precision: str) -> None:
    """Have float32 products computed with this precision, or end with the reason why not."""
    if hasattr(sg, "set_float32_matmul_precision"):
        sg.set_float32_matmul_precision(precision)
    elif precision != "highest":
        raise SystemExit(
            f"this build of swiftgan has no sg.set_float32_matmul_precision, so precision {precision!r} cannot be "
            "measured; use 'highest'"
        )


def main() -> None:
    command = parser(__doc__, "of float32 products: sg.set_float32_matmul_precision")
    command.add_argument("--eager", action="store_true", help="operation by operation, nothing traced")
    options = command.parse_args()
    if options.eager and "eager" not in inspect.signature(sg.Trainer).parameters:
        command.error("this build of swiftgan has no traced steps to turn off: sg.Trainer takes no 'eager'")
    set_precision(options.precision)
    sg.set_num_threads(options.threads)
    trainer = make_trainer(options.workload, options.eager)
    draws = WORKLOADS[options.workload].draws
    step: Callable[[], object] = (lambda: trainer.sample(draws, random_state=0)) if draws else trainer.step
    measure(step, options, library="swiftgan", version=sg.__version__, mode="eager" if options.eager else "default")


if __name__ == "__main__":
    main()

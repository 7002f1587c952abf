"""What the benchmarks train and sample: each GAN as data, so that every library is given the same networks.

One step is one round of Algorithm 1 (Goodfellow et al. 2014): all updates of the discriminator, then one of the
generator on fresh noise. A step of a sampling workload is one call that draws samples and has them in memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

Layer = tuple[Any, ...]
DATA_BATCHES = 4


@dataclass(frozen=True)
class Workload:
    """Networks as rows of (kind, arguments).

    Images are (height, width, channels) and sequences (time, features), also in ("reshape", ...). Other rows are
    ("dense", in, out, bias), a convolution's (kind, in, out, kernel, stride, padding, bias), ("batch_norm", features)
    and ("lstm", in, hidden, whether the states of all times go on, or the last one only).
    """

    sample: tuple[int, ...]
    batch: int
    latent: int
    generator: list[Layer]
    discriminator: list[Layer]
    critic_steps: int = 1
    gradient_penalty: float = 0  # above 0: the Wasserstein objective; else the non-saturating one
    adam: tuple[float, float, float] = (2e-4, 0.5, 0.999)  # learning rate, beta1, beta2
    draws: int = 0  # above 0: a step draws so many samples and trains nothing


def perceptron(*sizes: int, output: list[Layer] | None = None) -> list[Layer]:
    layers: list[Layer] = []
    for inputs, outputs in pairwise(sizes):
        layers += [("dense", inputs, outputs, True), ("relu",)]
    return layers[:-1] + (output or [])


def normalised(kind: str, inputs: int, outputs: int, stride: int, padding: int, activation: str) -> list[Layer]:
    """Return a convolution of 4 x 4 without bias, batch norm and what follows."""
    return [(kind, inputs, outputs, 4, stride, padding, False), ("batch_norm", outputs), (activation,)]


def digits_generator() -> list[Layer]:
    return [
        ("dense", 100, 7 * 7 * 128, False),
        ("reshape", 7, 7, 128),
        ("batch_norm", 128),
        ("relu",),
        *normalised("conv_transpose", 128, 64, 2, 1, "relu"),
        ("conv_transpose", 64, 1, 4, 2, 1, True),
        ("tanh",),
    ]


def digits_critic(batch_norm: bool) -> list[Layer]:
    """Return the discriminator of 28 x 28; a gradient penalty is of each sample by itself, so without batch norm."""
    second = normalised("conv", 64, 128, 2, 1, "leaky_relu")
    if not batch_norm:
        second = [("conv", 64, 128, 4, 2, 1, True), ("leaky_relu",)]
    return [("conv", 1, 64, 4, 2, 1, True), ("leaky_relu",), *second, ("flatten",), ("dense", 7 * 7 * 128, 1, True)]


WASSERSTEIN: dict[str, Any] = {"critic_steps": 5, "gradient_penalty": 10, "adam": (1e-4, 0.5, 0.9)}

WORKLOADS = {
    "mlp": Workload((784,), 128, 100, perceptron(100, 128, 784, output=[("sigmoid",)]), perceptron(784, 128, 1)),
    "dcgan28": Workload((28, 28, 1), 128, 100, digits_generator(), digits_critic(batch_norm=True)),
    # The networks of Radford et al. 2016 at their full width.
    "dcgan64": Workload(
        (64, 64, 3),
        128,
        100,
        [
            ("reshape", 1, 1, 100),
            *normalised("conv_transpose", 100, 512, 1, 0, "relu"),
            *normalised("conv_transpose", 512, 256, 2, 1, "relu"),
            *normalised("conv_transpose", 256, 128, 2, 1, "relu"),
            *normalised("conv_transpose", 128, 64, 2, 1, "relu"),
            ("conv_transpose", 64, 3, 4, 2, 1, False),
            ("tanh",),
        ],
        [
            ("conv", 3, 64, 4, 2, 1, False),
            ("leaky_relu",),
            *normalised("conv", 64, 128, 2, 1, "leaky_relu"),
            *normalised("conv", 128, 256, 2, 1, "leaky_relu"),
            *normalised("conv", 256, 512, 2, 1, "leaky_relu"),
            ("conv", 512, 1, 4, 1, 0, False),
            ("flatten",),
        ],
    ),
    "wgangp2d": Workload((2,), 256, 2, perceptron(2, 512, 512, 512, 2), perceptron(2, 512, 512, 512, 1), **WASSERSTEIN),
    "wgangp28": Workload((28, 28, 1), 64, 100, digits_generator(), digits_critic(batch_norm=False), **WASSERSTEIN),
    "lstmgan": Workload(
        (32, 32),
        64,
        32 * 32,
        [("reshape", 32, 32), ("lstm", 32, 128, True), ("dense", 128, 32, True), ("softmax",)],
        [("lstm", 32, 128, False), ("dense", 128, 1, True)],
    ),
    **{
        f"sample{count}": Workload(
            (28, 28, 1), 128, 100, digits_generator(), digits_critic(batch_norm=True), draws=count
        )
        for count in (1, 256)
    },
}

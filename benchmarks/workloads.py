"""What the training benchmarks train: each GAN as data, so that every library is given the same networks.

One step is one round of Algorithm 1 (Goodfellow et al. 2014): all updates of the discriminator, then one of the
generator on fresh noise.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

Layer = tuple[Any, ...]
DATA_BATCHES = 4
WARM_UP_STEPS = 3


@dataclass(frozen=True)
class Workload:
    """Networks as rows of (kind, arguments); images are (height, width, channels), a convolution's rows are
    (kind, in, out, kernel, stride, padding, bias)."""

    sample: tuple[int, ...]
    batch: int
    latent: int
    generator: list[Layer]
    discriminator: list[Layer]
    critic_steps: int = 1
    gradient_penalty: float = 0  # above 0: the Wasserstein objective; else the non-saturating one
    adam: tuple[float, float, float] = (2e-4, 0.5, 0.999)


def perceptron(*sizes: int, output: list[Layer] | None = None) -> list[Layer]:
    layers: list[Layer] = []
    for inputs, outputs in pairwise(sizes):
        layers += [("dense", inputs, outputs, True), ("relu",)]
    return layers[:-1] + (output or [])


def normalised(kind: str, inputs: int, outputs: int, stride: int, padding: int, activation: str) -> list[Layer]:
    """Return a convolution of 4 x 4 without bias, batch norm and what follows."""
    return [(kind, inputs, outputs, 4, stride, padding, False), ("batch_norm", outputs), (activation,)]


WORKLOADS = {
    "mlp": Workload((784,), 128, 100, perceptron(100, 128, 784, output=[("sigmoid",)]), perceptron(784, 128, 1)),
    "dcgan28": Workload(
        (28, 28, 1),
        128,
        100,
        [
            ("dense", 100, 7 * 7 * 128, False),
            ("reshape", 7, 7, 128),
            ("batch_norm", 128),
            ("relu",),
            *normalised("conv_transpose", 128, 64, 2, 1, "relu"),
            ("conv_transpose", 64, 1, 4, 2, 1, True),
            ("tanh",),
        ],
        [
            ("conv", 1, 64, 4, 2, 1, True),
            ("leaky_relu",),
            *normalised("conv", 64, 128, 2, 1, "leaky_relu"),
            ("flatten",),
            ("dense", 7 * 7 * 128, 1, True),
        ],
    ),
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
    "wgangp2d": Workload(
        (2,),
        256,
        2,
        perceptron(2, 512, 512, 512, 2),
        perceptron(2, 512, 512, 512, 1),
        critic_steps=5,
        gradient_penalty=10,
        adam=(1e-4, 0.5, 0.9),
    ),
}


def measure(step: Callable[[], object], seconds: float) -> None:
    """Print, as a line of JSON, the median time of a step that ends with its losses read."""
    for _ in range(WARM_UP_STEPS):
        step()
    times: list[float] = []
    end = time.perf_counter() + seconds
    while len(times) < 5 or time.perf_counter() < end:
        began = time.perf_counter()
        step()
        times.append(time.perf_counter() - began)
    print(json.dumps({"median_s": statistics.median(times), "steps": len(times)}))

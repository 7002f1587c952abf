"""A step of a workload in PyTorch; prints one line of JSON.

    python torch_step.py WORKLOAD [highest|high|medium] [--seconds 4] [--threads N] [--compile]

With what makes PyTorch fast on a CPU: images channels last and the fused Adam; networks through torch.compile if asked.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import torch
from stepping import measure, parser
from torch import nn
from torch.nn.functional import softplus
from workloads import DATA_BATCHES, WORKLOADS, Layer


class LSTM(nn.Module):
    """An LSTM that gives the states of all times, (batch, time, hidden), or the last one, (batch, hidden)."""

    def __init__(self, inputs: int, hidden: int, sequences: bool) -> None:
        super().__init__()
        self.cells = nn.LSTM(inputs, hidden, batch_first=True)
        self.sequences = sequences

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        states, _ = self.cells(x)
        return states if self.sequences else states[:, -1]


def reshape(*shape: int) -> nn.Module:
    # An image is (height, width, channels) in the table, and (channels, height, width) here.
    return nn.Unflatten(1, shape if len(shape) < 3 else (shape[2], *shape[:2]))


KINDS: dict[str, Callable[..., nn.Module]] = {
    "dense": lambda i, o, bias: nn.Linear(i, o, bias=bias),
    "conv": lambda *extents: nn.Conv2d(*extents[:-1], bias=extents[-1]),
    "conv_transpose": lambda *extents: nn.ConvTranspose2d(*extents[:-1], bias=extents[-1]),
    "batch_norm": nn.BatchNorm2d,
    "lstm": LSTM,
    "reshape": reshape,
    "flatten": nn.Flatten,
    "relu": nn.ReLU,
    "leaky_relu": lambda: nn.LeakyReLU(0.2),
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
    "softmax": lambda: nn.Softmax(-1),
}


def build(rows: list[Layer]) -> nn.Module:
    """Return the network of a workload."""
    layers = (KINDS[kind](*arguments) for kind, *arguments in rows)
    return nn.Sequential(*layers).to(memory_format=torch.channels_last)


class Training:
    """The two networks, their optimisers and the data of a workload."""

    def __init__(self, name: str, precision: str, compiled: bool) -> None:
        self.work = work = WORKLOADS[name]
        self.bfloat16 = precision == "medium"
        self.generator, self.discriminator = build(work.generator), build(work.discriminator)
        rate, *betas = work.adam
        self.optimizers = {
            network: torch.optim.Adam(network.parameters(), lr=rate, betas=tuple(betas), fused=True)
            for network in (self.generator, self.discriminator)
        }
        # What is called; it shares its parameters with what is trained. The penalty's gradient of a gradient cannot go
        # through what torch.compile makes, so the penalty calls the discriminator itself.
        wrap: Callable[[nn.Module], Any] = torch.compile if compiled else lambda network: network
        self.generate, self.judge = wrap(self.generator), wrap(self.discriminator)
        self.data = torch.rand(DATA_BATCHES * work.batch, *work.sample).mul_(2).sub_(1)

    def precision(self) -> Any:
        return torch.autocast("cpu", dtype=torch.bfloat16) if self.bfloat16 else nullcontext()

    def fake(self, count: int | None = None) -> torch.Tensor:
        return self.generate(torch.randn(count or self.work.batch, self.work.latent)).float()

    def real(self) -> torch.Tensor:
        rows = self.data[torch.randint(len(self.data), (self.work.batch,))]
        # (N, H, W, C) in memory, and (N, C, H, W) in name: PyTorch's channels last.
        return rows.permute(0, 3, 1, 2) if rows.dim() == 4 else rows

    def penalty(self, real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
        """Return the mean of (|gradient at a random point between real and fake| - 1)^2 (Gulrajani et al. 2017)."""
        share = torch.rand(len(real), *[1] * (real.dim() - 1))
        between = torch.lerp(fake, real, share).requires_grad_()
        logits = self.discriminator(between).float()
        (slope,) = torch.autograd.grad(logits.sum(), between, create_graph=True)
        return (slope.flatten(1).norm(dim=1) - 1).square().mean()

    def discriminator_loss(self) -> torch.Tensor:
        real = self.real()
        with torch.no_grad():
            fake = self.fake()
        on_real, on_fake = self.judge(real).float(), self.judge(fake).float()
        if self.work.gradient_penalty:
            return on_fake.mean() - on_real.mean() + self.work.gradient_penalty * self.penalty(real, fake)
        return softplus(-on_real).mean() + softplus(on_fake).mean()

    def generator_loss(self) -> torch.Tensor:
        on_fake = self.judge(self.fake()).float()
        return -on_fake.mean() if self.work.gradient_penalty else softplus(-on_fake).mean()

    def update(self, network: nn.Module, loss: Callable[[], torch.Tensor]) -> torch.Tensor:
        self.optimizers[network].zero_grad(set_to_none=True)
        with self.precision():
            value = loss()
        value.backward()
        self.optimizers[network].step()
        return value

    def step(self) -> tuple[float, float]:
        for _ in range(self.work.critic_steps):
            first = self.update(self.discriminator, self.discriminator_loss)
        # The generator's update needs no gradients of the discriminator's weights.
        self.discriminator.requires_grad_(False)
        second = self.update(self.generator, self.generator_loss)
        self.discriminator.requires_grad_(True)
        return first.item(), second.item()

    def sample(self) -> Any:
        """Return samples as a NumPy array, drawn in evaluation mode."""
        with torch.inference_mode(), self.precision():
            return self.fake(self.work.draws).numpy()


def main() -> None:
    command = parser(__doc__, "float32; torch.set_float32_matmul_precision('high'); bfloat16 by autocast")
    command.add_argument("--compile", action="store_true", help="the networks through torch.compile")
    options = command.parse_args()
    torch.manual_seed(0)
    torch.set_num_threads(options.threads)
    if options.precision == "high":
        torch.set_float32_matmul_precision("high")
    training = Training(options.workload, options.precision, options.compile)
    step: Callable[[], object] = training.step
    if training.work.draws:
        training.generator.eval()
        step = training.sample
    mode = "compile" if options.compile else "eager"
    measure(step, options, library="torch", version=torch.__version__, mode=mode)


if __name__ == "__main__":
    main()

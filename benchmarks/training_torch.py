"""A step of a workload in PyTorch: python training_torch.py [--seconds 4] WORKLOAD; prints a line of JSON.

Eager, with what makes PyTorch fast on a CPU: images channels last and the fused Adam.
"""

from __future__ import annotations

import argparse
import os

import torch
from torch import nn
from torch.nn.functional import softplus
from workloads import DATA_BATCHES, WORKLOADS, Layer, measure


def build(rows: list[Layer]) -> nn.Module:
    """Return the network of a workload made of PyTorch's layers."""
    is_image = False
    layers: list[nn.Module] = []
    for kind, *arguments in rows:
        is_image = is_image or kind in ("conv", "conv_transpose", "reshape")
        if kind in ("conv", "conv_transpose"):
            make = nn.Conv2d if kind == "conv" else nn.ConvTranspose2d
            *extents, bias = arguments
            layers.append(make(*extents, bias=bias))
        elif kind == "dense":
            layers.append(nn.Linear(arguments[0], arguments[1], bias=arguments[2]))
        elif kind == "batch_norm":
            layers.append((nn.BatchNorm2d if is_image else nn.BatchNorm1d)(*arguments))
        elif kind == "reshape":
            height, width, channels = arguments
            layers.append(nn.Unflatten(1, (channels, height, width)))
        elif kind == "leaky_relu":
            layers.append(nn.LeakyReLU(0.2))
        else:
            layers.append({"flatten": nn.Flatten, "relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid}[kind]())
    return nn.Sequential(*layers).to(memory_format=torch.channels_last)


class Training:
    """The two networks, their optimisers and the data of a workload."""

    def __init__(self, name: str) -> None:
        self.work = work = WORKLOADS[name]
        self.generator, self.discriminator = build(work.generator), build(work.discriminator)
        rate, *betas = work.adam
        self.optimizers = {
            network: torch.optim.Adam(network.parameters(), lr=rate, betas=tuple(betas), fused=True)
            for network in (self.generator, self.discriminator)
        }
        data = torch.rand(DATA_BATCHES * work.batch, *work.sample) * 2 - 1
        # (N, H, W, C) in memory, and (N, C, H, W) in name: PyTorch's channels last.
        self.data = data.permute(0, 3, 1, 2) if data.dim() == 4 else data

    def fake(self) -> torch.Tensor:
        return self.generator(torch.randn(self.work.batch, self.work.latent))

    def penalty(self, real: torch.Tensor, fake: torch.Tensor) -> torch.Tensor:
        """Return the mean of (|gradient at a random point between real and fake| - 1)^2 (Gulrajani et al. 2017)."""
        share = torch.rand(len(real), *[1] * (real.dim() - 1))
        between = torch.lerp(fake, real, share).requires_grad_()
        (slope,) = torch.autograd.grad(self.discriminator(between).sum(), between, create_graph=True)
        return (slope.flatten(1).norm(dim=1) - 1).square().mean()

    def discriminator_loss(self) -> torch.Tensor:
        real = self.data[torch.randint(len(self.data), (self.work.batch,))]
        with torch.no_grad():
            fake = self.fake()
        on_real, on_fake = self.discriminator(real), self.discriminator(fake)
        if self.work.gradient_penalty:
            return on_fake.mean() - on_real.mean() + self.work.gradient_penalty * self.penalty(real, fake)
        return softplus(-on_real).mean() + softplus(on_fake).mean()

    def generator_loss(self) -> torch.Tensor:
        on_fake = self.discriminator(self.fake())
        return -on_fake.mean() if self.work.gradient_penalty else softplus(-on_fake).mean()

    def update(self, network: nn.Module, loss: torch.Tensor) -> torch.Tensor:
        self.optimizers[network].zero_grad(set_to_none=True)
        loss.backward()
        self.optimizers[network].step()
        return loss

    def step(self) -> tuple[float, float]:
        for _ in range(self.work.critic_steps):
            first = self.update(self.discriminator, self.discriminator_loss())
        # The generator's update needs no gradients of the discriminator's weights.
        self.discriminator.requires_grad_(False)
        second = self.update(self.generator, self.generator_loss())
        self.discriminator.requires_grad_(True)
        return first.item(), second.item()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("workload", choices=WORKLOADS)
    parser.add_argument("--seconds", type=float, default=4)
    options = parser.parse_args()
    torch.manual_seed(0)
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    measure(Training(options.workload).step, options.seconds)


if __name__ == "__main__":
    main()

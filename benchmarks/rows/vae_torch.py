"""The variational autoencoder of row A6 in PyTorch: python vae_torch.py SETTINGS.json; prints a line of JSON.

SETTINGS: {"data": npz with train and test, uint8 (n, ...); "hidden": [400], "latent": 20, "epochs", "batch_size",
"learning_rate", "seed", "draws"}. The net, the law of its first weights, the loss and the optimiser are those of
sg.VAE; the numbers drawn are not, so what is compared is only as close as two seeds of one library are.
"""

from __future__ import annotations

import json
import os
import sys
import time
from itertools import pairwise

import numpy as np
import torch
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits


def perceptron(sizes: list[int]) -> nn.Sequential:
    """Return dense layers with ReLU between them; weights as sg.VAE starts them."""
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(sizes):
        layers += [nn.Linear(inputs, outputs), nn.ReLU()]
    for layer in layers[::2]:
        nn.init.xavier_uniform_(layer.weight)
        nn.init.zeros_(layer.bias)
    return nn.Sequential(*layers[:-1])


class VAE(nn.Module):
    """Encoder to mean and log-variance of a Gaussian, decoder to logits of pixels (Kingma and Welling 2014)."""

    def __init__(self, features: int, hidden: list[int], latent: int) -> None:
        super().__init__()
        self.encoder = perceptron([features, *hidden, 2 * latent])
        self.decoder = perceptron([latent, *hidden[::-1], features])

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the bound on log p(x) of each row, from one draw: E log p(x|z) - KL(q(z|x) | p(z))."""
        mean, log_variance = self.encoder(x).chunk(2, dim=1)
        z = mean + torch.exp(0.5 * log_variance) * torch.randn_like(mean)
        likelihood = -binary_cross_entropy_with_logits(self.decoder(z), x, reduction="none").sum(dim=1)
        divergence = 0.5 * (mean.square() + log_variance.exp() - 1 - log_variance).sum(dim=1)
        return likelihood - divergence


def main() -> None:
    with open(sys.argv[1]) as file:
        settings = json.load(file)
    torch.manual_seed(settings["seed"])
    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    arrays = np.load(settings["data"])
    train, test = (
        torch.from_numpy(arrays[name].reshape(len(arrays[name]), -1) / np.float32(255)) for name in ("train", "test")
    )
    model = VAE(train.shape[1], settings["hidden"], settings["latent"])
    optimizer = torch.optim.Adam(model.parameters(), lr=settings["learning_rate"])
    began = time.perf_counter()
    for _ in range(settings["epochs"]):
        for rows in torch.randperm(len(train)).split(settings["batch_size"]):
            loss = -model(train[rows]).mean()
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            optimizer.step()
    seconds = time.perf_counter() - began
    with torch.no_grad():
        bound = np.mean([model(test).mean().item() for _ in range(settings["draws"])])
    print(json.dumps({"elbo": float(bound), "seconds": seconds, "torch": torch.__version__}))


if __name__ == "__main__":
    main()

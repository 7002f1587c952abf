"""Your own objective, played by the library's trainer: the relativistic average GAN (Jolicoeur-Martineau 2019).

The trainer shuffles the data, runs the players' optimizers, averages the generator's weights, keeps the history, and
can save and go on. The objective is a few lines of tensors: how much more real is the data than the average sample,
and the other way round?

    python examples/03_own_game.py
"""

from itertools import pairwise

import swiftgan as sg
from swiftgan import nn
from swiftgan.callbacks import LambdaCallback
from swiftgan.metrics import mode_coverage

sg.random.seed(0)


def multilayer(*sizes: int) -> nn.Sequential:
    layers: list[nn.Module] = []
    for inputs, outputs in pairwise(sizes):
        layers += [nn.Dense(inputs, outputs, weight_init="he_normal"), nn.LeakyReLU()]
    return nn.Sequential(*layers[:-1])


def slope(critic: nn.Module, real: sg.Tensor, fake: sg.Tensor, key: sg.Tensor) -> sg.Tensor:
    """Return the mean squared slope of the critic at real points (R1), which keeps it from running away."""
    return 0.1 * (sg.grad(lambda x: critic(x).sum())(real) ** 2).sum(axis=1).mean()


relativistic = sg.objectives.Objective(
    lambda real, fake: (fake.mean() - real).softplus().mean() + (fake - real.mean()).softplus().mean(),
    lambda real, fake: (real.mean() - fake).softplus().mean() + (real - fake.mean()).softplus().mean(),
    penalty=slope,
    relativistic=True,
)
adam = {"name": "adam", "learning_rate": 1e-3, "beta1": 0.5}
game = sg.Game(
    [
        sg.Player("discriminator", multilayer(2, 128, 128, 1), adam),
        sg.Player("generator", multilayer(4, 128, 128, 2), adam, ema=0.99),
    ],
    objective=relativistic,
    latent=4,
)
trainer = sg.Trainer(game, sg.datasets.ring8(20_000), batch_size=256, seed=0)


def report(trainer: sg.Trainer, step: int, metrics: dict[str, float]) -> None:
    if step % 500 == 0:
        found = mode_coverage(trainer.sample(2500, random_state=1), sg.datasets.RING8_MODES, std=0.05)
        print(f"step {step}: discriminator {metrics['discriminator_loss']:.3f}; {found}")


trainer.fit(steps=2000, callbacks=[LambdaCallback(on_step_end=report)])

"""Your own objective, played by the library's trainer: relativistic average GAN (Jolicoeur-Martineau 2019) on a grid.

The trainer shuffles the data, runs the players' optimizers, averages the generator's weights, keeps the history and
can save and go on; the objective is two lines of tensors.

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


# Least squares on differences: how much more real are real points than the average sample, and the other way round?
relativistic = sg.objectives.Objective(
    lambda real, fake: ((real - fake.mean() - 1) ** 2).mean() + ((fake - real.mean() + 1) ** 2).mean(),
    lambda fake: -fake.mean(),
)
adam = {"name": "adam", "learning_rate": 3e-4, "beta1": 0.0}
game = sg.Game(
    [
        sg.Player("discriminator", multilayer(2, 128, 128, 1), adam),
        sg.Player("generator", multilayer(8, 128, 128, 2), adam, ema=0.99),
    ],
    objective=relativistic,
    latent=8,
)
trainer = sg.Trainer(game, sg.datasets.grid25(20_000), batch_size=256, seed=0, range=(-5, 5))


def report(trainer: sg.Trainer, step: int, metrics: dict[str, float]) -> None:
    if step % 500 == 0:
        found = mode_coverage(trainer.sample(2500, random_state=1), sg.datasets.GRID25_MODES, std=0.05)
        print(f"step {step}: discriminator {metrics['discriminator_loss']:.3f}; {found}")


trainer.fit(steps=2000, callbacks=[LambdaCallback(on_step_end=report)])

"""Games with a planted fault, and healthy ones: what tests and rows of diagnostics are made with."""

from __future__ import annotations

from typing import Any

import numpy as np
import swiftgan as sg


def collapsed(seed: int, diagnostics: sg.Diagnostics, steps: int = 500) -> Any:
    """A generator whose rate is far too high for its discriminator: its samples fall together."""
    gan = sg.GAN(
        hidden=[64, 64], latent=8, batch_size=128, learning_rate=2e-2, discriminator_learning_rate=1e-4, beta1=0.5,
        random_state=seed,
    )  # fmt: skip
    return gan.fit(sg.datasets.ring8(8000), steps=steps, callbacks=[diagnostics], verbose=False)


class Shift(sg.nn.Module):
    """z + theta: a generator that can only move its samples."""

    def __init__(self, start: float) -> None:
        self.theta = sg.nn.Parameter(sg.full((1,), start))

    def forward(self, z: sg.Tensor) -> sg.Tensor:
        return z + self.theta.value


def won(seed: int, diagnostics: sg.Diagnostics, steps: int = 300, objective: str = "minimax") -> Any:
    """A discriminator that learns, against samples that lie far off and hardly move."""
    sg.random.seed(seed)
    nn = sg.nn
    judge = nn.Sequential(nn.Dense(2, 64), nn.ReLU(), nn.Dense(64, 1))
    game = sg.Game(
        [
            sg.Player("discriminator", judge, {"name": "adam", "learning_rate": 1e-2}),
            sg.Player("generator", Shift(6.0), {"name": "sgd", "learning_rate": 1e-6}),
        ],
        objective=objective,
        latent=2,
    )
    return sg.Trainer(game, sg.datasets.ring8(4096), batch_size=64, seed=seed).fit(steps=steps, callbacks=[diagnostics])


def oscillating(seed: int, diagnostics: sg.Diagnostics, steps: int = 1500) -> Any:
    """The Dirac GAN (Mescheder et al. 2018) on a normal law: a shift against a linear discriminator goes in circles."""
    sg.random.seed(seed)
    nn = sg.nn
    sgd = {"name": "sgd", "learning_rate": 0.05}
    game = sg.Game(
        [
            sg.Player("discriminator", nn.Dense(1, 1), sgd),
            sg.Player("generator", Shift(3.0 + 0.1 * seed), sgd),
        ],
        objective="wasserstein",
        latent=1,
    )
    data = np.random.default_rng(seed).standard_normal((4096, 1)).astype(np.float32)
    return sg.Trainer(game, data, batch_size=64, seed=seed).fit(steps=steps, callbacks=[diagnostics])


def healthy(seed: int, diagnostics: sg.Diagnostics | None, steps: int = 400) -> Any:
    """WGAN-GP on a ring: it learns all modes."""
    gan = sg.WGANGP(
        hidden=[64, 64], batch_size=128, critic_steps=3, penalty={"name": "gradient_penalty", "weight": 0.1},
        learning_rate=1e-3, random_state=seed,
    )  # fmt: skip
    callbacks = [] if diagnostics is None else [diagnostics]
    return gan.fit(sg.datasets.ring8(8000), steps=steps, callbacks=callbacks, verbose=False)


def settling(seed: int, diagnostics: sg.Diagnostics | None, steps: int = 400, **options: Any) -> Any:
    """GAN with R1 on a ring: its samples sway for some hundred steps before they settle on all modes."""
    return _on_ring(seed, diagnostics, steps, {"penalty": ("r1", 0.1), **options})


def matching(seed: int, diagnostics: sg.Diagnostics | None, steps: int = 400, **options: Any) -> Any:
    """MMD GAN on a ring: it leaves modes for a moment and comes back."""
    return _on_ring(seed, diagnostics, steps, {"objective": "mmd_gan", "penalty": ("gp", 0.1), **options})


def packed(seed: int, diagnostics: sg.Diagnostics | None, steps: int = 400, **options: Any) -> Any:
    """PacGAN of four on a ring: it learns all modes."""
    return _on_ring(seed, diagnostics, steps, {"pack": 4, **options})


def _on_ring(seed: int, diagnostics: sg.Diagnostics | None, steps: int, options: dict[str, Any]) -> Any:
    gan = sg.GAN(hidden=[128, 128], batch_size=128, learning_rate=1e-3, beta1=0.5, random_state=seed, **options)
    callbacks = [] if diagnostics is None else [diagnostics]
    return gan.fit(sg.datasets.ring8(8000), steps=steps, callbacks=callbacks, verbose=False)


def slow_images(seed: int, diagnostics: sg.Diagnostics | None, steps: int = 1500, **options: Any) -> Any:
    """DCGAN with every trick at once on digits: for a thousand steps its samples are nearly alike, and then not."""
    gan = sg.DCGAN(
        objective="lsgan", penalty=("r1", 10), critic_steps=1, ema=0.999, pack=2, spectral_norm=True, ttur=(4e-4, 1e-4),
        augment="color,translation,cutout", width=8, batch_size=32, random_state=seed, **options,
    )  # fmt: skip
    images, _ = sg.datasets.load_digits()
    callbacks = [] if diagnostics is None else [diagnostics]
    return gan.fit(images, steps=steps, callbacks=callbacks, verbose=False)


def won_at_once(seed: int, diagnostics: sg.Diagnostics, objective: str, steps: int = 300) -> Any:
    """A generator that hardly moves, before a discriminator that has won by the first looks."""
    gan = sg.GAN(
        hidden=[64, 64], latent=8, batch_size=128, objective=objective, learning_rate=1e-6,
        discriminator_learning_rate=2e-3, critic_steps=3, random_state=seed,
    )  # fmt: skip
    return gan.fit(sg.datasets.ring8(4000), steps=steps, callbacks=[diagnostics], verbose=False)


class Two(sg.nn.Module):
    """Two of a ring's eight modes, whatever is learned."""

    def __init__(self) -> None:
        self.dense = sg.nn.Dense(4, 2)

    def forward(self, z: sg.Tensor) -> sg.Tensor:
        modes = sg.asarray(sg.datasets.RING8_MODES.astype(np.float32))
        first = (z[:, :1] > 0).astype(sg.float32)
        return first * modes[0] + (1 - first) * modes[4] + 0.01 * z[:, 1:3] + 0.001 * self.dense(z)


class Constant(sg.nn.Module):
    """One image, whatever the noise: a generator that has collapsed wholly."""

    def __init__(self) -> None:
        self.dense = sg.nn.Dense(4, 64)

    def forward(self, z: sg.Tensor) -> sg.Tensor:
        return sg.tanh(self.dense(z * 0.0)).reshape((-1, 8, 8, 1))


class Dead(sg.nn.Module):
    """The noise itself: no weight has a say."""

    def __init__(self) -> None:
        self.dense = sg.nn.Dense(4, 2)

    def forward(self, z: sg.Tensor) -> sg.Tensor:
        return z[:, :2] + sg.relu(self.dense(z) - 1e3)


def looked_at(
    generator: sg.nn.Module,
    judge: sg.nn.Module,
    data: Any,
    diagnostics: sg.Diagnostics,
    steps: int = 50,
    **options: Any,
) -> Any:
    """Play a game of these networks, with a look every five steps."""
    game = sg.Game(
        [sg.Player("discriminator", judge), sg.Player("generator", generator)], "non_saturating", latent=4, **options
    )
    return sg.Trainer(game, data, batch_size=64, seed=0).fit(steps=steps, callbacks=[diagnostics])

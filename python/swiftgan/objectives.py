"""What the players of a GAN minimise: the library's objectives and penalties by name, and those of one's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from . import _registry, random
from ._gradients import no_grad
from ._tensor import Tensor

if TYPE_CHECKING:
    from .game import Game, Loss

__all__ = ["Objective", "names", "penalty_names"]


def names() -> dict[str, str]:
    """Return the registered objectives with a summary of each."""
    return {entry.name: entry.summary for entry in _registry.entries("objective").values()}


def penalty_names() -> dict[str, str]:
    """Return the registered penalties with a summary of each."""
    return {entry.name: entry.summary for entry in _registry.entries("penalty").values()}


class Objective:
    """An objective of your own, written with tensors.

    Parameters
    ----------
    discriminator_loss : callable
        ``f(real, fake)``: a tensor of one element from the discriminator's raw outputs for samples and for data.
    generator_loss : callable
        ``f(fake)``: likewise; with ``relativistic``, ``f(real, fake)``.
    penalty : callable, optional
        ``f(critic, real, fake, key)``: added to the discriminator's loss.
    relativistic : bool
        Whether the generator's loss looks at the outputs for data too (Jolicoeur-Martineau 2019).

    >>> import swiftgan as sg
    >>> hinge = sg.objectives.Objective(
    ...     lambda real, fake: sg.relu(1 - real).mean() + sg.relu(1 + fake).mean(), lambda fake: -fake.mean())
    """

    def __init__(
        self,
        discriminator_loss: Callable[[Tensor, Tensor], Tensor],
        generator_loss: Callable[..., Tensor],
        penalty: Callable[[Callable[[Tensor], Tensor], Tensor, Tensor, Tensor], Tensor] | None = None,
        *,
        relativistic: bool = False,
    ) -> None:
        self.discriminator_loss = discriminator_loss
        self.generator_loss = generator_loss
        self.penalty = penalty
        self.relativistic = relativistic

    def losses(self, game: Game, latent: int, distribution: str) -> Mapping[str, Loss]:
        """Return the loss of each player, for a `Game`."""
        generator, discriminator = game.network("generator"), game.network("discriminator")

        def noise(count: int, key: Tensor) -> Tensor:
            if distribution == "uniform":
                return random.uniform((count, latent), -1, 1, key=key)
            return random.normal((count, latent), key=key)

        def discriminator_loss(batch: tuple[Tensor, ...], key: Tensor) -> Tensor:
            noise_key, penalty_key = random.split(key)
            real = batch[0]
            with no_grad():
                fake = generator(noise(real.shape[0], noise_key))
            loss = self.discriminator_loss(discriminator(real), discriminator(fake))
            return loss if self.penalty is None else loss + self.penalty(discriminator, real, fake, penalty_key)

        def generator_loss(batch: tuple[Tensor, ...], key: Tensor) -> Tensor:
            fake = discriminator(generator(noise(batch[0].shape[0], key)))
            return (
                self.generator_loss(discriminator(batch[0]), fake) if self.relativistic else self.generator_loss(fake)
            )

        return {"discriminator": discriminator_loss, "generator": generator_loss}


def check_named(given: Any, kind: str) -> tuple[str, dict[str, Any]]:
    """Return name and options of a registered objective or penalty, given by name or as a mapping with ``"name"``."""
    if isinstance(given, str):
        return given, {}
    if isinstance(given, Mapping) and isinstance(given.get("name"), str):
        return given["name"], {key: value for key, value in given.items() if key != "name"}
    raise TypeError(f"a {kind} is given by name or as a dict with 'name' and options, not as {given!r}")

"""What the players of a GAN minimise: the library's objectives and penalties by name, and those of one's own.

>>> import swiftgan as sg
>>> sg.objectives.discriminator_loss("lsgan", real=[1.0, 0.5], fake=[0.0, 0.5]).item()
0.125
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from . import _core, _registry
from ._creation import asarray
from ._given_objectives import as_own_penalty, named_objective, named_penalty
from ._own_objectives import Objective, Penalty, register
from ._tensor import Tensor
from .nn._module import Module

__all__ = [
    "Objective",
    "Penalty",
    "discriminator_loss",
    "generator_loss",
    "names",
    "penalty_names",
    "penalty_value",
    "register",
]


def names() -> dict[str, str]:
    """Return the registered objectives with a summary of each."""
    return {entry.name: entry.summary for entry in _registry.entries("objective").values()}


def penalty_names() -> dict[str, str]:
    """Return the registered penalties with a summary of each."""
    return {entry.name: entry.summary for entry in _registry.entries("penalty").values()}


# ----------------------------------------------------------------------------------------------- for loops of one's own


def discriminator_loss(
    objective: str | Mapping[str, Any] | Objective,
    real: Any = None,
    fake: Any = None,
    *,
    real_samples: Any = None,
    fake_samples: Any = None,
    real_features: Any = None,
    fake_features: Any = None,
) -> Tensor:
    """Return the discriminator's loss of a registered objective, for training loops of your own.

    Parameters
    ----------
    objective : str, dict or Objective
        By name or with options: ``"wgan"``, ``{"name": "least_squares", "b": 0.9}``; or one of your own.
    real, fake : array
        The discriminator's raw outputs for data and for generated samples: logits, or what the objective needs
        (features for ``"mmd_gan"``, reconstructions for ``"ebgan"`` and ``"began"``).
    real_samples, fake_samples : array, optional
        What it was shown, for objectives that compare with it.
    real_features, fake_features : array (N, d), optional
        Its features, for objectives that look at them.
    """
    return _loss("discriminator", objective, (real, real_samples, real_features), (fake, fake_samples, fake_features))


def generator_loss(
    objective: str | Mapping[str, Any] | Objective,
    fake: Any = None,
    *,
    real: Any = None,
    real_samples: Any = None,
    fake_samples: Any = None,
    real_features: Any = None,
    fake_features: Any = None,
) -> Tensor:
    """Return the generator's loss of a registered objective; see `discriminator_loss`."""
    return _loss("generator", objective, (real, real_samples, real_features), (fake, fake_samples, fake_features))


def _loss(player: str, objective: Any, real: tuple[Any, ...], fake: tuple[Any, ...]) -> Tensor:
    name, options = named_objective(objective)

    def side(given: tuple[Any, ...]) -> Any:
        return tuple(None if value is None else asarray(value) for value in given)

    return _core.objective_loss(name, _registry.encode(options), player, side(real), side(fake))


def penalty_value(penalty: Any, critic: Callable[[Tensor], Tensor], real: Any, fake: Any, key: Tensor) -> Tensor:
    """Return the value of a penalty, for training loops of your own.

    Parameters
    ----------
    penalty : str, tuple, dict, Penalty or callable
        By name or with options: ``"r1"``, ``("r1", 10)``, ``{"name": "gradient_penalty", "one_sided": True}``; or one
        of your own: a `Penalty`, a function, ``(function, weight)``.
    critic : Module or callable
        Maps samples to raw outputs.
    real, fake : array (N, ...)
        Samples.
    key : Tensor
        A key of `swiftgan.random`: it decides where the penalty looks.
    """
    own = as_own_penalty(penalty)
    if own is not None:
        return own.weight * own.function(critic, asarray(real), asarray(fake), key)
    name, options = named_penalty(penalty)
    module = critic if isinstance(critic, Module) else _Function(critic)
    return _core.penalty_value(name, _registry.encode(options), module.handle, asarray(real), asarray(fake), key)


class _Function(Module):
    """Any function as a network."""

    def __init__(self, function: Callable[[Tensor], Tensor]) -> None:
        self._function = function

    def forward(self, x: Tensor) -> Tensor:
        return self._function(x)

"""Objectives and penalties of one's own: functions of tensors that the library knows by a name."""

from __future__ import annotations

import math
import re
import uuid
from collections.abc import Callable
from typing import Any

from . import _core, _registry
from ._tensor import Tensor
from .nn._layers import Network

_MADE_UP = re.compile(r"[^:]+:[0-9a-f]{12}")

PenaltyFunction = Callable[[Callable[[Tensor], Tensor], Tensor, Tensor, Tensor], Tensor]
"""``f(critic, real, fake, key)``: a tensor of one element."""


class Objective:
    """An objective of your own, written with tensors: for a `Game`, and as any GAN's option ``objective``.

    Parameters
    ----------
    discriminator_loss : callable
        ``f(real, fake)``: a tensor of one element from the discriminator's raw outputs for data and for samples.
    generator_loss : callable
        ``f(fake)``: likewise; with ``relativistic``, ``f(real, fake)``.
    penalty : callable, optional
        ``f(critic, real, fake, key)``: added to the discriminator's loss beside the penalties that the game or model is
        given (a model's "auto" stands for this one); see `Penalty`. The history calls it ``<name>_penalty``.
    relativistic : bool
        Whether the generator's loss looks at the outputs for data too (Jolicoeur-Martineau 2019).
    name : str, optional
        Under which the library knows it. A model that was saved is loaded with the objective registered under this name
        (`register`). Without one a name is made up that no other process makes, so that nothing else is loaded in its
        place.

    >>> import swiftgan as sg
    >>> hinge = sg.objectives.Objective(
    ...     lambda real, fake: sg.relu(1 - real).mean() + sg.relu(1 + fake).mean(), lambda fake: -fake.mean())
    >>> gan = sg.GAN(objective=hinge, random_state=0).fit(sg.datasets.ring8(256), steps=2, verbose=False)
    """

    def __init__(
        self,
        discriminator_loss: Callable[[Tensor, Tensor], Tensor],
        generator_loss: Callable[..., Tensor],
        penalty: PenaltyFunction | None = None,
        *,
        relativistic: bool = False,
        name: str | None = None,
    ) -> None:
        for what, function in (("discriminator_loss", discriminator_loss), ("generator_loss", generator_loss)):
            if not callable(function):
                raise TypeError(f"{what} must be a function of the discriminator's outputs, not {function!r}")
        if penalty is not None and not callable(penalty):
            raise TypeError(
                f"the penalty of an objective is a function of critic, real, fake and key, not {penalty!r}; the "
                "library's, and those with a weight, go to the game or model"
            )
        self.discriminator_loss = discriminator_loss
        self.generator_loss = generator_loss
        self.penalty = penalty
        self.relativistic = relativistic
        self.name = _made_up("own_objective") if name is None else _checked(name)

    def _call(self, player: str, real: Tensor | None, fake: Tensor) -> Tensor:
        if player == "discriminator":
            assert real is not None
            return self.discriminator_loss(real, fake)
        return self.generator_loss(real, fake) if self.relativistic else self.generator_loss(fake)

    def _own_penalty(self) -> Penalty | None:
        """Return the penalty that comes with it, under a name that follows from its own."""
        if self.penalty is None:
            return None
        shown, colon, token = self.name.partition(":")
        return Penalty(self.penalty)._under(f"{shown}_penalty{colon}{token}")

    def __repr__(self) -> str:
        return f"Objective(name={self.name!r})"


class Penalty:
    """A penalty of your own on the discriminator, for a `Game`, and as any GAN's option ``penalty``.

    A function alone, or ``(function, weight)``, does in the place of one.

    Parameters
    ----------
    function : callable
        ``f(critic, real, fake, key)``: a tensor of one element. ``critic`` is the function of samples whose slope is
        punished; it may be called, and differentiated with `swiftgan.grad`, while the penalty is computed. ``key`` is
        for `swiftgan.random`.
    weight : float
        The factor in front, at least 0.
    name : str, optional
        Under which the library knows it, and the history has it (``<name>_penalty`` where a loss, an estimate or the
        step is called so). Without one the history has it by the function's name; see `Objective` for what that means
        for saved models.

    >>> import swiftgan as sg
    >>> def flat(critic, real, fake, key):
    ...     return sg.grad(lambda x: critic(x).sum())(fake).square().sum(axis=1).mean()
    >>> gan = sg.GAN(penalty=sg.objectives.Penalty(flat, 0.1), random_state=0)
    >>> "flat" in gan.fit(sg.datasets.ring8(256), steps=2, verbose=False).history_
    True
    """

    def __init__(self, function: PenaltyFunction, weight: float = 1, *, name: str | None = None) -> None:
        if not callable(function):
            raise TypeError(f"a penalty is a function of critic, real, fake and key, not {function!r}")
        self.function = function
        self.weight = _checked_weight(weight)
        self.name = _made_up(_shown(function)) if name is None else _checked(name)

    def _under(self, name: str) -> Penalty:
        """Return the penalty under a name of another, which may be a made-up one."""
        self.name = name
        return self

    def _call(self, critic: _core.Layer, real: Tensor, fake: Tensor, key: Tensor) -> Tensor:
        return self.function(Network(critic), real, fake, key)

    def __repr__(self) -> str:
        return f"Penalty({self.function!r}, {self.weight!r}, name={self.name!r})"


def register(own: Objective | Penalty) -> None:
    """Make an objective or penalty of your own known by its name, in the place of one of that name before.

    Games and models do so by themselves with those that they are given. It is needed before a saved model is loaded
    that was made with one. The library keeps the functions from then on. With an objective goes the penalty that it
    brings.

    Raises
    ------
    ValueError
        When the library has one of its own under that name.
    """
    if isinstance(own, Objective):
        _core.register_objective(own.name, "An objective of the user's own.", own._call, bool(own.relativistic))
        _registry.entries.cache_clear()
        brought = own._own_penalty()
        if brought is not None:
            register(brought)
    elif isinstance(own, Penalty):
        _core.register_penalty(own.name, "A penalty of the user's own.", own._call)
        _registry.entries.cache_clear()
    else:
        raise TypeError(f"an Objective or Penalty can be registered, not {own!r}")


def is_made_up(name: str) -> bool:
    """Return whether a name was made up for an objective or penalty without one."""
    return _MADE_UP.fullmatch(name) is not None


def _made_up(shown: str) -> str:
    """Return a name that no other process makes; the history has what comes before the colon."""
    return f"{shown}:{uuid.uuid4().hex[:12]}"


def _shown(function: Any) -> str:
    name = getattr(function, "__name__", "")
    return name if name.isidentifier() else "own_penalty"


def _checked(name: Any) -> str:
    if not isinstance(name, str) or not name:
        raise TypeError(f"the name of an objective or penalty is a text, not {name!r}")
    # One that was made up in another process is given back as it is, to load what was saved there.
    if ":" in name and not _MADE_UP.fullmatch(name):
        raise ValueError(f"the name of an objective or penalty holds no ':', which marks names made up: {name!r}")
    return name


def _checked_weight(weight: Any) -> float:
    if isinstance(weight, bool) or not hasattr(weight, "__float__"):
        raise TypeError(f"the weight of a penalty is a number, not {weight!r}")
    if not (math.isfinite(weight) and weight >= 0):
        raise ValueError(f"the weight of a penalty must be a finite number of at least 0, not {weight!r}")
    return float(weight)

"""What the players of a GAN minimise: the library's objectives and penalties by name, and those of one's own.

>>> import swiftgan as sg
>>> sg.objectives.discriminator_loss("lsgan", real=[1.0, 0.5], fake=[0.0, 0.5]).item()
0.125
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from . import _core, _registry
from ._creation import asarray
from ._tensor import Tensor
from .nn._layers import Network
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

_numbers = itertools.count(1)


def names() -> dict[str, str]:
    """Return the registered objectives with a summary of each."""
    return {entry.name: entry.summary for entry in _registry.entries("objective").values()}


def penalty_names() -> dict[str, str]:
    """Return the registered penalties with a summary of each."""
    return {entry.name: entry.summary for entry in _registry.entries("penalty").values()}


class Objective:
    """An objective of your own, written with tensors: for a `Game`, and as any GAN's option ``objective``.

    Parameters
    ----------
    discriminator_loss : callable
        ``f(real, fake)``: a tensor of one element from the discriminator's raw outputs for data and for samples.
    generator_loss : callable
        ``f(fake)``: likewise; with ``relativistic``, ``f(real, fake)``.
    penalty : callable, optional
        ``f(critic, real, fake, key)``: added to the discriminator's loss; see `Penalty`. A model takes it as its option
        ``penalty`` instead.
    relativistic : bool
        Whether the generator's loss looks at the outputs for data too (Jolicoeur-Martineau 2019).
    name : str, optional
        Under which the library knows it. A model that was saved is loaded with the objective registered under this name
        (`register`); without one a new name is made up.

    >>> import swiftgan as sg
    >>> hinge = sg.objectives.Objective(
    ...     lambda real, fake: sg.relu(1 - real).mean() + sg.relu(1 + fake).mean(), lambda fake: -fake.mean())
    >>> gan = sg.GAN(objective=hinge, random_state=0).fit(sg.datasets.ring8(256), steps=2, verbose=False)
    """

    def __init__(
        self,
        discriminator_loss: Callable[[Tensor, Tensor], Tensor],
        generator_loss: Callable[..., Tensor],
        penalty: Callable[[Callable[[Tensor], Tensor], Tensor, Tensor, Tensor], Tensor] | None = None,
        *,
        relativistic: bool = False,
        name: str | None = None,
    ) -> None:
        self.discriminator_loss = discriminator_loss
        self.generator_loss = generator_loss
        self.penalty = penalty
        self.relativistic = relativistic
        self.name = _checked_name(name, "objective")

    def _call(self, player: str, real: Tensor | None, fake: Tensor) -> Tensor:
        if player == "discriminator":
            assert real is not None
            return self.discriminator_loss(real, fake)
        return self.generator_loss(real, fake) if self.relativistic else self.generator_loss(fake)

    def _as_option(self) -> str:
        register(self)
        return self.name

    def __repr__(self) -> str:
        return f"Objective(name={self.name!r})"


class Penalty:
    """A penalty of your own on the discriminator, for a `Game`, and as any GAN's option ``penalty``.

    Parameters
    ----------
    function : callable
        ``f(critic, real, fake, key)``: a tensor of one element. ``critic`` is the function of samples whose slope is
        punished; it may be called, and differentiated with `swiftgan.grad`, while the penalty is computed. ``key`` is
        for `swiftgan.random`.
    weight : float
        The factor in front.
    name : str, optional
        Under which the library knows it, and the history has it.

    >>> import swiftgan as sg
    >>> def flat(critic, real, fake, key):
    ...     return sg.grad(lambda x: critic(x).sum())(fake).square().sum(axis=1).mean()
    >>> gan = sg.GAN(penalty=sg.objectives.Penalty(flat, 0.1, name="flat"), random_state=0)
    >>> "flat" in gan.fit(sg.datasets.ring8(256), steps=2, verbose=False).history_
    True
    """

    def __init__(
        self,
        function: Callable[[Callable[[Tensor], Tensor], Tensor, Tensor, Tensor], Tensor],
        weight: float = 1,
        *,
        name: str | None = None,
    ) -> None:
        if not callable(function):
            raise TypeError(f"a penalty is a function of critic, real, fake and key, not {function!r}")
        self.function = function
        self.weight = weight
        self.name = _checked_name(name, "penalty")

    def _call(self, critic: _core.Layer, real: Tensor, fake: Tensor, key: Tensor) -> Tensor:
        return self.function(Network(critic), real, fake, key)

    def _as_option(self) -> dict[str, Any]:
        register(self)
        return {"name": self.name, "weight": self.weight}

    def __repr__(self) -> str:
        return f"Penalty({self.function!r}, {self.weight!r}, name={self.name!r})"


def _checked_name(name: str | None, kind: str) -> str:
    if name is None:
        return f"own_{kind}_{next(_numbers)}"
    if not isinstance(name, str) or not name:
        raise TypeError(f"the name of an objective or penalty is a text, not {name!r}")
    return name


def register(own: Objective | Penalty) -> None:
    """Make an objective or penalty of your own known by its name, in the place of one of that name before.

    Games and models do so by themselves with those that they are given. It is needed before a saved model is loaded
    that was made with one. The library keeps the functions from then on.

    Raises
    ------
    ValueError
        When the library has one of its own under that name.
    """
    if isinstance(own, Objective):
        _core.register_objective(own.name, "An objective of the user's own.", own._call, bool(own.relativistic))
        _registry.entries.cache_clear()
    elif isinstance(own, Penalty):
        _core.register_penalty(own.name, "A penalty of the user's own.", own._call)
        _registry.entries.cache_clear()
    else:
        raise TypeError(f"an Objective or Penalty can be registered, not {own!r}")


# ----------------------------------------------------------------------------------------------- for loops of one's own


def discriminator_loss(
    objective: str | Mapping[str, Any],
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
    objective : str or dict
        By name or with options: ``"wgan"``, ``{"name": "least_squares", "b": 0.9}``.
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
    objective: str | Mapping[str, Any],
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
    name, options = check_named(objective, "objective")

    def side(given: tuple[Any, ...]) -> Any:
        return tuple(None if value is None else asarray(value) for value in given)

    return _core.objective_loss(name, _registry.encode(options), player, side(real), side(fake))


def penalty_value(penalty: Any, critic: Callable[[Tensor], Tensor], real: Any, fake: Any, key: Tensor) -> Tensor:
    """Return the value of a registered penalty, for training loops of your own.

    Parameters
    ----------
    penalty : str, tuple or dict
        By name or with options: ``"r1"``, ``("r1", 10)``, ``{"name": "gradient_penalty", "one_sided": True}``.
    critic : Module or callable
        Maps samples to raw outputs.
    real, fake : array (N, ...)
        Samples.
    key : Tensor
        A key of `swiftgan.random`: it decides where the penalty looks.
    """
    name, options = check_named(penalty, "penalty")
    module = critic if isinstance(critic, Module) else _Function(critic)
    return _core.penalty_value(name, _registry.encode(options), module.handle, asarray(real), asarray(fake), key)


class _Function(Module):
    """Any function as a network."""

    def __init__(self, function: Callable[[Tensor], Tensor]) -> None:
        self._function = function

    def forward(self, x: Tensor) -> Tensor:
        return self._function(x)


# -------------------------------------------------------------------------------------------------------- what is given


def check_named(given: Any, kind: str) -> tuple[str, dict[str, Any]]:
    """Return name and options of a registered objective or penalty.

    Given by name, as ``(name, weight)`` or ``(name, options)``, as a mapping with ``"name"``, or as one of one's own.
    """
    if isinstance(given, (Objective, Penalty)):
        given = given._as_option()
    if isinstance(given, str):
        return given, {}
    if isinstance(given, Mapping) and isinstance(given.get("name"), str):
        return given["name"], {key: value for key, value in given.items() if key != "name"}
    if isinstance(given, (tuple, list)) and len(given) == 2 and isinstance(given[0], str):
        if isinstance(given[1], Mapping):
            return given[0], dict(given[1])
        if kind == "penalty" and isinstance(given[1], (int, float)):
            return given[0], {"weight": given[1]}
    forms = "by name or as a dict with 'name' and options"
    if kind == "penalty":
        forms = "by name, as (name, weight), as a dict with 'name' and options, or as an objectives.Penalty"
    raise TypeError(f"{'an' if kind[0] in 'aeiou' else 'a'} {kind} is given {forms}, not as {given!r}")


def list_of_penalties(given: Any) -> list[Any]:
    """Return penalties given one by one or together as a list."""
    if given is None:
        return []
    if isinstance(given, (str, Mapping, Penalty)):
        return [given]
    if callable(given):
        return [Penalty(given)]
    if not isinstance(given, Iterable):
        raise TypeError(f"penalties are a list of penalties, not {given!r}")
    several = list(given)
    is_pair = len(several) == 2 and isinstance(several[0], str) and isinstance(several[1], (int, float))
    return [tuple(several)] if is_pair else [Penalty(one) if callable(one) else one for one in several]

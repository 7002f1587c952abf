"""Optimizers as classes made from the library's registry."""

from __future__ import annotations

import inspect
import os
from collections.abc import Iterable
from typing import Any, NoReturn

from . import _core, _registry
from ._trees import flatten
from .nn._module import existing


class Optimizer:
    """Turns gradients into new values of parameters. Made by its subclasses: `Adam`, `SGD`, ...

    Parameters
    ----------
    parameters : Module, dict or sequence of parameters
        What to train; of a network its trainable parameters.
    **options
        The rule's options, such as ``learning_rate``: a number, or a schedule such as
        ``{"name": "cosine", "initial": 1e-3, "steps": 1000}``.
    """

    _entry: _registry.Entry

    def __init__(self, parameters: Any, *args: Any, **options: Any) -> None:
        entry = getattr(type(self), "_entry", None)
        if entry is None:
            raise TypeError("make an optimizer by its class, such as optim.Adam(net)")
        self._options = _registry.bind(entry, args, options)
        chosen = _parameters(parameters)
        if not chosen:
            raise ValueError("there is no trainable parameter to optimize")
        self._count = len(chosen)
        self._handle = _core.optimizer(entry.name, _registry.encode(self._options), chosen)

    def add_group(self, parameters: Any, **options: Any) -> None:
        """Add parameters with a ``learning_rate`` or ``weight_decay`` of their own."""
        chosen = _parameters(parameters)
        self._handle.add_group(_registry.encode(options), chosen)
        self._count += len(chosen)

    def step(self, gradients: Any) -> None:
        """Update the parameters once.

        Parameters
        ----------
        gradients : dict, sequence or nested
            As `swiftgan.value_and_grad` gives them: in the order of the parameters.
        """
        leaves = flatten(gradients)[0]
        if len(leaves) != self._count:
            raise ValueError(f"{len(leaves)} gradients were given for {self._count} parameters")
        self._handle.step(leaves)

    @property
    def learning_rate(self) -> float:
        """The learning rate of the next step (of the first group); set it to change it."""
        return self._handle.get_learning_rate(0)

    @learning_rate.setter
    def learning_rate(self, value: float) -> None:
        self._handle.set_learning_rate(0, float(value))

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the state (step count, moments) to a .safetensors file."""
        self._handle.save(os.fsdecode(path))

    def load(self, path: str | os.PathLike[str]) -> None:
        """Read the state from a .safetensors file; on failure it is as before."""
        self._handle.load(existing(path))

    def __reduce__(self) -> NoReturn:
        raise TypeError(
            "an optimizer cannot be pickled or copied, as a copy would change the same parameters; pickle "
            f"the network, make a new {type(self).__name__} for the copy, and hand the state over by save(path) and "
            "load(path)"
        )

    def __repr__(self) -> str:
        options = "".join(f", {name}={value!r}" for name, value in self._options.items())
        return f"{type(self).__name__}(<{self._count} parameters>{options})"


def _parameters(given: Any) -> list[_core.Parameter]:
    if isinstance(given, Iterable) and not isinstance(given, dict) and not hasattr(given, "trainable_parameters"):
        given = list(given)
    chosen = flatten(given)[0]
    for item in chosen:
        if not isinstance(item, _core.Parameter):
            raise TypeError(f"parameters are those of a network, or nn.Parameter, not {type(item).__name__}")
    return chosen


_classes: dict[str, type[Optimizer]] = {}


def optimizer_class(entry: _registry.Entry) -> type[Optimizer]:
    """Return the class of a registered optimizer."""
    if entry.name in _classes:
        return _classes[entry.name]
    first = inspect.Parameter("parameters", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    options = _registry.signature(entry, keyword_only=True).parameters.values()
    _classes[entry.name] = type(
        entry.class_name,
        (Optimizer,),
        {
            "_entry": entry,
            "__doc__": _registry.document(entry),
            "__module__": "swiftgan.optim",
            "__signature__": inspect.Signature([first, *options]),
        },
    )
    return _classes[entry.name]

"""Networks composed in Python."""

from __future__ import annotations

import contextlib
import os
import reprlib
import weakref
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, TypeVar

from .. import _core
from .._creation import asarray
from .._tensor import Tensor
from ._parameter import Parameter
from ._scopes import called

Self = TypeVar("Self", bound="Module")


class Module:
    """A network: set layers, other modules and parameters as attributes, and compute in ``forward``.

    Attributes may also be lists, tuples and dicts of them, and may change later: what is there when the network is used
    is trained and saved. An optimizer or game holds what was there when it was made. Parameters are named by the path
    that leads to them, such as ``"blocks.0.weight"``.

    >>> import swiftgan as sg
    >>> class Residual(sg.nn.Module):
    ...     def __init__(self, width):
    ...         self.inner = sg.nn.Dense(width, width)
    ...         self.scale = sg.nn.Parameter(sg.ones(width))
    ...     def forward(self, x):
    ...         return x + self.scale.value * sg.relu(self.inner(x))
    >>> list(Residual(4).parameters())
    ['inner.weight', 'inner.bias', 'scale']
    """

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, Tensor) and value._traced:
            raise RuntimeError(
                f"{type(self).__name__}.{name} would keep a value of a function that is being traced, which has no "
                f"elements; make it a parameter (self.{name} = nn.Parameter(..., trainable=False)) and set "
                f"self.{name}.value, which a replay changes, or run without tracing (eager=True)"
            )
        super().__setattr__(name, value)

    def forward(self, x: Tensor) -> Tensor:
        """Compute the output; to be written by the user. In a `Game` a network has one input and one output."""
        raise NotImplementedError(f"{type(self).__name__} needs a method forward(self, x)")

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if _core.scope_is_watched():
            with called(self):
                return self.forward(*args, **kwargs)
        return self.forward(*args, **kwargs)

    # ------------------------------------------------------------------------------------------------ parameters

    def parameters(self) -> dict[str, _core.Parameter]:
        """Return all parameters and buffers by name."""
        return {parameter.name: parameter for parameter in self.handle.parameters()}

    def trainable_parameters(self) -> dict[str, _core.Parameter]:
        """Return the parameters that optimizers change, by name."""
        return {name: parameter for name, parameter in self.parameters().items() if parameter.trainable}

    @property
    def parameter_count(self) -> int:
        """How many numbers the trainable parameters hold."""
        return sum(parameter.value.size for parameter in self.trainable_parameters().values())

    # ------------------------------------------------------------------------------------------------------ mode

    @property
    def training(self) -> bool:
        """Whether layers behave as in training (batch statistics, dropout) or as in use."""
        return self.handle.training

    def train(self: Self, mode: bool = True) -> Self:
        """Set training mode and return the network."""
        self.handle.training = bool(mode)
        return self

    def eval(self: Self) -> Self:
        """End training mode and return the network."""
        return self.train(False)

    @contextlib.contextmanager
    def evaluating(self: Self) -> Iterator[Self]:
        """Within the block the network is in evaluation mode."""
        before = self.training
        self.train(False)
        try:
            yield self
        finally:
            self.train(before)

    def seed(self: Self, seed: int) -> Self:
        """Restart the network's own random numbers (dropout) and return it."""
        self.handle.set_seed(seed)
        return self

    # ----------------------------------------------------------------------------------------------------- files

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write parameters and buffers to a .safetensors file. An old file stays until the new one is complete."""
        self.handle.save(os.fsdecode(path))

    def load(self: Self, path: str | os.PathLike[str]) -> Self:
        """Read parameters and buffers from a .safetensors file and return the network.

        Raises
        ------
        OSError
            When there is no such file, or it is truncated, foreign or damaged. The network is then as before.
        ValueError
            When names or shapes differ.
        """
        self.handle.load(existing(path))
        return self

    def __getstate__(self) -> dict[str, Any]:
        # Layers and parameters are pickled by themselves, so that what is shared stays so.
        made: _Made | None = self.__dict__.get("_made")
        members = {name: value for name, value in vars(self).items() if name != "_made"}
        return {"members": members, "training": made is None or made.handle.training}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state["members"])
        if not state["training"]:
            made = _Made(self._make_handle(), self._parts())
            modes = [(part, part.training) for _, part in made.parts if isinstance(part, _core.Layer)]
            made.handle.training = False
            for part, training in modes:
                part.training = training
            self.__dict__["_made"] = made

    # ------------------------------------------------------------------------------------------ the library's view

    @property
    def handle(self) -> _core.Layer:
        """The network as the library knows it: made anew when layers or parameters were added, replaced or removed.

        The mode is kept; parts that come into a network in evaluation mode are put into it too.
        """
        parts = self._parts()
        known: _Made | None = self.__dict__.get("_made")
        if known is None or not _same(known.parts, parts):
            handle = self._make_handle()
            if known is not None and not known.handle.training:
                handle.training = False
            known = self.__dict__["_made"] = _Made(handle, parts)
        return known.handle

    def _parts(self) -> _Parts:
        """Return what the network consists of now, at any depth: lists and dicts change without telling."""
        return _parts_of(self._members().items())

    def _members(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "_made"}

    def _make_handle(self) -> _core.Layer:
        # The library keeps the function, and the module keeps the library's layer: a weak reference breaks the circle.
        reference = weakref.ref(self)

        def forward(x: Tensor) -> Tensor:
            module = reference()
            if module is None:
                raise RuntimeError(
                    "the Python network of this layer is gone; keep a reference to it while it is in use"
                )
            return module.forward(x)

        return _container(forward, self._members())

    def __repr__(self) -> str:
        lines = [f"  {name}: {_indented(repr(value))}" for name, value in self._members().items() if _is_part(value)]
        return "\n".join([f"{type(self).__name__}(", *lines, ")"]) if lines else f"{type(self).__name__}()"


def as_tensor(x: Any, layer: Module, name: str = "x") -> Tensor:
    """Return what a layer is applied to as a tensor; float64 arrays stay so. Errors name layer and argument."""
    if isinstance(x, Tensor):
        return x
    owner = type(layer).__name__
    if not isinstance(x, (list, tuple, range, int, float)) and not hasattr(x, "__dlpack__"):
        try:
            memoryview(x)
        except TypeError:
            kind = type(x).__name__
            raise TypeError(f"{owner}: '{name}' must be a tensor or an array, not {reprlib.repr(x)} ({kind})") from None
    try:
        return asarray(x)
    except (TypeError, ValueError) as error:
        raise type(error)(f"{owner}: '{name}': {error}") from None


def existing(path: str | os.PathLike[str]) -> str:
    """Return the path, or raise FileNotFoundError and its kin as `open` does."""
    name = os.fsdecode(path)
    with open(name, "rb"):
        return name


def _indented(text: str) -> str:
    return text.replace("\n", "\n  ")


def _is_part(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return any(_is_part(item) for item in value)
    if isinstance(value, dict):
        return any(_is_part(item) for item in value.values())
    return isinstance(value, (Module, Parameter))


_Parts = list[tuple[str, Any]]


class _Made(NamedTuple):
    """A network's layer in the library, and what it was made of."""

    handle: _core.Layer
    parts: _Parts


def _parts_of(members: Iterable[tuple[Any, Any]], prefix: str = "") -> _Parts:
    """Return paths and library objects of the modules and parameters among the members and in their containers."""
    parts: _Parts = []
    for name, value in members:
        path = f"{prefix}{name}"
        if isinstance(value, Parameter):
            value._bind(str(name))
            parts.append((path, value.handle))
        elif isinstance(value, Module):
            parts.append((path, value.handle))
        elif isinstance(value, dict):
            parts += _parts_of(value.items(), path + ".")
        elif isinstance(value, (list, tuple)):
            parts += _parts_of(enumerate(value), path + ".")
    return parts


def _same(before: _Parts, now: _Parts) -> bool:
    return len(before) == len(now) and all(
        path == old_path and part is old for (path, part), (old_path, old) in zip(now, before, strict=True)
    )


def _container(function: Any, members: dict[str, Any]) -> _core.Layer:
    """Return a layer with the modules and parameters among the members as its parts."""
    children: dict[str, _core.Layer] = {}
    parameters = []
    for name, value in members.items():
        if isinstance(value, Parameter):
            value._bind(name)
            parameters.append(value.handle)
        elif isinstance(value, Module):
            children[name] = value.handle
        elif _is_part(value):
            items = value.items() if isinstance(value, dict) else enumerate(value)
            children[name] = _container(_no_function, {str(key): item for key, item in items})
    return _core.layer_from_function(function, tuple(children.values()), tuple(children), parameters)


def _no_function(x: Tensor) -> Tensor:
    raise TypeError("a list of layers is no layer; apply its items, or use nn.Sequential")

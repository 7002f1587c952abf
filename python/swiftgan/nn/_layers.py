"""The library's layers, as classes made from its registry."""

from __future__ import annotations

import inspect
from typing import Any

from .. import _core, _registry
from .._dtypes import DTypeLike, as_dtype
from ..random import Generator, default_generator
from ._calls import Called
from ._module import Module

_COMMON_DOC = """generator : Generator, optional
    Where the first weights come from; by default the common one of `swiftgan.random`.
dtype : dtype, optional
    Element type of the parameters, float32 (the default) or float64; of all layers inside, where there are such."""


class Layer(Called):
    """A layer of the library, or what is made of such.

    ``Layer.named("dense", in_features=2, out_features=64)`` is ``nn.Dense(2, 64)``. Further inputs are given by
    keyword, ``layer(x, mask=mask)``; `outputs` gives all outputs of a layer that has several.
    """

    _entry: _registry.Entry
    _handle: _core.Layer

    def __init__(self, *args: Any, generator: Generator | None = None, dtype: DTypeLike = None, **options: Any) -> None:
        entry = getattr(type(self), "_entry", None)
        if entry is None:
            raise TypeError("make a layer by its class, such as nn.Dense(2, 64), or by Layer.named('dense', ...)")
        given = _registry.bind(entry, args, options)
        if dtype is not None:
            given["dtype"] = as_dtype(dtype).name
        source = default_generator() if generator is None else generator
        self._options = given
        parts: list[Module] = []
        options = {name: _named_parts(value, parts) for name, value in given.items()}
        handles = [part.handle for part in parts]
        self._handle = _core.layer(entry.name, _registry.encode(options), source._handle, handles)

    @staticmethod
    def named(name: str, *args: Any, **options: Any) -> Layer:
        """Return a layer of the registered name."""
        known = _registry.entries("layer")
        if name not in known:
            raise ValueError(f"there is no layer named {name!r}; there are {', '.join(known)}")
        return layer_class(known[name])(*args, **options)

    @property
    def handle(self) -> _core.Layer:
        """The layer as the library knows it."""
        return self._handle

    def __getstate__(self) -> dict[str, Any]:
        try:
            specification = self._handle.specification()
        except (ValueError, RuntimeError) as error:
            raise TypeError(f"this {type(self).__name__} cannot be pickled or copied: {error}") from None
        return {
            "members": {name: value for name, value in vars(self).items() if name != "_handle"},
            "specification": specification,
            "values": [parameter.value for parameter in self._handle.parameters()],
            "training": self._handle.training,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state["members"])
        self._handle = _core.layer_from_specification(state["specification"], Generator(0)._handle)
        for parameter, value in zip(self._handle.parameters(), state["values"], strict=True):
            parameter.value = value
        self._handle.training = state["training"]

    def __repr__(self) -> str:
        options = ", ".join(f"{name}={value!r}" for name, value in self._options.items())
        return f"{type(self).__name__}({options})"


def _named_parts(value: Any, parts: list[Module]) -> Any:
    """Return an option's value with each network in it replaced by the name of a part, which is added to the list."""
    if isinstance(value, Module):
        parts.append(value)
        return {"part": len(parts) - 1}
    if isinstance(value, dict):
        return {name: _named_parts(item, parts) for name, item in value.items()}
    return [_named_parts(item, parts) for item in value] if isinstance(value, (list, tuple)) else value


class Network(Layer):
    """A network that the library made, such as a model's generator."""

    def __init__(self, handle: _core.Layer) -> None:
        self._handle = handle

    def __repr__(self) -> str:
        names = ", ".join(f"{name} {parameter.value.shape}" for name, parameter in self.parameters().items())
        return f"Network({names})"


_classes: dict[str, type[Layer]] = {}


def layer_class(entry: _registry.Entry) -> type[Layer]:
    """Return the class of a registered layer."""
    if entry.name not in _classes:
        common = [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=None) for name in ("generator", "dtype")
        ]
        _classes[entry.name] = type(
            entry.class_name,
            (Layer,),
            {
                "_entry": entry,
                "__doc__": _registry.document(entry, _COMMON_DOC),
                "__module__": "swiftgan.nn",
                "__signature__": _registry.signature(entry, *common),
            },
        )
    return _classes[entry.name]

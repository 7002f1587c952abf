"""Layers one after another."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from .. import _core
from .._tensor import Tensor
from ._calls import Called
from ._layers import Layer
from ._module import Module, _indented, as_tensor


class Sequential(Called):
    """Layers one after another; their parameters are named ``"0.weight"``, ``"1.weight"``, ...

    A further input, ``net(x, mask=mask)``, goes to every layer that has one of that name; ``**{"0.hidden": h}`` says it
    for one layer. That is for layers of the library: a network written in Python passes its further inputs itself.

    Parameters
    ----------
    *layers : Module
        The layers, which are shared, not copied.

    >>> import swiftgan as sg
    >>> net = sg.nn.Sequential(sg.nn.Dense(2, 16), sg.nn.LeakyReLU(), sg.nn.Dense(16, 1))
    >>> net(sg.zeros((5, 2))).shape
    (5, 1)
    """

    def __init__(self, *layers: Module) -> None:
        for position, layer in enumerate(layers):
            if not isinstance(layer, Module):
                raise TypeError(
                    f"layer {position} is {layer!r}; layers are made by classes of sg.nn, such as nn.ReLU()"
                )
        self.layers = tuple(layers)

    def forward(self, x: Tensor, **further: Any) -> Tensor:
        """Return the last layer's output."""
        if all(isinstance(layer, (Layer, Sequential)) for layer in self.layers):
            return super().forward(x, **further)
        if further:
            names = ", ".join(further)
            raise TypeError(
                f"nn.Sequential passes further inputs ({names}) to layers of the library only, and some of these are "
                f"written in Python; write a Module whose forward(self, x, {names}) calls the layers one by one"
            )
        x = as_tensor(x, self)
        for layer in self.layers:
            x = layer(x)
        return x

    def _members(self) -> dict[str, Any]:
        return {str(position): layer for position, layer in enumerate(self.layers)}

    def _make_handle(self) -> _core.Layer:
        return _core.layer_sequential([layer.handle for layer in self.layers])

    def __len__(self) -> int:
        return len(self.layers)

    def __iter__(self) -> Iterator[Module]:
        return iter(self.layers)

    def __getitem__(self, index: Any) -> Any:
        picked = self.layers[index]
        return Sequential(*picked) if isinstance(index, slice) else picked

    def __repr__(self) -> str:
        lines = [f"  {_indented(repr(layer))}," for layer in self.layers]
        return "\n".join(["Sequential(", *lines, ")"]) if lines else "Sequential()"

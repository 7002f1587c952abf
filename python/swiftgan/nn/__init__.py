"""Networks: the library's layers by name, and what is composed of them.

Layers are classes with keyword options, made from the library's registry: ``nn.Dense(2, 64)``,
``nn.Conv2D(1, 64, kernel_size=4, stride=2, padding="same")``; ``help(nn.Conv2D)`` has all options. Images are
(N, H, W, C).
"""

from __future__ import annotations

from typing import Any

from .. import _registry
from ._layers import Layer, layer_class
from ._module import Module
from ._parameter import Parameter
from ._sequential import Sequential

__all__ = ["Layer", "Module", "Parameter", "Sequential"]


def __getattr__(name: str) -> Any:
    found = globals()[name] = layer_class(_registry.find(__name__, "layer", name, __dir__))
    return found


def __dir__() -> list[str]:
    return sorted({*__all__, *_registry.by_class_name("layer")})

"""Networks: the library's layers by name, and what is composed of them.

Layers are classes with keyword options, made from the library's registry: ``nn.Dense(2, 64)``,
``nn.Conv2D(1, 64, kernel_size=4, stride=2, padding="same")``; ``help(nn.Conv2D)`` has all options. Images are
(N, H, W, C).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import _registry
from ._layers import Layer, layer_class
from ._module import Module
from ._parameter import Parameter
from ._sequential import Sequential

__all__ = ["Layer", "Module", "Parameter", "Sequential"]


if TYPE_CHECKING:

    def __getattr__(name: str) -> type[Layer]: ...

else:

    def __getattr__(name: str) -> Any:
        entry = _registry.by_class_name("layer").get(name)
        if entry is None:
            if name.startswith("_"):
                raise AttributeError(name)
            raise AttributeError(f"swiftgan.nn has no {name!r}; it has {', '.join(__dir__())}")
        found = globals()[name] = layer_class(entry)
        return found


def __dir__() -> list[str]:
    return sorted({*__all__, *_registry.by_class_name("layer")})

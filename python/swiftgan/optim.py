"""Optimizers: the library's rules by name, as classes made from its registry.

>>> import swiftgan as sg
>>> net = sg.nn.Dense(2, 1)
>>> optimizer = sg.optim.Adam(net, learning_rate=1e-3)
>>> loss, gradients = sg.value_and_grad(lambda net, x: (net(x) ** 2).mean())(net, sg.ones((8, 2)))
>>> optimizer.step(gradients)
"""

from __future__ import annotations

from typing import Any

from . import _registry
from ._optimizer import Optimizer, optimizer_class

__all__ = ["Optimizer"]


def __getattr__(name: str) -> Any:
    found = globals()[name] = optimizer_class(_registry.find(__name__, "optimizer", name, __dir__))
    return found


def __dir__() -> list[str]:
    return sorted({*__all__, *_registry.by_class_name("optimizer")})

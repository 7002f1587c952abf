"""Written by swiftgan._stubs from the library's registries; the module has the documentation."""

from typing import Any

from ._optimizer import Optimizer as Optimizer

class SGD(Optimizer):
    def __init__(
        self,
        parameters: Any,
        *,
        learning_rate: Any = 0.01,
        momentum: float = 0,
        nesterov: bool = False,
        weight_decay: float = 0,
        clip_norm: float | None = None,
        clip_value: float | None = None,
        groups: Any = [],
    ) -> None: ...

class RMSProp(Optimizer):
    def __init__(
        self,
        parameters: Any,
        *,
        learning_rate: Any = 0.01,
        alpha: float = 0.99,
        epsilon: float = 1e-08,
        epsilon_root: float = 0,
        momentum: float = 0,
        centered: bool = False,
        weight_decay: float = 0,
        clip_norm: float | None = None,
        clip_value: float | None = None,
        groups: Any = [],
    ) -> None: ...

class Adam(Optimizer):
    def __init__(
        self,
        parameters: Any,
        *,
        learning_rate: Any = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-08,
        epsilon_root: float = 0,
        weight_decay: float = 0,
        clip_norm: float | None = None,
        clip_value: float | None = None,
        groups: Any = [],
    ) -> None: ...

class AdamW(Optimizer):
    def __init__(
        self,
        parameters: Any,
        *,
        learning_rate: Any = 0.001,
        beta1: float = 0.9,
        beta2: float = 0.999,
        epsilon: float = 1e-08,
        epsilon_root: float = 0,
        weight_decay: float = 0.01,
        clip_norm: float | None = None,
        clip_value: float | None = None,
        groups: Any = [],
    ) -> None: ...

def __getattr__(name: str) -> type[Optimizer]: ...

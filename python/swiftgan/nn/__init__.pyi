"""Written by swiftgan._stubs from the library's registries; the module has the documentation."""

from typing import Any

from ..random import Generator
from ._layers import Layer as Layer
from ._module import Module as Module
from ._parameter import Parameter as Parameter
from ._sequential import Sequential as Sequential

class Dense(Layer):
    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        weight_init: Any = "glorot_uniform",
        bias_init: Any = "zeros",
        *,
        generator: Generator | None = None,
    ) -> None: ...

class Conv2D(Layer):
    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = "valid",
        dilation: Any = 1,
        bias: bool = True,
        weight_init: Any = "glorot_uniform",
        bias_init: Any = "zeros",
        *,
        generator: Generator | None = None,
    ) -> None: ...

class ConvTranspose2D(Layer):
    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = "valid",
        dilation: Any = 1,
        output_padding: Any = 0,
        bias: bool = True,
        weight_init: Any = "glorot_uniform",
        bias_init: Any = "zeros",
        *,
        generator: Generator | None = None,
    ) -> None: ...

class BatchNorm(Layer):
    def __init__(
        self,
        features: int,
        epsilon: float = 1e-05,
        momentum: float = 0.1,
        affine: bool = True,
        weight_init: Any = "ones",
        *,
        generator: Generator | None = None,
    ) -> None: ...

class LayerNorm(Layer):
    def __init__(
        self, shape: Any, epsilon: float = 1e-05, affine: bool = True, *, generator: Generator | None = None
    ) -> None: ...

class Dropout(Layer):
    def __init__(self, p: float = 0.5, *, generator: Generator | None = None) -> None: ...

class Embedding(Layer):
    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        weight_init: Any = {"name": "normal", "std": 1},
        *,
        generator: Generator | None = None,
    ) -> None: ...

class Flatten(Layer):
    def __init__(self, start_axis: int = 1, *, generator: Generator | None = None) -> None: ...

class Reshape(Layer):
    def __init__(self, shape: Any, *, generator: Generator | None = None) -> None: ...

class ReLU(Layer):
    def __init__(self, *, generator: Generator | None = None) -> None: ...

class LeakyReLU(Layer):
    def __init__(self, slope: float = 0.2, *, generator: Generator | None = None) -> None: ...

class Tanh(Layer):
    def __init__(self, *, generator: Generator | None = None) -> None: ...

class Sigmoid(Layer):
    def __init__(self, *, generator: Generator | None = None) -> None: ...

class Softplus(Layer):
    def __init__(self, *, generator: Generator | None = None) -> None: ...

class GELU(Layer):
    def __init__(self, approximate: bool = False, *, generator: Generator | None = None) -> None: ...

class Softmax(Layer):
    def __init__(self, axis: int = -1, *, generator: Generator | None = None) -> None: ...

class Maxout(Layer):
    def __init__(
        self,
        in_features: int,
        out_features: int,
        pieces: int = 2,
        weight_init: Any = "glorot_uniform",
        bias_init: Any = "zeros",
        *,
        generator: Generator | None = None,
    ) -> None: ...

class Identity(Layer):
    def __init__(self, *, generator: Generator | None = None) -> None: ...

def __getattr__(name: str) -> type[Layer]: ...

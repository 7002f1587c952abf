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
        dtype: Any = None,
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
        groups: int = 1,
        padding_mode: str = "constant",
        *,
        generator: Generator | None = None,
        dtype: Any = None,
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
        groups: int = 1,
        *,
        generator: Generator | None = None,
        dtype: Any = None,
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
        dtype: Any = None,
    ) -> None: ...

class LayerNorm(Layer):
    def __init__(
        self,
        shape: Any,
        epsilon: float = 1e-05,
        affine: bool = True,
        *,
        generator: Generator | None = None,
        dtype: Any = None,
    ) -> None: ...

class Dropout(Layer):
    def __init__(self, p: float = 0.5, *, generator: Generator | None = None, dtype: Any = None) -> None: ...

class Embedding(Layer):
    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        weight_init: Any = {"name": "normal", "std": 1},
        *,
        generator: Generator | None = None,
        dtype: Any = None,
    ) -> None: ...

class Flatten(Layer):
    def __init__(self, start_axis: int = 1, *, generator: Generator | None = None, dtype: Any = None) -> None: ...

class Reshape(Layer):
    def __init__(self, shape: Any, *, generator: Generator | None = None, dtype: Any = None) -> None: ...

class ReLU(Layer):
    def __init__(self, *, generator: Generator | None = None, dtype: Any = None) -> None: ...

class LeakyReLU(Layer):
    def __init__(self, slope: float = 0.2, *, generator: Generator | None = None, dtype: Any = None) -> None: ...

class Tanh(Layer):
    def __init__(self, *, generator: Generator | None = None, dtype: Any = None) -> None: ...

class Sigmoid(Layer):
    def __init__(self, *, generator: Generator | None = None, dtype: Any = None) -> None: ...

class Softplus(Layer):
    def __init__(self, *, generator: Generator | None = None, dtype: Any = None) -> None: ...

class GELU(Layer):
    def __init__(self, approximate: bool = False, *, generator: Generator | None = None, dtype: Any = None) -> None: ...

class Softmax(Layer):
    def __init__(self, axis: int = -1, *, generator: Generator | None = None, dtype: Any = None) -> None: ...

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
        dtype: Any = None,
    ) -> None: ...

class MaskedDense(Layer):
    def __init__(
        self,
        in_degrees: Any,
        out_degrees: Any,
        strict: bool = False,
        bias: bool = True,
        weight_init: Any = "glorot_uniform",
        bias_init: Any = "zeros",
        *,
        generator: Generator | None = None,
        dtype: Any = None,
    ) -> None: ...

class MADE(Layer):
    def __init__(
        self,
        in_features: int,
        hidden: Any = [500],
        parameters: int = 1,
        masks: int = 1,
        ordering: str = "natural",
        connectivity: str = "even",
        direct: bool = False,
        activation: str = "relu",
        weight_init: Any = "glorot_uniform",
        bias_init: Any = "zeros",
        *,
        generator: Generator | None = None,
        dtype: Any = None,
    ) -> None: ...

class RandomFeatures(Layer):
    def __init__(
        self,
        in_features: int,
        out_features: int,
        activation: str = "sigmoid",
        weight_init: Any = {"name": "he_normal", "slope": 0},
        bias_init: Any = {"name": "uniform", "low": -1, "high": 1},
        *,
        generator: Generator | None = None,
        dtype: Any = None,
    ) -> None: ...

class RBM(Layer):
    def __init__(
        self,
        in_features: int,
        out_features: int,
        visible: str = "bernoulli",
        weight_init: Any = {"name": "normal", "std": 0.01},
        *,
        generator: Generator | None = None,
        dtype: Any = None,
    ) -> None: ...

class Identity(Layer):
    def __init__(self, *, generator: Generator | None = None, dtype: Any = None) -> None: ...

class ELU(Layer):
    def __init__(self, alpha: float = 1, *, generator: Generator | None = None, dtype: Any = None) -> None: ...

class GLU(Layer):
    def __init__(self, axis: int = -1, *, generator: Generator | None = None, dtype: Any = None) -> None: ...

class HardTanh(Layer):
    def __init__(
        self, min_val: float = -1, max_val: float = 1, *, generator: Generator | None = None, dtype: Any = None
    ) -> None: ...

class LogSoftmax(Layer):
    def __init__(self, axis: int = -1, *, generator: Generator | None = None, dtype: Any = None) -> None: ...

class PReLU(Layer):
    def __init__(
        self, features: int = 1, slope: float = 0.25, *, generator: Generator | None = None, dtype: Any = None
    ) -> None: ...

class SiLU(Layer):
    def __init__(self, *, generator: Generator | None = None, dtype: Any = None) -> None: ...

class SELU(Layer):
    def __init__(self, *, generator: Generator | None = None, dtype: Any = None) -> None: ...

class Mish(Layer):
    def __init__(self, *, generator: Generator | None = None, dtype: Any = None) -> None: ...

class Softsign(Layer):
    def __init__(self, *, generator: Generator | None = None, dtype: Any = None) -> None: ...

class ReLU6(Layer):
    def __init__(self, *, generator: Generator | None = None, dtype: Any = None) -> None: ...

class LogSigmoid(Layer):
    def __init__(self, *, generator: Generator | None = None, dtype: Any = None) -> None: ...

class HardSigmoid(Layer):
    def __init__(self, *, generator: Generator | None = None, dtype: Any = None) -> None: ...

class HardSwish(Layer):
    def __init__(self, *, generator: Generator | None = None, dtype: Any = None) -> None: ...

class GroupNorm(Layer):
    def __init__(
        self,
        features: int,
        num_groups: int = 8,
        epsilon: float = 1e-05,
        affine: bool = True,
        *,
        generator: Generator | None = None,
        dtype: Any = None,
    ) -> None: ...

class InstanceNorm(Layer):
    def __init__(
        self,
        features: int,
        epsilon: float = 1e-05,
        affine: bool = False,
        *,
        generator: Generator | None = None,
        dtype: Any = None,
    ) -> None: ...

class RMSNorm(Layer):
    def __init__(
        self,
        shape: Any,
        epsilon: float = 1e-06,
        affine: bool = True,
        *,
        generator: Generator | None = None,
        dtype: Any = None,
    ) -> None: ...

class PixelNorm(Layer):
    def __init__(self, epsilon: float = 1e-08, *, generator: Generator | None = None, dtype: Any = None) -> None: ...

class VirtualBatchNorm(Layer):
    def __init__(
        self,
        features: int,
        reference: int,
        epsilon: float = 1e-05,
        weight_init: Any = "ones",
        *,
        generator: Generator | None = None,
        dtype: Any = None,
    ) -> None: ...

class ConditionalBatchNorm(Layer):
    def __init__(
        self,
        features: int,
        num_classes: int | None = None,
        condition_features: int | None = None,
        epsilon: float = 1e-05,
        momentum: float = 0.1,
        *,
        generator: Generator | None = None,
        dtype: Any = None,
    ) -> None: ...

class ConditionalInstanceNorm(Layer):
    def __init__(
        self,
        features: int,
        num_classes: int | None = None,
        condition_features: int | None = None,
        epsilon: float = 1e-05,
        *,
        generator: Generator | None = None,
        dtype: Any = None,
    ) -> None: ...

class AdaIN(Layer):
    def __init__(
        self,
        features: int,
        style_features: int,
        epsilon: float = 1e-05,
        *,
        generator: Generator | None = None,
        dtype: Any = None,
    ) -> None: ...

class SpectralNorm(Layer):
    def __init__(
        self,
        layer: Any,
        n_power_iterations: int = 1,
        epsilon: float = 1e-12,
        *,
        generator: Generator | None = None,
        dtype: Any = None,
    ) -> None: ...

class WeightNorm(Layer):
    def __init__(self, layer: Any, *, generator: Generator | None = None, dtype: Any = None) -> None: ...

class EqualizedLearningRate(Layer):
    def __init__(
        self, layer: Any, gain: float = 1.4142135623730951, *, generator: Generator | None = None, dtype: Any = None
    ) -> None: ...

class Conv1D(Layer):
    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int,
        stride: int = 1,
        padding: Any = "valid",
        dilation: int = 1,
        groups: int = 1,
        padding_mode: str = "constant",
        bias: bool = True,
        weight_init: Any = "glorot_uniform",
        bias_init: Any = "zeros",
        *,
        generator: Generator | None = None,
        dtype: Any = None,
    ) -> None: ...

class DepthwiseConv2D(Layer):
    def __init__(
        self,
        in_channels: int,
        kernel_size: Any,
        stride: Any = 1,
        padding: Any = "valid",
        dilation: Any = 1,
        multiplier: int = 1,
        bias: bool = True,
        weight_init: Any = "glorot_uniform",
        bias_init: Any = "zeros",
        padding_mode: str = "constant",
        *,
        generator: Generator | None = None,
        dtype: Any = None,
    ) -> None: ...

class Upsample(Layer):
    def __init__(
        self, scale_factor: Any = 2, mode: str = "nearest", *, generator: Generator | None = None, dtype: Any = None
    ) -> None: ...

class UpsampleConv2D(Layer):
    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any = 3,
        scale_factor: Any = 2,
        mode: str = "nearest",
        padding: Any = "same",
        padding_mode: str = "constant",
        bias: bool = True,
        weight_init: Any = "glorot_uniform",
        bias_init: Any = "zeros",
        *,
        generator: Generator | None = None,
        dtype: Any = None,
    ) -> None: ...

class Pad2D(Layer):
    def __init__(
        self,
        padding: Any,
        mode: str = "constant",
        value: float = 0,
        *,
        generator: Generator | None = None,
        dtype: Any = None,
    ) -> None: ...

class MaxPool2D(Layer):
    def __init__(
        self,
        kernel_size: Any = 2,
        stride: Any = None,
        padding: Any = "valid",
        dilation: Any = 1,
        *,
        generator: Generator | None = None,
        dtype: Any = None,
    ) -> None: ...

class AvgPool2D(Layer):
    def __init__(
        self,
        kernel_size: Any = 2,
        stride: Any = None,
        padding: Any = "valid",
        count_include_pad: bool = True,
        *,
        generator: Generator | None = None,
        dtype: Any = None,
    ) -> None: ...

class ConvTranspose1D(Layer):
    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int,
        stride: int = 1,
        padding: Any = "valid",
        dilation: int = 1,
        output_padding: int = 0,
        bias: bool = True,
        weight_init: Any = "glorot_uniform",
        bias_init: Any = "zeros",
        groups: int = 1,
        *,
        generator: Generator | None = None,
        dtype: Any = None,
    ) -> None: ...

class Pad1D(Layer):
    def __init__(
        self,
        padding: Any,
        mode: str = "constant",
        value: float = 0,
        *,
        generator: Generator | None = None,
        dtype: Any = None,
    ) -> None: ...

class MaxPool1D(Layer):
    def __init__(
        self,
        kernel_size: int = 2,
        stride: int | None = None,
        padding: Any = "valid",
        dilation: int = 1,
        *,
        generator: Generator | None = None,
        dtype: Any = None,
    ) -> None: ...

class AvgPool1D(Layer):
    def __init__(
        self,
        kernel_size: int = 2,
        stride: int | None = None,
        padding: Any = "valid",
        count_include_pad: bool = True,
        *,
        generator: Generator | None = None,
        dtype: Any = None,
    ) -> None: ...

class AdaptiveAvgPool2D(Layer):
    def __init__(self, output_size: Any, *, generator: Generator | None = None, dtype: Any = None) -> None: ...

class AdaptiveMaxPool2D(Layer):
    def __init__(self, output_size: Any, *, generator: Generator | None = None, dtype: Any = None) -> None: ...

class GlobalAvgPool(Layer):
    def __init__(self, *, generator: Generator | None = None, dtype: Any = None) -> None: ...

class GlobalMaxPool(Layer):
    def __init__(self, *, generator: Generator | None = None, dtype: Any = None) -> None: ...

class PixelShuffle(Layer):
    def __init__(self, factor: int = 2, *, generator: Generator | None = None, dtype: Any = None) -> None: ...

class PixelUnshuffle(Layer):
    def __init__(self, factor: int = 2, *, generator: Generator | None = None, dtype: Any = None) -> None: ...

class Residual(Layer):
    def __init__(
        self,
        layers: Any,
        shortcut: Any = None,
        scale: float = 1,
        *,
        generator: Generator | None = None,
        dtype: Any = None,
    ) -> None: ...

class ResidualBlock(Layer):
    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Any = 3,
        resample: str = "none",
        order: str = "pre",
        norm: Any = "batch_norm",
        activation: Any = "relu",
        activate_input: bool = True,
        weight_init: Any = "he_normal",
        *,
        generator: Generator | None = None,
        dtype: Any = None,
    ) -> None: ...

class UNet(Layer):
    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        channels: Any = [64, 128, 256],
        norm: Any = "batch_norm",
        output_activation: Any = "tanh",
        dropout: float = 0.5,
        dropout_levels: int = 3,
        weight_init: Any = {"name": "normal", "std": 0.02},
        *,
        generator: Generator | None = None,
        dtype: Any = None,
    ) -> None: ...

class Parallel(Layer):
    def __init__(
        self,
        branches: Any,
        merge: str = "concatenate",
        axis: int = -1,
        *,
        generator: Generator | None = None,
        dtype: Any = None,
    ) -> None: ...

class Slice(Layer):
    def __init__(self, start: int, end: int, *, generator: Generator | None = None, dtype: Any = None) -> None: ...

class MinibatchStddev(Layer):
    def __init__(
        self,
        group_size: int = 4,
        num_features: int = 1,
        epsilon: float = 1e-08,
        *,
        generator: Generator | None = None,
        dtype: Any = None,
    ) -> None: ...

class MinibatchDiscrimination(Layer):
    def __init__(
        self,
        in_features: int,
        num_kernels: int = 32,
        kernel_dim: int = 8,
        weight_init: Any = {"name": "normal", "std": 0.05},
        *,
        generator: Generator | None = None,
        dtype: Any = None,
    ) -> None: ...

class Features(Layer):
    def __init__(self, *, generator: Generator | None = None, dtype: Any = None) -> None: ...

class ReferenceBatch(Layer):
    def __init__(
        self, size: int, shape: Any, layer: Any, *, generator: Generator | None = None, dtype: Any = None
    ) -> None: ...

class GaussianNoise(Layer):
    def __init__(self, std: float = 0.1, *, generator: Generator | None = None, dtype: Any = None) -> None: ...

class DropPath(Layer):
    def __init__(self, p: float = 0.1, *, generator: Generator | None = None, dtype: Any = None) -> None: ...

class RNN(Layer):
    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bidirectional: bool = False,
        dropout: float = 0,
        batch_first: bool = True,
        return_sequences: bool = True,
        nonlinearity: str = "tanh",
        bias: bool = True,
        weight_init: Any = None,
        recurrent_init: Any = None,
        bias_init: Any = None,
        *,
        generator: Generator | None = None,
        dtype: Any = None,
    ) -> None: ...

class LSTM(Layer):
    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bidirectional: bool = False,
        dropout: float = 0,
        batch_first: bool = True,
        return_sequences: bool = True,
        bias: bool = True,
        forget_bias: float | None = None,
        weight_init: Any = None,
        recurrent_init: Any = None,
        bias_init: Any = None,
        *,
        generator: Generator | None = None,
        dtype: Any = None,
    ) -> None: ...

class GRU(Layer):
    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        num_layers: int = 1,
        bidirectional: bool = False,
        dropout: float = 0,
        batch_first: bool = True,
        return_sequences: bool = True,
        bias: bool = True,
        reset_after: bool = True,
        weight_init: Any = None,
        recurrent_init: Any = None,
        bias_init: Any = None,
        *,
        generator: Generator | None = None,
        dtype: Any = None,
    ) -> None: ...

class RNNCell(Layer):
    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        nonlinearity: str = "tanh",
        bias: bool = True,
        weight_init: Any = None,
        recurrent_init: Any = None,
        bias_init: Any = None,
        *,
        generator: Generator | None = None,
        dtype: Any = None,
    ) -> None: ...

class LSTMCell(Layer):
    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        forget_bias: float | None = None,
        weight_init: Any = None,
        recurrent_init: Any = None,
        bias_init: Any = None,
        *,
        generator: Generator | None = None,
        dtype: Any = None,
    ) -> None: ...

class GRUCell(Layer):
    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        reset_after: bool = True,
        weight_init: Any = None,
        recurrent_init: Any = None,
        bias_init: Any = None,
        *,
        generator: Generator | None = None,
        dtype: Any = None,
    ) -> None: ...

class MultiHeadAttention(Layer):
    def __init__(
        self,
        features: int,
        num_heads: int,
        context_features: int | None = None,
        dropout: float = 0,
        bias: bool = True,
        causal: bool = False,
        weight_init: Any = "glorot_uniform",
        *,
        generator: Generator | None = None,
        dtype: Any = None,
    ) -> None: ...

class SelfAttention2D(Layer):
    def __init__(
        self,
        channels: int,
        key_channels: int | None = None,
        value_channels: int | None = None,
        pool: bool = False,
        bias: bool = False,
        weight_init: Any = "glorot_uniform",
        *,
        generator: Generator | None = None,
        dtype: Any = None,
    ) -> None: ...

class TransformerEncoderBlock(Layer):
    def __init__(
        self,
        features: int,
        num_heads: int,
        hidden_features: int | None = None,
        activation: Any = "gelu",
        dropout: float = 0,
        attention_dropout: float = 0,
        causal: bool = False,
        norm_first: bool = True,
        *,
        generator: Generator | None = None,
        dtype: Any = None,
    ) -> None: ...

class PositionalEncoding(Layer):
    def __init__(self, max_period: float = 10000, *, generator: Generator | None = None, dtype: Any = None) -> None: ...

class LearnedPositionalEncoding(Layer):
    def __init__(
        self,
        max_length: int,
        features: int,
        weight_init: Any = {"name": "normal", "std": 0.02},
        *,
        generator: Generator | None = None,
        dtype: Any = None,
    ) -> None: ...

def __getattr__(name: str) -> type[Layer]: ...

"""The functions of programs in NumPy (float64, or rounded to float32 after each step) and in JAX."""

from __future__ import annotations

from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
from scipy import special


class Library(SimpleNamespace):
    """swiftgan's names for an array library: its own functions, and those that it lacks or calls otherwise."""

    def __init__(self, base: ModuleType, functions: ModuleType) -> None:
        super().__init__(base=base, functions=functions)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.base, name)

    def asarray(self, x: Any, dtype: str) -> Any:
        """Floats stay float64, whatever the type, but a float32 on the way takes its precision."""
        if dtype == "float32":
            return x.astype("float32").astype("float64")
        return x.astype(dtype)

    def asin(self, x: Any) -> Any:
        return self.base.arcsin(x)

    def acos(self, x: Any) -> Any:
        return self.base.arccos(x)

    def atan(self, x: Any) -> Any:
        return self.base.arctan(x)

    def asinh(self, x: Any) -> Any:
        return self.base.arcsinh(x)

    def acosh(self, x: Any) -> Any:
        return self.base.arccosh(x)

    def atanh(self, x: Any) -> Any:
        return self.base.arctanh(x)

    def rsqrt(self, x: Any) -> Any:
        return 1 / self.base.sqrt(x)

    def reciprocal(self, x: Any) -> Any:
        return 1.0 / x

    def erf(self, x: Any) -> Any:
        return self.functions.erf(x * 1.0)

    def sigmoid(self, x: Any) -> Any:
        return self.functions.expit(x * 1.0)

    def softplus(self, x: Any) -> Any:
        return self.base.logaddexp(x * 1.0, 0.0)

    def relu(self, x: Any) -> Any:
        return self.base.where(x > 0, x, 0)

    def leaky_relu(self, x: Any, slope: float) -> Any:
        return self.base.where(x > 0, x, slope * x)

    def silu(self, x: Any) -> Any:
        return x * self.sigmoid(x)

    def gelu(self, x: Any) -> Any:
        return x * 0.5 * (1 + self.erf(x / np.sqrt(2.0)))

    def softsign(self, x: Any) -> Any:
        return x / (1.0 + self.base.abs(x))

    def mish(self, x: Any) -> Any:
        return x * self.base.tanh(self.softplus(x))

    def log_sigmoid(self, x: Any) -> Any:
        return -self.softplus(-(x * 1.0))

    def elu(self, x: Any, alpha: float) -> Any:
        return self.base.where(x > 0, x * 1.0, alpha * self.base.expm1(self.base.minimum(x, 0)))

    def celu(self, x: Any, alpha: float) -> Any:
        return self.base.where(x > 0, x * 1.0, alpha * self.base.expm1(self.base.minimum(x, 0) / alpha))

    def softmax(self, x: Any, axis: int) -> Any:
        return self.base.exp(self.log_softmax(x, axis))

    def log_softmax(self, x: Any, axis: int) -> Any:
        return x - self.logsumexp(x, axis, keepdims=True) if x.size else x * 1.0

    def logsumexp(self, x: Any, axis: Any = None, keepdims: bool = False) -> Any:
        base = self.base
        peak = base.max(x * 1.0, axis, keepdims=True)
        total = base.log(base.sum(base.exp(x - peak), axis, keepdims=True)) + peak
        return total if keepdims else base.squeeze(total, tuple(range(x.ndim)) if axis is None else axis)

    def norm(self, x: Any, axis: Any = None, keepdims: bool = False) -> Any:
        return self.base.sqrt(self.base.sum(x * 1.0 * x, axis, keepdims=keepdims))

    def var(self, x: Any, axis: Any, keepdims: bool, correction: float) -> Any:
        return self.base.var(x, axis, keepdims=keepdims, ddof=correction)

    def std(self, x: Any, axis: Any, keepdims: bool, correction: float) -> Any:
        return self.base.std(x, axis, keepdims=keepdims, ddof=correction)

    def permute_dims(self, x: Any, axes: Any) -> Any:
        return self.base.transpose(x, axes)

    def pow(self, x: Any, y: Any) -> Any:
        return self.base.power(x * 1.0, y)

    def divide(self, x: Any, y: Any) -> Any:
        return x / y

    def take(self, x: Any, indices: Any, axis: int) -> Any:
        return self.base.take(x, np.array(indices, np.int64), axis)

    def flatten(self, x: Any, axis: int) -> Any:
        return x.reshape(*x.shape[:axis], int(np.prod(x.shape[axis:])))

    def taps(self, x: Any, size: Any, stride: int, dilation: int) -> Any:
        """Yield the elements of padded images that row i and column j of all windows see, and (i, j)."""
        high, wide = ((x.shape[1 + a] - dilation * (size[a] - 1) - 1) // stride + 1 for a in (0, 1))
        for i, j in np.ndindex(*size):
            rows = slice(i * dilation, i * dilation + stride * (high - 1) + 1, stride)
            columns = slice(j * dilation, j * dilation + stride * (wide - 1) + 1, stride)
            yield x[:, rows, columns], (i, j)

    def framed(self, x: Any, padding: int, value: float = 0.0) -> Any:
        widths = ((0, 0), (padding, padding), (padding, padding), (0, 0))
        return self.base.pad(x * 1.0, widths, constant_values=value)

    def conv2d(self, x: Any, w: Any, stride: int, padding: int, dilation: int, groups: int = 1) -> Any:
        """Tap by tap, as the definition has it; groups of one channel only."""
        found = self.taps(self.framed(x, padding), w.shape[:2], stride, dilation)
        return sum((part * w[at][0] if groups > 1 else part @ w[at]) for part, at in found)

    def max_pool2d(self, x: Any, window: Any, stride: int, padding: int) -> Any:
        found = [part for part, _ in self.taps(self.framed(x, padding, -np.inf), window, stride, 1)]
        return self.base.max(self.base.stack(found), 0)

    def avg_pool2d(self, x: Any, window: Any, stride: int, padding: int, include: bool) -> Any:
        total = sum(part for part, _ in self.taps(self.framed(x, padding), window, stride, 1))
        inside = NUMPY.framed(np.ones(x.shape), 0 if include else padding)
        count = window[0] * window[1] if include else sum(part for part, _ in NUMPY.taps(inside, window, stride, 1))
        return total / count

    def resize(self, x: Any, size: Any, method: str = "bilinear", antialias: bool = False) -> Any:
        from ops.images import weights

        rows, columns = (weights(x.shape[1 + a], size[a], method, antialias) for a in (0, 1))
        return self.base.einsum("ih,jw,nhwc->nijc", rows, columns, x)


NUMPY = Library(np, special)


def jax_library() -> Library:
    """JAX is slow to import: only where gradients are compared."""
    from ops._reference import jax, jnp

    return Library(jnp, jax.scipy.special)

"""Random tensors: counter-based, so that a seed gives the same numbers on any machine and number of threads.

>>> import swiftgan as sg
>>> generator = sg.random.Generator(0)
>>> generator.normal((2, 3)).shape
(2, 3)

Functions of this module draw from a common generator (`seed` restarts it), or from a ``key`` of your own: the same key
gives the same numbers, so use one once and `split` it for more.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

from . import _core
from ._core import apply, operation
from ._creation import Shape, _shape
from ._dtypes import DTypeLike, as_dtype, float32
from ._tensor import Tensor

__all__ = [
    "Generator", "bernoulli", "default_generator", "fold", "integers", "key", "normal", "permutation", "seed", "split",
    "uniform",
]  # fmt: skip

_normal, _uniform, _bernoulli = (operation("random_" + name) for name in ("normal", "uniform", "bernoulli"))
_integers, _permutation = operation("random_integers"), operation("random_permutation")


def key(seed: int, stream: int = 0) -> Tensor:
    """Return a key: an int64 tensor of shape (2,)."""
    return _core.random_key(_seed(seed), _seed(stream))


def split(key: Tensor, count: int = 2) -> list[Tensor]:
    """Return independent keys made of one."""
    return _core.random_split(key, count)


def fold(key: Tensor, index: int) -> Tensor:
    """Return the key number `index` of those that can be made of one."""
    return _core.random_fold(key, _seed(index))


def _seed(value: Any) -> int:
    number: int = value.__index__()
    if not 0 <= number < 2**64:
        raise ValueError(f"a seed must be from 0 to 2**64 - 1, not {number}")
    return number


class Generator:
    """A source of random tensors with a seed and a position.

    Parameters
    ----------
    seed : int, optional
        The same seed gives the same numbers; None takes one from the system.
    """

    def __init__(self, seed: int | None = None) -> None:
        self._handle = _core.generator(int.from_bytes(os.urandom(8), "little") >> 1 if seed is None else _seed(seed))

    def next_key(self) -> Tensor:
        """Return a key that was not given out before."""
        return self._handle.next()

    @property
    def state(self) -> tuple[int, int]:
        """Seed and counter; set it to go back to a position."""
        return self._handle.get_state()

    @state.setter
    def state(self, value: Sequence[int]) -> None:
        seed, counter = value
        self._handle.set_state(_seed(seed), _seed(counter))

    def normal(self, shape: Shape = (), mean: float = 0, std: float = 1, dtype: DTypeLike = float32) -> Tensor:
        """Return normal numbers."""
        return normal(shape, mean, std, dtype, key=self.next_key())

    def uniform(self, shape: Shape = (), low: float = 0, high: float = 1, dtype: DTypeLike = float32) -> Tensor:
        """Return uniform numbers in [low, high)."""
        return uniform(shape, low, high, dtype, key=self.next_key())

    def bernoulli(self, shape: Shape = (), p: float = 0.5) -> Tensor:
        """Return bools that are true with probability p."""
        return bernoulli(shape, p, key=self.next_key())

    def integers(self, low: int, high: int | None = None, shape: Shape = ()) -> Tensor:
        """Return integers (int64) from low up to but not including high, or from 0 to low when high is None."""
        return integers(low, high, shape, key=self.next_key())

    def permutation(self, n: int) -> Tensor:
        """Return the numbers 0 to n - 1 (int64) in random order."""
        return permutation(n, key=self.next_key())

    def __getstate__(self) -> tuple[int, int]:
        return self.state

    def __setstate__(self, state: tuple[int, int]) -> None:
        self._handle = _core.generator(state[0])
        self.state = state

    def __repr__(self) -> str:
        seed, counter = self.state
        return f"Generator(seed={seed}, counter={counter})"


_default = Generator()


def default_generator() -> Generator:
    """Return the common generator, seeded by the system unless `seed` came before."""
    return _default


def seed(seed: int) -> None:
    """Restart the common generator, from which new layers take their weights too."""
    _default.state = (seed, 0)


def _key(given: Tensor | None) -> Tensor:
    return default_generator().next_key() if given is None else given


def normal(
    shape: Shape = (), mean: float = 0, std: float = 1, dtype: DTypeLike = float32, *, key: Tensor | None = None
) -> Tensor:
    """Return normal numbers with a mean and a standard deviation."""
    if std < 0:
        raise ValueError(f"a standard deviation must not be negative, but std is {std}")
    drawn = apply(_normal, _key(key), shape=_shape(shape), dtype=as_dtype(dtype).name)
    if std != 1:
        drawn = drawn * float(std)
    return drawn if mean == 0 else drawn + float(mean)


def uniform(
    shape: Shape = (), low: float = 0, high: float = 1, dtype: DTypeLike = float32, *, key: Tensor | None = None
) -> Tensor:
    """Return uniform numbers in [low, high)."""
    if not low <= high:
        raise ValueError(f"low must not exceed high, but they are {low} and {high}")
    drawn = apply(_uniform, _key(key), shape=_shape(shape), dtype=as_dtype(dtype).name)
    if high - low != 1:
        drawn = drawn * float(high - low)
    return drawn if low == 0 else drawn + float(low)


def bernoulli(shape: Shape = (), p: float = 0.5, *, key: Tensor | None = None) -> Tensor:
    """Return bools that are true with probability p."""
    return apply(_bernoulli, _key(key), shape=_shape(shape), p=float(p))


def integers(low: int, high: int | None = None, shape: Shape = (), *, key: Tensor | None = None) -> Tensor:
    """Return integers (int64) from low up to but not including high, or from 0 to low when high is None."""
    if high is None:
        low, high = 0, low
    return apply(_integers, _key(key), shape=_shape(shape), low=low, high=high)


def permutation(n: int, *, key: Tensor | None = None) -> Tensor:
    """Return the numbers 0 to n - 1 (int64) in random order."""
    if n < 0:
        raise ValueError(f"cannot permute {n} numbers")
    return apply(_permutation, _key(key), n=n)

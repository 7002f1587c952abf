"""The random numbers of the library from their definition: Philox4x32-10 (Salmon et al., SC 2011) in NumPy."""

from __future__ import annotations

import numpy as np

MASK = np.uint64(0xFFFFFFFF)
HALF = np.uint64(32)
SPLIT = 0x73706C69742D6B79


def words(key, count, seed_change=0, first=0):
    """Return `count` blocks of four 32-bit words, as an array (count, 4) of uint64."""
    seed, stream = (int(word) % 2**64 for word in key)
    seed ^= seed_change
    blocks = (np.arange(count, dtype=np.uint64) + np.uint64(first)).astype(np.uint64)
    a, b = blocks & MASK, blocks >> HALF
    c = np.full(count, stream & 0xFFFFFFFF, np.uint64)
    d = np.full(count, stream >> 32, np.uint64)
    for number in range(10):
        one, two = (
            np.uint64((part + number * weyl) % 2**32)
            for part, weyl in ((seed & 0xFFFFFFFF, 0x9E3779B9), (seed >> 32, 0xBB67AE85))
        )
        product_a, product_c = a * np.uint64(0xD2511F53), c * np.uint64(0xCD9E8D57)
        a, b, c, d = (product_c >> HALF) ^ b ^ one, product_c & MASK, (product_a >> HALF) ^ d ^ two, product_a & MASK
    return np.stack([a, b, c, d], axis=1)


def short(key, shape):
    """Return one 32-bit word for each element."""
    count = int(np.prod(shape))
    return words(key, -(-count // 4)).reshape(-1)[:count]


def long(key, count):
    """Return one 64-bit word for each element."""
    pairs = words(key, -(-count // 2)).reshape(-1, 2)
    return (pairs[:, 0] | pairs[:, 1] << HALF)[:count]


def uniform(key, shape, dtype="float32"):
    if dtype == "float32":
        return ((short(key, shape) >> np.uint64(8)) * 2.0**-24).reshape(shape)
    return ((long(key, int(np.prod(shape))) >> np.uint64(11)) * 2.0**-53).reshape(shape)


def normal(key, shape, dtype="float32"):
    """By the method of Box and Muller, from pairs of words."""
    count = int(np.prod(shape))
    pairs = -(-count // 2)
    if dtype == "float32":
        first, second = words(key, -(-count // 4)).reshape(-1, 2)[:pairs].T
        radius = np.sqrt(-2 * np.log(np.minimum(first * 2.0**-32 + 2.0**-33, 1)))
        # A quadrant in two bits, and in thirty the angle beside it, from -1/2 to 1/2 quadrant.
        angle = ((second >> np.uint64(30)) + (second << np.uint64(2)).astype(np.uint32).view(np.int32) * 2.0**-32) / 4
    else:
        first, second = long(key, 2 * pairs).reshape(-1, 2).T
        radius = np.sqrt(-2 * np.log(((first >> np.uint64(11)) + np.uint64(1)) * 2.0**-53))
        angle = (second >> np.uint64(11)) * 2.0**-53
    z = radius * np.stack([np.cos(2 * np.pi * angle), np.sin(2 * np.pi * angle)])
    return z.T.reshape(-1)[:count].reshape(shape)


def bernoulli(key, shape, p, dtype):
    return (short(key, shape) < int(p * 2**32 + 0.5)).reshape(shape)


def below(numbers, limit):
    """Return the upper half of the products of 64-bit words and a limit."""
    return np.array([int(word) * int(many) >> 64 for word, many in zip(numbers, limit, strict=True)], np.int64)


def integers(key, shape, low, high, dtype):
    count = int(np.prod(shape))
    return (low + below(long(key, count), [high - low] * count)).reshape(shape)


def permutation(key, n):
    """The inside-out shuffle of Fisher and Yates."""
    out = np.arange(n)
    for i, j in enumerate(below(long(key, n), range(1, n + 1))):
        out[i], out[j] = out[j], i
    return out


def split(key, n, start=0):
    blocks = words(key, n, SPLIT, start)
    return np.stack([blocks[:, 0] | blocks[:, 1] << HALF, blocks[:, 2] | blocks[:, 3] << HALF], axis=1).view(np.int64)

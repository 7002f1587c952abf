"""Random tensors: their laws, and that a seed is all that decides them."""

from __future__ import annotations

import numpy as np
import pytest
import swiftgan as sg
from scipy import stats

N = 40_000


def test_laws():
    generator = sg.random.Generator(1)
    assert stats.kstest(generator.normal(N, 2, 3).numpy(), stats.norm(2, 3).cdf).pvalue > 1e-3
    assert stats.kstest(generator.uniform(N, -1, 4).numpy(), stats.uniform(-1, 5).cdf).pvalue > 1e-3
    assert stats.binomtest(int(generator.bernoulli(N, 0.3).sum()), N, 0.3).pvalue > 1e-3
    counts = np.bincount(generator.integers(7, shape=N).numpy(), minlength=7)
    assert stats.chisquare(counts).pvalue > 1e-3
    assert sorted(generator.permutation(1000).tolist()) == list(range(1000))
    assert generator.integers(5, 7, (3, 2)).shape == (3, 2)
    assert generator.normal((), dtype="float64").dtype == "float64"
    uniform = generator.uniform(N).numpy()
    assert uniform.min() >= 0
    assert uniform.max() < 1


def test_seeds_and_positions():
    first, second = sg.random.Generator(5), sg.random.Generator(5)
    assert first.normal(3).tolist() == second.normal(3).tolist()
    state = first.state
    values = first.normal(3).tolist()
    assert values != second.uniform(3).tolist()
    first.state = state
    assert first.normal(3).tolist() == values
    sg.random.seed(1)
    values = sg.random.normal(3).tolist()
    sg.random.seed(1)
    assert sg.random.normal(3).tolist() == values
    assert sg.random.Generator().state[0] != sg.random.Generator().state[0]


def test_keys():
    key = sg.random.key(0)
    assert sg.random.normal(4, key=key).tolist() == sg.random.normal(4, key=key).tolist()
    one, two = sg.random.split(key)
    assert one.tolist() != two.tolist()
    assert len(sg.random.split(key, 5)) == 5
    assert sg.random.fold(key, 3).tolist() == sg.random.fold(key, 3).tolist()
    assert sg.random.key(2**64 - 1).shape == (2,)


@pytest.mark.parametrize("threads", [1, 2, 3])
def test_any_number_of_threads(threads):
    before = sg.get_num_threads()
    try:
        sg.set_num_threads(threads)
        x = sg.random.normal(100_000, key=sg.random.key(9)).numpy()
    finally:
        sg.set_num_threads(before)
    assert np.array_equal(x, sg.random.normal(100_000, key=sg.random.key(9)).numpy())


def test_mistakes():
    with pytest.raises(ValueError, match="-1"):
        sg.random.Generator(-1)
    with pytest.raises(ValueError, match="std"):
        sg.random.normal(2, std=-1)
    with pytest.raises(ValueError, match="low"):
        sg.random.uniform(2, 3, 1)
    with pytest.raises(ValueError, match="1.5"):
        sg.random.bernoulli(2, 1.5)
    with pytest.raises(ValueError, match="integers"):
        sg.random.integers(3, 3)
    with pytest.raises(ValueError, match="negative"):
        sg.random.normal(-1)
    with pytest.raises(TypeError, match="key"):
        sg.random.normal(2, key=sg.ones(2))

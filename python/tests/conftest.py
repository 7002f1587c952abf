"""What all tests share."""

from __future__ import annotations

import faulthandler

import hypothesis
import numpy as np
import pytest
import swiftgan as sg

faulthandler.enable()
hypothesis.settings.register_profile("default", deadline=None, max_examples=60, derandomize=True)
hypothesis.settings.load_profile("default")


@pytest.fixture(autouse=True)
def _seeded():
    sg.random.seed(0)
    np.random.seed(0)


@pytest.fixture
def rng():
    return np.random.default_rng(0)


@pytest.fixture(scope="session")
def digits():
    return sg.datasets.load_digits()

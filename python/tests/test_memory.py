"""Long training in bounded memory: what a step takes, the step gives back."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

STATUS = Path("/proc/self/status")

# In a process of its own: what other tests have left to the allocators would hide growth, or show as such.
PREAMBLE = """
import numpy as np
import swiftgan as sg
from swiftgan import nn

def resident():  # in bytes
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmRSS:"))

def used():
    return sg.get_config()["memory"]["in_use"]

def net(*sizes):
    layers = [nn.Dense(sizes[0], sizes[1])]
    for inputs, outputs in zip(sizes[1:], sizes[2:]):
        layers += [nn.LeakyReLU(), nn.Dense(inputs, outputs)]
    return nn.Sequential(*layers)

def trainer(**options):
    game = sg.Game([sg.Player("discriminator", net(4, 16, 1)), sg.Player("generator", net(4, 16, 4))],
                   latent=4, **options)
    data = np.random.default_rng(0).normal(size=(256, 4)).astype(np.float32)
    return sg.Trainer(game, data, batch_size=32, seed=0)

def growth(play, warm_up, count):
    play(warm_up)
    before, used_before = resident(), used()
    play(count)
    print(resident() - before, used() - used_before)
"""
OBJECTIVES = {
    "non_saturating": "objective='non_saturating'",
    "gradient_penalty": "objective='wasserstein', penalties=['gradient_penalty']",
}


def growth(code):
    """Return by how many bytes the process and the tensors' memory have grown."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", PREAMBLE + textwrap.dedent(code)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    resident, used = map(int, done.stdout.split())
    return resident, used


@pytest.mark.skipif(not STATUS.exists(), reason="resident memory is read from /proc")
class TestMemory:
    @pytest.mark.parametrize("objective", OBJECTIVES)
    def test_training_is_flat(self, objective):
        resident, used = growth(f"growth(trainer({OBJECTIVES[objective]}).step, 300, 1000)")
        assert resident < 2**20
        assert used == 0

    def test_sampling_is_flat(self):
        resident, used = growth(
            """
            made = trainer(objective="non_saturating")
            made.step()
            def draw(count):
                for seed in range(count):
                    made.sample(64, random_state=seed)
            growth(draw, 300, 1000)
            """
        )
        assert resident < 2**20
        assert used == 0

    def test_a_leak_is_seen(self):
        """What is kept of each step shows: a kilobyte of each of 2,000 calls."""
        resident, used = growth(
            """
            kept = []
            growth(lambda count: kept.extend(sg.ones(256) + 1 for _ in range(count)), 300, 2000)
            """
        )
        assert resident > 2**20
        assert used >= 2000 * 1024

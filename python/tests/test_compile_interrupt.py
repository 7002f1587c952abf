"""Ctrl-C while compiled functions run: it is raised between replays, and whatever they change is whole."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
import time

import pytest

HEAD = """
import sys, time
import numpy as np, swiftgan as sg
from swiftgan import nn

def make():
    sg.random.seed(3)
    net = nn.Sequential(nn.Dense(8, WIDTH), nn.BatchNorm(WIDTH), nn.Tanh(), nn.Dropout(0.1), nn.Dense(WIDTH, 1))
    optimizer = sg.optim.Adam(net, learning_rate=1e-3)
    count = nn.Parameter(sg.zeros(()), trainable=False)

    @sg.compile
    def step(x):
        value, gradients = sg.value_and_grad(lambda: (net(x) ** 2).mean(), (), of=net)()
        optimizer.step(gradients)
        count.value = count.value + 1
        return value
    return net, step, count

def bits(net):
    return b"".join(parameter.value.numpy().tobytes() for parameter in net.parameters().values())

x = np.random.default_rng(0).normal(size=(ROWS, 8)).astype(np.float32)
net, step, count = make()
"""

# Steps of microseconds, so that the signal falls on anything; and steps of a good part of a second.
SIZES = {"short": (4, 4), "long": (768, 40_000)}


def interrupted(code, width, rows, delay):
    code = f"WIDTH, ROWS = {width}, {rows}\n" + HEAD + textwrap.dedent(code)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )
    assert process.stdout.readline() == "go\n", process.stderr.read()
    time.sleep(delay)
    process.send_signal(signal.SIGINT)
    out, errors = process.communicate(timeout=120)
    assert process.returncode == 0, errors
    return out


@pytest.mark.parametrize("delay", [0.05, 0.2, 0.31])
@pytest.mark.parametrize("size", SIZES)
def test_a_loop_of_steps_ends_with_whole_steps(size, delay):
    out = interrupted(
        """
        step(x)
        print("go", flush=True)
        try:
            while True:
                started = time.perf_counter()
                step(x)
        except KeyboardInterrupt:
            waited = time.perf_counter() - started
        steps = int(count.value.item())
        found = bits(net)
        more = step(x).item()                   # and it goes on
        assert step.traces == 1
        net, step, count = make()
        for _ in range(steps):
            step(x)
        assert bits(net) == found
        assert step(x).item() == more
        print("whole", steps, waited)
        """,
        *SIZES[size],
        delay,
    )
    word, steps, waited = out.split()
    assert word == "whole"
    assert int(steps) >= 1
    # Raised by the end of the replay that was under way.
    assert float(waited) < 20


def test_an_interrupt_while_tracing_leaves_nothing_behind():
    out = interrupted(
        """
        runs = []

        @sg.compile
        def slow(x):
            count.value = count.value + 1
            runs.append(1)
            if len(runs) == 1:
                print("go", flush=True)
                time.sleep(60)
            return x * 2

        try:
            slow(x)
        except KeyboardInterrupt:
            print("stopped")
        assert not sg._core.runs_body()
        assert count.value.item() == 0 and slow.traces == 0
        assert slow(x[:1, :1]).shape == (1, 1)
        assert count.value.item() == 1
        print("fine")
        """,
        4,
        4,
        0.1,
    )
    assert out.split() == ["stopped", "fine"]

"""Time of a training step through the installed package, and beside it PyTorch's if asked for.

    python benchmarks/training.py [--peer PYTHON] [--rounds 3] [--seconds 4] [WORKLOAD ...]

Each round runs every library once, in a process of its own and in turn, so that a busy machine slows all alike; the
table shows the median over rounds of each process's median step.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from workloads import DATA_BATCHES, WORKLOADS, Layer, measure

HERE = Path(__file__).resolve().parent


def build(rows: list[Layer]) -> Any:
    """Return the network of a workload made of swiftgan's layers."""
    from swiftgan import nn

    def convolution(kind: Any) -> Any:
        return lambda i, o, kernel, stride, pad, bias: kind(
            i, o, kernel_size=kernel, stride=stride, padding=pad, bias=bias
        )

    kinds = {
        "dense": lambda i, o, bias: nn.Dense(i, o, bias=bias),
        "conv": convolution(nn.Conv2D),
        "conv_transpose": convolution(nn.ConvTranspose2D),
        "batch_norm": nn.BatchNorm,
        "reshape": lambda *shape: nn.Reshape(list(shape)),
        "flatten": nn.Flatten,
        "relu": nn.ReLU,
        "leaky_relu": lambda: nn.LeakyReLU(0.2),
        "tanh": nn.Tanh,
        "sigmoid": nn.Sigmoid,
    }
    return nn.Sequential(*(kinds[kind](*arguments) for kind, *arguments in rows))


def run_swiftgan(name: str, seconds: float) -> None:
    """Train a workload with swiftgan and print what a step takes."""
    import numpy as np
    import swiftgan as sg

    work = WORKLOADS[name]
    rate, beta1, beta2 = work.adam
    adam = {"name": "adam", "learning_rate": rate, "beta1": beta1, "beta2": beta2}
    game = sg.Game(
        [
            sg.Player("discriminator", build(work.discriminator), adam, steps=work.critic_steps),
            sg.Player("generator", build(work.generator), adam),
        ],
        objective="wasserstein" if work.gradient_penalty else "non_saturating",
        penalties=[{"name": "gradient_penalty", "weight": work.gradient_penalty}] if work.gradient_penalty else (),
        latent=work.latent,
    )
    data = np.random.default_rng(0).uniform(-1, 1, (DATA_BATCHES * work.batch, *work.sample)).astype(np.float32)
    trainer = sg.Trainer(game, data, batch_size=work.batch, seed=0, range="raw")
    measure(trainer.step, seconds)


def median_step(command: list[str], environment: dict[str, str]) -> float:
    """Run one library on one workload and return the seconds of its median step."""
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return float(json.loads(done.stdout.splitlines()[-1])["median_s"])


def busy_share() -> float:
    """Return the share of all processors' time that goes to other programs, over a second in which this one sleeps."""
    stat = Path("/proc/stat")
    if not stat.exists():
        return 0.0

    def read() -> tuple[int, int]:
        ticks = [int(word) for word in stat.read_text().splitlines()[0].split()[1:9]]
        return ticks[3] + ticks[4], sum(ticks)

    idle, total = read()
    time.sleep(1)
    later_idle, later_total = read()
    return 1 - (later_idle - idle) / max(1, later_total - total)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("workloads", nargs="*", metavar="WORKLOAD", help=f"of {', '.join(WORKLOADS)}; all by default")
    parser.add_argument("--peer", metavar="PYTHON", help="an interpreter that has PyTorch, to be measured as well")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=4, help="how long each process measures")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--worker", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if unknown := set(options.workloads) - set(WORKLOADS):
        parser.error(f"there is no workload {', '.join(sorted(unknown))}; there are {', '.join(WORKLOADS)}")
    if options.worker:
        run_swiftgan(options.workloads[0], options.seconds)
        return

    libraries = {"swiftgan": [sys.executable, str(HERE / "training.py"), "--worker"]}
    if options.peer:
        libraries["torch"] = [options.peer, str(HERE / "training_torch.py")]
    threads = str(options.threads)
    environment = {**os.environ, "SWIFTGAN_NUM_THREADS": threads, "OMP_NUM_THREADS": threads}
    if (busy := busy_share()) > 0.1:
        # PyTorch's threads spin while they wait for each other: beside other work its step can take ten times as long.
        print(f"note: other programs use {busy:.0%} of the processors; compare on a quiet machine", flush=True)
    print(f"training, float32, threads: {threads}; median step of {options.rounds} rounds")
    print(f"\n {'workload':12}{'swiftgan':>16}{'steps/s':>10}" + (f"{'torch':>13}{'ratio':>8}" if options.peer else ""))
    for name in options.workloads or WORKLOADS:
        print(f" {name:12}", end="", flush=True)
        times: dict[str, list[float]] = {library: [] for library in libraries}
        for _ in range(options.rounds):
            for library, command in libraries.items():
                seconds = ["--seconds", str(options.seconds)]
                times[library].append(median_step([*command, *seconds, name], environment))
        ours = statistics.median(times["swiftgan"])
        print(f"{ours * 1e3:13.2f} ms{1 / ours:10.2f}", end="")
        if options.peer:
            # Of each round by itself: what slows one slows the other.
            ratio = statistics.median(a / b for a, b in zip(times["swiftgan"], times["torch"], strict=True))
            print(f"{statistics.median(times['torch']) * 1e3:10.2f} ms{ratio:8.2f}", end="")
        print()


if __name__ == "__main__":
    main()

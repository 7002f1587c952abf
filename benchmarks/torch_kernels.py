"""PyTorch's time for kernels that oneDNN lacks; reads cases as JSON from standard input, and prints JSON.

python torch_kernels.py [--threads N] [--rounds 7] < [{"name": "erf", "pass": "1048576"}, ...]

Results go to memory that is there already, as ours do. For a name that is not known here there are no figures.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Callable

import torch

LEAST_SECONDS = 4e-3


def adam(count: int) -> Callable[[], object]:
    parameter = torch.rand(count, requires_grad=True)
    parameter.grad = torch.rand(count)
    optimizer = torch.optim.Adam([parameter], lr=1e-3, fused=True)
    return optimizer.step


def function(compute: Callable[..., object]) -> Callable[[int], Callable[[], object]]:
    def of(count: int) -> Callable[[], object]:
        x, out = torch.rand(count), torch.empty(count)
        return lambda: compute(x, out=out)

    return of


def normal(count: int) -> Callable[[], object]:
    return torch.empty(count).normal_


KERNELS: dict[str, Callable[[int], Callable[[], object]]] = {
    "adam": adam,
    "erf": function(torch.erf),
    "exp": function(torch.exp),
    "log": function(torch.log),
    "normal": normal,
    "relu": lambda count: (lambda x, out: lambda: torch.clamp(x, min=0, out=out))(
        torch.rand(count), torch.empty(count)
    ),
    "tanh": function(torch.tanh),
}


def seconds(call: Callable[[], object], rounds: int) -> list[float]:
    call()
    start = time.perf_counter()
    call()
    repeats = int(LEAST_SECONDS / (time.perf_counter() - start)) + 1
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        for _ in range(repeats):
            call()
        times.append((time.perf_counter() - start) / repeats)
    return times


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    found = []
    for case in json.load(sys.stdin):
        make = KERNELS.get(case["name"])
        found.append(seconds(make(int(case["pass"])), options.rounds) if make and case["pass"].isdigit() else None)
    print(json.dumps({"version": torch.__version__, "seconds": found}))
    return 0


if __name__ == "__main__":
    sys.exit(main())

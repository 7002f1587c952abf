"""What is wanted of a step beside PyTorch's and JAX's, and what a workload's rounds say of it."""

from __future__ import annotations

import statistics
from typing import Any

from machine import BUSY

Figures = dict[str, float]
"""What a step's script prints."""

# PyTorch's best time over ours, at least; float32.
SPEED = {"mlp": 2.0, "wgangp2d": 1.5, "lstmgan": 2.0, "sample1": 2.0, "dcgan28": 1.6, "dcgan64": 1.35}
AHEAD_OF_JAX = {"wgangp2d"}
MEMORY_SHARE = 0.5  # of PyTorch's peak, at most
FIRST_STEP_MS = {"dcgan28": 100.0}
FURTHER = "; ".join(
    [
        f"wanted as well: share at most {MEMORY_SHARE} on each",
        *(f"{name} ahead of JAX" for name in sorted(AHEAD_OF_JAX)),
        *(f"tracing and planning of {name} in {limit:.0f} ms" for name, limit in FIRST_STEP_MS.items()),
    ]
)


def median(rounds: list[Figures], figure: str) -> float:
    return statistics.median(one[figure] for one in rounds)


def summary(name: str, found: dict[str, list[Figures]], judged: bool = True) -> dict[str, Any] | None:
    """Return what the table shows of a workload; None where ours could not be measured.

    Whatever was not measured has no entry. Goals are judged if asked, but not by rounds that other programs spoilt.
    """
    if "swiftgan" not in found:
        return None
    ours = found["swiftgan"]
    ours_s = median(ours, "median_s")
    result: dict[str, Any] = {
        "ours_ms": ours_s * 1e3,
        "first_ms": median(ours, "first_s") * 1e3,
        # What the first step takes beyond another one.
        "plan_ms": (median(ours, "first_s") - median(ours, "median_s")) * 1e3,
        "ours_mb": median(ours, "maxrss_mb"),
    }
    times = {name: median(rounds, "median_s") for name, rounds in found.items() if name.startswith("torch")}
    if times:
        best = min(times, key=lambda name: times[name])
        # The least of any mode, for a process that compiles holds a compiler.
        memory = min(median(found[name], "maxrss_mb") for name in times)
        result |= {"torch_ms": times[best] * 1e3, "torch_mode": best.removeprefix("torch-"), "torch_mb": memory}
        result |= {"ratio": times[best] / ours_s, "memory_share": result["ours_mb"] / memory}
    if "jax" in found:
        jax_s = median(found["jax"], "median_s")
        result |= {"jax_ms": jax_s * 1e3, "jax_ratio": jax_s / ours_s, "jax_mb": median(found["jax"], "maxrss_mb")}
    result["others_share"] = max(
        (one.get("others_share", 0.0) for rounds in found.values() for one in rounds), default=0.0
    )
    if not judged:
        return result
    result["goal"] = SPEED.get(name)
    return result | ({"spoilt": True} if result["others_share"] > BUSY else {"missed": missed(name, result)})


def missed(name: str, result: dict[str, Any]) -> list[str]:
    """Return the goals that do not hold, in words; what was not measured is not judged."""
    words = []
    if "ratio" in result and result["ratio"] < SPEED.get(name, 0):
        words.append(f"{result['ratio']:.2f} times as fast as PyTorch; at least {SPEED[name]} is wanted")
    if name in AHEAD_OF_JAX and result.get("jax_ratio", 2) <= 1:
        words.append(f"{result['jax_ratio']:.2f} times as fast as JAX; more than 1 is wanted")
    if result.get("memory_share", 0) > MEMORY_SHARE:
        words.append(f"{result['memory_share']:.2f} of PyTorch's peak memory; at most {MEMORY_SHARE} is wanted")
    if name in FIRST_STEP_MS and result["plan_ms"] > FIRST_STEP_MS[name]:
        words.append(f"tracing and planning {result['plan_ms']:.0f} ms; at most {FIRST_STEP_MS[name]:.0f} is wanted")
    return [f"{name}: {one}" for one in words]

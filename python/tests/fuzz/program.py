"""A program: inputs, and steps that are expressions on what came before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

# How an input lies in memory: code on x, which is contiguous.
LAYOUTS = {
    "contiguous": "x",
    "backwards": "np.array(x[(slice(None, None, -1),) * x.ndim])[(slice(None, None, -1),) * x.ndim]",
    "columns first": "np.array(x, order='F')",
    "spaced": "np.repeat(x, 2, axis=-1)[..., ::2]",
    "within": "np.pad(x, 1)[(slice(1, -1),) * x.ndim]",
    "repeated": "np.broadcast_to(x[:1], x.shape)",
}


class Input(NamedTuple):
    values: np.ndarray
    layout: str

    def array(self, dtype: str | None = None) -> np.ndarray:
        x = self.values if dtype is None else self.values.astype(dtype)
        return eval(LAYOUTS[self.layout], {"np": np, "x": x})


class Step(NamedTuple):
    """An expression on variables v0, v1, ... and the library xp, and the dtype of its value."""

    code: str
    function: str
    dtype: str


@dataclass
class Program:
    inputs: list[Input] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)

    def run(
        self, library: Any, arrays: list[Any], after: Callable[[int, Any], Any] = lambda _, value: value
    ) -> list[Any]:
        """Return all variables: the inputs and each step's value. `after` may change each step's value."""
        names = {f"v{number}": array for number, array in enumerate(arrays)}
        for number, step in enumerate(self.steps, len(arrays)):
            value = eval(step.code, {"xp": library, **names})
            names[f"v{number}"] = after(number, value)
        return list(names.values())

    def needed(self) -> list[bool]:
        """Which variables lead to the last one."""
        count = len(self.inputs) + len(self.steps)
        needed = [False] * (count - 1) + [True]
        for number in reversed(range(len(self.inputs), count)):
            if needed[number]:
                code = self.steps[number - len(self.inputs)].code
                for earlier in range(number):
                    needed[earlier] |= f"v{earlier}" in _names(code)
        return needed

    def __str__(self) -> str:
        lines = ["import numpy as np", "import swiftgan as sg", ""]
        needed = self.needed()
        for number, each in enumerate(self.inputs):
            if needed[number]:
                values = np.array2string(
                    each.values, separator=", ", floatmode="unique", threshold=10**6, max_line_width=10**6
                )
                shape = f".reshape{each.values.shape}" if not each.values.size else ""
                lines.append(f"x = np.array({values}, '{each.values.dtype}'){shape}".replace("\n", " "))
                lines.append(f"v{number} = sg.asarray({LAYOUTS[each.layout]})")
        for number, step in enumerate(self.steps, len(self.inputs)):
            if needed[number]:
                lines.append(f"v{number} = {step.code}".replace("xp.", "sg."))
        return "\n".join([*lines, f"print(v{len(self.inputs) + len(self.steps) - 1})"])


def _names(code: str) -> set[str]:
    return set(compile(code, "", "eval").co_names)

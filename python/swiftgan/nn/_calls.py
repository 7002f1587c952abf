"""Calling what the library computes: one input, further ones by keyword, one output or all."""

from __future__ import annotations

import json
from typing import Any

from .. import _core
from .._tensor import Tensor
from ._module import Module, as_tensor


class Called(Module):
    """A network that the library computes as a whole."""

    def forward(self, x: Tensor, **further: Any) -> Tensor:
        """Return the (first) output. Further inputs, such as ``mask=``, are given by keyword; None leaves one out."""
        if not further:
            return self.handle.apply(as_tensor(x, self))
        return self._call(x, further, 1)[0]

    def outputs(self, x: Tensor, **further: Any) -> tuple[Tensor, dict[str, Tensor]]:
        """Return the first output and the further ones by name, such as ``"hidden"``."""
        names = self.output_names
        first, *rest = self._call(x, further, 1 + len(names))
        return first, dict(zip(names, rest, strict=True))

    @property
    def input_names(self) -> tuple[str, ...]:
        """The further inputs."""
        return tuple(given["name"] for given in _signature(self.handle)["inputs"])

    @property
    def output_names(self) -> tuple[str, ...]:
        """The outputs after the first."""
        return tuple(_signature(self.handle)["outputs"])

    def _call(self, x: Any, further: dict[str, Any], count: int) -> list[Tensor]:
        given = {name: as_tensor(value, self, name) for name, value in further.items() if value is not None}
        return self.handle.call(as_tensor(x, self), tuple(given), tuple(given.values()), count)


def _signature(handle: _core.Layer) -> Any:
    return json.loads(handle.signature())

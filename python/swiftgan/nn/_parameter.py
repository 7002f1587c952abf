"""Parameters of one's own."""

from __future__ import annotations

from typing import Any

from .. import _core
from .._creation import asarray
from .._tensor import Tensor


class Parameter:
    """A tensor that training changes, as an attribute of a `Module`.

    Parameters
    ----------
    value : tensor or array
        Its first value, which is copied; float32 or float64 if it is trainable.
    trainable : bool
        False for a buffer, such as a running mean, which is saved with the network but has no gradient.

    In expressions use ``parameter.value``; set it to give it another one of the same shape.
    """

    def __init__(self, value: Any, *, trainable: bool = True) -> None:
        self._initial = asarray(value).copy()
        self._trainable = trainable
        self._bound: _core.Parameter | None = None

    def _bind(self, name: str) -> None:
        """Take the name under which a module has it; the first one stays."""
        if self._bound is None:
            self._bound = _core.parameter(name, self._initial, self._trainable)
            del self._initial

    @property
    def handle(self) -> _core.Parameter:
        """The parameter as the library knows it."""
        if self._bound is None:
            self._bind("parameter")
        assert self._bound is not None
        return self._bound

    @property
    def value(self) -> Tensor:
        """Its present value."""
        return self.handle.value

    @value.setter
    def value(self, value: Any) -> None:
        self.handle.value = asarray(value)

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of its value."""
        return self.value.shape

    def trainable_parameters(self) -> _core.Parameter:
        """Return what gradients are taken by."""
        return self.handle

    def __getstate__(self) -> dict[str, Any]:
        bound = self._bound
        return {
            "name": None if bound is None else bound.name,
            "value": self._initial if bound is None else bound.value,
            "trainable": self._trainable,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        self._initial, self._trainable, self._bound = state["value"], state["trainable"], None
        if state["name"] is not None:
            self._bind(state["name"])

    def __repr__(self) -> str:
        return f"Parameter({self.value!r}{'' if self._trainable else ', trainable=False'})"

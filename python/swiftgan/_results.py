"""Results of compiled functions: the tensors in them, and the form with all else."""

from __future__ import annotations

import collections
import dataclasses
import functools
import inspect
import types
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ._arguments import Rebuild, Same, frozen, nest
from ._tensor import Tensor

_LAZY = (types.GeneratorType, types.CoroutineType, types.AsyncGeneratorType, map, filter, zip, enumerate, reversed)
"""What computes only when somebody asks it: after the trace."""

_PLAIN = (str, bytes, int, float, complex, type(None), type, types.ModuleType, np.generic, np.dtype)
"""What holds no tensors."""

_MOST_OBJECTS = 100_000
"""So many objects are looked through for traced tensors that nobody could give back."""


class Results:
    """What a function returned: its tensors, and a form with all else.

    Tensors are found in lists, tuples, named tuples, dicts and dataclasses, at any depth. Whatever else is returned is
    the same object at each call.

    Raises
    ------
    TypeError
        For an object of another type that holds traced tensors, and for generators and the like.
    """

    def __init__(self, value: Any, function: str) -> None:
        self._function = function
        self._tensors: list[Tensor] = []
        self._build, key = self._visit("the result", value)
        self.key: Any = None
        """Equal for equal forms; None where values cannot be compared."""
        try:
            hash(key)
            self.key = key
        except TypeError:
            pass

    def take_tensors(self) -> list[Tensor]:
        """Return the tensors, which the form does not keep."""
        taken, self._tensors = self._tensors, []
        return taken

    def rebuild(self, tensors: Sequence[Tensor]) -> Any:
        """Return such a value with these tensors in their places."""
        return self._build(iter(tensors))

    def _visit(self, path: str, value: Any) -> tuple[Rebuild, Any]:
        if isinstance(value, Tensor):
            self._tensors.append(value)
            return next, Tensor
        if isinstance(value, (dict, list, tuple)):
            return nest(value, lambda name, part: self._visit(f"{path}[{name!r}]", part))
        if isinstance(value, np.ndarray) and value.dtype != object:
            return lambda tensors: value.copy(), Same(value)
        if (
            dataclasses.is_dataclass(value)
            and not isinstance(value, type)
            and not hasattr(value, "trainable_parameters")
        ):
            return self._dataclass(path, value)
        if isinstance(value, _LAZY):
            raise TypeError(
                f"{self._function}: {path} is a {type(value).__name__}, which computes only when it is asked, after "
                "the function has been traced; return a list of what it gives: list(...)"
            )
        self._check(path, value)
        return lambda tensors: value, ("static", frozen(value))

    def _dataclass(self, path: str, value: Any) -> tuple[Rebuild, Any]:
        kind = type(value)
        parts = {name: self._visit(f"{path}.{name}", part) for name, part in _attributes(value)}

        def build(tensors: Iterator[Tensor]) -> Any:
            made = object.__new__(kind)
            for name, (part, _) in parts.items():
                object.__setattr__(made, name, part(tensors))
            return made

        return build, (kind, tuple((name, key) for name, (_, key) in parts.items()))

    def _check(self, path: str, value: Any) -> None:
        place = _traced_in(value)
        if place is None:
            return
        kind = type(value).__name__
        raise TypeError(
            f"{self._function}: {path} is a {kind} that holds a traced tensor (in {path}{place}), which has no "
            "elements and which no later call could replace. A compiled function returns tensors, also in lists, "
            f"tuples, dicts, named tuples and dataclasses: return those and make the {kind} outside, or make it a "
            "dataclass"
        )


def _attributes(value: Any) -> list[tuple[str, Any]]:
    """Return an object's attributes by name: those in its dictionary, and those in slots."""
    found = dict(getattr(value, "__dict__", {}))
    for kind in type(value).__mro__:
        slots = kind.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name not in ("__dict__", "__weakref__") and isinstance(
                kind.__dict__.get(name), types.MemberDescriptorType
            ):
                try:
                    found[name] = kind.__dict__[name].__get__(value)
                except AttributeError:  # never set
                    continue
    return list(found.items())


def _parts(value: Any) -> list[tuple[str, Any]]:
    """Return what an object holds, each with how it is spelled."""
    if isinstance(value, dict):
        return [(f"[{name!r}]", part) for name, part in value.items()]
    if isinstance(value, (list, tuple, collections.deque)):
        return [(f"[{index}]", part) for index, part in enumerate(value)]
    if isinstance(value, np.ndarray):
        return [(f".flat[{index}]", part) for index, part in enumerate(value.flat)] if value.dtype == object else []
    if isinstance(value, functools.partial):
        return [(".func", value.func), (".args", value.args), (".keywords", value.keywords)]
    if inspect.ismethod(value):
        return [(".__self__", value.__self__)]
    if inspect.isfunction(value):
        names = zip(value.__code__.co_freevars, value.__closure__ or (), strict=True)
        cells = [(f"'s variable {name}", cell.cell_contents) for name, cell in names if cell != types.CellType()]
        return [*cells, (".__defaults__", value.__defaults__), (".__kwdefaults__", value.__kwdefaults__)]
    if isinstance(value, types.BuiltinFunctionType):
        return []
    return [(f".{name}", part) for name, part in _attributes(value)]


def _traced_in(value: Any) -> str | None:
    """Return where in an object there is a traced tensor; None where there is none."""
    seen = {id(value)}
    open_: collections.deque[tuple[str, Any]] = collections.deque([("", value)])
    while open_ and len(seen) < _MOST_OBJECTS:
        place, found = open_.popleft()
        if isinstance(found, Tensor):
            if found._traced:
                return place
            continue
        if isinstance(found, _PLAIN):
            continue
        for name, part in _parts(found):
            if id(part) not in seen:
                seen.add(id(part))
                open_.append((place + name, part))
    return None

"""Arguments of compiled functions: the tensors in them, and what is static."""

from __future__ import annotations

import functools
import inspect
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import numpy as np

from . import _core
from ._creation import asarray
from ._tensor import Tensor

Rebuild = Callable[[Iterator[Tensor]], Any]

_PLAIN = (str, bytes, int, float, complex, type(None))
"""Static values that are what they say."""

_MOST_KINDS = 1000
"""So many kinds of one argument are remembered for the warning."""

Path = tuple[Any, Any]
"""Where a part is: the path of what it is in (None for an argument), and its name or index there."""


class Call:
    """The arguments of one call, taken apart."""

    __slots__ = ("_build", "key", "parts", "tensors")

    def __init__(self, tensors: list[Tensor], key: Any, build: Rebuild, parts: Any) -> None:
        self.tensors = tensors
        self.key = key
        self.parts = parts
        self._build = build

    def rebuild(self, tensors: Sequence[Tensor]) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return positional and keyword arguments with these tensors in their places."""
        args, kwargs = self._build(iter(tensors))
        return args, kwargs


class Arguments:
    """How a function's arguments are told apart, and which of them keep changing."""

    def __init__(self, f: Callable[..., Any], name: str, static_argnames: str | Iterable[str]) -> None:
        self._function = name
        self.static = (static_argnames,) if isinstance(static_argnames, str) else tuple(static_argnames)
        self._names: list[str] = []
        self._seen: dict[str, dict[str, None]] = {}
        try:
            parameters = inspect.signature(f).parameters
        except (TypeError, ValueError):  # a builtin
            return
        positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
        self._names = [name for name, parameter in parameters.items() if parameter.kind in positional]
        takes_any = any(parameter.kind is inspect.Parameter.VAR_KEYWORD for parameter in parameters.values())
        for static in self.static:
            if static not in parameters and not takes_any:
                raise ValueError(
                    f"compile: static_argnames has {static!r}, but the arguments of {name} are "
                    f"{', '.join(parameters) or 'none'}"
                )

    def take(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Call:
        """Take the arguments of a call apart."""
        if not kwargs and not self.static and all(type(value) is Tensor for value in args):
            # The common case needs no key but the number.
            return Call(list(args), ((None,) * len(args), ()), lambda tensors: (tuple(tensors), {}), (args, kwargs))
        found = _Parts(self._function)
        positional = [self._visit(found, self._name(index), value) for index, value in enumerate(args)]
        named = {name: self._visit(found, name, kwargs[name]) for name in sorted(kwargs)}
        key = (tuple(part[1] for part in positional), tuple((name, part[1]) for name, part in named.items()))

        def build(tensors: Iterator[Tensor]) -> tuple[tuple[Any, ...], dict[str, Any]]:
            # In the order in which they were found.
            filled = tuple([part[0](tensors) for part in positional])
            more = {name: part[0](tensors) for name, part in named.items()}
            return filled, {name: more[name] for name in kwargs}

        return Call(found.tensors, key, build, (args, kwargs))

    def _name(self, index: int) -> str:
        return self._names[index] if index < len(self._names) else f"argument {index}"

    def _visit(self, found: _Parts, name: str, value: Any) -> tuple[Rebuild, Any]:
        path = (None, name)
        return found.static(path, value) if name in self.static else found.visit(path, value)

    def check_finite(self, call: Call) -> None:
        """Raise a RuntimeError that names the first argument with a NaN or an infinity."""
        for path, value in self._places(call):
            array = np.asarray(value) if isinstance(value, Tensor) and not value._traced else np.zeros(0)
            if array.dtype.kind != "f" or np.isfinite(array).all():
                continue
            nans = np.isnan(array).sum()
            what, count = ("NaN", nans) if nans else ("infinity", np.isinf(array).sum())
            raise RuntimeError(
                f"{self._function}: the argument '{_spelled(path)}' has {what} in {count} of {array.size} elements of "
                f"{array.dtype} {array.shape}"
            )

    def _places(self, call: Call) -> list[tuple[Path, Any]]:
        """Return all parts of a call's arguments, each with its path."""
        args, kwargs = call.parts
        found = _Parts(self._function)
        for index, value in enumerate(args):
            self._visit(found, self._name(index), value)
        for name in sorted(kwargs):
            self._visit(found, name, kwargs[name])
        return found.places

    # ------------------------------------------------------------------------------------------- what keeps changing

    def note(self, call: Call, traced: Sequence[Tensor]) -> None:
        """Keep in mind the kinds of arguments of a call that is being traced, and name what stands for its tensors."""
        places = self._places(call)
        for (path, _), tensor in zip((place for place in places if isinstance(place[1], Tensor)), traced, strict=True):
            tensor._set_name(_spelled(path))
        for path, value in places:
            seen = self._seen.setdefault(_spelled(path), {})
            if len(seen) < _MOST_KINDS:
                seen[_kind(value)] = None

    def thrash(self, max_traces: int) -> str:
        """Return a warning that says which arguments came in many kinds."""
        many = sorted(((len(kinds), path) for path, kinds in self._seen.items() if len(kinds) > 1), reverse=True)
        reasons = []
        for count, path in many[:3]:
            shown = ", ".join(list(self._seen[path])[-3:])
            reasons.append(f"'{path}' came in {count} kinds (the last: {shown})")
        reason = "; ".join(reasons) or (
            "the mode of a network, what it holds, or an optimizer's learning_rate keeps changing (a schedule such as "
            "{'name': 'cosine', ...} changes it within a trace)"
        )
        return (
            f"{self._function} is traced again and again, and only {max_traces} traces are kept: {reason}. Give arrays "
            "a few shapes (pad batches), pass changing numbers as tensors, or raise max_traces"
        )


def nest(value: Any, visit: Callable[[Any, Any], tuple[Rebuild, Any]]) -> tuple[Rebuild, Any]:
    """Return what rebuilds a dict, list or tuple, and its static key, from those of its parts."""
    kind = type(value)
    if isinstance(value, dict):
        items = [(name, *visit(name, part)) for name, part in value.items()]
        names: tuple[Any, ...] = tuple((frozen(name), key) for name, _, key in items)
        # Of an own kind of dict nobody knows how it is made.
        made: Any = kind if kind is OrderedDict else dict
        if isinstance(value, defaultdict):
            made = functools.partial(defaultdict, value.default_factory)
            names = (*names, value.default_factory)
        return lambda tensors: made((name, build(tensors)) for name, build, _ in items), (kind, names)
    parts = [visit(index, part) for index, part in enumerate(value)]
    keys = (kind, tuple(key for _, key in parts))
    if hasattr(kind, "_fields"):  # a named tuple
        return lambda tensors: kind(*[build(tensors) for build, _ in parts]), keys
    return lambda tensors: kind([build(tensors) for build, _ in parts]), keys


class _Parts:
    """What is found while arguments are taken apart."""

    def __init__(self, function: str) -> None:
        self._function = function
        self.tensors: list[Tensor] = []
        self.places: list[tuple[Path, Any]] = []

    def visit(self, path: Path, value: Any) -> tuple[Rebuild, Any]:
        """Return what rebuilds a value, and its static key."""
        if isinstance(value, Tensor):
            return self._tensor(path, value)
        if isinstance(value, (np.ndarray, np.generic)) and value.dtype.kind not in "SU":
            return self._tensor(path, asarray(value))
        if isinstance(value, (dict, list, tuple)):
            return nest(value, lambda name, part: self.visit((path, name), part))
        if not isinstance(value, _PLAIN) and not isinstance(value, type) and hasattr(value, "__dlpack__"):
            return self._tensor(path, asarray(value))
        return self.static(path, value)

    def _tensor(self, path: Path, tensor: Tensor) -> tuple[Rebuild, Any]:
        self.tensors.append(tensor)
        self.places.append((path, tensor))
        return next, None

    def static(self, path: Path, value: Any) -> tuple[Rebuild, Any]:
        """Return what gives a value that is what it is, and its key."""
        try:
            key = frozen(value)
            hash(key)
        except TypeError:
            raise TypeError(
                f"{self._function}: the argument '{_spelled(path)}' is static, and static values must be hashable, but "
                f"a {type(value).__name__} is not; pass a tensor, an array or a tuple in its place"
            ) from None
        self.places.append((path, value))
        return lambda tensors: value, ("static", key)


def _spelled(path: Path) -> str:
    outer, name = path
    return str(name) if outer is None else f"{_spelled(outer)}[{name!r}]"


def _kind(value: Any) -> str:
    """Return what of a value makes a trace, in words."""
    if isinstance(value, Tensor):
        return f"{value.dtype} {value.shape}"
    return repr(value) if isinstance(value, _PLAIN) else f"a {type(value).__name__}"


def frozen(value: Any) -> Any:
    """Return a hashable value, equal for what counts as the same: 1, 1.0 and True do not, nor do 0.0 and -0.0."""
    if isinstance(value, (float, complex)):
        return type(value), repr(value)
    if isinstance(value, tuple):
        return type(value), tuple(frozen(part) for part in value)
    if isinstance(value, _core.Parameter):
        return Same(value)
    return type(value), value


class Same:
    """An object as itself, whatever it says of equality; it is kept, so that no other can be taken for it."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and other.value is self.value

    def __hash__(self) -> int:
        return id(self.value)

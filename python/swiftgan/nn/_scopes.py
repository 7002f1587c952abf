"""What networks are called in messages and profiles: the path from the network that was called first."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from typing import Any

from .. import _core


class _Calls(threading.local):
    def __init__(self) -> None:
        self.modules: list[Any] = []


_calls = _Calls()


@contextlib.contextmanager
def called(module: Any) -> Iterator[None]:
    """Within the block a network is being called, from within the one whose call is under way."""
    outer = _calls.modules[-1] if _calls.modules else None
    found = None if outer is None else _path(module, outer._members())
    kind = type(module).__name__
    _core.scope_enter(kind if found is None else f"{found} ({kind})")
    _calls.modules.append(module)
    try:
        yield
    finally:
        _calls.modules.pop()
        _core.scope_exit()


def _path(module: Any, members: Any) -> str | None:
    """Return under which name, in lists and dicts at any depth, a module is among the members."""
    items = members.items() if isinstance(members, dict) else enumerate(members)
    for name, value in items:
        if value is module:
            return str(name)
        if isinstance(value, (dict, list, tuple)):
            inner = _path(module, value)
            if inner is not None:
                return f"{name}.{inner}"
    return None

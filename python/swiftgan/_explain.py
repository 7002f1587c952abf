"""Errors of operations in the caller's words: the function that was called, and its argument."""

from __future__ import annotations

import functools
import inspect
import re
import reprlib
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any, ParamSpec, TypeVar

from . import _core

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

_ASKED = ("dtype", "ndim", "shape", "size")

_FUNCTIONS = frozenset(
    f"swiftgan.{name}" for name in (
        "_activations", "_arranging", "_compositions", "_convolution", "_creation", "_elementwise", "_indexing",
        "_linear", "_mathematics", "_methods", "_movement", "_norms", "_operators", "_picking", "_pooling",
        "_reductions", "_sorting", "_statistics", "_tensor", "_updates", "linalg", "losses", "random",
    )
)  # fmt: skip
"""The modules whose functions call operations for the user."""

_NAMES = {"Tensor.__getitem__": "x[key]", "Tensor.astype": "astype"}
_NAMES |= {f"Updater.{name}": f"x.at[key].{name}" for name in ("get", "set", "add", "subtract")}
_OPERATION = re.compile(r"[a-z][a-z0-9_]*: ")
_WRITTEN_OUT = re.compile(r"(?<= not )Tensor\(.*", re.DOTALL)


def explain(error: Exception, *offenders: Any) -> str | None:
    """Return what the error of an operation says to the caller of the function that applied it; None to leave it.

    `offenders` is the object that should have been a tensor, if that is what is wrong.
    """
    if not isinstance(error, (TypeError, ValueError, IndexError, OverflowError)):
        return None
    frames = _frames()
    if not frames:
        return None
    function = _name(frames[-1])
    message = _WRITTEN_OUT.sub("a tensor", str(error))
    if offenders:
        message = _about(offenders[0], frames, message)
    if function is None:
        return message
    found = _OPERATION.match(message)
    if found is None:
        # Attributes are called as their operation calls them.
        if message.startswith("axes ") and "axes" not in frames[-1].f_locals and "axis" in frames[-1].f_locals:
            message = "axis" + message[4:]
        return f"{function}: {message}"
    return f"{function}: {message[found.end() :]}"


def no_tensor(offender: Any) -> TypeError:
    """Return the error for an argument that is no tensor, of the function that is being called."""
    error = TypeError(f"expected a tensor, an array or a number, not {type(offender)!r}")
    return TypeError(explain(error, offender) or str(error))


def takes_tensors(function: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Return a function that calls what is no tensor so, where the function itself asks it for shape or dtype."""

    @functools.wraps(function)
    def call(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        try:
            return function(*args, **kwargs)
        except AttributeError as error:
            if error.name not in _ASKED or (error.obj is None and None not in (*args, *kwargs.values())):
                raise
            offender = error.obj
            names = inspect.signature(function).bind(*args, **kwargs).arguments
            place = next(filter(None, (_place(offender, name, value) for name, value in names.items())), None)
            if place is None:
                raise
            raise TypeError(f"{function.__name__}: {_said(place, offender)}") from None

    return call


def _frames() -> list[FrameType]:
    """Return the functions of this package under way that led to the operation, the innermost first."""
    found = []
    frame: FrameType | None = sys._getframe(2)
    while frame is not None and frame.f_globals.get("__name__") == __name__:
        frame = frame.f_back
    while frame is not None and frame.f_globals.get("__name__") in _FUNCTIONS:
        found.append(frame)
        frame = frame.f_back
    return found


def _name(frame: FrameType) -> str | None:
    """Return what the user called; None for an operator, whose operation has the better name."""
    code = frame.f_code
    name = _NAMES.get(code.co_qualname, code.co_name)
    return None if name.startswith(("_", "<")) else name


def _about(offender: Any, frames: list[FrameType], message: str) -> str:
    name = next(filter(None, (_argument(offender, frame) for frame in reversed(frames))), "an operand")
    if not message.startswith("expected a tensor"):
        return f"'{name}': {message}"
    return _said(name, offender)


def _said(name: str, offender: Any) -> str:
    if isinstance(offender, (list, tuple)):
        hint = f"not a {type(offender).__name__}; make a tensor of it with sg.asarray(...)"
    else:
        hint = "not None" if offender is None else f"not {reprlib.repr(offender)} ({type(offender).__name__})"
    return f"'{name}' must be a tensor, an array or a number, {hint}"


def _argument(offender: Any, frame: FrameType) -> str | None:
    """Return which of a function's arguments an object is, or is a part of."""
    count = frame.f_code.co_argcount + frame.f_code.co_kwonlyargcount + bool(frame.f_code.co_flags & 4)
    for name in frame.f_code.co_varnames[:count]:
        place = _place(offender, name, frame.f_locals.get(name, frame))
        if place is not None:
            return place
    return None


def _place(offender: Any, name: str, value: Any) -> str | None:
    if value is offender:
        return name
    if isinstance(value, (list, tuple)):
        for index, part in enumerate(value):
            if part is offender:
                return f"{name}[{index}]"
    return None


_core.set_explainer(explain)

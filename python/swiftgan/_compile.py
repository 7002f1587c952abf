"""`compile`: functions of tensors that are traced once and replayed."""

from __future__ import annotations

import functools
import inspect
import json
import threading
import types
import warnings
import weakref
from collections import OrderedDict
from collections.abc import Callable, Iterable
from typing import Any, overload

from . import _core, _registry
from ._arguments import Arguments
from ._results import Results
from ._tensor import Tensor

_LAST_KEYS = 4
"""How many static keys, and forms of results, are remembered for each trace that is kept.

A key that is forgotten is traced anew.
"""
_MORE_FORMS = 64
"""So many more forms are remembered, for calls of other threads that are under way."""


@overload
def compile(  # noqa: A001
    f: Callable[..., Any], *, static_argnames: str | Iterable[str] = (), max_traces: int = 16
) -> Compiled: ...
@overload
def compile(  # noqa: A001
    f: None = None, *, static_argnames: str | Iterable[str] = (), max_traces: int = 16
) -> Callable[[Callable[..., Any]], Compiled]: ...
def compile(  # noqa: A001 - the name that other libraries have for it
    f: Callable[..., Any] | None = None, *, static_argnames: str | Iterable[str] = (), max_traces: int = 16
) -> Any:
    """Return a form of f that is traced once for each kind of arguments and from then on replayed: much faster.

    At the first call f runs once with arguments that have a shape and a dtype but no elements. What it computes is
    written down, simplified and fused, and its memory is planned; later calls replay that without running f. So f must
    do the same whatever the elements are: ``if x.sum() > 0`` raises a RuntimeError that names the operation (use
    `swiftgan.where`, or return the tensor and look at it outside).

    What f reads beside its arguments is constant, NumPy arrays and Python variables among it, but for what the
    library itself holds. Parameters of networks, optimizers, running statistics of batch norm and random numbers, of
    `Generator` objects and of the common generator, are read and changed at each call, just as f itself would. A
    function is traced anew for arguments of other shapes or dtypes, for other static values, and when a network that
    it used has been put into another mode (``train()``, ``eval()``).

    Parameters
    ----------
    f : callable
        Takes tensors, arrays (of which it gets tensors), numbers and anything else, also nested in lists, tuples and
        dicts; returns any nest of tensors and other values. Without f, `compile` returns a decorator; it may decorate
        methods, too.
    static_argnames : str or sequence of str
        Names of arguments that are static as a whole, whatever they are: f gets them as they are, and is traced anew
        for another value. Of other arguments just those parts are static that are no tensors or arrays. Static values
        must be hashable.
    max_traces : int
        How many traces are kept. The one that was used longest ago gives way, and the first time that this happens a
        RuntimeWarning says which argument keeps changing.

    Returns
    -------
    Compiled
        Called like f. Where a gradient of it is computed, inside another compiled function, and while
        `swiftgan.debug` is on, f itself runs. For the gradient itself to be traced take it inside:
        ``compile(grad(f))``.

    Examples
    --------
    >>> import swiftgan as sg
    >>> @sg.compile
    ... def scaled(x, scale):
    ...     return (x * scale).tanh().sum()
    >>> scaled(sg.Tensor([0.0, 0.0]), 2.0).item()
    0.0
    >>> scaled.traces
    1
    """
    if f is None:
        return functools.partial(compile, static_argnames=static_argnames, max_traces=max_traces)
    return Compiled(f, static_argnames, max_traces)


class Compiled:
    """A compiled function: see `compile`."""

    __wrapped__: Callable[..., Any]
    __qualname__: str

    def __init__(self, f: Callable[..., Any], static_argnames: str | Iterable[str], max_traces: int) -> None:
        if not callable(f):
            raise TypeError(f"compile: a function is needed, not {f!r}")
        if inspect.isgeneratorfunction(f) or inspect.iscoroutinefunction(f) or inspect.isasyncgenfunction(f):
            raise TypeError(f"compile: {f!r} returns before it has run (a generator or coroutine); return tensors")
        if isinstance(max_traces, bool) or not hasattr(max_traces, "__index__"):
            raise TypeError(f"compile: max_traces must be an integer, not {max_traces!r}")
        if max_traces.__index__() < 1:
            raise ValueError(f"compile: max_traces must be at least 1, not {max_traces}")
        functools.update_wrapper(self, f)
        self._name = getattr(f, "__qualname__", type(f).__name__).replace("<locals>.", "")
        self._arguments = Arguments(f, self._name, static_argnames)
        self._max_traces = max_traces.__index__()
        self._handle = _core.function(self._name, _registry.encode({"max_traces": self._max_traces}))
        self._keys: dict[Any, str] = {}
        self._key_count = 0
        self._form_of: dict[Any, int] = {}
        self._forms: OrderedDict[int, Results] = OrderedDict()
        self._form_count = 0
        self._lock = threading.RLock()
        self._bound: dict[int, tuple[weakref.ref[Any], Compiled]] = {}

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        call = self._arguments.take(args, kwargs)
        if _core.runs_body():
            if _core.debug_get("inputs"):
                self._arguments.check_finite(call)
            args, kwargs = call.rebuild(call.tensors)
            return self.__wrapped__(*args, **kwargs)

        # A form is kept by the call that found it, also where others have made it old meanwhile.
        made: dict[int, Results] = {}

        def body(tensors: list[Tensor]) -> tuple[list[Tensor], int]:
            self._arguments.note(call, tensors)
            traced_args, traced_kwargs = call.rebuild(tensors)
            results = Results(self.__wrapped__(*traced_args, **traced_kwargs), self._name)
            form = self._form(results)
            made[form] = results
            return results.take_tensors(), form

        tensors, form, warning = self._handle.call(call.tensors, self._key(call.key), body)
        if warning is not None:
            warnings.warn(self._arguments.thrash(self._max_traces), RuntimeWarning, stacklevel=2)
        found = self._known_form(form) or made.get(form)
        if found is None:
            raise RuntimeError(
                f"{self._name} ran, but what its result looks like has been forgotten: too many threads have it traced "
                f"anew at once for max_traces={self._max_traces}; raise max_traces"
            )
        return found.rebuild(tensors)

    def _key(self, key: Any) -> str:
        """Return the name of a static key: the same for equal ones, and never again for another."""
        with self._lock:
            name = self._keys.pop(key, None)
            if name is None:
                self._key_count += 1
                name = str(self._key_count)
                if len(self._keys) >= _LAST_KEYS * self._max_traces:
                    del self._keys[next(iter(self._keys))]
            # The last used comes last.
            self._keys[key] = name
            return name

    def _form(self, results: Results) -> int:
        """Return the number of a form of results; forms that are equal share one.

        As many are kept as traces can use, and some more: the one used longest ago gives way, as a trace does.
        """
        with self._lock:
            known = None if results.key is None else self._form_of.get(results.key)
            if known is not None:
                return known
            self._form_count += 1
            self._forms[self._form_count] = results
            if results.key is not None:
                self._form_of[results.key] = self._form_count
            while len(self._forms) > _LAST_KEYS * self._max_traces + _MORE_FORMS:
                _, gone = self._forms.popitem(last=False)
                self._form_of.pop(gone.key, None)
            return self._form_count

    def _known_form(self, form: int) -> Results | None:
        """Return a form by its number, and make it the last used; None for one that is no longer known."""
        with self._lock:
            found = self._forms.get(form)
            if found is not None:
                self._forms.move_to_end(form)
            return found

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        """As a method: a compiled function for each object, which is gone when the object is."""
        if instance is None:
            return self
        known = self._bound.get(id(instance))
        if known is not None and known[0]() is instance:
            return known[1]
        try:
            reference = weakref.ref(instance, functools.partial(_forget, weakref.ref(self), id(instance)))
        except TypeError:
            # Without weak references the object is a static argument.
            return types.MethodType(self, instance)
        method = Compiled(_method(self.__wrapped__, reference), self._arguments.static, self._max_traces)
        self._bound[id(instance)] = (reference, method)
        return method

    @property
    def traces(self) -> int:
        """How often the function was traced."""
        return int(json.loads(self._handle.information())["traces"])

    def information(self) -> dict[str, Any]:
        """Return figures of the newest trace.

        ``traces`` made and ``kept``; ``steps``, the calls of kernels in a replay, whose names are ``step_names``;
        ``ops``, the operations that they stand for; ``workspace``, bytes of memory for what is computed on the way.
        """
        information: dict[str, Any] = json.loads(self._handle.information())
        return information

    def clear(self) -> None:
        """Let all traces go: the next call traces anew, with what the function now finds outside its arguments."""
        self._handle.clear()

    def __reduce__(self) -> str:
        # As a function: found by its name.
        return self.__qualname__

    def __repr__(self) -> str:
        return f"<compiled {self._name}, {self.traces} traces>"


def _forget(compiled: weakref.ref[Compiled], number: int, reference: weakref.ref[Any]) -> None:
    owner = compiled()
    if owner is not None and owner._bound.get(number, (None,))[0] is reference:
        del owner._bound[number]


def _method(f: Callable[..., Any], reference: weakref.ref[Any]) -> Callable[..., Any]:
    """Return f bound to an object that it does not keep."""

    @functools.wraps(f)
    def method(*args: Any, **kwargs: Any) -> Any:
        return f(reference(), *args, **kwargs)

    parameters = list(inspect.signature(f).parameters.values())[1:]
    method.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return method

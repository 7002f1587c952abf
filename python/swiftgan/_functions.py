"""What a model of the library can do, as methods: made from the functions that its registration declares."""

from __future__ import annotations

import inspect
import numbers
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from . import _registry
from ._random_state import as_seed

if TYPE_CHECKING:
    from . import _core
    from ._estimator import Estimator

_RANDOM_STATE = """random_state : None, int or NumPy generator (default: None)
    The same seed gives the same result; None draws one from NumPy's common generator."""
_OWN_STATE = """random_state : None, int or NumPy generator (default: None)
    The same seed gives the same result; None stands for the estimator's ``random_state`` where that is an integer, so
    that the figure repeats, and else draws one from NumPy's common generator."""

# What is made anew at each call; other random functions estimate a figure, which is to be the same for the same model.
_DRAWS = ("sample", "gibbs", "refine", "draw_vectors")

# The largest standard error of log Z with which a good share of the chains carries the estimate.
_SURE = 0.5


def method(function: _registry.Function) -> Callable[..., np.ndarray[Any, Any]]:
    """Return the method of an estimator that calls a function of its model."""
    signature = _signature(function)

    def call(self: Estimator, /, *args: Any, **kwargs: Any) -> np.ndarray[Any, Any]:
        bound = _bound(function.name, signature, self, args, kwargs)
        given = bound.arguments
        model = self._fitted
        rows = next((entry for entry in function.inputs if entry.type not in ("labels", "set")), None)
        inputs = [
            self._as_input(entry, _each(given, entry, rows))
            for entry in function.inputs
            if given[entry.name] is not None
        ]
        options = {option.name: given[option.name] for option in function.options if option.name != "seed"}
        if _is_random(function):
            state, own = given["random_state"], self.random_state  # type: ignore[attr-defined]
            if state is None and function.name not in _DRAWS and isinstance(own, numbers.Integral):
                state = own
            options["seed"] = as_seed(state)
        if function.name == "log_partition":
            return _log_partition(model, options)
        result = model.call(function.name, inputs, _registry.encode(options)).numpy()
        if function.name == "transform":
            return self._contained(result, given["X"])  # type: ignore[attr-defined, no-any-return]
        return self._as_labels(result) if function.output == "labels" else result

    call.__name__ = function.name
    call.__qualname__ = f"Estimator.{function.name}"
    call.__module__ = "swiftgan"
    call.__doc__ = _document(function)
    call.__signature__ = signature  # type: ignore[attr-defined]
    return call


def _bound(
    name: str, signature: inspect.Signature, model: Estimator, args: tuple[Any, ...], kwargs: dict[str, Any]
) -> inspect.BoundArguments:
    """Return a method's arguments with its defaults; what does not fit is told with what the method takes."""
    try:
        bound = signature.bind(model, *args, **kwargs)
    except TypeError as error:
        own = signature.replace(parameters=list(signature.parameters.values())[1:])
        raise TypeError(f"{type(model).__name__}.{name}(): {error}; call it as {name}{own}") from None
    bound.apply_defaults()
    return bound


def _each(given: dict[str, Any], entry: _registry.Input, rows: _registry.Input | None) -> Any:
    """Return an argument; a single label in place of labels stands for each of ``rows``, or ``n`` of that class."""
    value = given[entry.name]
    if entry.type != "labels" or np.ndim(value) != 0:
        return value
    count: Any = given.get("n") if rows is None else np.shape(given[rows.name])[:1]
    if isinstance(count, tuple):
        count = count[0] if count else 1
    # What is no number of samples the library refuses.
    return np.full(max(count.__index__(), 1) if hasattr(count, "__index__") else 1, value)


def _log_partition(model: _core.Model, options: dict[str, Any]) -> np.ndarray[Any, Any]:
    """Return a partition function, with a warning where the estimate is not to be relied on."""
    found = model.call("log_partition", [], _registry.encode({**options, "return_std": True})).numpy()
    if found[1] > _SURE:
        warnings.warn(
            f"log Z is estimated as {found[0]:.1f} with a standard error of {found[1]:.1f}: few chains carry the "
            f"estimate; use more than {options['steps']} steps",
            RuntimeWarning,
            stacklevel=3,
        )
    return found if options["return_std"] else found[0]


def _is_random(function: _registry.Function) -> bool:
    return any(option.name == "seed" for option in function.options)


def _signature(function: _registry.Function) -> inspect.Signature:
    """Return inputs, then options and the seed; inputs that may be left out are keywords at the end."""
    ordinary, keyword = inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY
    parameters = [inspect.Parameter("self", inspect.Parameter.POSITIONAL_ONLY)]
    parameters += [inspect.Parameter(entry.name, ordinary) for entry in function.inputs if not entry.optional]
    parameters += [
        inspect.Parameter(option.name, ordinary, default=inspect.Parameter.empty if option.required else option.default)
        for option in function.options
        if option.name != "seed"
    ]
    if _is_random(function):
        parameters.append(inspect.Parameter("random_state", ordinary, default=None))
    parameters += [inspect.Parameter(entry.name, keyword, default=None) for entry in function.inputs if entry.optional]
    return inspect.Signature(parameters)


def _document(function: _registry.Function) -> str:
    """Return a docstring in NumPy's style."""
    lines = [_registry.in_python(f"Return {function.summary[:1].lower()}{function.summary[1:]}"), ""]
    parameters = _signature(function).parameters
    if len(parameters) > 1:
        lines += ["Parameters", "----------"]
    described = {
        entry.name: ("label or array" if entry.type == "labels" else "array", entry.summary)
        for entry in function.inputs
    }
    described |= {option.name: (option.allowed, option.summary) for option in function.options}
    for name, parameter in list(parameters.items())[1:]:
        if name == "random_state":
            lines += (_RANDOM_STATE if function.name in _DRAWS else _OWN_STATE).split("\n")
            continue
        allowed, summary = described[name]
        default = "" if parameter.default is inspect.Parameter.empty else f" (default: {parameter.default!r})"
        lines += [f"{name} : {_registry.in_python(allowed)}{default}", f"    {_registry.in_python(summary)}"]
    return "\n".join(lines)

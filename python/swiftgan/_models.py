"""Estimators made from the library's zoo."""

from __future__ import annotations

import contextlib
import copy
import inspect
import json
import os
from typing import Any

import numpy as np

from . import _core, _registry
from ._estimator import FEATURE_NAMES, METADATA, Estimator
from ._functions import method
from ._given_objectives import unknown_names
from ._metadata import read_metadata
from ._roles import bases
from .nn._module import existing

_classes: dict[str, type[Estimator]] = {}

_MORE = """epochs : int (default: {epochs})
    Passes over the data that ``fit`` makes when it is not told otherwise.
verbose : bool (default: True)
    Whether ``fit`` shows a progress bar with the losses.
eager : bool (default: False)
    Whether ``fit`` runs updates operation by operation in place of tracing them once: slower, for debugging.
precision : None, "highest", "high" or "medium" (default: None)
    Of the float32 products of ``fit``'s updates: see `set_float32_matmul_precision`. None: what is in force there.
random_state : None, int or NumPy generator (default: None)
    Seed of weights, noise and shuffling. None draws one from NumPy's common generator."""


def _initializer(entry: _registry.Entry) -> Any:
    keyword = inspect.Parameter.KEYWORD_ONLY
    own = [
        inspect.Parameter("epochs", keyword, default=entry.epochs),
        inspect.Parameter("verbose", keyword, default=True),
        inspect.Parameter("eager", keyword, default=False),
        inspect.Parameter("precision", keyword, default=None),
        inspect.Parameter("random_state", keyword, default=None),
    ]
    options = _registry.signature(entry, keyword_only=True).parameters.values()
    parameters = [*(option for option in options if option.name != "seed"), *own]
    known = {parameter.name: parameter.default for parameter in parameters}

    def __init__(self: Estimator, **parameters: Any) -> None:  # noqa: N807
        for name in parameters:
            if name not in known:
                raise _registry.unknown(entry.class_name, "hyperparameter", name, list(known))
        # Only stored: scikit-learn's rule. fit() looks at the values.
        for name, default in known.items():
            setattr(self, name, parameters[name] if name in parameters else copy.deepcopy(default))

    __init__.__qualname__ = f"{entry.class_name}.__init__"
    first = inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    __init__.__signature__ = inspect.Signature([first, *parameters])  # type: ignore[attr-defined]
    return __init__


def estimator_class(entry: _registry.Entry) -> type[Estimator]:
    """Return the class of a registered model: what it derives from and its methods are what the model can do."""
    if entry.name not in _classes:
        _classes[entry.name] = type(
            entry.class_name,
            bases(entry),
            {
                "_entry": entry,
                "__init__": _initializer(entry),
                "__doc__": _document(entry),
                "__module__": "swiftgan",
                **{function.name: method(function) for function in entry.functions},
                **{f"{name}_": _network(name) for name in entry.networks},
            },
        )
    return _classes[entry.name]


def _document(entry: _registry.Entry) -> str:
    shown = entry._replace(options=tuple(option for option in entry.options if option.name != "seed"))
    methods = [f"{function.name} : {_registry.in_python(function.summary)}" for function in entry.functions]
    listed = ["", "Methods", "-------", *methods] if methods else []
    return _registry.document(shown, *_MORE.format(epochs=entry.epochs).split("\n"), *listed)


def _network(name: str) -> property:
    """Return the attribute for a network of a fitted model."""

    def network(self: Estimator) -> Any:
        return self._network(name)

    network.__doc__ = f"""The network "{name}" with its trained weights, in evaluation mode.

        It is the one that is trained: with ``ema`` above 0 the methods use the moving average of its weights instead.
        Training puts it into training mode by itself.

        What it takes or makes of data is in the networks' own scale: ``to_network(X)`` brings data there, and
        ``from_network(t)`` brings samples back. Codes, noise, logits and predictions are as they are; classes that a
        conditional network is told, as indicators, are joined to its input.
        """
    return property(network)


def load(path: str | os.PathLike[str]) -> Estimator:
    """Return the model in a file that ``save`` wrote, ready to sample and to train on to the same bits.

    Its hyperparameters are those of the saved one, those that are no options of the library (``epochs``, ``verbose``)
    among them; see `Estimator.save` for how.

    Raises
    ------
    OSError
        When there is no such file, or it is truncated, damaged, or no model of swiftgan; and when it was trained with
        an objective or penalty of your own that is not registered here.
    """
    name = existing(path)
    try:
        handle = _core.load_model(name)
    except OSError as error:
        options: dict[str, Any] = {}
        with contextlib.suppress(OSError):
            options = _saved_options(name)
        missing = unknown_names(options)
        if not missing:
            raise
        listed = " and ".join(map(repr, missing))
        raise OSError(
            f"{error}. It was trained with {listed} of your own: make known here what it was with "
            f"sg.objectives.register(...), under the same name ({missing[0]!r})"
        ) from None
    cls: Any = estimator_class(_registry.entries("model")[handle.name])
    saved = _saved_options(name)
    own = {parameter: saved[parameter] for parameter in cls._parameter_names() if parameter in saved}
    model: Estimator = cls(**{**_trained_with(handle), **own})
    model._model = handle
    if FEATURE_NAMES in saved:
        model._feature_names = np.asarray(saved[FEATURE_NAMES], dtype=object)
    return model


def _trained_with(handle: _core.Model) -> dict[str, Any]:
    """Return the options of the library's model as hyperparameters."""
    options = {name: _registry.shortest(value) for name, value in json.loads(handle.options()).items()}
    options["random_state"] = options.pop("seed")
    return options


def _saved_options(path: str) -> dict[str, Any]:
    """Return what is in a file that ``Estimator.save`` wrote; one of a program in C or Swift has none."""
    options: dict[str, Any] = json.loads(read_metadata(path).get(METADATA, "{}"))
    return options

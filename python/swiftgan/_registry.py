"""What the library knows by name (layers, optimizers, models, ...), as Python classes and signatures.

The library is the one place that states names, options, defaults and documentation; Python reads them there, so that
what is added to it appears here by itself.
"""

from __future__ import annotations

import functools
import inspect
import json
import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np

from . import _core

# Words of registered names that are not just capitalised in class names.
_SPELLINGS = {
    "gan": "GAN", "dcgan": "DCGAN", "wgan": "WGAN", "gp": "GP", "relu": "ReLU", "gelu": "GELU", "silu": "SiLU",
    "lsgan": "LSGAN", "mmd": "MMD", "cgan": "CGAN", "acgan": "ACGAN",
    "anogan": "AnoGAN", "icgan": "IcGAN", "bigan": "BiGAN", "lapgan": "LAPGAN",
    "cnn": "CNN", "mlp": "MLP", "vae": "VAE", "cvae": "CVAE", "rbm": "RBM", "elm": "ELM", "made": "MADE",
    "sgd": "SGD", "adamw": "AdamW", "rmsprop": "RMSProp", "conv2d": "Conv2D", "transpose2d": "Transpose2D",
    "rnn": "RNN", "lstm": "LSTM", "gru": "GRU", "attention2d": "Attention2D",
    "prelu": "PReLU", "elu": "ELU", "selu": "SELU", "glu": "GLU", "rms": "RMS", "in": "IN", "unet": "UNet",
    "pool2d": "Pool2D", "conv1d": "Conv1D", "pad2d": "Pad2D", "pool1d": "Pool1D", "pad1d": "Pad1D",
    "transpose1d": "Transpose1D", "relu6": "ReLU6",
}  # fmt: skip


class Option(NamedTuple):
    """One option of something registered."""

    name: str
    required: bool
    default: Any
    type: str
    allowed: str
    summary: str


class Port(NamedTuple):
    """A further input or output of a registered layer."""

    name: str
    required: bool
    summary: str


class Input(NamedTuple):
    """A tensor that a model's function takes."""

    name: str
    type: str
    optional: bool
    summary: str


class Function(NamedTuple):
    """Something that a registered model does."""

    name: str
    summary: str
    inputs: tuple[Input, ...]
    options: tuple[Option, ...]
    output: str


class Entry(NamedTuple):
    """Something registered. Models have what ``fit`` takes beside samples, epochs, networks and functions as well."""

    name: str
    summary: str
    options: tuple[Option, ...]
    inputs: tuple[Port, ...] = ()
    outputs: tuple[Port, ...] = ()
    target: str = "none"
    unlabelled: bool = False
    epochs: int = 100
    networks: tuple[str, ...] = ()
    functions: tuple[Function, ...] = ()
    aliases: tuple[str, ...] = ()
    players: tuple[str, ...] = ("discriminator", "generator")

    @property
    def class_name(self) -> str:
        """The name in Python's spelling: ``conv_transpose2d`` is ``ConvTranspose2D``."""
        return "".join(_SPELLINGS.get(word, word.capitalize()) for word in self.name.split("_"))


@functools.cache
def entries(kind: str) -> dict[str, Entry]:
    """Return everything registered of a kind, by name."""
    return {entry["name"]: _entry(entry) for entry in json.loads(_core.registry(kind))}


def _entry(given: dict[str, Any]) -> Entry:
    return Entry(
        given["name"],
        given.get("summary", ""),
        tuple(map(_option, given.get("options", []))),
        tuple(Port(**port) for port in given.get("inputs", [])),
        tuple(Port(**port) for port in given.get("outputs", [])),
        given.get("target", "none"),
        given.get("unlabelled", False),
        given.get("epochs", 100),
        tuple(given.get("networks", [])),
        tuple(map(_function, given.get("functions", []))),
        tuple(given.get("aliases", [])),
        tuple(given.get("players", ["discriminator", "generator"])),
    )


def _function(given: dict[str, Any]) -> Function:
    inputs = (Input(entry["name"], entry["type"], entry["optional"], entry["summary"]) for entry in given["inputs"])
    options = map(_option, given["options"])
    return Function(given["name"], given["summary"], tuple(inputs), tuple(options), given["output"])


@functools.cache
def by_class_name(kind: str) -> dict[str, Entry]:
    """Return everything registered of a kind, by the name of its Python class."""
    return {entry.class_name: entry for entry in entries(kind).values()}


def objective_players(name: str) -> tuple[str, ...]:
    """Return the players whose losses a registered objective gives, by its name or an alias."""
    for entry in entries("objective").values():
        if name in (entry.name, *entry.aliases):
            return entry.players
    return Entry(name, "", ()).players


def find(module: str, kind: str, class_name: str, names: Callable[[], list[str]]) -> Entry:
    """Return what a module's attribute stands for.

    Raises
    ------
    AttributeError
        Naming what the module has.
    """
    entry = None if class_name.startswith("_") else by_class_name(kind).get(class_name)
    if entry is None:
        known = "" if class_name.startswith("_") else f"; it has {', '.join(names())}"
        raise AttributeError(f"module {module!r} has no attribute {class_name!r}{known}", name=class_name)
    return entry


def _option(given: dict[str, Any]) -> Option:
    required = given.get("required", "default" not in given)
    texts = (given.get(key, "") for key in ("type", "allowed", "summary"))
    return Option(given["name"], required, given.get("default"), *texts)


def bind(entry: Entry, args: tuple[Any, ...], kwargs: dict[str, Any]) -> dict[str, Any]:
    """Return positional and keyword arguments as options.

    Raises
    ------
    TypeError
        For an unknown option, naming the known ones, and for too many arguments. Values are checked by the library.
    """
    names = [option.name for option in entry.options]
    if len(args) > len(names):
        takes = ", ".join(names) or "none"
        raise TypeError(f"{entry.class_name} takes at most {len(names)} arguments ({takes}), not {len(args)}")
    given = dict(zip(names, args, strict=False))
    for name, value in kwargs.items():
        check_known(entry, name)
        if name in given:
            raise TypeError(f"{entry.class_name} got the argument {name!r} twice")
        given[name] = value
    return given


def check_known(entry: Entry, name: str) -> None:
    """Raise a TypeError that names the known options unless the entry has this one."""
    names = [option.name for option in entry.options]
    if name not in names:
        raise unknown(entry.class_name, "option", name, names)


def unknown(owner: str, noun: str, name: str, known: Sequence[str]) -> TypeError:
    """Return the exception for an argument that does not exist: it names those that do, and the nearest."""
    return TypeError(f"{owner} has no {noun} {name!r}{did_you_mean(name, known)}; it has {', '.join(known) or 'none'}")


def did_you_mean(name: Any, known: Iterable[str]) -> str:
    """Return the known name that is nearest to one that is not, in words; empty where none is near."""
    from difflib import get_close_matches

    nearest = get_close_matches(name, known, 1) if isinstance(name, str) else []
    return f" (did you mean {nearest[0]!r}?)" if nearest else ""


def signature(entry: Entry, *more: inspect.Parameter, keyword_only: bool = False) -> inspect.Signature:
    """Return the Python signature of an entry's options."""
    kind = inspect.Parameter.KEYWORD_ONLY if keyword_only else inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters = [
        inspect.Parameter(option.name, kind, default=inspect.Parameter.empty if option.required else option.default)
        for option in entry.options
    ]
    return inspect.Signature([*parameters, *more])


def document(entry: Entry, *more: str) -> str:
    """Return a docstring in NumPy's style."""
    lines = [entry.summary, ""]
    if entry.options or more:
        lines += ["Parameters", "----------"]
    for option in entry.options:
        default = "" if option.required else f" (default: {option.default!r})"
        lines += [f"{option.name} : {in_python(option.allowed)}{default}", f"    {in_python(option.summary)}"]
    lines += more
    for title, ports in (("Further inputs, by keyword", entry.inputs), ("Further outputs", entry.outputs)):
        if ports:
            lines += ["", title, "-" * len(title)]
        for port in ports:
            lines += [f"{port.name}{' (required)' if port.required else ''}", f"    {in_python(port.summary)}"]
    return "\n".join(lines)


# JSON's words, in which the library documents itself.
_PYTHON = {"null": "None", "true": "True", "false": "False", "an object": "a dict", "objects such as": "dicts such as"}


def in_python(text: str) -> str:
    """Return a text of the library in Python's words."""
    return re.sub(r"\b([Nn]ull|true|false|an object|objects such as)\b", lambda word: _PYTHON[word[0].lower()], text)


class UnknownParameterError(TypeError, ValueError):
    """There is no such hyperparameter: a TypeError as of any call, and the ValueError that scikit-learn looks for."""


def encode(options: dict[str, Any]) -> str:
    """Return options as JSON; tuples and NumPy's numbers are understood.

    Raises
    ------
    TypeError, ValueError
        For what JSON cannot say: other objects, NaN and infinity. The option is named.
    """
    try:
        return json.dumps(options, default=_plain, allow_nan=False)
    except (TypeError, ValueError):
        for name, value in options.items():
            try:
                json.dumps(value, default=_plain, allow_nan=False)
            except TypeError:
                raise TypeError(f"option {name!r} cannot be {value!r} of type {type(value).__name__}") from None
            except ValueError:
                raise ValueError(f"option {name!r} must be finite, not {value!r}") from None
        raise


def shortest(value: Any) -> Any:
    """Return an objective or other registered thing with default options as its name; other values as they are."""
    if not isinstance(value, dict) or "name" not in value:
        return value
    entry = entries("objective").get(value["name"]) or Entry(value["name"], "", ())
    defaults = {option.name: option.default for option in entry.options}
    return value["name"] if value == {"name": value["name"], **defaults} else value


def _plain(value: Any) -> Any:
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, np.dtype):
        return value.name
    raise TypeError(f"{type(value).__name__} is no option's value")

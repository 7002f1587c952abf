"""Type stubs of the classes that are made from the library's registries, for editors and type checkers.

``python -m swiftgan._stubs FOLDER`` writes them anew into the package's sources. What is not in a stub is typed by the
modules' ``__getattr__``, so that a new layer or model does without.
"""

from __future__ import annotations

import ast
import inspect
import re
import sys
import textwrap
from pathlib import Path
from typing import Any

from . import _registry
from ._estimator import Estimator
from ._functions import method
from ._roles import bases

_TYPES = {"integer": "int", "number": "float", "boolean": "bool", "choice": "str", "string": "str"}
_HEADER = '"""Written by swiftgan._stubs from the library\'s registries; the module has the documentation."""\n\n'

# Module: what it holds beside the classes, their base, and arguments of their own before and after the options.
_MODULES = {
    "models": (
        "model",
        "from typing import Any\n\nimport numpy as np\n\nfrom ._estimator import Estimator as Estimator\n"
        "from ._models import load as load\n{roles}\n"
        "from .nn._layers import Network\n\n_Array = np.ndarray[Any, Any]\n",
        "Estimator",
        "*, ",
        "epochs: int = {epochs}, verbose: bool = True, eager: bool = False, precision: str | None = None, "
        "random_state: Any = None",
    ),
    "optim": (
        "optimizer",
        "from typing import Any\n\nfrom ._optimizer import Optimizer as Optimizer\n",
        "Optimizer",
        "parameters: Any, *, ",
        "",
    ),
    "nn/__init__": (
        "layer",
        "from typing import Any\n\nfrom ..random import Generator\nfrom ._layers import Layer as Layer\n"
        "from ._module import Module as Module\nfrom ._parameter import Parameter as Parameter\n"
        "from ._sequential import Sequential as Sequential\n",
        "Layer",
        "",
        "*, generator: Generator | None = None, dtype: Any = None",
    ),
}
_WRITTEN_BY_HAND = {"Sequential"}


def _annotation(option: _registry.Option) -> str:
    name = _TYPES.get(option.type, "Any")
    return f"{name} | None" if option.allowed.endswith("or null") and name != "Any" else name


def _argument(option: _registry.Option) -> str:
    default = "" if option.required else f" = {option.default!r}"
    return f"{option.name}: {_annotation(option)}{default}"


def _signature(entry: _registry.Entry, before: str, after: str) -> str:
    shown = [_argument(option) for option in entry.options if option.name != "seed"]
    return f"self, {before}" + ", ".join([*shown, after] if after else shown)


def write(module: str) -> str:
    """Return the stub of a module, such as ``"nn/__init__"``."""
    kind, head, base, before, after = _MODULES[module]
    entries = [entry for entry in _registry.entries(kind).values() if entry.class_name not in _WRITTEN_BY_HAND]
    classes = [_class(entry, base, before, after.format(epochs=entry.epochs)) for entry in entries]
    rest = f"def __getattr__(name: str) -> type[{base}]: ...\n"
    roles = sorted({role for entry in entries for role in bases(entry)} - {Estimator}, key=lambda role: role.__name__)
    imported = "\n".join(
        f"from .{role.__module__.rpartition('.')[2]} import {role.__name__} as {role.__name__}" for role in roles
    )
    return _HEADER + "\n".join([head.format(roles=imported), *classes, rest])


def _class(entry: _registry.Entry, base: str, before: str, after: str) -> str:
    """Return the stub of a class: its initializer, and for a model its methods and networks."""
    roles = ", ".join(role.__name__ for role in bases(entry)) if entry.networks else base
    lines = [
        f"class {entry.class_name}({roles}):",
        f"    def __init__({_signature(entry, before, after)}) -> None: ...",
    ]
    lines += [f"    def {function.name}{_method(function)} -> _Array: ..." for function in entry.functions]
    for name in entry.networks:
        lines += ["    @property", f"    def {name}_(self) -> Network: ..."]
    return "\n".join(lines) + "\n"


def _method(function: _registry.Function) -> str:
    """Return the signature of a model's function with types."""
    annotations = {option.name: _annotation(option) for option in function.options}
    parameters = inspect.signature(method(function)).parameters.values()
    typed = [parameter.replace(annotation=annotations.get(parameter.name, "Any")) for parameter in parameters][1:]
    own = inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    text = str(inspect.Signature([own, *typed]))
    return re.sub(r": '([^']*)'", r": \1", text)


def signatures(stub: str) -> dict[str, Any]:
    """Return the classes of a stub with their arguments, whatever its layout."""
    classes = (node for node in ast.parse(stub).body if isinstance(node, ast.ClassDef))
    return {node.name: [ast.unparse(member) for member in node.body] for node in classes}


def main() -> None:
    folder = Path(sys.argv[1])
    for module in _MODULES:
        (folder / f"{module}.pyi").write_text(textwrap.dedent(write(module)), encoding="utf-8")


if __name__ == "__main__":
    main()

"""Type stubs of the classes that are made from the library's registries, for editors and type checkers.

``python -m swiftgan._stubs FOLDER`` writes them anew into the package's sources. What is not in a stub is typed by the
modules' ``__getattr__``, so that a new layer or model does without.
"""

from __future__ import annotations

import ast
import sys
import textwrap
from pathlib import Path
from typing import Any

from . import _registry

_TYPES = {"integer": "int", "number": "float", "boolean": "bool", "choice": "str", "string": "str"}
_HEADER = '"""Written by swiftgan._stubs from the library\'s registries; the module has the documentation."""\n\n'

# Module: what it holds beside the classes, their base, and arguments of their own before and after the options.
_MODULES = {
    "models": (
        "model",
        "from typing import Any\n\nfrom ._estimator import Estimator as Estimator\nfrom ._models import load as load\n",
        "Estimator",
        "*, ",
        "epochs: int = 100, verbose: bool = True, random_state: Any = None",
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
        "*, generator: Generator | None = None",
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
    classes = [
        f"class {entry.class_name}({base}):\n    def __init__({_signature(entry, before, after)}) -> None: ...\n"
        for entry in _registry.entries(kind).values()
        if entry.class_name not in _WRITTEN_BY_HAND
    ]
    rest = f"def __getattr__(name: str) -> type[{base}]: ...\n"
    return _HEADER + "\n".join([head, *classes, rest])


def signatures(stub: str) -> dict[str, Any]:
    """Return the classes of a stub with their arguments, whatever its layout."""
    classes = (node for node in ast.parse(stub).body if isinstance(node, ast.ClassDef))
    return {node.name: ast.unparse(node.body[0]) for node in classes}


def main() -> None:
    folder = Path(sys.argv[1])
    for module in _MODULES:
        (folder / f"{module}.pyi").write_text(textwrap.dedent(write(module)), encoding="utf-8")


if __name__ == "__main__":
    main()

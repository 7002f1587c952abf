"""The examples in docstrings print what they say, and everything public is documented."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil
import re

import pytest
import swiftgan as sg

MODULES = [
    "swiftgan",
    *(m.name for m in pkgutil.walk_packages(sg.__path__, "swiftgan.") if not m.name.endswith("_core")),
]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name):
    found = doctest.testmod(importlib.import_module(name), optionflags=doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)
    assert found.failed == 0


def test_there_are_examples():
    finder = doctest.DocTestFinder(exclude_empty=True)
    count = sum(bool(test.examples) for name in MODULES for test in finder.find(importlib.import_module(name)))
    assert count > 15


def test_documentation_speaks_python():
    """The library documents itself in JSON's words."""
    models = [getattr(sg, entry.class_name) for entry in sg._registry.entries("model").values()]
    layers = [getattr(sg.nn, entry.class_name) for entry in sg._registry.entries("layer").values()]
    for thing in [*models, *layers]:
        for member in (thing, *filter(callable, vars(thing).values())):
            words = re.findall(r"\b[Nn]ull\b|\bobjects? such as \{", inspect.getdoc(member) or "")
            assert not words, f"{thing.__name__}: {member}"


def test_everything_public_is_documented():
    for name in sg.__all__:
        thing = getattr(sg, name)
        if callable(thing) or inspect.ismodule(thing):
            assert inspect.getdoc(thing), name

"""Nested lists, tuples, dicts and networks as a flat list of leaves, and back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from . import _core

Builder = Callable[..., Any]


def flatten(tree: Any) -> tuple[list[Any], Builder]:
    """Return the leaves of a tree and the function that `rebuild` uses.

    A network counts as a dict of its trainable parameters by name; None has no leaves.
    """
    leaves: list[Any] = []
    return leaves, _visit(tree, leaves)


def rebuild(structure: Builder, leaves: Sequence[Any], *, with_modules: bool = False) -> Any:
    """Return a tree of the same form with other leaves.

    Where the tree had a network or parameter there is a dict or tensor of leaves, or (`with_modules`) the same one.
    """
    return structure(iter(leaves), with_modules)


def flatten_like(tree: Any, other: Any, where: str = "") -> list[Any]:
    """Return the leaves of another tree in the order of this one's.

    Raises
    ------
    ValueError
        Where the trees differ in form.
    """
    if isinstance(tree, _core.Parameter):
        return [other]
    if hasattr(tree, "trainable_parameters"):
        return flatten_like(tree.trainable_parameters(), other, where)
    if isinstance(tree, dict):
        if not isinstance(other, dict) or set(other) != set(tree):
            given = sorted(map(str, other)) if isinstance(other, dict) else type(other).__name__
            raise ValueError(f"{where or 'the tree'} must have the keys {sorted(map(str, tree))}, not {given}")
        return [leaf for key in tree for leaf in flatten_like(tree[key], other[key], f"{where}[{key!r}]")]
    if isinstance(tree, (list, tuple)) and not _is_numbers(tree):
        if not isinstance(other, (list, tuple)) or len(other) != len(tree):
            given = f"{len(other)}" if isinstance(other, (list, tuple)) else type(other).__name__
            raise ValueError(f"{where or 'the tree'} must have {len(tree)} parts, not {given}")
        pairs = enumerate(zip(tree, other, strict=True))
        return [leaf for index, pair in pairs for leaf in flatten_like(*pair, f"{where}[{index}]")]
    return [] if tree is None else [other]


def _visit(tree: Any, leaves: list[Any]) -> Builder:
    if isinstance(tree, _core.Parameter):
        leaves.append(tree)
        return lambda values, same: (next(values), tree)[same]
    if hasattr(tree, "trainable_parameters"):
        parameters = tree.trainable_parameters()
        inner = _visit(parameters, leaves)
        return lambda values, same: (inner(values, same), tree)[same]
    if isinstance(tree, dict):
        parts = {key: _visit(value, leaves) for key, value in tree.items()}
        return lambda values, same: {key: part(values, same) for key, part in parts.items()}
    if isinstance(tree, (list, tuple)) and not _is_numbers(tree):
        items = [_visit(value, leaves) for value in tree]
        kind = type(tree)
        if hasattr(kind, "_fields"):  # a named tuple
            return lambda values, same: kind(*(item(values, same) for item in items))
        return lambda values, same: kind(item(values, same) for item in items)
    if tree is None:
        return lambda values, same: None
    leaves.append(tree)
    return lambda values, same: next(values)


def _is_numbers(tree: Sequence[Any]) -> bool:
    """Tell a list of plain numbers, which is one array, from many leaves."""
    return len(tree) > 0 and all(isinstance(item, (int, float)) for item in tree)

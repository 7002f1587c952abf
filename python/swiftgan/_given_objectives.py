"""Objectives and penalties in all forms in which games and models take them, as names and options of the library."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from . import _registry
from ._own_objectives import Objective, Penalty, is_made_up, register

Named = tuple[str, dict[str, Any]]
"""A registered name and its options."""

# The penalty that stands for each function: the same at every call, so that a model is saved with the name that it was
# trained with. The library keeps functions for good as well.
_penalties: dict[int, Penalty] = {}


def named_objective(given: Any) -> Named:
    """Return an objective by name and options; one of one's own is registered.

    Raises
    ------
    TypeError
        For what is none, saying how one is given.
    """
    if isinstance(given, Objective):
        register(given)
        return given.name, {}
    named = _by_name(given)
    if named is None:
        hint = ""
        if callable(given) or (isinstance(given, (tuple, list)) and given and all(map(callable, given))):
            hint = "; functions make one as objectives.Objective(discriminator_loss, generator_loss)"
        raise TypeError(
            f"an objective is given by name, as a dict with 'name' and options, or as an objectives.Objective, not as "
            f"{given!r}{hint}"
        )
    return named


def named_penalty(given: Any) -> Named:
    """Return a penalty by name and options; one of one's own is registered.

    Raises
    ------
    TypeError
        For what is none, saying how one is given.
    """
    own = as_own_penalty(given)
    if own is not None:
        register(own)
        return own.name, {"weight": own.weight}
    named = _by_name(given)
    if named is None and isinstance(given, (tuple, list)) and len(given) == 2 and isinstance(given[0], str):
        if isinstance(given[1], Mapping):
            named = given[0], dict(given[1])
        elif _is_number(given[1]):
            named = given[0], {"weight": given[1]}
    if named is None:
        raise TypeError(
            "a penalty is given by name, as (name, weight), as a dict with 'name' and options, as a function of "
            f"critic, real, fake and key, as (function, weight), or as an objectives.Penalty, not as {given!r}"
        )
    return named


def named_penalties(given: Any, objective: Any = None) -> list[Named]:
    """Return all penalties given, one by one or as a list, and the one that an objective of one's own brings."""
    several = [named_penalty(one) for one in _listed(given)]
    brought = objective._own_penalty() if isinstance(objective, Objective) else None
    return several if brought is None else [*several, named_penalty(brought)]


def as_own_penalty(given: Any) -> Penalty | None:
    """Return a penalty of one's own, from a function too, or with a weight; None for the library's."""
    if isinstance(given, Penalty):
        return given
    if callable(given):
        if id(given) not in _penalties:
            _penalties[id(given)] = Penalty(given)
        return _penalties[id(given)]
    if _is_weighted(given) and callable(given[0]):
        own = as_own_penalty(given[0])
        assert own is not None
        return Penalty(own.function, given[1])._under(own.name)
    return None


def in_options(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return a model's options with objectives and penalties of one's own as names; others as they are."""
    named = dict(options)
    objective, penalty = options.get("objective"), options.get("penalty")
    if isinstance(objective, Objective) or _holds_functions(objective):
        named["objective"] = named_objective(objective)[0]
    brings = isinstance(objective, Objective) and objective.penalty is not None
    if brings or _holds_own(penalty):
        given = None if isinstance(penalty, str) and penalty == "auto" else penalty
        named["penalty"] = [{"name": name, **more} for name, more in named_penalties(given, objective)]
    return named


def made_up_names(options: Mapping[str, Any]) -> list[str]:
    """Return the names in a model's options that were made up for objectives and penalties without one."""
    return [name for name in _names_in(options) if is_made_up(name)]


def unknown_names(options: Mapping[str, Any]) -> list[str]:
    """Return the names of objectives and penalties in a model's options that are not registered."""
    known = {name for kind in ("objective", "penalty") for name in _registered(kind)}
    return [name for name in _names_in(options) if name not in known]


def _names_in(options: Mapping[str, Any]) -> list[str]:
    names = []
    for given in (options.get("objective"), *_listed(options.get("penalty"))):
        if isinstance(given, (list, tuple)) and given:
            name = given[0]
        else:
            name = given.get("name") if isinstance(given, Mapping) else given
        if isinstance(name, str) and name != "auto":
            names.append(name)
    return names


def _registered(kind: str) -> list[str]:
    return [name for entry in _registry.entries(kind).values() for name in (entry.name, *entry.aliases)]


def _listed(given: Any) -> list[Any]:
    if given is None:
        return []
    if isinstance(given, (str, Mapping, Penalty)) or callable(given) or _is_weighted(given):
        return [given]
    if not isinstance(given, Iterable):
        return [given]
    return list(given)


def _is_weighted(given: Any) -> bool:
    """Return whether this is one penalty with its weight or options, not a list of two."""
    if not isinstance(given, (tuple, list)) or len(given) != 2:
        return False
    has_options = isinstance(given[0], str) and isinstance(given[1], Mapping) and "name" not in given[1]
    return has_options or ((isinstance(given[0], str) or callable(given[0])) and _is_number(given[1]))


def _holds_own(penalty: Any) -> bool:
    if not isinstance(penalty, (list, tuple, Penalty)) and not callable(penalty):
        return False
    return any(as_own_penalty(one) is not None for one in _listed(penalty))


def _holds_functions(objective: Any) -> bool:
    return callable(objective) or (isinstance(objective, (tuple, list)) and any(map(callable, objective)))


def _by_name(given: Any) -> Named | None:
    if isinstance(given, str):
        return given, {}
    if isinstance(given, Mapping) and isinstance(given.get("name"), str):
        return given["name"], {key: value for key, value in given.items() if key != "name"}
    return None


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float, np.number)) and not isinstance(value, bool)

"""Options of what is measured and of what gives alarm, which the library describes."""

from __future__ import annotations

from typing import Any

from .. import _registry
from .._numbers import real_number, whole


def checked_options(given: dict[str, Any]) -> dict[str, Any]:
    """Return all options, those not given with the library's defaults.

    Raises
    ------
    TypeError, ValueError
        For an option that does not exist, and for what is no number. Limits are the library's to check, at a look.
    """
    described = _registry.entries("callback")["diagnostics"].options
    # The library's own callback has these two as well.
    options = {option.name: option for option in described if option.name not in ("every_steps", "path")}
    for name, value in given.items():
        if name not in options:
            raise _registry.unknown("Diagnostics", "option", name, list(options))
        if options[name].type == "integer":
            whole(name, value, 0)
        else:
            real_number(name, value)
    return {**{name: option.default for name, option in options.items()}, **given}

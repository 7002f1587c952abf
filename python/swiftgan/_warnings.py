"""Warnings of what is likely a mistake, but need not be one."""

from __future__ import annotations

import sys
import warnings

_PACKAGE = __name__.partition(".")[0]

# How many channels images have; planes of a side that is not larger are no images.
_CHANNELS = (1, 3, 4)


def warn_user(message: str) -> None:
    """Warn at the first line outside of the package, however many of its functions lie between."""
    level, frame = 1, sys._getframe()
    while frame.f_back is not None and frame.f_globals.get("__name__", "").partition(".")[0] == _PACKAGE:
        level, frame = level + 1, frame.f_back
    warnings.warn(message, UserWarning, stacklevel=level)


def warn_of_channels_first(shape: tuple[int, ...]) -> None:
    """Warn of data (N, C, H, W): nothing but their shape tells them from images of a few rows and many channels."""
    if len(shape) != 4 or shape[1] not in _CHANNELS or min(shape[2:]) <= max(_CHANNELS):
        return
    warn_user(
        f"images are (N, height, width, channels), so X of shape {shape} holds images of {shape[1]} by {shape[2]} with "
        f"{shape[3]} channels. If its channels come first, as in PyTorch, pass X.transpose(0, 2, 3, 1), and of a torch "
        "tensor X.permute(0, 2, 3, 1)"
    )

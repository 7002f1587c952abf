"""Pictures: grids of images with Pillow, curves with matplotlib. Neither is needed for anything else."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from PIL.Image import Image

__all__ = ["grid", "plot_history", "save_grid", "side_by_side", "stretched"]


def _needed(module: str, package: str) -> ImportError:
    return ImportError(f"this picture needs {package}, which is not installed: pip install '{package}' ({module})")


def _image_module() -> Any:
    try:
        from PIL import Image
    except ImportError:
        raise _needed("PIL", "pillow") from None
    return Image


def grid(images: Any, *, columns: int = 8, gap: int = 1, scale: int | None = None) -> np.ndarray[Any, Any]:
    """Return images as one picture, uint8 (H, W) or (H, W, 3).

    Parameters
    ----------
    images : array (n, H, W), (n, H, W, 1) or (n, H, W, 3)
        uint8, or floats in [0, 1] or [-1, 1] (the range is taken from the values).
    columns : int
        Images per row.
    gap : int
        White pixels between images, before scaling.
    scale : int, optional
        Each pixel becomes a square of so many; by default such that a row is about 600 wide.
    """
    pixels = _as_uint8(np.asarray(images))
    if pixels.ndim == 3:
        pixels = pixels[..., None]
    if pixels.ndim != 4 or pixels.shape[3] not in (1, 3) or not len(pixels):
        raise ValueError(f"images must be (n, H, W), (n, H, W, 1) or (n, H, W, 3), not of shape {np.shape(images)}")
    count, height, width, channels = pixels.shape
    rows = -(-count // columns)
    sheet = np.full((rows * (height + gap) + gap, columns * (width + gap) + gap, channels), 255, np.uint8)
    for index, image in enumerate(pixels):
        top = gap + index // columns * (height + gap)
        left = gap + index % columns * (width + gap)
        sheet[top : top + height, left : left + width] = image
    factor = max(1, 600 // sheet.shape[1]) if scale is None else scale
    sheet = sheet.repeat(factor, axis=0).repeat(factor, axis=1)
    return sheet[..., 0] if channels == 1 else sheet


def stretched(images: Any) -> np.ndarray[Any, Any]:
    """Return images of any numbers, such as filters or gradients, each stretched to [0, 1] with 0 in the middle, grey.

    Parameters
    ----------
    images : array (n, H, W), (n, H, W, 1) or (n, H, W, 3)
        An image of zeros becomes grey.
    """
    values = np.asarray(images, np.float32)
    if values.ndim < 2:
        raise ValueError(f"images must be (n, H, W), (n, H, W, 1) or (n, H, W, 3), not of shape {values.shape}")
    largest = np.abs(values).max(axis=tuple(range(1, values.ndim)), keepdims=True, initial=0)
    return 0.5 + 0.5 * values / np.where(largest > 0, largest, 1)


def _as_uint8(images: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    if images.dtype == np.uint8:
        return images
    if images.dtype.kind != "f":
        raise TypeError(f"pictures are uint8 or floats, not {images.dtype}")
    low = -1.0 if images.min() < 0 else 0.0
    return np.round(np.clip((images - low) / (1 - low), 0, 1) * 255).astype(np.uint8)


def save_grid(images: Any, path: str | os.PathLike[str], *, columns: int = 8, scale: int | None = None) -> Image:
    """Write images as one PNG picture and return it. As `grid`."""
    picture: Image = _image_module().fromarray(grid(images, columns=columns, scale=scale))
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    picture.save(path)
    return picture


def side_by_side(
    pictures: Sequence[Any], titles: Sequence[str], path: str | os.PathLike[str], *, columns: int = 8
) -> Image:
    """Write several grids of images beside each other with a title above each, and return the picture."""
    module = _image_module()
    from PIL import ImageDraw, ImageFont

    sheets = [grid(images, columns=columns) for images in pictures]
    band, space = 34, 16
    height = max(len(sheet) for sheet in sheets) + band
    width = sum(sheet.shape[1] for sheet in sheets) + space * (len(sheets) - 1)
    picture: Image = module.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(picture)
    left = 0
    for sheet, title in zip(sheets, titles, strict=True):
        draw.text((left + 6, 8), title, fill="black", font=_font(ImageFont))
        picture.paste(module.fromarray(sheet), (left, band))
        left += sheet.shape[1] + space
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    picture.save(path)
    return picture


def _font(module: Any) -> Any:
    try:
        return module.load_default(size=18)
    except TypeError:  # before Pillow 10.1 it has one size
        return module.load_default()


def new_figure(size: tuple[float, float]) -> Figure:
    """Return an empty matplotlib figure of this width and height in inches that no window or state belongs to."""
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError:
        raise _needed("matplotlib", "matplotlib") from None
    figure = Figure(figsize=size, layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def save_figure(figure: Figure, path: str | os.PathLike[str] | None, *, dpi: int = 120) -> None:
    """Write a figure as a picture, making folders as needed; without a path do nothing."""
    if path is not None:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, dpi=dpi)


def plot_history(
    history: Mapping[str, Any],
    path: str | os.PathLike[str] | None = None,
    *,
    names: Sequence[str] | None = None,
    window: int = 25,
) -> Figure:
    """Plot figures over the steps, as they are and as running means; write a picture when a path is given.

    Parameters
    ----------
    history : History
    names : sequence of str, optional
        Which figures; by default all losses.
    window : int
        Steps of the running mean.
    """
    chosen = [name for name in history if name.endswith("_loss")] if names is None else list(names)
    figure = new_figure((8, 4.5))
    axes = figure.add_subplot()
    steps = np.asarray(history["step"])
    for name in chosen:
        values = np.asarray(history[name], dtype=float)
        (line,) = axes.plot(steps, values, linewidth=0.6, alpha=0.3)
        width = min(window, len(values))
        if width:
            mean = np.convolve(values, np.ones(width) / width, mode="valid")
            axes.plot(steps[width - 1 :], mean, color=line.get_color(), label=name.replace("_", " "))
    axes.set_xlabel("step")
    axes.set_ylabel("loss")
    axes.grid(alpha=0.3)
    if chosen:
        axes.legend()
    save_figure(figure, path)
    return figure

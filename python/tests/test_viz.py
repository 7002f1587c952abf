"""Pictures."""

from __future__ import annotations

import numpy as np
import pytest
from swiftgan import viz


def test_grid():
    images = np.arange(3 * 2 * 2, dtype=np.uint8).reshape(3, 2, 2)
    sheet = viz.grid(images, columns=2, gap=1, scale=1)
    assert sheet.shape == (7, 7)
    assert sheet[1:3, 1:3].tolist() == images[0].tolist()
    assert sheet[4:6, 1:3].tolist() == images[2].tolist()
    assert (sheet[3] == 255).all()
    assert viz.grid(images[..., None].repeat(3, axis=-1), scale=2).shape[2] == 3
    for low in (0, -1):
        floats = np.array([[[[low], [1.0]]]])
        assert viz.grid(floats, columns=1, gap=0, scale=1).tolist() == [[0, 255]]
    with pytest.raises(ValueError, match=r"\(2, 2\)"):
        viz.grid(np.zeros((2, 2)))
    with pytest.raises(TypeError, match="int64"):
        viz.grid(np.zeros((1, 2, 2), int))


def test_files(tmp_path):
    pillow = pytest.importorskip("PIL.Image")
    viz.save_grid(np.zeros((4, 8, 8, 1), np.uint8), tmp_path / "new" / "grid.png")
    assert pillow.open(tmp_path / "new" / "grid.png").size[0] > 500
    viz.side_by_side([np.zeros((4, 8, 8), np.uint8)] * 2, ["a", "b"], tmp_path / "both.png")
    pytest.importorskip("matplotlib")
    history = {"step": np.arange(50), "generator_loss": np.ones(50)}
    figure = viz.plot_history(history, tmp_path / "loss.png")
    assert len(figure.axes[0].lines) == 2
    assert pillow.open(tmp_path / "loss.png").size[0] > 500

"""C2: the GAN of convolutions. Are its samples digits, and all ten of them?"""

from __future__ import annotations

from .row import Row
from .samples import Setup, figures

ROW = Row(
    "C2",
    "DCGAN",
    figures(
        Setup(
            "DCGAN",
            "DCGAN",
            {"width": 32, "batch_size": 64, "epochs": 150},
            25,
            16,
            "none that compares: the paper judges features, not samples (Radford et al. 2016)",
        ),
    ),
)

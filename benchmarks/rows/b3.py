"""B3: the GAN of least squares. Are its samples digits, and all ten of them?"""

from __future__ import annotations

from .row import Row
from .samples import Setup, figures

ROW = Row(
    "B3",
    "LSGAN",
    figures(
        Setup(
            "LSGAN",
            "LSGAN",
            {"width": 16, "epochs": 150},
            40,
            9,
            "none that compares: the paper shows pictures (Mao et al. 2017)",
        ),
    ),
)

"""C1: the GAN of dense layers, as of 2014. Are its samples digits, and all ten of them?"""

from __future__ import annotations

from .row import Row
from .samples import Setup, figures

ROW = Row(
    "C1",
    "GAN of dense layers",
    figures(
        Setup(
            "GAN",
            "GAN",
            {"batch_size": 64, "epochs": 1000, "ema": 0.999},
            300,
            9,
            "none that compares: the paper gives Parzen likelihoods (Goodfellow et al. 2014, table 1)",
        ),
    ),
)

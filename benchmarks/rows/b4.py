"""B4: the Wasserstein GAN with clipped weights. Are its samples digits, and all ten of them?"""

from __future__ import annotations

from .row import Row
from .samples import Setup, figures

ROW = Row(
    "B4",
    "WGAN, weights clipped",
    figures(
        Setup(
            "WGAN",
            "WGAN",
            # The paper's rate, 5e-5, wants ten times as many steps.
            {"width": 16, "learning_rate": 5e-4, "epochs": 600},
            150,
            15,
            "none that compares: the paper shows pictures and losses (Arjovsky et al. 2017)",
        ),
    ),
)

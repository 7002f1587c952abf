"""B7: a kernel's two-sample statistic in the discriminator's place, of features that a critic learns or of pixels."""

from __future__ import annotations

from .row import Row
from .samples import Setup, figures

ROW = Row(
    "B7",
    "MMD-GAN and GMMN",
    figures(
        Setup(
            "MMD-GAN",
            "MMDGAN",
            {"width": 16, "learning_rate": 5e-4, "epochs": 800},
            250,
            25,
            "none that compares: the paper gives Inception scores (Li et al. 2017)",
        ),
        Setup(
            "GMMN",
            "MMDGAN",
            {
                "objective": "gmmn",
                "architecture": "mlp",
                "learning_rate": 1e-3,
                "optimizer": "adam",
                "beta1": 0.9,
                "batch_size": 256,
                "epochs": 600,
            },
            150,
            16,
            "none that compares: the paper gives Parzen likelihoods (Li et al. 2015, table 1)",
        ),
    ),
)

"""B8: the tricks of Improved Techniques, each added to the same DCGAN. Are samples digits, and what does each change?

Minibatch discrimination on mixtures is B9's.
"""

from __future__ import annotations

from typing import Any

from .row import Row
from .samples import Setup, figures

SMOOTHED = {"name": "non_saturating", "real_label": 0.9}
PLAIN: dict[str, Any] = {"width": 16, "batch_size": 64, "epochs": 100}
TRICKS: dict[str, dict[str, Any]] = {
    "no trick": {},
    "feature matching": {"objective": "feature_matching"},
    "labels of 0.9": {"objective": SMOOTHED},
    "historical averaging": {"historical_averaging": 1e-3},
    "virtual batch norm": {"virtual_batch_norm": "generator"},
    "minibatch discrimination": {"minibatch_discrimination": 16},
}
PUBLISHED = "none that compares: the paper gives Inception scores of CIFAR-10 (Salimans et al. 2016, table 3)"

ROW = Row(
    "B8",
    "tricks of Improved Techniques, each added to one DCGAN",
    figures(*(Setup(name, "DCGAN", {**PLAIN, **options}, 50, 8, PUBLISHED) for name, options in TRICKS.items())),
)

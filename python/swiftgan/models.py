"""GANs as scikit-learn-like estimators, one for every model of the library's zoo.

>>> import swiftgan as sg
>>> points = sg.datasets.ring8(256)
>>> gan = sg.GAN(batch_size=64, random_state=0).fit(points, steps=2, verbose=False)
>>> gan.sample(5).shape
(5, 2)
"""

from __future__ import annotations

from typing import Any

from . import _registry
from ._estimator import Estimator
from ._models import estimator_class, load

__all__ = ["Estimator", "load"]


def __getattr__(name: str) -> Any:
    found = globals()[name] = estimator_class(_registry.find(__name__, "model", name, __dir__))
    return found


def __dir__() -> list[str]:
    return sorted({*__all__, *_registry.by_class_name("model")})

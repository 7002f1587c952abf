"""A figure with what is needed to judge it."""

from __future__ import annotations

import html
import math
from typing import Any, NoReturn

import numpy as np

BETTER = ("lower", "higher", "")


class Estimate(float):
    """A figure, its standard error, and from how many samples and references it comes.

    It is a float wherever one is expected. Two figures can only be compared when their counts agree: most distances
    fall with the number of samples.

    Parameters
    ----------
    value : float
    standard_error : float
        The spread that the figure would have over repeated draws of the samples; NaN where it is not known.
    n_samples : int
        How many generated samples were judged.
    n_reference : int
        How many real ones they were compared with; 0 where there are none.
    unit : str
        Such as ``"nats"``; empty for a number without one.
    better : {"lower", "higher", ""}
        In which direction samples improve; empty where neither is.
    note : str
        What the reader has to know, such as that there are too few samples.

    >>> from swiftgan.metrics import Estimate
    >>> found = Estimate(0.25, 0.01, 1000, 500, better="lower")
    >>> found
    0.25 ± 0.01 (1000 samples, 500 references; lower is better)
    >>> found < 0.3, f"{found:.3f}", found.interval()
    (True, '0.250', (0.2304, 0.2696))
    """

    __slots__ = ("better", "n_reference", "n_samples", "note", "standard_error", "unit")
    standard_error: float
    n_samples: int
    n_reference: int
    unit: str
    better: str
    note: str

    def __new__(
        cls,
        value: float,
        standard_error: float = math.nan,
        n_samples: int = 0,
        n_reference: int = 0,
        *,
        unit: str = "",
        better: str = "",
        note: str = "",
    ) -> Estimate:
        if better not in BETTER:
            raise ValueError(f"better must be 'lower', 'higher' or '', not {better!r}")
        self = super().__new__(cls, value)
        fields = {
            "standard_error": float(standard_error),
            "n_samples": int(n_samples),
            "n_reference": int(n_reference),
            "unit": unit,
            "better": better,
            "note": note,
        }
        for name, field in fields.items():
            object.__setattr__(self, name, field)
        return self

    def __setattr__(self, name: str, value: Any) -> NoReturn:
        raise AttributeError(f"an estimate does not change; make another one to set {name!r}")

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (self.as_dict(),)

    def __copy__(self) -> Estimate:
        return self

    def __deepcopy__(self, memo: Any) -> Estimate:
        return self

    @property
    def value(self) -> float:
        """The figure as a plain float."""
        return float(self)

    def interval(self, width: float = 1.96) -> tuple[float, float]:
        """Return value minus and plus so many standard errors; 1.96 hold the truth 95 times of 100, where unbiased."""
        reach = width * self.standard_error
        return self.value - reach, self.value + reach

    def as_dict(self) -> dict[str, Any]:
        """Return everything as a dict that JSON can say (a NaN as its own)."""
        return {"value": self.value, **{name: getattr(self, name) for name in self.__slots__}}

    def __repr__(self) -> str:
        facts = [", ".join(self._counts()), f"{self.better} is better" if self.better else "", self.note]
        around = "; ".join(fact for fact in facts if fact)
        return self._figure() + (f" ({around})" if around else "")

    def __str__(self) -> str:
        counts = ", ".join(self._counts())
        return self._figure() + (f" ({counts})" if counts else "")

    def _figure(self) -> str:
        error = "" if math.isnan(self.standard_error) else f" ± {self.standard_error:.2g}"
        return f"{self.value:.4g}{error}{' ' + self.unit if self.unit else ''}"

    def _counts(self) -> list[str]:
        pairs = ((self.n_samples, "sample"), (self.n_reference, "reference"))
        return [f"{count} {noun}{'' if count == 1 else 's'}" for count, noun in pairs if count]

    def _repr_html_(self) -> str:
        value, _, around = repr(self).partition(" (")
        title = html.escape(around.removesuffix(")"))
        return f"<b>{html.escape(value)}</b> <small>{title}</small>"


def _restore(fields: dict[str, Any]) -> Estimate:
    return Estimate(fields.pop("value"), **fields)


def mean_of(values: Any, n_reference: int = 0, **about: Any) -> Estimate:
    """Return the mean of independent values, with the standard error of a mean."""
    array = np.asarray(values, dtype=np.float64)
    error = float(array.std(ddof=1) / math.sqrt(len(array))) if len(array) > 1 else math.nan
    return Estimate(float(array.mean()), error, len(array), n_reference, **about)


def share_error(share: float, n: int) -> float:
    """Return the standard error of a share of n independent trials.

    At 0 and 1, where the usual formula says 0, one more success and one more failure are counted in (Agresti and Coull
    1998): nothing seen in n trials is no proof.
    """
    if share in (0.0, 1.0):
        share = (share * n + 1) / (n + 2)
    return math.sqrt(share * (1 - share) / n)

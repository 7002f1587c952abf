"""The precision of float32 matrix products and convolutions."""

from __future__ import annotations

from typing import Any, ClassVar

from . import _core

__all__ = ["get_float32_matmul_precision", "set_float32_matmul_precision"]


class set_float32_matmul_precision:  # noqa: N801 - used as a function
    """Set how matrix products and convolutions of float32 are computed, from now on or within a ``with`` block.

    It counts for both directions of training. Sums and results are float32 at each precision, and float64 is not
    affected. A precision is the least that is asked for: what the processor cannot do faster it does in float32, and
    so it does products that are too small to gain. ``sg.show_config()`` says what runs. The same seed gives the same
    bits on any number of threads at each precision.

    Called as a function it sets the precision of the process (inside a ``with`` block: of the block). As a context
    manager it is that of the block, on this thread; but since the call comes before the block, other threads see its
    precision for that moment: where some are computing, give ``fit`` the ``precision``. ``Trainer.fit`` and ``fit`` of
    estimators take one of their own, which wins while they train. What was traced at another precision is traced anew.

    How far a result is off is said as the norm of the error by the norm of the sums of all terms' magnitudes, over all
    results. Convolutions of 4x4 taps and stride 2 and of 3x3 go Winograd's way, unless the numbers are such that it
    would round more than four times as much as sums term by term. There a single result is off relative to the largest
    pixel of its tile (4x4 pixels), and one infinity or NaN may make all results of its tile NaN. The environment
    variable ``SWIFTGAN_WINOGRAD=0`` has all convolutions summed term by term.

    Parameters
    ----------
    precision : {"highest", "high", "medium"}
        PyTorch's names:

        - ``"highest"``: float32 products; the default.
        - ``"high"``: operands with some 16 bits of significand, as of a sum of two bfloat16: errors below 2^-15 for
          operands of magnitudes from 2^-102 to 3e38.
        - ``"medium"``: operands rounded to bfloat16, with 8 bits of significand: errors below 2^-7.

    Raises
    ------
    ValueError
        For another name.

    Examples
    --------
    >>> import swiftgan as sg
    >>> x = sg.ones((32, 32)) / 3
    >>> with sg.set_float32_matmul_precision("medium"):
    ...     y = x @ x
    ...     sg.get_float32_matmul_precision()
    'medium'
    >>> sg.get_float32_matmul_precision()
    'highest'
    """

    # The call that set last: what an earlier one set is no longer there to be put back.
    _last: ClassVar[set_float32_matmul_precision | None] = None

    def __init__(self, precision: str) -> None:
        self._precision = as_precision(precision)
        self._before = _core.get_precision()
        _core.set_precision(self._precision)
        set_float32_matmul_precision._last = self

    def __enter__(self) -> set_float32_matmul_precision:
        # The block's alone: what the call set outside of it is put back.
        if set_float32_matmul_precision._last is self:
            _core.set_precision(self._before)
            set_float32_matmul_precision._last = None
        _core.enter_precision(self._precision)
        return self

    def __exit__(self, *unused: object) -> None:
        _core.leave_precision()

    def __repr__(self) -> str:
        return f"set_float32_matmul_precision({self._precision!r})"


def get_float32_matmul_precision() -> str:
    """Return the precision of float32 products in force here: ``"highest"``, ``"high"`` or ``"medium"``."""
    return _core.get_precision()


def as_precision(value: Any) -> str:
    """Return the name of a precision; the library says which there are."""
    if not isinstance(value, str):
        raise TypeError(f"precision must be 'highest', 'high' or 'medium', not {value!r}")
    return value

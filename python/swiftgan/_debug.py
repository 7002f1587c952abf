"""`debug`: checks on what is computed, for finding mistakes."""

from __future__ import annotations

from . import _core


class debug:  # noqa: N801 - used as a function
    """Check what is computed, from now on or within a ``with`` block; on all threads.

    While a check is on everything runs operation by operation, slower: compiled functions run as they are written, and
    trainers and estimators trace nothing. The environment's ``SWIFTGAN_DEBUG=nan`` turns the check on from the start.

    Parameters
    ----------
    nan : bool
        Whether the first operation that makes a NaN or an infinity of finite inputs raises a RuntimeError. It names
        the operation, the layer that it is in, the operation whose gradient it belongs to, and in training the step
        and the player, with shapes and the inputs' ranges. An infinity that is asked for, as in ``sg.full(3,
        np.inf)``, is none.

    Examples
    --------
    >>> import swiftgan as sg
    >>> with sg.debug(nan=True):
    ...     sg.log(sg.Tensor([1.0, 0.0]))
    Traceback (most recent call last):
    ...
    RuntimeError: log: made infinity of finite inputs, in 1 of 2 elements of float32 (2,): input 0 is ...
    """

    def __init__(self, *, nan: bool = True) -> None:
        self._before = _core.debug_set("nan", bool(nan))
        self._nan = bool(nan)

    def __enter__(self) -> debug:
        return self

    def __exit__(self, *unused: object) -> None:
        _core.debug_set("nan", self._before)

    def __repr__(self) -> str:
        return f"debug(nan={self._nan})"

"""`debug`: checks on what is computed, for finding mistakes."""

from __future__ import annotations

from . import _core


class debug:  # noqa: N801 - used as a function
    """Check what is computed, from now on or within a ``with`` block; on all threads.

    While a check is on everything runs operation by operation, slower: compiled functions run as they are written, and
    trainers and estimators trace nothing. The environment's ``SWIFTGAN_DEBUG=nan`` (or ``inputs``, or ``nan,inputs``)
    turns checks on from the start.

    Parameters
    ----------
    nan : bool
        Whether the first operation that makes a NaN or an infinity of finite inputs raises a RuntimeError. It names
        the operation, the layer that it is in, the operation whose gradient it belongs to, and in training the step
        and the player, with shapes and the inputs' ranges. An infinity that is asked for, as in ``sg.full(3,
        np.inf)``, is none.
    inputs : bool
        Whether the first operation that reads a NaN or an infinity which came in from outside raises a RuntimeError:
        one that no operation made while this was on, but that data, a parameter or a constant holds. It names the
        operation and which of its inputs, the layer, step and player; a compiled function names its argument.

    Examples
    --------
    >>> import swiftgan as sg
    >>> with sg.debug(nan=True):
    ...     sg.log(sg.Tensor([1.0, 0.0]))
    Traceback (most recent call last):
    ...
    RuntimeError: log: made infinity of finite inputs, in 1 of 2 elements of float32 (2,): input 0 is ...
    """

    def __init__(self, *, nan: bool = True, inputs: bool = False) -> None:
        self._checks = {"nan": bool(nan), "inputs": bool(inputs)}
        self._before = {check: _core.debug_set(check, enabled) for check, enabled in self._checks.items()}

    def __enter__(self) -> debug:
        return self

    def __exit__(self, *unused: object) -> None:
        for check, enabled in self._before.items():
            _core.debug_set(check, enabled)

    def __repr__(self) -> str:
        return f"debug(nan={self._checks['nan']}, inputs={self._checks['inputs']})"

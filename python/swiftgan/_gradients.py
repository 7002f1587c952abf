"""Gradients of Python functions, to any order."""

from __future__ import annotations

import contextlib
import functools
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from . import _core
from ._creation import asarray
from ._tensor import Tensor
from ._trees import flatten, rebuild


def value_and_grad(
    f: Callable[..., Any], argnums: int | Sequence[int] = 0, *, of: Any = None, has_aux: bool = False
) -> Callable[..., tuple[Any, Any]]:
    """Return a function that computes f's value and its gradients.

    Parameters
    ----------
    f : callable
        Returns a tensor of one element (with ``has_aux``, a pair of that and anything else).
    argnums : int or sequence of int
        Which positional arguments to differentiate by: tensors, arrays or numbers, nested in lists, tuples and dicts as
        you like, or whole networks (`swiftgan.nn.Module`), whose trainable parameters count.
    of : Module, Parameter or nested lists and dicts of them, optional
        Differentiate by these instead of by arguments.
    has_aux : bool
        Whether f returns something beside the value that is handed on as it is.

    Returns
    -------
    callable
        ``(value, gradients)``, or ``((value, aux), gradients)``. Gradients have the form of what was differentiated by:
        a tensor for a tensor, a dict by name for a network; a tuple of such for several ``argnums``.

    Examples
    --------
    >>> import swiftgan as sg
    >>> value, slope = sg.value_and_grad(lambda x: (x * x).sum())(sg.Tensor([1.0, 2.0]))
    >>> slope
    Tensor([2., 4.], dtype=float32)
    """

    @functools.wraps(f)
    def differentiated(*args: Any, **kwargs: Any) -> tuple[Any, Any]:
        if of is not None:
            return _run(lambda _: f(*args, **kwargs), (of,), has_aux, lambda gradients: gradients[0])
        call, chosen = bound(f, argnums, args, kwargs)
        return _run(call, chosen, has_aux, lambda g: g[0] if isinstance(argnums, int) else tuple(g))

    return differentiated


def grad(
    f: Callable[..., Any], argnums: int | Sequence[int] = 0, *, of: Any = None, has_aux: bool = False
) -> Callable[..., Any]:
    """Return a function that computes f's gradients; see `value_and_grad`. With ``has_aux``: ``(gradients, aux)``.

    >>> import swiftgan as sg
    >>> cube = lambda x: x**3
    >>> sg.grad(sg.grad(cube))(sg.Tensor(2.0)).item()
    12.0
    """
    both = value_and_grad(f, argnums, of=of, has_aux=has_aux)

    @functools.wraps(f)
    def differentiated(*args: Any, **kwargs: Any) -> Any:
        value, gradients = both(*args, **kwargs)
        return (gradients, value[1]) if has_aux else gradients

    return differentiated


def bound(
    f: Callable[..., Any], argnums: int | Sequence[int], args: tuple[Any, ...], kwargs: dict[str, Any]
) -> tuple[Callable[[Sequence[Any]], Any], tuple[Any, ...]]:
    """Return f as a function of the chosen arguments alone, and these."""
    positions = (argnums,) if isinstance(argnums, int) else tuple(argnums)
    for position in positions:
        if not -len(args) <= position < len(args):
            raise ValueError(f"argnums names argument {position}, but only {len(args)} positional ones are given")

    def call(chosen: Sequence[Any]) -> Any:
        filled = list(args)
        for position, value in zip(positions, chosen, strict=True):
            filled[position] = value
        return f(*filled, **kwargs)

    return call, tuple(args[position] for position in positions)


def _run(
    call: Callable[[Sequence[Any]], Any], chosen: Sequence[Any], has_aux: bool, finish: Callable[..., Any]
) -> tuple[Any, Any]:
    leaves, structure = flatten(chosen)
    with tracking(leaves) as tracked:
        result = call(rebuild(structure, tracked, with_modules=True))
        value, aux = result if has_aux else (result, None)
        if not isinstance(value, Tensor):
            raise TypeError(f"the function to differentiate must return a tensor, not {type(value).__name__}")
        gradients = _core.gradient(value, tracked, None)
    # The outermost value lets go of all that led to it.
    if not _core.gradient_depth():
        value = stop_gradient(value)
    return ((value, aux) if has_aux else value), finish(rebuild(structure, gradients))


@contextlib.contextmanager
def recording() -> Iterator[None]:
    """Within the block a gradient computation is under way: what is computed from tracked tensors is recorded."""
    _core.gradient_enter()
    try:
        yield
    finally:
        _core.gradient_exit()


@contextlib.contextmanager
def tracking(leaves: Sequence[Any]) -> Iterator[list[Tensor]]:
    """As `recording`, with tensors to differentiate by in the leaves' places; parameters have them as their values."""
    parameters = [leaf for leaf in leaves if isinstance(leaf, _core.Parameter)]
    if not parameters:
        with recording():
            yield [_tracked(leaf) for leaf in leaves]
        return
    supply = iter(_core.parameters_track(parameters))
    try:
        yield [next(supply) if isinstance(leaf, _core.Parameter) else _tracked(leaf) for leaf in leaves]
    finally:
        _core.parameters_restore(parameters)


def _tracked(value: Any) -> Tensor:
    tensor = asarray(value)
    if tensor.dtype.kind != "f":
        raise TypeError(
            f"gradients are taken by float32 and float64, not {tensor.dtype}; convert with astype('float32')"
        )
    return _core.gradient_track(tensor)


_stop = _core.operation("stop_gradient")


def stop_gradient(x: Any) -> Tensor:
    """Return the same values, through which no gradient flows."""
    return _core.apply(_stop, x)


class no_grad(contextlib.ContextDecorator):  # noqa: N801 - PyTorch's name
    """Within the block (or the decorated function) nothing is recorded on this thread, which saves memory.

    >>> import swiftgan as sg
    >>> sg.grad(lambda x: x * sg.no_grad()(lambda: x * x)())(sg.Tensor(3.0)).item()
    9.0
    """

    def __enter__(self) -> None:
        _core.gradient_pause()

    def __exit__(self, *unused: object) -> None:
        _core.gradient_resume()

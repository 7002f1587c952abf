"""Jacobians, Hessians and their products with vectors; gradients of each example by itself.

All take and give trees (nested lists, tuples and dicts) and networks as `swiftgan.grad` does, and all nest.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from . import _core
from ._creation import asarray, zeros, zeros_like
from ._gradients import bound, grad, recording, stop_gradient, tracking
from ._movement import stack
from ._tensor import Tensor
from ._trees import Builder, flatten, flatten_like, rebuild


def vjp(f: Callable[..., Any], *primals: Any) -> tuple[Any, Callable[[Any], tuple[Any, ...]]]:
    """Return f's value at the primals, of any shape, and the function from a cotangent to the gradients.

    f may return a tensor, or a tree of tensors; the cotangent then is such a tree. The gradients are one per primal.

    >>> import swiftgan as sg
    >>> value, pullback = sg.vjp(lambda x: x * x, sg.Tensor([1.0, 2.0]))
    >>> pullback(sg.Tensor([1.0, 0.5]))[0]
    Tensor([2., 2.], dtype=float32)
    """
    leaves, structure = flatten(primals)
    with tracking(leaves) as tracked:
        values, form = _values(f(*rebuild(structure, tracked, with_modules=True)))
    value = rebuild(form, values)

    def pullback(cotangent: Any) -> tuple[Any, ...]:
        # A scope of its own: within an outer gradient the pullback's operations are then recorded for it.
        with recording():
            parts = [asarray(part) for part in flatten_like(value, cotangent, "the cotangent")]
            gradients: tuple[Any, ...] = rebuild(structure, _pulled(values, tracked, parts))
            return gradients

    return rebuild(form, _freed(values)), pullback


def jvp(f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]) -> tuple[Any, Any]:
    """Return f's value at the primals, and its derivative along the tangents: the Jacobian times a vector.

    Two reverse passes, whatever the number of inputs and outputs: the pullback is linear in its cotangent, and its
    gradient by that is the Jacobian again.

    Parameters
    ----------
    f : callable
        Returns a tensor or a tree of tensors.
    primals, tangents : sequences of one item per argument of f
        Each tangent has the form and the shapes of its primal; for a network that is a dict by parameter name.

    >>> import swiftgan as sg
    >>> value, slope = sg.jvp(lambda x: x * x, (sg.Tensor([1.0, 2.0]),), (sg.Tensor([1.0, 10.0]),))
    >>> slope
    Tensor([ 2., 40.], dtype=float32)
    """
    leaves, structure = flatten(tuple(primals))
    vectors = flatten_like(tuple(primals), tuple(tangents), "the tangents")
    with recording():
        with tracking(leaves) as tracked:
            vectors = _directions(vectors, tracked)
            values, form = _values(f(*rebuild(structure, tracked, with_modules=True)))
            unknown = [_core.gradient_track(zeros_like(value)) for value in values]
            pulled = _pulled(values, tracked, unknown)
        slopes = _core.gradient(_inner(pulled, vectors), unknown, None)
    return rebuild(form, _freed(values)), rebuild(form, slopes)


def hvp(f: Callable[..., Any], primals: Sequence[Any], tangents: Sequence[Any]) -> Any:
    """Return the Hessian of f at the primals times the tangents, without making the Hessian.

    It is the gradient of the gradient along the tangents: a few evaluations of f.

    Parameters
    ----------
    f : callable
        Returns a tensor of one element.
    primals, tangents : sequences of one item per argument of f
        As of `jvp`.

    Returns
    -------
    tuple
        One item for each primal, of its form.

    >>> import swiftgan as sg
    >>> sg.hvp(lambda x: (x**3).sum(), (sg.Tensor([1.0, 2.0]),), (sg.Tensor([1.0, 1.0]),))
    (Tensor([ 6., 12.], dtype=float32),)
    """
    leaves, structure = flatten(tuple(primals))
    vectors = flatten_like(tuple(primals), tuple(tangents), "the tangents")
    with recording():
        with tracking(leaves) as tracked:
            vectors = _directions(vectors, tracked)
            value = f(*rebuild(structure, tracked, with_modules=True))
            if not isinstance(value, Tensor):
                raise TypeError(f"the function to differentiate must return a tensor, not {type(value).__name__}")
            gradients = _core.gradient(value, tracked, None)
        products = _core.gradient(_inner(gradients, vectors), tracked, None)
    return rebuild(structure, products)


def jacobian(f: Callable[..., Any], argnums: int | Sequence[int] = 0) -> Callable[..., Any]:
    """Return a function that computes f's Jacobian.

    f runs once; then there is one reverse pass for each element of its value, or of its arguments, whichever are fewer.

    Parameters
    ----------
    f : callable
        Returns a tensor or a tree of tensors.
    argnums : int or sequence of int
        Which positional arguments to differentiate by; see `value_and_grad`.

    Returns
    -------
    callable
        Gives a tensor of the value's shape followed by the argument's: for trees, the tree of the value, and in each
        place of it the tree of the argument.

    >>> import swiftgan as sg
    >>> sg.jacobian(lambda x: x * x.sum())(sg.Tensor([1.0, 2.0]))
    Tensor([[4., 1.],
            [2., 5.]], dtype=float32)
    """

    @functools.wraps(f)
    def differentiated(*args: Any, **kwargs: Any) -> Any:
        call, chosen = bound(f, argnums, args, kwargs)
        leaves, structure = flatten(chosen)
        with recording():
            with tracking(leaves) as tracked:
                values, form = _values(call(rebuild(structure, tracked, with_modules=True)))
                is_wide = sum(value.size for value in values) > sum(leaf.size for leaf in tracked)
                if is_wide:
                    unknown = [_core.gradient_track(zeros_like(value)) for value in values]
                    pulled = _pulled(values, tracked, unknown)
            parts = _columns(pulled, unknown) if is_wide else [_rows(value, tracked) for value in values]
        trees = (rebuild(structure, part) for part in parts)
        return rebuild(form, [tree[0] if isinstance(argnums, int) else tuple(tree) for tree in trees])

    return differentiated


def hessian(f: Callable[..., Any], argnums: int | Sequence[int] = 0) -> Callable[..., Any]:
    """Return a function that computes the Hessian of f, which returns a tensor of one element.

    One reverse pass over the gradient for each element of the arguments; where products with vectors are enough, `hvp`
    is much cheaper. For trees: the tree of the argument, and in each place of it the tree again.

    >>> import swiftgan as sg
    >>> sg.hessian(lambda x: x[0] * x[0] * x[1])(sg.Tensor([1.0, 2.0]))
    Tensor([[4., 2.],
            [2., 0.]], dtype=float32)
    """
    return jacobian(grad(f, argnums), argnums)


def per_example_gradients(
    f: Callable[..., Any], argnums: int | Sequence[int] = 0, *, batch_argnums: int | Sequence[int] | None = None
) -> Callable[..., Any]:
    """Return a function that computes f's gradients for each example of a batch by itself.

    f gets one example at a time, as a batch of one, so that layers and losses work as they are: a loop with one
    evaluation and one reverse pass per example.

    Parameters
    ----------
    f : callable
        Returns a tensor of one element.
    argnums : int or sequence of int
        Which positional arguments to differentiate by; see `value_and_grad`.
    batch_argnums : int or sequence of int, optional
        Which arguments are the batch: arrays, or trees of them, whose first axis counts the examples. By default all
        that are not differentiated by.

    Returns
    -------
    callable
        Gives gradients of the form of what was differentiated by, with the examples as an axis before each one's own.

    >>> import swiftgan as sg
    >>> loss = lambda w, x: ((x @ w) ** 2).sum()
    >>> sg.per_example_gradients(loss)(sg.Tensor([1.0, 2.0]), sg.Tensor([[1.0, 0.0], [0.0, 1.0]]))
    Tensor([[2., 0.],
            [0., 4.]], dtype=float32)
    """
    slope = grad(f, argnums)

    @functools.wraps(f)
    def differentiated(*args: Any, **kwargs: Any) -> Any:
        _, chosen = bound(f, argnums, args, kwargs)
        by = {index % len(args) for index in ((argnums,) if isinstance(argnums, int) else argnums)}
        if batch_argnums is None:
            batched = [index for index in range(len(args)) if index not in by]
        else:
            named = (batch_argnums,) if isinstance(batch_argnums, int) else tuple(batch_argnums)
            bound(f, named, args, kwargs)
            batched = [index % len(args) for index in named]
        leaves, structure = flatten([args[index] for index in batched])
        arrays = [asarray(leaf) for leaf in leaves]
        counts = {array.shape[:1] for array in arrays}
        if len(counts) != 1 or () in counts:
            shapes = ", ".join(str(array.shape) for array in arrays) or "none"
            raise ValueError(f"the arguments of the batch need one number of examples; their shapes are {shapes}")
        parts: list[list[Tensor]] = []
        for index in range(arrays[0].shape[0]):
            example = rebuild(structure, [array[index : index + 1] for array in arrays])
            filled = list(args)
            for position, value in zip(batched, example, strict=True):
                filled[position] = value
            parts.append(flatten(slope(*filled, **kwargs))[0])
        by_leaves, form = flatten(chosen)
        if parts:
            stacked = [stack(list(each)) for each in zip(*parts, strict=True)]
        else:
            shown = [leaf.value if isinstance(leaf, _core.Parameter) else asarray(leaf) for leaf in by_leaves]
            stacked = [zeros((0, *leaf.shape), dtype=leaf.dtype) for leaf in shown]
        tree = rebuild(form, stacked)
        return tree[0] if isinstance(argnums, int) else tuple(tree)

    return differentiated


# ------------------------------------------------------------------------------------------------------------ the parts


def _values(result: Any) -> tuple[list[Tensor], Builder]:
    """Return the tensors that a function gave, and their form."""
    values, form = flatten(result)
    for value in values:
        if not isinstance(value, Tensor):
            raise TypeError(
                f"the function to differentiate must return a tensor or a tree of tensors, not {type(value).__name__}"
            )
    if not values:
        raise TypeError("the function to differentiate returned no tensor")
    return values, form


def _directions(vectors: list[Any], leaves: list[Tensor]) -> list[Tensor]:
    tensors = [asarray(vector) for vector in vectors]
    for tensor, leaf in zip(tensors, leaves, strict=True):
        if tensor.shape != leaf.shape:
            raise ValueError(f"a tangent has shape {tensor.shape}, but its primal {leaf.shape}")
    return tensors


def _inner(a: Sequence[Tensor], b: Sequence[Tensor]) -> Tensor:
    """Return the sum of all products."""
    sums = [(x * y).sum() for x, y in zip(a, b, strict=True)]
    return functools.reduce(lambda total, each: total + each, sums) if sums else zeros(())


def _pulled(values: list[Tensor], leaves: list[Tensor], cotangents: Sequence[Tensor]) -> list[Tensor]:
    if len(values) == 1:
        return _core.gradient(values[0], leaves, cotangents[0])
    for value, cotangent in zip(values, cotangents, strict=True):
        if value.shape != cotangent.shape:
            raise ValueError(f"a cotangent has shape {cotangent.shape}, but its value {value.shape}")
    return _core.gradient(_inner(values, cotangents), leaves, None)


def _freed(values: list[Tensor]) -> list[Tensor]:
    """Let outermost values go of all that led to them."""
    return values if _core.gradient_depth() else [stop_gradient(value) for value in values]


def _units(tensor: Tensor) -> Any:
    """Yield 1 at each element in turn, 0 elsewhere."""
    for index in range(tensor.size):
        unit = np.zeros(tensor.size, dtype=tensor.dtype)
        unit[index] = 1
        yield asarray(unit.reshape(tensor.shape))


def _rows(value: Tensor, leaves: list[Tensor]) -> list[Tensor]:
    """Return the derivatives of one value by each leaf, a pass for each element of the value."""
    rows = [_core.gradient(value, leaves, unit) for unit in _units(value)]
    return [
        stack([row[index] for row in rows]).reshape(*value.shape, *leaf.shape)
        if rows
        else zeros((*value.shape, *leaf.shape), dtype=leaf.dtype)
        for index, leaf in enumerate(leaves)
    ]


def _columns(pulled: list[Tensor], unknown: list[Tensor]) -> list[list[Tensor]]:
    """Return the derivatives of each value by each leaf, a pass for each element of the leaves."""
    columns = [[_core.gradient(gradient, unknown, unit) for unit in _units(gradient)] for gradient in pulled]
    return [
        [
            stack([column[index] for column in each], axis=-1).reshape(*value.shape, *gradient.shape)
            if math.prod(gradient.shape)
            else zeros((*value.shape, *gradient.shape), dtype=value.dtype)
            for gradient, each in zip(pulled, columns, strict=True)
        ]
        for index, value in enumerate(unknown)
    ]

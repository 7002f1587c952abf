"""Linear systems, einsum, and parts and products of matrices."""

from __future__ import annotations

from ._entry import call, definite, entry, invertible, normal
from ._reference import jax, jnp

FLOAT = {"result": "float", "types": "ib"}
TYPES = {"types": "ib"}


def slogdet(x):
    return jnp.stack(jnp.linalg.slogdet(x), -1)


def solve_triangular(a, b, lower=False, transposed=False, unit_diagonal=False):
    flag = {"lower": lower, "trans": int(transposed), "unit_diagonal": unit_diagonal}
    if b.ndim == 1:
        return solve_triangular(a, b[:, None], lower, transposed, unit_diagonal)[:, 0]
    lead = jnp.broadcast_shapes(a.shape[:-2], b.shape[:-2])
    a, b = jnp.broadcast_to(a, lead + a.shape[-2:]), jnp.broadcast_to(b, lead + b.shape[-2:])
    return jax.scipy.linalg.solve_triangular(a, b, **flag)


def tensordot(x, y, axes1, axes2):
    return jnp.tensordot(x, y, (axes1, axes2))


def einsum(*operands, equation):
    return jnp.einsum(equation, *operands)


SYSTEM = {**FLOAT, "float32": 1e-4, "float64": 1e-10}

OPERATIONS = {
    "cholesky": entry(
        jnp.linalg.cholesky, call(definite(3, 3)), call(definite(2, 4, 4), upper=True), call(definite(0, 3, 3)),
        large=call(definite(130, 130)), **SYSTEM | {"types": "i"},
    ),
    "solve": entry(
        lambda a, b: jnp.linalg.solve(a, b), call(invertible(3, 3), normal(3, 2)), call(invertible(3, 3), normal(3)),
        call(invertible(2, 3, 3), normal(2, 3, 2)), call(invertible(0, 3, 3), normal(0, 3, 1)),
        large=call(invertible(130, 130), normal(130, 20)), **SYSTEM,
    ),
    "solve_triangular": entry(
        solve_triangular, call(invertible(3, 3), normal(3, 2)), call(invertible(3, 3), normal(3), lower=True),
        call(invertible(2, 3, 3), normal(3, 2), transposed=True),
        call(invertible(3, 3), normal(2, 3, 1), lower=True, transposed=True, unit_diagonal=True),
        call(invertible(0, 3, 3), normal(0, 3, 1)),
        large=call(definite(130, 130), normal(130, 20), lower=True), **SYSTEM,
    ),
    "inv": entry(
        jnp.linalg.inv, call(invertible(3, 3)), call(invertible(2, 2, 2)), call(invertible(0, 3, 3)),
        large=call(invertible(130, 130)), **SYSTEM,
    ),
    "det": entry(
        jnp.linalg.det, call(invertible(3, 3)), call(invertible(2, 2, 2)), call(invertible(0, 3, 3)),
        large=call(invertible(300, 20, 20)), **SYSTEM,
    ),
    "slogdet": entry(
        slogdet, call(invertible(3, 3)), call(invertible(2, 2, 2)), call(invertible(0, 3, 3)),
        large=call(invertible(130, 130)), **SYSTEM,
    ),
    "diagonal": entry(
        jnp.diagonal, call(normal(3, 4)), call(normal(2, 3, 4), offset=1, axis1=2, axis2=0), call(normal(0, 2)),
        large=call(normal(300, 200, 3)), **TYPES,
    ),
    "trace": entry(
        jnp.trace, call(normal(3, 4)), call(normal(2, 3, 4), offset=1, axis1=2, axis2=0), call(normal(0, 2)),
        large=call(normal(300, 300, 3)), types="i",
    ),
    "outer": entry(jnp.outer, call(normal(3), normal(4)), call(normal(0), normal(2)),
                   large=call(normal(300), normal(301)), types="i"),
    "vecdot": entry(
        lambda x, y, axis=-1: jnp.vecdot(x, y, axis=axis), call(normal(2, 3), normal(3)),
        call(normal(2, 3), normal(1, 2, 3), axis=-2), call(normal(2, 0), normal(0)),
        large=call(normal(300, 301), normal(301)), types="i",
    ),
    "tensordot": entry(
        tensordot, call(normal(2, 3, 4), normal(4, 3, 5), axes1=(1, 2), axes2=(1, 0)),
        call(normal(2), normal(3), axes1=(), axes2=()), call(normal(0, 3), normal(3, 2), axes1=[1], axes2=[0]),
        large=call(normal(30, 20, 40), normal(20, 40, 50), axes1=(1, 2), axes2=(0, 1)), **FLOAT,
    ),
    "kron": entry(jnp.kron, call(normal(2, 3), normal(3, 2)), call(normal(2), normal(2, 2)), call(normal(0), normal(2)),
                  large=call(normal(20, 30), normal(30, 10)), types="i"),
    "einsum": entry(
        einsum, call(normal(3, 4), normal(4, 2), equation="ij,jk"), call(normal(2, 3, 3), equation="...ii->..."),
        call(normal(2, 3), normal(3, 4), normal(4, 2), equation="ab,bc,ca->b"),
        call(normal(2, 3), normal(4, 2), normal(3, 4), equation="ij,kl,jk->il"),
        call(normal(2, 3), normal(3, 4), normal(4, 2), normal(2), equation="ij,jk,kl,l->i"),
        call(normal(2, 1), normal(3), normal(2, 3), normal(1), equation="...i,j,ij,...->j..."),
        call(normal(0, 3), normal(3), equation="ij,j->i"),
        large=call(normal(4, 100, 33), normal(4, 33, 70), equation="bij,bjk->bki"), **FLOAT,
    ),
}  # fmt: skip


FUNCTIONS = {
    "dot": entry(
        jnp.dot, call(normal(3), normal(3)), call(normal(2, 3), normal(3, 4)), call(normal(2, 3), normal(3)),
        call(normal(2, 3), normal(4, 3, 2)), call(normal(0, 3), normal(3)), **FLOAT
    ),
    "inner": entry(
        jnp.inner, call(normal(3), normal(3)), call(normal(2, 3), normal(4, 3)), call(normal(0, 3), normal(3)), **FLOAT
    ),
    "einsum": entry(
        jnp.einsum, call("ij,jk->ki", normal(3, 4), normal(4, 2)), call("ii", normal(3, 3)), **FLOAT
    ),
    "tensordot": entry(
        jnp.tensordot, call(normal(2, 3, 4), normal(3, 4, 5)), call(normal(2, 3), normal(3, 2), 1),
        call(normal(2, 3), normal(4, 3), axes=([1], [1])), **FLOAT,
    ),
    "vecdot": entry(jnp.vecdot, call(normal(2, 3), normal(3)), call(normal(2, 3), normal(2, 3), axis=0), types="i"),
    "outer": entry(jnp.outer, call(normal(3), normal(4)), types="i"),
    "kron": entry(jnp.kron, call(normal(2, 3), normal(3, 2)), types="i"),
    "diagonal": entry(jnp.diagonal, call(normal(3, 4)), call(normal(3, 4, 2), 1, axis1=1, axis2=2), **TYPES),
    "trace": entry(jnp.trace, call(normal(3, 4)), call(normal(3, 4, 2), -1, axis1=1, axis2=2), types="i"),
}  # fmt: skip

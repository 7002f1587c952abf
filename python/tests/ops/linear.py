"""Products of matrices."""

from __future__ import annotations

from ._entry import call, entry, normal
from ._reference import jnp

OPERATIONS = {
    "batch_matmul": entry(
        jnp.matmul, call(normal(3, 4), normal(4, 2)), call(normal(2, 3, 4), normal(4, 5)),
        call(normal(2, 1, 3, 2), normal(3, 2, 4)), call(normal(3, 0), normal(0, 2)),
        call(normal(0, 2, 3), normal(3, 1)),
        call(normal(17, 33), normal(33, 65)),
        result="float", types="ib", large=call(normal(257, 131), normal(131, 301)),
    ),
    "matmul": entry(
        jnp.matmul, call(normal(3, 4), normal(4, 2)), call(normal(4), normal(4)), call(normal(3, 4), normal(4)),
        call(normal(4), normal(2, 4, 3)), call(normal(2, 1, 3, 2), normal(3, 2, 4)), call(normal(0, 4), normal(4, 2)),
        call(normal(0), normal(0)),
        result="float", types="ib", large=call(normal(3, 257, 131), normal(131, 301)),
    ),
}  # fmt: skip

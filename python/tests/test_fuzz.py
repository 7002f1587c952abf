"""A short, always equal run of the fuzzing that `make fuzz` does for minutes."""

from __future__ import annotations

import numpy as np
import pytest
import swiftgan as sg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

pytest.importorskip("jax")
from fuzz.catalogue import MAKERS
from fuzz.compare import Difference, compare_compiled, compare_gradients, compare_values
from fuzz.process import senseless_calls
from fuzz.program import Input, Program, Step
from fuzz.strategies import programs

SHORT = {"deadline": None, "derandomize": True, "suppress_health_check": list(HealthCheck)}
seen: set[str] = set()


@settings(max_examples=250, **SHORT)
@given(programs())
def test_values(program):
    seen.update(step.function for step in program.steps)
    compare_values(program)


def test_steps_of_all_kinds_were_drawn():
    if seen:  # the test above ran
        assert len(seen) > 0.9 * len(MAKERS), sorted(set(MAKERS) - seen)


@settings(max_examples=25, **SHORT)
@given(programs(12), st.integers(0, 9))
def test_gradients(program, seed):
    compare_gradients(program, seed)


@settings(max_examples=150, **SHORT)
@given(programs())
def test_compiled(program):
    compare_compiled(program)


def test_a_wrong_value_is_found_and_shown_as_code():
    program = Program(
        [Input(np.arange(6, dtype=np.float32).reshape(2, 3), "backwards")],
        [
            Step("xp.sum(v0, axis=0)", "sum", "float32"),
            Step("xp.exp(v1)", "exp", "float32"),
            Step("v1 * 2.0", "x", "float64"),
        ],
    )
    with pytest.raises(Difference, match="v3: dtype float32, not float64") as found:
        compare_values(program)
    code = str(found.value).split("\n\n", 1)[1]
    assert "exp" not in code  # it does not lead to the wrong variable
    names = {}
    exec(code, names)
    assert isinstance(names["v3"], sg.Tensor)


def test_senseless_calls_end_in_exceptions():
    made, refused = senseless_calls(0, 3000, 20)
    assert made > refused > made / 4

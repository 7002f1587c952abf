"""scikit-learn's own checks of estimators, with what is not so here and why."""

from __future__ import annotations

from typing import Any

import pytest

EXCEPTIONS = {
    "check_dtype_object": "arrays of objects are not converted: they hold anything",
    "check_complex_data": "complex numbers are refused with a TypeError, as everywhere in swiftgan",
    "check_estimators_empty_data_messages": "said in other words: the data are empty",
    "check_parameters_default_constructible": "sizes of layers are a list by default",
}
LABELS = {"check_supervised_y_2d": "labels in a column are refused, with a message, and not flattened with a warning"}


def passed_checks(model: Any, **further: str) -> list[str]:
    """Run all checks, and return the names of those that passed; fails with what failed and is no exception.

    ``further`` are exceptions of this kind of model, each with its reason.
    """
    checks = pytest.importorskip("sklearn.utils.estimator_checks")
    results = checks.check_estimator(model, expected_failed_checks={**EXCEPTIONS, **further}, on_fail=None)
    failed = [f"{result['check_name']}: {result['exception']}" for result in results if result["status"] == "failed"]
    assert not failed, "\n".join(failed)
    return [result["check_name"] for result in results if result["status"] == "passed"]

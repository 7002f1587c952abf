"""scikit-learn's own checks of estimators, with what is not so here and why."""

from __future__ import annotations

import unittest
from typing import Any

import pytest

EXCEPTIONS = {
    "check_dtype_object": "arrays of objects are not converted: they hold anything",
    "check_complex_data": "complex numbers are refused with a TypeError, as everywhere in swiftgan",
    "check_estimators_empty_data_messages": "said in other words: the data are empty",
    "check_parameters_default_constructible": "sizes of layers are a list by default",
}
LABELS = {"check_supervised_y_2d": "labels in a column are refused, with a message, and not flattened with a warning"}


# Checks that check_estimator() keeps for scikit-learn's own estimators; those of transformers apart.
KEPT = ["check_dataframe_column_names_consistency", "check_n_features_in_after_fitting"]
KEPT_OF_TRANSFORMERS = [
    "check_transformer_get_feature_names_out",
    "check_transformer_get_feature_names_out_pandas",
    "check_get_feature_names_out_error",
    "check_set_output_transform",
    "check_set_output_transform_pandas",
    "check_global_output_transform_pandas",
    "check_set_output_transform_polars",
    "check_global_set_output_transform_polars",
]


def passed_checks(model: Any, **further: str) -> list[str]:
    """Run all checks, and return the names of those that passed; fails with what failed and is no exception.

    ``further`` are exceptions of this kind of model, each with its reason.
    """
    checks = pytest.importorskip("sklearn.utils.estimator_checks")
    exceptions = {**EXCEPTIONS, **further}
    results = checks.check_estimator(model, expected_failed_checks=exceptions, on_fail=None)
    failed = [f"{result['check_name']}: {result['exception']}" for result in results if result["status"] == "failed"]
    passed = [result["check_name"] for result in results if result["status"] == "passed"]
    kept = KEPT + (KEPT_OF_TRANSFORMERS if hasattr(model, "transform") else [])
    for name in [name for name in kept if name not in exceptions and name not in passed]:
        try:
            getattr(checks, name)(type(model).__name__, model)
            passed.append(name)
        except unittest.SkipTest:  # pandas or polars is not there
            continue
        except Exception as error:
            failed.append(f"{name}: {error!r}")
    assert not failed, "\n".join(failed)
    return passed

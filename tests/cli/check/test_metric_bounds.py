"""Bounds of metrics; a metric without a value never passes."""

from typing import Any

import pytest

from stages.cli.check.check_report import GateResult
from stages.cli.check.metric_bounds import MeasuredMetrics, check_bounds
from stages.config.gates.gate_params import Gate

METRICS = MeasuredMetrics({"accuracy": 0.9, "log_loss": 0.25}, {"roc_auc": "the rows have one class"})


def results(gate: dict[str, Any], metrics: MeasuredMetrics = METRICS) -> dict[str, GateResult]:
    found = check_bounds(Gate.model_validate(gate), metrics, "reports/pages/iris.html")
    return {result.gate: result for result in found}


@pytest.mark.parametrize(
    ("gate", "passed"),
    [
        ({"at_least": {"accuracy": 0.9}}, True),
        ({"at_least": {"accuracy": 0.9000001}}, False),
        ({"at_least": {"log_loss": 0.2}}, True),
        ({"at_most": {"log_loss": 0.25}}, True),
        ({"at_most": {"log_loss": 0.2499999}}, False),
        ({"at_most": {"accuracy": 0.8}}, False),
    ],
)
def test_a_value_that_equals_its_bound_passes(gate: dict[str, Any], passed: bool) -> None:
    [result] = results(gate).values()
    assert result.passed == passed
    assert bool(result.text) != passed


def test_a_failure_names_value_bound_and_page() -> None:
    failed = results({"at_least": {"accuracy": 0.95}})["at_least.accuracy"]
    assert (failed.required, failed.value) == (0.95, 0.9)
    assert failed.text == "0.9 is below 0.95; see reports/pages/iris.html"


def test_a_metric_without_a_value_never_passes() -> None:
    gate = {"at_least": {"roc_auc": 0.0, "f1": 0.0}, "at_most": {"loss": 1e9}}
    found = results(gate)
    assert [result.passed for result in found.values()] == [False] * 3
    assert [result.value for result in found.values()] == [None] * 3
    assert "the rows have one class" in found["at_least.roc_auc"].text
    unreadable = results(gate, MeasuredMetrics({}, {"": "reports/metrics/iris.json: damaged"}))
    assert all("damaged" in result.text and not result.passed for result in unreadable.values())

"""Gates that no result can be judged by; corpus: tests/config/wrong_edits/gates.yaml."""

from typing import Any

import pytest

from stages.config.checks.gate_metrics import errors_of_gate
from stages.config.gates.gate_params import Gate
from stages.config.gates.measured_metrics import ERROR, HIGHER_SHARE, MetricKind

ONE_TARGET = {"accuracy": HIGHER_SHARE, "log_loss": ERROR, "coverage": MetricKind(None, 0, 1)}
TWO_TARGETS = {"kind.accuracy": HIGHER_SHARE, "price.rmse": ERROR, "size.rmse": ERROR}


def errors(gate: dict[str, Any], metrics: dict[str, MetricKind] = ONE_TARGET) -> dict[str, str]:
    return {".".join(map(str, keys)): text for keys, text in errors_of_gate(Gate.model_validate(gate), metrics)}


@pytest.mark.parametrize(
    "gate",
    [
        {},
        {"at_least": {"accuracy": 0.9, "log_loss": 0}, "at_most": {"accuracy": 1, "coverage": 0.9}},
        {"at_least": {"coverage": 0.5}, "at_most": {"coverage": 0.5}},
        {"no_worse_than_base": {"accuracy": 0, "log_loss": "noise"}},
        {"no_worse_than_base": {"log_loss": 1000}},
        {"no_drift": True, "no_leakage": True, "max_model_bytes": 1},
    ],
)
def test_gates_that_results_can_be_judged_by(gate: dict[str, Any]) -> None:
    assert errors(gate) == {}


def test_all_errors_are_reported() -> None:
    found = errors({"at_least": {"acc": 0.9, "accuracy": 2}, "no_worse_than_base": {"coverage": "noise"}})
    assert list(found) == ["at_least.acc", "at_least.accuracy", "no_worse_than_base.coverage"]


def test_a_metric_of_several_targets_is_named_with_its_target() -> None:
    assert "price.rmse" in errors({"at_most": {"rmse": 2}}, TWO_TARGETS)["at_most.rmse"]
    assert errors({"at_most": {"size.rmse": 2}, "at_least": {"kind.accuracy": 0.5}}, TWO_TARGETS) == {}


def test_a_target_of_values_has_no_metrics_of_classes() -> None:
    found = errors({"at_least": {"accuracy": 0.9}}, {"rmse": ERROR})["at_least.accuracy"]
    assert found == "accuracy is not measured: it is for targets that are classes"

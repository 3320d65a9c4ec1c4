"""The gates of one dataset, by the files of a working tree."""

import json
from pathlib import Path
from typing import Any

import pytest

from stages.cli.check.base_bounds import BaseMetrics
from stages.cli.check.check_gates import GatedDataset, check_dataset
from stages.cli.check.check_report import DatasetCheck
from stages.cli.revisions.object_source import ObjectSource
from stages.cli.revisions.snapshot import WORKING_TREE, Snapshot
from stages.config.gates.gate_params import Gate
from stages.core import paths
from stages.core.artefacts.records.record import write_record
from tests.cli.check.test_data_gates import validation
from tests.cli.revisions.recorded_repository import EVALUATION, FITTED

EVERYTHING = {
    "at_least": {"accuracy": 0.9},
    "at_most": {"log_loss": 0.3},
    "no_worse_than_base": {"accuracy": 0.01},
    "no_drift": True,
    "no_leakage": True,
    "max_model_bytes": 5,
}
NAMES = [
    "at_least.accuracy",
    "at_most.log_loss",
    "no_worse_than_base.accuracy",
    "no_drift",
    "no_leakage",
    "max_model_bytes",
]
NEW = BaseMetrics("main")


@pytest.fixture(name="head")
def _head(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Snapshot:
    """The results of the dataset tiny; all pass EVERYTHING."""
    monkeypatch.chdir(tmp_path)
    write_metrics('{"accuracy": 0.9, "log_loss": 0.3}')
    write_record(paths.validation_result("tiny"), validation())
    write_record(paths.processed_data("tiny") / "fitted.json", FITTED)
    write_record(paths.evaluation("tiny"), EVALUATION)
    paths.model("tiny").mkdir(parents=True)
    (paths.model("tiny") / "model.keras").write_text("model")
    return Snapshot(WORKING_TREE, None, ObjectSource(tmp_path))


def write_metrics(text: str) -> None:
    paths.metrics("tiny").parent.mkdir(parents=True, exist_ok=True)
    paths.metrics("tiny").write_text(text)


def check(head: Snapshot, gate: dict[str, Any], base: BaseMetrics | None = NEW) -> DatasetCheck:
    return check_dataset(GatedDataset("tiny", Gate.model_validate(gate)), head, base)


def failed(checked: DatasetCheck) -> dict[str, str]:
    assert checked.passed == all(gate.passed for gate in checked.gates)
    return {gate.gate: gate.text for gate in checked.gates if not gate.passed}


def test_every_gate_is_checked(head: Snapshot) -> None:
    checked = check(head, EVERYTHING)
    assert checked.passed
    assert [gate.gate for gate in checked.gates] == NAMES


def test_stale_results_are_not_judged(head: Snapshot) -> None:
    checked = check_dataset(GatedDataset("tiny", Gate.model_validate(EVERYTHING), "train differs"), head, NEW)
    assert (checked.passed, checked.gates, checked.stale) == (False, [], "train differs")


@pytest.mark.error_case("results that no gate passes")
@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("{}", "damaged"),
        ("[]", "damaged"),
        ('{"accuracy": 0.9', "damaged"),
        ('{"accuracy": NaN, "log_loss": 0.3}', "accuracy is not a finite number"),
        ('{"accuracy": Infinity, "log_loss": 0.3}', "accuracy is not a finite number"),
        ('{"accuracy": "0.99", "log_loss": 0.3}', "accuracy is not a finite number"),
        ('{"accuracy": null, "log_loss": 0.3}', "accuracy is not a finite number"),
        ('{"accuracy": true, "log_loss": 0.3}', "accuracy is not a finite number"),
        ('{"loss": 0.1}', "not measured"),
        (None, "missing"),
    ],
)
def test_an_empty_missing_or_damaged_metric_never_passes(head: Snapshot, text: str | None, reason: str) -> None:
    paths.metrics("tiny").unlink()
    if text is not None:
        write_metrics(text)
    gate = {"at_least": {"accuracy": 0}, "at_most": {"log_loss": 1e9}, "no_worse_than_base": {"accuracy": 0.999}}
    found = failed(check(head, gate))
    assert list(found) == NAMES[:3]
    assert all(reason in message for message in found.values()), found


@pytest.mark.error_case("results that no gate passes")
def test_an_undefined_metric_fails_with_the_reason_of_evaluate(head: Snapshot) -> None:
    record = EVALUATION.model_copy(update={"undefined": {"y": {"roc_auc": "all test rows are of one class"}}})
    write_record(paths.evaluation("tiny"), record)
    [text] = failed(check(head, {"at_least": {"roc_auc": 0}})).values()
    assert "all test rows are of one class" in text


def test_metrics_of_several_targets(head: Snapshot) -> None:
    write_metrics(json.dumps({"price": {"rmse": 2.0}, "kind": {"accuracy": 0.5}}))
    assert check(head, {"at_most": {"price.rmse": 2}, "at_least": {"kind.accuracy": 0.5}}).passed
    assert list(failed(check(head, {"at_most": {"price.rmse": 1.9}, "at_least": {"kind.accuracy": 0.6}})))


@pytest.mark.error_case("results that no gate passes")
@pytest.mark.parametrize(
    ("path", "gates", "command"),
    [
        (paths.validation_result("tiny"), ["no_drift", "no_leakage"], "restage run tiny"),
        (paths.processed_data("tiny") / "fitted.json", ["no_leakage"], "restage run tiny"),
        (paths.model("tiny") / "model.keras", ["max_model_bytes"], "dvc pull train@tiny"),
    ],
)
def test_what_is_not_pulled_fails_with_the_command(head: Snapshot, path: Path, gates: list[str], command: str) -> None:
    """Metrics are in git: their gates pass."""
    Path(".dvc").mkdir()
    Path(".dvc/config").write_text("[core]\nremote = team\n['remote \"team\"']\nurl = ../../remote\n")
    path.unlink()
    found = failed(check(head, EVERYTHING))
    assert list(found) == gates
    assert command in found[gates[-1]]


@pytest.mark.error_case("results that no gate passes")
def test_without_a_remote_there_is_nothing_to_pull(head: Snapshot) -> None:
    paths.validation_result("tiny").unlink()
    found = failed(check(head, EVERYTHING))
    assert all("run `restage run tiny`" in text and "dvc pull" not in text for text in found.values())


@pytest.mark.error_case("results that no gate passes")
def test_a_damaged_record_fails(head: Snapshot) -> None:
    paths.validation_result("tiny").write_text("{}")
    assert list(failed(check(head, EVERYTHING))) == ["no_drift", "no_leakage"]


def test_a_larger_model_fails_with_both_sizes(head: Snapshot) -> None:
    [text] = failed(check(head, {"max_model_bytes": 4})).values()
    assert "5 bytes" in text
    assert "4" in text

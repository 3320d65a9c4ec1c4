"""Results that are not those of the parameters, code and data are not judged."""

from pathlib import Path

import pytest

from stages.cli.check.stale_results import describe_stale, stale_stages
from stages.cli.explain.explanation import (
    CommandReason,
    Explanation,
    NeverRanReason,
    OutputReason,
    ParametersReason,
    Reason,
    StageExplanation,
    ValueChange,
)
from stages.cli.revisions.object_source import ObjectSource
from stages.cli.revisions.snapshot import WORKING_TREE, Snapshot
from stages.core.artefacts.records.record import write_record
from stages.core.artefacts.records.validation import CheckRecord
from stages.core.paths import validation_result
from tests.cli.check.test_data_gates import validation

EPOCHS = ParametersReason(values=[ValueChange(name="datasets.iris.train.epochs", old=1, new=2)])
DELETED = OutputReason(path="data/models/iris", state="deleted")
NOT_CACHED = OutputReason(path="data/models/iris", state="not in the cache")


def explained(**reasons: list[Reason]) -> Explanation:
    """Each stage is of the dataset iris; one without reasons waits for those before it."""
    return Explanation(
        stages=[
            StageExplanation(stage=f"{name}@iris", result="runs" if found else "may run", reasons=found)
            for name, found in reasons.items()
        ]
    )


@pytest.mark.parametrize("reason", [EPOCHS, CommandReason(old="a", new="b"), NeverRanReason()])
def test_a_stage_with_a_reason_is_stale(reason: Reason) -> None:
    found = stale_stages(explained(preprocess=[], train=[DELETED, reason], evaluate=[], report=[]), "iris")
    assert found == ["train"]


def test_outputs_that_were_not_pulled_are_not_stale() -> None:
    assert stale_stages(explained(download=[DELETED], train=[NOT_CACHED], evaluate=[]), "iris") == []


def test_an_output_that_was_edited_is_stale() -> None:
    edited = OutputReason(path="reports/metrics/iris.json", state="changed")
    assert stale_stages(explained(evaluate=[edited]), "iris") == ["evaluate"]


def test_no_gate_is_about_the_page_or_another_dataset() -> None:
    assert stale_stages(explained(report=[EPOCHS], export=[EPOCHS]), "iris") == []
    assert stale_stages(explained(train=[EPOCHS]), "wine") == []


def test_the_command_that_helps_or_the_failed_validation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    head = Snapshot(WORKING_TREE, None, ObjectSource(tmp_path))
    assert describe_stale(head, "iris", []) == ""
    assert "`restage run iris`" in describe_stale(head, "iris", ["train"])
    write_record(validation_result("iris"), validation())
    assert "`restage run iris`" in describe_stale(head, "iris", ["train"])
    check = CheckRecord(expectation="expect_column_to_exist", arguments={"column": "a"}, passed=False)
    write_record(validation_result("iris"), validation().model_copy(update={"passed": False, "results": [check]}))
    found = describe_stale(head, "iris", ["validate"])
    assert "expect_column_to_exist" in found
    assert str(validation_result("iris")) in found
    validation_result("iris").write_text("{}")
    assert "`restage run iris`" in describe_stale(head, "iris", ["validate"])

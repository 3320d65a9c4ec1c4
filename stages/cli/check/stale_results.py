"""Datasets whose recorded results are not those of their parameters, code and data."""

from stages.cli.explain.explanation import Explanation, OutputReason, StageExplanation
from stages.cli.revisions.snapshot import Snapshot
from stages.core import paths
from stages.core.artefacts.records.record import short_validation_errors
from stages.core.artefacts.records.validation import ValidationRecord
from stages.core.errors import format_examples

# No gate is about what these write.
WITHOUT_GATES = ("report", "export")
NOT_PULLED = ("deleted", "not in the cache")


def stale_stages(explanation: Explanation, key: str) -> list[str]:
    """The stages of the dataset with a reason to run other than an output that was not pulled."""
    stages = [s for s in explanation.stages if s.key == key and s.name not in WITHOUT_GATES]
    return [stage.name for stage in stages if _has_other_reason(stage)]


def _has_other_reason(stage: StageExplanation) -> bool:
    """A stage without a reason of its own only waits for one before it."""
    return any(not (isinstance(reason, OutputReason) and reason.state in NOT_PULLED) for reason in stage.reasons)


def describe_stale(head: Snapshot, key: str, stale: list[str]) -> str:
    """Why the results are stale, and what to do; empty if they are not."""
    if not stale:
        return ""
    if failed := failed_validation(head, key):
        return f"validate failed: {failed}; see {paths.validation_result(key)}"
    return (
        f"the results are not those of the parameters, code and data ({format_examples(stale)}): "
        f"run `restage run {key}`; `restage explain {key}` says why"
    )


def failed_validation(head: Snapshot, key: str) -> str:
    """What failed in the validation of the working tree; empty if it passed, or its result is not there."""
    file = paths.validation_result(key)
    if head.commit is not None or not file.is_file():
        return ""
    try:
        with short_validation_errors():
            record = ValidationRecord.model_validate_json(file.read_bytes())
    except ValueError:
        return ""
    if record.passed:
        return ""
    failed = [check.expectation for check in record.results if not check.passed]
    return format_examples(failed) if failed else "duplicates, redundant columns or drift"

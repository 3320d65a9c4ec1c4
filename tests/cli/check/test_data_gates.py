"""Gates about the data: drift and leakage, by the records of validate and preprocess."""

from typing import Any

from stages.cli.check.data_gates import check_drift, check_leakage
from stages.core.artefacts.processed import Fitted
from stages.core.artefacts.records.validation import (
    ColumnDrift,
    DriftRecord,
    DuplicatesRecord,
    NearDuplicatesRecord,
    RedundantColumnsRecord,
    ValidationRecord,
)
from stages.core.artefacts.windows import Window
from tests.cli.revisions.recorded_repository import FITTED

PAGE = "reports/pages/sensor.html"
NEAR = NearDuplicatesRecord(across_splits=0, within_splits=None, compared=10, candidates=10, examples=[])
NOT_COMPARED = NearDuplicatesRecord(across_splits=None, within_splits=None, compared=0, candidates=0, examples=[])


def validation(
    drift: DriftRecord | None = None, near: NearDuplicatesRecord = NEAR, duplicates: int = 0
) -> ValidationRecord:
    return ValidationRecord(
        passed=True, rows=10, expectations=0, failed=0, results=[],
        duplicates=DuplicatesRecord(across_splits=duplicates, within_splits=3, examples=[]),
        near_duplicates=near, redundant_columns=RedundantColumnsRecord(pairs=0, examples=[]),
        drift=drift or DriftRecord(accepted=True), versions={},
    )  # fmt: skip


def fitted(**changes: Any) -> Fitted:
    return FITTED.model_copy(update=changes)


def test_drift_beyond_the_limits_fails_and_names_columns_and_limits() -> None:
    columns = [
        ColumnDrift(column="heat", kind="number", exceeded=["psi", "ks"]),
        ColumnDrift(column="noise", kind="number"),
    ]
    found = check_drift("sensor", validation(DriftRecord(accepted=True, drifted=1, columns=columns)))
    assert (found.passed, found.value) == (False, 1)
    assert "heat (psi, ks)" in found.text
    assert "noise" not in found.text
    assert "restage accept sensor" in found.text
    assert check_drift("sensor", validation(DriftRecord(accepted=True, columns=columns[1:]))).passed


def test_without_an_accepted_profile_nothing_is_known_of_drift() -> None:
    found = check_drift("sensor", validation(DriftRecord(accepted=False)))
    assert not found.passed
    assert "restage accept sensor" in found.text


def test_no_row_of_another_split() -> None:
    found = check_leakage(validation(), fitted(seen_in_training={"validation": 0, "test": 0}), PAGE)
    assert (found.passed, found.value, found.text) == (True, 0, "")


def test_equal_rows_nearly_equal_rows_and_samples_seen_in_training_fail() -> None:
    near = NEAR.model_copy(update={"across_splits": 2})
    seen = fitted(seen_in_training={"test": 4, "validation": 0})
    found = check_leakage(validation(near=near, duplicates=1), seen, PAGE)
    assert (found.passed, found.value) == (False, 7)
    for fact in ("1 row ", "2 rows ", "4 test samples", PAGE):
        assert fact in found.text
    assert "validation sample" not in found.text


def test_nearly_equal_rows_that_nobody_looked_for_fail_but_for_a_series() -> None:
    assert not check_leakage(validation(near=NOT_COMPARED), fitted(), PAGE).passed
    assert check_leakage(validation(near=NOT_COMPARED), fitted(window=Window(length=3)), PAGE).passed

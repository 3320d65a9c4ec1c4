from stages.cli.compare.comparison import CheckChange, DriftChange
from stages.cli.compare.facts.validation_changes import check_changes, drift_changes
from stages.core.artefacts.records.validation import CheckRecord, DuplicatesRecord, ExampleRow
from tests.cli.compare.recorded_results import VALIDATION, drifted, failed_check

NAME = "expect_column_values_to_be_between(age)"


def test_a_check_that_fails_now() -> None:
    passed = failed_check(
        results=[
            CheckRecord(expectation="expect_column_values_to_be_between", arguments={"column": "age"}, passed=True)
        ]
    )
    assert check_changes(passed, failed_check()) == [
        CheckChange(name=NAME, base="passed", head="12 unexpected", failed=True)
    ]
    assert check_changes(failed_check(), passed) == [
        CheckChange(name=NAME, base="12 unexpected", head="passed", failed=False)
    ]
    assert check_changes(passed, VALIDATION) == [CheckChange(name=NAME, base="passed", head=None, failed=False)]


def test_a_new_check_that_fails_is_first() -> None:
    duplicates = DuplicatesRecord(across_splits=0, within_splits=3, examples=[])
    changes = check_changes(VALIDATION, failed_check(duplicates=duplicates))
    assert [(c.name, c.base, c.head, c.failed) for c in changes] == [
        (NAME, None, "12 unexpected", True),
        ("equal rows in one split", "0", "3", False),
    ]


def test_two_expectations_of_one_column() -> None:
    checks = [CheckRecord(expectation="expect_a", arguments={"column": "x"}, passed=passed) for passed in (True, False)]
    [change] = check_changes(failed_check(results=[checks[0]]), failed_check(results=checks))
    assert (change.name, change.base, change.head) == ("expect_a(x) #2", None, "failed")


def test_no_value_of_a_row_is_in_the_changes() -> None:
    check = CheckRecord(
        expectation="expect_column_values_to_be_in_set",
        arguments={"column": "name", "value_set": ["Ann Allowed"]},
        passed=False,
        observed=["Bob Private"],
        unexpected=1,
        examples=[ExampleRow(split="all", row=1, value="Bob Private")],
        problem="Bob Private is not allowed",
    )
    text = str(check_changes(VALIDATION, failed_check(results=[check])))
    assert "Private" not in text
    assert "Allowed" not in text


def test_drift_that_is_new_or_other() -> None:
    assert drift_changes(VALIDATION, drifted("age", "size")) == [
        DriftChange(column="age", exceeded=["psi"]),
        DriftChange(column="size", exceeded=["psi"]),
    ]
    assert drift_changes(drifted("age"), drifted("age", "size")) == [DriftChange(column="size", exceeded=["psi"])]
    assert drift_changes(drifted("age"), VALIDATION) == []
    assert drift_changes(None, drifted("age")) == [DriftChange(column="age", exceeded=["psi"])]
    assert drift_changes(None, None) == []

"""Results of validate that differ: expectations and other checks, and columns that drifted."""

from collections.abc import Sequence
from typing import Any

from stages.cli.compare.comparison import CheckChange, DriftChange
from stages.core.artefacts.records.validation import CheckRecord, ValidationRecord
from stages.report.rendering.format_text import count

PASSED = "passed"
COLUMN_ARGUMENTS = ("column", "column_A", "column_B", "column_list")


def check_changes(base: ValidationRecord | None, head: ValidationRecord | None) -> list[CheckChange]:
    """Expectations, and counts of duplicates. None for a revision without the dataset."""
    old, new = (_results(record) for record in (base, head))
    changes = [
        CheckChange(name=name, base=old.get(name), head=new.get(name), failed=_is_failed(name, new.get(name)))
        for name in dict.fromkeys([*new, *old])
        if old.get(name) != new.get(name)
    ]
    return sorted(changes, key=lambda change: not change.failed)


def _results(record: ValidationRecord | None) -> dict[str, str]:
    """Only counts: a message of an expectation could hold values of a private column."""
    if record is None:
        return {}
    results: dict[str, str] = {}
    for check in record.results:
        name = expectation_name(check)
        # Two expectations of a column can have the same name.
        number = sum(known == name or known.startswith(f"{name} #") for known in results)
        results[f"{name} #{number + 1}" if number else name] = _result(check)
    duplicates = record.duplicates
    results["equal rows in two splits"] = f"{duplicates.across_splits:,}"
    results["equal rows in one split"] = f"{duplicates.within_splits:,}"
    near = record.near_duplicates
    if near.across_splits is not None:
        results["nearly equal rows in two splits"] = f"{near.across_splits:,}"
    results["columns with the same information"] = count(record.redundant_columns.pairs, "pair")
    return results


def expectation_name(check: CheckRecord) -> str:
    """
    >>> expectation_name(CheckRecord(expectation="expect_column_to_exist", arguments={"column": "age"}, passed=True))
    'expect_column_to_exist(age)'
    """
    columns = [_text(check.arguments[name]) for name in COLUMN_ARGUMENTS if name in check.arguments]
    return f"{check.expectation}({', '.join(columns)})" if columns else check.expectation


def _text(columns: Any) -> str:
    return ", ".join(map(str, columns)) if isinstance(columns, Sequence) and not isinstance(columns, str) else columns


def _result(check: CheckRecord) -> str:
    if check.passed:
        return PASSED
    return f"{check.unexpected:,} unexpected" if check.unexpected else "failed"


def _is_failed(name: str, result: str | None) -> bool:
    return name.startswith("expect_") and result not in (None, PASSED)


def drift_changes(base: ValidationRecord | None, head: ValidationRecord | None) -> list[DriftChange]:
    """The columns of head that drifted, if base has not the same drift."""
    if head is None:
        return []
    before = {} if base is None else {c.column: c.exceeded for c in base.drift.columns if c.exceeded}
    return [
        DriftChange(column=c.column, exceeded=c.exceeded, base_exceeded=before.get(c.column, []))
        for c in head.drift.columns
        if c.exceeded and c.exceeded != before.get(c.column)
    ]

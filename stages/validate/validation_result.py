"""The result of a validation: what is written down, and what is told when it failed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, assert_never

from stages.core.artefacts.profile import Profile
from stages.core.artefacts.raw import Images, RawData, Table, Tokens
from stages.core.runtime.installed_versions import versions
from stages.validate.all_rows import Rows
from stages.validate.column_values import Values, columns_of
from stages.validate.drift import compare_profiles as drift
from stages.validate.drift.compute_profile import profile_of
from stages.validate.expectations.builtin_checks import soundness
from stages.validate.expectations.check_result import Outcome, record, sentence
from stages.validate.expectations.dataset_expectations import Plan, plan
from stages.validate.expectations.great_expectations_suite import judge
from stages.validate.expectations.time_gaps import unbroken
from stages.validate.leakage.duplicates import (
    Duplicates,
    Groups,
    duplicates,
    image_groups,
    row_groups,
    split_numbers,
    text_groups,
)
from stages.validate.leakage.leakage_checks import Leaks, leaks
from stages.validate.params import Validate


@dataclass(frozen=True)
class Verdict:
    record: dict[str, Any]
    messages: list[str]


@dataclass(frozen=True)
class Compared:
    """A verdict that knows of the accepted profile; `warning` is drift that fails nothing."""

    record: dict[str, Any]
    messages: list[str]
    profile: Profile
    warning: str | None


def validate(
    raw: RawData, params: Validate, accepted: Profile | None = None, files: Mapping[str, str] | None = None
) -> Compared:
    """`files` are those that the data were read from, with their hashes, for the profile to name."""
    planned = plan(raw, params)
    columns = columns_of(raw, planned.rows)
    profile = profile_of(columns, len(planned.rows.frame), files or {})
    return compare(judged(raw, planned, params), profile, columns, accepted, params)


def compare(
    verdict: Verdict, profile: Profile, columns: Mapping[str, Values], accepted: Profile | None, params: Validate
) -> Compared:
    moved = drift.moved(accepted, profile, columns, params.drift) if accepted else []
    told = drift.sentence(moved)
    fatal = [f"drift: {told}"] if told and params.drift.exceeded == "fail" else []
    errors = verdict.messages + fatal
    written = verdict.record | {"passed": not errors, "drift": drift.record(accepted, profile, moved)}
    return Compared(written, errors, profile, None if fatal else told)


def judged(raw: RawData, planned: Plan, params: Validate) -> Verdict:
    rows, limit = planned.rows, params.offending_rows
    groups = _groups(raw, rows)
    outcomes = judge(rows.frame, planned.expected, limit) + soundness(raw, rows, limit) + unbroken(raw, params)
    twice = duplicates(groups, split_numbers(rows), limit)
    return verdict(outcomes, twice, rows, params, leaks(raw, rows, groups, params))


def _groups(raw: RawData, rows: Rows) -> Groups:
    match raw:
        case Images():
            return image_groups(raw)
        case Tokens():
            return text_groups(raw)
        case Table():
            return row_groups(rows.frame)
        case _:
            assert_never(raw)


def verdict(outcomes: Sequence[Outcome], twice: Duplicates, rows: Rows, params: Validate, leaking: Leaks) -> Verdict:
    failed = [o for o in outcomes if not o.passed]
    errors = [sentence(o, rows) for o in failed]
    if twice.across and params.duplicates_across_splits == "fail":
        errors.append(_shared(twice, rows))
    errors += leaking.messages
    written = {
        "passed": not errors,
        "rows": len(rows.frame),
        "expectations": len(outcomes),
        "failed": len(failed),
        "results": [record(o, rows) for o in outcomes],
        "duplicates": _duplicates(twice, rows),
        **leaking.record,
        "versions": versions("great_expectations"),
    }
    return Verdict(written, errors)


def _duplicates(twice: Duplicates, rows: Rows) -> dict[str, Any]:
    return {
        "across_splits": twice.across,
        "within_splits": twice.within,
        "examples": [{**rows.written(row), "same_as": rows.written(original)} for row, original in twice.pairs],
    }


def _shared(twice: Duplicates, rows: Rows) -> str:
    told = ", ".join(f"{_told(rows, row)} is {_told(rows, original)}" for row, original in twice.pairs)
    return f"duplicates_across_splits: {twice.across} rows are in an earlier split too, first {told}"


def _told(rows: Rows, row: int) -> str:
    split, number = rows.place(row)
    return f"row {number} of {split}"

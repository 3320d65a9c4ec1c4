"""The result of a validation: what is written down, and what is told when it failed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, assert_never

from stages.core.raw import Images, Raw, Table, Tokens
from stages.core.versions import versions
from stages.validate.duplicates import (
    Duplicates,
    Groups,
    duplicates,
    image_groups,
    row_groups,
    split_numbers,
    text_groups,
)
from stages.validate.leaks import Leaks, leaks
from stages.validate.outcome import Outcome, record, sentence
from stages.validate.params import Validate
from stages.validate.plan import plan
from stages.validate.rows import Rows
from stages.validate.soundness import soundness
from stages.validate.suite import judge


@dataclass(frozen=True)
class Verdict:
    record: dict[str, Any]
    faults: list[str]


def validate(raw: Raw, params: Validate) -> Verdict:
    planned = plan(raw, params)
    rows, limit = planned.rows, params.offending_rows
    groups = _groups(raw, rows)
    outcomes = judge(rows.frame, planned.expected, limit) + soundness(raw, rows, limit)
    twice = duplicates(groups, split_numbers(rows), limit)
    return verdict(outcomes, twice, rows, params, leaks(raw, rows, groups, params))


def _groups(raw: Raw, rows: Rows) -> Groups:
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
    faults = [sentence(o, rows) for o in failed]
    if twice.across and params.duplicates_across_splits == "fail":
        faults.append(_shared(twice, rows))
    faults += leaking.faults
    written = {
        "passed": not faults,
        "rows": len(rows.frame),
        "expectations": len(outcomes),
        "failed": len(failed),
        "results": [record(o, rows) for o in outcomes],
        "duplicates": _duplicates(twice, rows),
        **leaking.record,
        "versions": versions("great_expectations"),
    }
    return Verdict(written, faults)


def _duplicates(twice: Duplicates, rows: Rows) -> dict[str, Any]:
    pairs = [(rows.place(row), rows.place(original)) for row, original in twice.pairs]
    return {
        "across_splits": twice.across,
        "within_splits": twice.within,
        "examples": [{**_place(row), "same_as": _place(original)} for row, original in pairs],
    }


def _place(place: tuple[str, int]) -> dict[str, Any]:
    split, row = place
    return {"split": split, "row": row}


def _shared(twice: Duplicates, rows: Rows) -> str:
    told = ", ".join(f"{_told(rows, row)} is {_told(rows, original)}" for row, original in twice.pairs)
    return f"duplicates_across_splits: {twice.across} rows are in an earlier split too, first {told}"


def _told(rows: Rows, row: int) -> str:
    split, number = rows.place(row)
    return f"row {number} of {split}"

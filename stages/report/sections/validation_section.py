"""The expectations of the raw data with their results, duplicates and leakage."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from stages.core.artefacts.records.validation import (
    CheckRecord,
    DuplicatesRecord,
    NearDuplicatesRecord,
    RedundantColumnsRecord,
    RowReference,
    TimeStepsRecord,
    ValidationRecord,
)
from stages.core.errors import format_examples
from stages.report.rendering.format_text import count, format_number

COLUMN_ARGUMENTS = ("column", "column_A", "column_B")


@dataclass(frozen=True)
class Check:
    """One expectation; `finding` explains a failure."""

    subject: str
    expectation: str
    passed: bool
    finding: str


@dataclass(frozen=True)
class ValidationSection:
    passed: bool
    summary: str
    checks: list[Check]
    duplicates: str
    leakage: list[str]
    time_steps: list[str]


def validation_section(validation: ValidationRecord, in_windows: bool = False) -> ValidationSection:
    """`in_windows` says whether each sample is a window of rows."""
    met = validation.expectations - validation.failed
    checks = []
    for result in validation.results:
        subject, expectation = describe_expectation(result.expectation, result.arguments)
        checks.append(Check(subject, expectation, result.passed, "" if result.passed else _finding(result)))
    return ValidationSection(
        passed=validation.passed,
        summary=f"{met:,} of {count(validation.expectations, 'expectation')} met on {count(validation.rows, 'row')}.",
        checks=checks,
        duplicates=duplicates_sentence(validation.duplicates),
        leakage=[
            *near_duplicates_sentences(validation.near_duplicates),
            *redundant_columns_sentences(validation.redundant_columns),
        ],
        time_steps=list(time_steps_sentences(validation.time_steps, in_windows)),
    )


def describe_expectation(name: str, arguments: Mapping[str, Any]) -> tuple[str, str]:
    """The columns that an expectation is about, and the expectation in words.

    >>> describe_expectation("expect_column_values_to_be_between", {"column": "age", "min_value": 0, "max_value": 99})
    ('age', 'values to be between: min value 0, max value 99')
    >>> describe_expectation("expect_table_row_count_to_equal", {"value": 150})
    ('table', 'row count to equal: value 150')
    """
    columns = [str(arguments[argument]) for argument in COLUMN_ARGUMENTS if argument in arguments]
    words = name.removeprefix("expect_").replace("_", " ").removeprefix("column ").removeprefix("table ")
    # The minimum comes before the maximum.
    ordered = sorted(arguments.items(), key=lambda argument: (not argument[0].startswith("min_"), argument[0]))
    details = ", ".join(
        f"{argument.replace('_', ' ')} {_format_value(value)}"
        for argument, value in ordered
        if argument not in COLUMN_ARGUMENTS and value is not None
    )
    subject = ", ".join(columns) or ("table" if name.startswith("expect_") else "data")
    return subject, f"{words}: {details}" if details else words


def _format_value(value: Any) -> str:
    if isinstance(value, list):
        return format_examples(map(_format_value, value))
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_format_value(value[name])}" for name in sorted(value))
    if value is None:
        return "missing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return format_number(value) if isinstance(value, float) else str(value)


def _finding(result: CheckRecord) -> str:
    if result.problem:
        return result.problem
    if result.examples:
        examples = [f"{_row(example)}: {_format_value(example.value)}" for example in result.examples]
        return _with_examples(f"not met by {count(result.unexpected, 'row')}", examples, result.unexpected)
    return f"observed {_format_value(result.observed)}"


def duplicates_sentence(duplicates: DuplicatesRecord) -> str:
    """
    >>> duplicates_sentence(DuplicatesRecord(across_splits=1, within_splits=0, examples=[]))
    'Duplicates: 1 row in more than one raw split.'
    """
    counts = {
        "in more than one raw split": duplicates.across_splits,
        "repeated within a raw split": duplicates.within_splits,
    }
    found = [f"{count(rows, 'row')} {where}" for where, rows in counts.items() if rows]
    return f"Duplicates: {', '.join(found)}." if found else "There are no duplicate rows."


def near_duplicates_sentences(near: NearDuplicatesRecord) -> Iterator[str]:
    """What was found, and whether only a part of the rows was compared."""
    examples = [f"{_row(example)} and {_row(example.nearest)}" for example in near.examples]
    for rows, where in ((near.across_splits, "an earlier raw split"), (near.within_splits, "the same raw split")):
        if rows:
            finding = f"{count(rows, 'row is a near duplicate', 'rows are near duplicates')} of a row of {where}"
            yield f"{_with_examples(finding, examples, rows)}."
    if near.not_judged is not None:
        yield f"Near duplicates: not judged: {near.not_judged}."
    if near.compared < near.candidates:
        yield (
            f"Near duplicates were searched among {near.compared:,} of {count(near.candidates, 'row')}, "
            "which were sampled evenly."
        )


def redundant_columns_sentences(redundant: RedundantColumnsRecord) -> Iterator[str]:
    if redundant.pairs:
        examples = [f"{' and '.join(example.columns)} ({example.relation})" for example in redundant.examples]
        finding = f"{count(redundant.pairs, 'pair of columns holds', 'pairs of columns hold')} the same information"
        yield f"{_with_examples(finding, examples, redundant.pairs)}."


def time_steps_sentences(steps: TimeStepsRecord | None, in_windows: bool) -> Iterator[str]:
    """The usual step of a series, steps that differ from it, and what they mean for windows."""
    if steps is None:
        return
    longest = f"from {steps.longest.begin} to {steps.longest.end} ({_row(steps.longest)})"
    if steps.usual is None:
        yield f"The times in {steps.column} have no usual step. The longest of {steps.steps:,} is {longest}."
    elif not (steps.longer or steps.shorter):
        yield f"Each step in {steps.column} is {steps.usual}."
    else:
        yield f"The usual step in {steps.column} is {steps.usual}."
    if steps.longer:
        yield (
            f"{_of_all(steps.longer, steps.steps)} longer; with usual steps there would be "
            f"{count(steps.left_out, 'more row')}. The longest step is {longest}."
        )
    if steps.shorter:
        yield f"{_of_all(steps.shorter, steps.steps)} shorter."
    if in_windows and (steps.usual is None or steps.longer or steps.shorter):
        yield (
            "A window counts rows, so that it spans more time where steps are longer; download.resample in conf/ makes "
            "a series with equal steps."
        )


def _of_all(part: int, steps: int) -> str:
    """
    >>> _of_all(1, 1200)
    '1 of 1,200 steps is'
    """
    return f"{part:,} of {count(steps, 'step')} {'is' if part == 1 else 'are'}"


def _row(reference: RowReference) -> str:
    return f"row {reference.row} of {reference.split}"


def _with_examples(finding: str, examples: Sequence[str], total: int) -> str:
    """
    >>> _with_examples("2 rows", ["a", "b"], 2), _with_examples("7 rows", ["a", "b"], 7)
    ('2 rows: a, b', '7 rows, for example a, b')
    """
    return f"{finding}{':' if len(examples) == total else ', for example'} {format_examples(examples)}"

"""What looks wrong in the data of a new dataset, as sentences for people."""

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from stages.cli.new.describe.describe_columns import ColumnDescription
from stages.cli.new.describe.find_time_problems import time_sentences
from stages.cli.new.describe.new_dataset import NewDataset, TargetKind
from stages.cli.new.pictures.find_picture_columns import picture_sentences
from stages.core.errors import format_examples
from stages.core.text_values.number_notation import NumberNotation
from stages.download.formats.tables.time_formats import ISO, parse_as
from stages.download.params.csv_params import Csv
from stages.report.rendering.format_text import count, format_number

if TYPE_CHECKING:
    import pandas as pd

# Numbers that files have where a value is missing.
GAP_NUMBERS = frozenset({-9999.0, -999.0, -99.0, 99.0, 999.0, 9999.0, 99999.0})
# Such a number must be further from the others than this many times their range.
FAR = 0.5
# A zero cannot be if all others are above this share of their median, in a column with many different values.
ZERO_SHARE, MANY_VALUES = 0.2, 20
# A stratified split divides the rows of each class among three splits.
MIN_CLASS_ROWS = 4
PERSONAL = ("email", "e-mail", "phone", "first_name", "last_name", "surname", "address", "ssn", "birth")
# The rows that are enough to find a column that determines the target.
SAMPLE_ROWS = 20_000
LONGEST_EXAMPLE = 20


@dataclass(frozen=True)
class Leak:
    """A column that tells the target; `is_copy` if it is the target itself in other words."""

    column: str
    target: str
    is_copy: bool


def find_leaks(frame: "pd.DataFrame", target_kinds: Mapping[str, TargetKind], group: str | None = None) -> list[Leak]:
    """Columns that determine a target: all rows with one of its values have the same target. A group is no input."""
    others = [name for name in frame.columns if name not in {group, *target_kinds}]
    sample = frame.iloc[:SAMPLE_ROWS]
    leaks = []
    for target, kind in target_kinds.items():
        for name in others:
            if is_copy(frame[name], frame[target], kind):
                leaks.append(Leak(name, target, is_copy=True))
            elif determines(sample[name], sample[target]) and determines(frame[name], frame[target]):
                leaks.append(Leak(name, target, is_copy=False))
    return leaks


def is_copy(column: "pd.Series", target: "pd.Series", target_kind: TargetKind) -> bool:
    """The same values, or for classes other names for them, or for values another unit."""
    import pandas as pd

    if target_kind == "classes":
        return int(column.nunique()) == int(target.nunique()) and determines(column, target)
    if not pd.api.types.is_numeric_dtype(column) or column.isna().any():
        return False
    x, y = np.asarray(column, np.float64), np.asarray(target, np.float64)
    if x.std() == 0 or y.std() == 0:
        return False
    return bool(abs(np.corrcoef(x, y)[0, 1]) > 1 - 1e-12)


def determines(column: "pd.Series", target: "pd.Series") -> bool:
    """Whether the values of the column are repeated, and those of the target are the same in all rows of a value."""
    distinct = int(column.nunique())
    if distinct < 2 or distinct > len(column) / 2:
        return False
    groups = target.groupby(column, sort=False, observed=True).nunique(dropna=False)
    return bool((groups == 1).all())


def gap_number(column: ColumnDescription, values: "pd.Series") -> float | None:
    """The number in this column that stands for a missing value, if there is one."""
    if column.low is None or column.high is None or column.distinct <= 2:
        return None
    for number in {column.low, column.high} & GAP_NUMBERS:
        others = values[values != number]
        low, high = float(others.min()), float(others.max())
        distance = low - number if number == column.low else number - high
        if len(values) - len(others) > 1 and distance > FAR * (high - low):
            return number
    return None


def impossible_zeros(column: ColumnDescription, values: "pd.Series") -> bool:
    """Whether there are zeros, far below all other values."""
    if column.low != 0 or column.distinct < MANY_VALUES:
        return False
    others = values[values > 0]
    return float(others.min()) >= ZERO_SHARE * float(others.median())


def find_problems(dataset: NewDataset, leaks: Sequence[Leak], gap_numbers: dict[str, float]) -> list[str]:
    """A sentence for each, the worst first."""
    return [
        *_leak_sentences(leaks),
        *_class_sentences(dataset),
        *_gap_sentences(dataset, gap_numbers),
        *_number_text_sentences(dataset),
        *_ignored_sentences(dataset, {leak.column for leak in leaks if leak.is_copy}),
        *picture_sentences(dataset.pictures),
        *_row_sentences(dataset),
        *time_sentences(dataset),
    ]


def _leak_sentences(leaks: Sequence[Leak]) -> Iterator[str]:
    for leak in leaks:
        if leak.is_copy:
            yield f"{leak.column} is a copy of the target {leak.target}; it is ignored"
        else:
            yield (
                f"{leak.column} determines the target {leak.target} alone; if it is not known before {leak.target}, "
                f"write `{leak.column}: ignore` in preprocess.columns"
            )


def _class_sentences(dataset: NewDataset) -> Iterator[str]:
    for name in dataset.class_targets:
        rare = rare_classes(dataset.class_counts(name))
        if rare and not dataset.time:
            yield f"{name}: too few rows of {format_examples(rare)} for a split by classes; rows are shuffled"


def rare_classes(rows_of_classes: Mapping[str, int]) -> list[str]:
    return [f"{name!r} ({count(rows, 'row')})" for name, rows in rows_of_classes.items() if rows < MIN_CLASS_ROWS]


def _gap_sentences(dataset: NewDataset, gap_numbers: dict[str, float]) -> Iterator[str]:
    frame = dataset.training_frame
    for column in dataset.inputs:
        if column.name in gap_numbers:
            number = gap_numbers[column.name]
            rows = dataset.rows_with(column, number)
            yield f"{column.name}: {number:g} in {count(rows, 'row')} looks like a gap; it is read as one"
        elif column.kind == "number" and impossible_zeros(column, frame[column.name].dropna()):
            smallest = format_number(float(frame[column.name][frame[column.name] > 0].min()))
            zeros = count(dataset.rows_with(column, 0), "row")
            yield (
                f"{column.name}: 0 in {zeros}, all others are {smallest} or more; if 0 stands for a gap, "
                f"write `{column.name}: {{kind: number, missing: median, missing_values: [0]}}` in preprocess.columns"
            )


def _number_text_sentences(dataset: NewDataset) -> Iterator[str]:
    """Columns that are text although most of their values, or all, are numbers."""
    table_format = dataset.data.table_format
    if not isinstance(table_format, Csv):
        return
    for name, totals in dataset.data.totals.items():
        if texts := totals.texts_among_numbers:
            examples = ", ".join(f"row {row:,} {_shortened(text)}" for row, text in totals.others)
            more = f" and {texts - len(totals.others):,} more" if texts > len(totals.others) else ""
            yield (
                f"{name}: numbers except for {texts:,} of {totals.present:,} values, so the column is text: {examples}"
                f"{more}; correct the file and call `restage new` again. If they stand for gaps, list them in "
                f"`missing` of download.format, and write `{name}: {{kind: number, missing: median}}` in "
                "preprocess.columns"
            )
        elif totals.numbers and (example := number_in_other_notation(dataset.training_frame[name], table_format)):
            yield (
                f"{name}: numbers such as {example!r} are not written as those of the other columns, so the column is "
                "text; write all numbers of the file in the same way"
            )


def number_in_other_notation(texts: "pd.Series", table_format: Csv) -> str | None:
    """The first number that the format does not describe. Others may be text since digits such as 007 would be lost."""
    notation = NumberNotation.of(table_format).pattern
    return next((text for text in map(str, texts.dropna()) if not re.fullmatch(notation, text)), None)


def _shortened(text: str) -> str:
    return repr(text if len(text) <= LONGEST_EXAMPLE else text[:LONGEST_EXAMPLE] + "...")


def _ignored_sentences(dataset: NewDataset, copies: Container[str]) -> Iterator[str]:
    for column in (column for column in dataset.ignored if column.name not in copies):
        yield f"{column.name}: {column.reason}; it is ignored"
    for column in dataset.inputs:
        name = column.name.lower()
        if column.kind in ("category", "text") and any(word in name for word in PERSONAL):
            yield (
                f"{column.name}: may be personal; `private: [{column.name}]` in download keeps its values out of "
                "messages and pages"
            )


def _row_sentences(dataset: NewDataset) -> Iterator[str]:
    if dataset.data.query is not None and not dataset.data.query.key:
        yield (
            "the query: the columns of ORDER BY do not tell every row from the others; rows that are equal in them may "
            "come in another order, which is another hash"
        )
    if dataset.sort:
        yield f"{dataset.time}: the rows are not in order of time; they are sorted"
    if dataset.repeated_test_rows:
        yield f"{repeated_rows(dataset)} of the test file are in the first file too; take them out of one of them"
    repeated = 0 if dataset.data.is_sampled else int(dataset.training_frame.duplicated().sum())
    if repeated and not dataset.time:
        yield (
            f"{count(repeated, 'row')} of {dataset.rows:,} repeat an earlier row; a copy in the test split makes the "
            "result look better than it is"
        )


def repeated_rows(dataset: NewDataset) -> str:
    """How many rows of the test file are in the training file too; not all are known if some rows are not compared."""
    return "some rows" if dataset.data.is_sampled else count(dataset.repeated_test_rows, "row")


def is_in_order(column: "pd.Series", time_format: str | None) -> bool:
    return bool(parse_as(column, time_format or ISO).is_monotonic_increasing)

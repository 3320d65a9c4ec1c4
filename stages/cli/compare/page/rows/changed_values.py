"""Rows whose error changed: those with a smaller and those with a larger absolute error in head."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from stages.cli.compare.page.rows.pair_lines import LinePairs, pair_lines
from stages.cli.compare.page.rows.row_inputs import RawRows
from stages.report.charts.svg import Chart, scatter_chart
from stages.report.recorded.line_blocks import BlockValues, count_lines, every, largest_lines
from stages.report.recorded.recorded_predictions import Predictions
from stages.report.rendering.format_text import (
    align_decimals,
    count,
    format_column,
    format_number,
    is_number,
    with_sign,
)
from stages.report.rendering.page_table import TextTable
from stages.report.sections.predictions.predicted_column import PredictedColumn, predicted_column

MAX_ROWS = 8
MAX_POINTS = 1000


@dataclass(frozen=True)
class ErrorTable:
    title: str
    table: TextTable


@dataclass(frozen=True)
class ChangedValues:
    """The rows of one predicted column, those with the largest change of the absolute error first."""

    column: str
    sentence: str
    chart: Chart | None
    tables: list[ErrorTable]


@dataclass(frozen=True)
class _Row:
    row: int
    step: int
    truth: float
    base: float
    head: float

    @property
    def base_error(self) -> float:
        return abs(self.base - self.truth)

    @property
    def head_error(self) -> float:
        return abs(self.head - self.truth)

    @property
    def change(self) -> float:
        """Negative if head is nearer to the truth."""
        return self.head_error - self.base_error


@dataclass(frozen=True)
class _PairedColumn:
    """The predictions of one column for the same rows."""

    base: PredictedColumn
    head: PredictedColumn
    pairs: LinePairs

    def changes(self, block: slice) -> NDArray[np.float64]:
        """Of the absolute errors; negative where head is nearer to the truth."""
        of_base, of_head = self.pairs.of_base(block), self.pairs.of_head(block)
        truth = self.head.truth[of_head]
        return np.abs(self.head.predicted[of_head] - truth) - np.abs(self.base.predicted[of_base] - truth)

    def places(self, block: slice) -> NDArray[np.int64]:
        """A number that orders by the row and then by the step."""
        of_head = self.pairs.of_head(block)
        if not self.head.has_steps:
            return self.head.rows[of_head]
        # No forecast has so many steps.
        return self.head.rows[of_head] * (1 << 20) + self.head.steps[of_head]

    def differ(self, block: slice) -> NDArray[np.bool_]:
        base, head = self.base.predicted[self.pairs.of_base(block)], self.head.predicted[self.pairs.of_head(block)]
        return np.asarray(base != head)

    def rows(self, chosen: slice | Sequence[int]) -> list[_Row]:
        lines = chosen if isinstance(chosen, slice) else np.asarray(chosen, np.int64)
        base, head = (
            column.select(lines if isinstance(of_pairs, slice) else of_pairs[lines])
            for column, of_pairs in ((self.base, self.pairs.base), (self.head, self.pairs.head))
        )
        steps = head.steps.tolist() if head.has_steps else [0] * len(head.rows)
        columns = (head.rows.tolist(), steps, head.truth.tolist(), base.predicted.tolist(), head.predicted.tolist())
        return [_Row(*values) for values in zip(*columns, strict=True)]


def changed_values(name: str, base: Predictions, head: Predictions, raw_rows: RawRows | None) -> ChangedValues | None:
    """None if no prediction of this column differs."""
    paired = _PairedColumn(predicted_column(name, base), predicted_column(name, head), pair_lines(base, head))
    number = paired.pairs.count
    if not count_lines(number, paired.differ):
        return None
    tables, counts = [], []
    for direction, sign in (("Smaller", -1.0), ("Larger", 1.0)):
        in_direction = _changes_in_direction(paired, sign)
        counts.append(count_lines(number, partial(_is_counted, in_direction)))
        if counts[-1]:
            chosen = paired.rows(largest_lines(number, in_direction, MAX_ROWS, order=paired.places))
            table = _error_table(chosen, paired.head.has_steps, raw_rows)
            tables.append(ErrorTable(f"{direction} error in head", table))
    of = "prediction" if paired.head.has_steps else "row"
    sentence = (
        f"Of {count(number, of)}, head has the smaller absolute error for {counts[0]:,}, "
        f"and the larger one for {counts[1]:,}. The largest changes are shown first."
    )
    return ChangedValues(name, sentence, error_chart(name, paired, of) if number > 1 else None, tables)


def _is_counted(changes: BlockValues, block: slice) -> NDArray[np.bool_]:
    return np.asarray(changes(block) > -np.inf)


def _changes_in_direction(paired: _PairedColumn, sign: float) -> BlockValues:
    """How large the changes of this sign are; others do not count."""

    def changes(block: slice) -> NDArray[np.float64]:
        found = sign * paired.changes(block)
        return np.where(found > 0, found, -np.inf)

    return changes


def error_chart(name: str, paired: _PairedColumn, of: str) -> Chart:
    number = paired.pairs.count
    shown = paired.rows(every(number, MAX_POINTS))
    svg = scatter_chart(
        [(row.base_error, row.head_error) for row in shown],
        "absolute error in base",
        "absolute error in head",
        f"Absolute errors of {name} in head over those in base",
        tooltips=[
            f"row {row.row:,}: {format_number(row.base_error)} in base, {format_number(row.head_error)} in head"
            for row in shown
        ],
    )
    note = "below the line, head is better"
    if len(shown) < number:
        note += f"; {len(shown):,} of {count(number, of)}"
    return Chart("Absolute errors", svg, (("diagonal", "the same error"),), note)


def _error_table(rows: Sequence[_Row], has_steps: bool, raw_rows: RawRows | None) -> TextTable:
    """Each group of numbers has the same decimals."""
    values = format_column([value for row in rows for value in (row.truth, row.base, row.head)])
    errors = format_column([value for row in rows for value in (row.base_error, row.head_error, row.change)])
    inputs = [_input_cells(row, has_steps, raw_rows) for row in rows]
    columns = [align_decimals([text for _, text in column]) for column in zip(*inputs, strict=True)]
    head = [(name, all(map(is_number, texts))) for (name, _), texts in zip(inputs[0], columns, strict=True)]
    columns += [values[0::3], values[1::3], values[2::3], errors[0::3], errors[1::3], [*map(with_sign, errors[2::3])]]
    head += [(name, True) for name in ("truth", "base", "head", "error in base", "error in head", "change")]
    return TextTable(head, [list(cells) for cells in zip(*columns, strict=True)], transposed=False)


def _input_cells(row: _Row, has_steps: bool, raw_rows: RawRows | None) -> list[tuple[str, str]]:
    """The number of the row, its inputs, and how many rows ahead it is."""
    inputs = [cell for cell in (raw_rows.inputs(row.row) if raw_rows else []) if cell[0] != "row"]
    return [("row", f"{row.row:,}"), *inputs, *([("rows ahead", f"{row.step:,}")] if has_steps else [])]

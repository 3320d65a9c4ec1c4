"""Rows whose error changed: those with a smaller and those with a larger absolute error in head."""

from collections.abc import Sequence
from dataclasses import dataclass

from stages.cli.compare.page.rows.pair_lines import pair_lines
from stages.cli.compare.page.rows.raw_rows import RawRows
from stages.report.charts.svg import Chart, scatter_chart
from stages.report.dataset_results import Predictions
from stages.report.format_text import align_decimals, count, format_column, format_number, is_number, with_sign
from stages.report.page_table import TextTable
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


def changed_values(name: str, base: Predictions, head: Predictions, raw_rows: RawRows | None) -> ChangedValues | None:
    """None if no prediction of this column differs."""
    rows = _paired_rows(predicted_column(name, base), predicted_column(name, head), pair_lines(base, head))
    smaller = sorted((row for row in rows if row.change < 0), key=lambda row: (row.change, row.row, row.step))
    larger = sorted((row for row in rows if row.change > 0), key=lambda row: (-row.change, row.row, row.step))
    if all(row.base == row.head for row in rows):
        return None
    tables = [
        ErrorTable(f"{direction} error in head", _error_table(chosen[:MAX_ROWS], bool(head.steps), raw_rows))
        for direction, chosen in (("Smaller", smaller), ("Larger", larger))
        if chosen
    ]
    of = "prediction" if head.steps else "row"
    sentence = (
        f"Of {count(len(rows), of)}, head has the smaller absolute error for {len(smaller):,}, "
        f"and the larger one for {len(larger):,}. The largest changes are shown first."
    )
    return ChangedValues(name, sentence, error_chart(name, rows, of) if len(rows) > 1 else None, tables)


def error_chart(name: str, rows: Sequence[_Row], of: str) -> Chart:
    shown = rows[:: -(-len(rows) // MAX_POINTS)]
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
    if len(shown) < len(rows):
        note += f"; {len(shown):,} of {count(len(rows), of)}"
    return Chart("Absolute errors", svg, (("diagonal", "the same error"),), note)


def _paired_rows(base: PredictedColumn, head: PredictedColumn, pairs: Sequence[tuple[int, int]]) -> list[_Row]:
    return [
        _Row(head.rows[b], head.steps[b] if head.steps else 0, head.truth[b], base.predicted[a], head.predicted[b])
        for a, b in pairs
    ]


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

"""Predicted values: prediction against truth, over time or over the only input, and sample rows."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from stages.core.artefacts.processed import Fitted, ProcessedData
from stages.core.artefacts.raw_data import RawData, Table
from stages.report.charts.axis_scales import linear_scale
from stages.report.charts.raw_series import column_values, is_numeric, row_times, time_plot_area
from stages.report.charts.svg import Chart, Line, PlotArea, line_chart, scatter_chart, thin_points
from stages.report.dataset_results import Predictions
from stages.report.format_text import count, format_column, with_sign
from stages.report.page_table import TextTable, text_table
from stages.report.samples.sample_rows import input_cells

MAX_SCATTER_POINTS = 1000
LEGEND = (("muted", "truth"), ("accent", "prediction"))


@dataclass(frozen=True)
class RegressionSection:
    """One predicted column; `wide_chart` is drawn over the full width of the page."""

    name: str
    charts: list[Chart]
    wide_chart: Chart | None
    samples: TextTable


@dataclass(frozen=True)
class PredictedColumn:
    """The predictions of one column, with the raw row of each."""

    name: str
    rows: Sequence[int]
    truth: Sequence[float]
    predicted: Sequence[float]


def regression_section(
    name: str, predictions: Predictions, raw: RawData, processed: ProcessedData, max_count: int
) -> RegressionSection:
    """`max_count` is the number of samples to show."""
    column = PredictedColumn(
        name, predictions.rows, predictions.values(f"{name}_truth"), predictions.values(f"{name}_predicted")
    )
    table = raw if isinstance(raw, Table) else None
    inputs = [name for spec in processed.fitted.inputs.values() for name in spec.columns]
    charts, wide_chart = [], None
    if len(column.rows) > 1:
        charts = [truth_chart(column)]
        if table and table.kind == "series":
            wide_chart = time_chart(column, table)
        elif table and len(inputs) == 1 and is_numeric(table, inputs[0]):
            charts.append(input_chart(column, table, inputs[0]))
    return RegressionSection(name, charts, wide_chart, samples_table(column, table, processed.fitted, max_count))


def truth_chart(column: PredictedColumn) -> Chart:
    points = list(zip(column.truth, column.predicted, strict=True))
    shown = points[:: -(-len(points) // MAX_SCATTER_POINTS)]
    note = f"{len(shown):,} of {count(len(points), 'sample')}" if len(shown) < len(points) else ""
    svg = scatter_chart(shown, "truth", "prediction", f"Prediction against truth of {column.name}")
    return Chart("Prediction against truth", svg, (("diagonal", "prediction equals truth"),), note)


def input_chart(column: PredictedColumn, table: Table, name: str) -> Chart:
    values = column_values(table, name)
    x = [float(values[row]) for row in column.rows]
    area = PlotArea(linear_scale(x), linear_scale([*column.truth, *column.predicted]), name)
    title = f"{column.name} over {name}"
    return Chart(title, _truth_and_prediction(area, x, column, title), LEGEND)


def time_chart(column: PredictedColumn, table: Table) -> Chart:
    values = [*column.truth, *column.predicted]
    area = time_plot_area(values, row_times(table), min(column.rows), max(column.rows), full_width=True)
    svg = _truth_and_prediction(area, column.rows, column, f"{column.name} over time")
    return Chart("Truth and prediction over time", svg, LEGEND)


def _truth_and_prediction(area: PlotArea, x: Sequence[float], column: PredictedColumn, label: str) -> Markup:
    samples = sorted(zip(x, column.truth, column.predicted, strict=True))
    lines = [
        Line("truth", "muted", thin_points([(at, truth) for at, truth, _ in samples]), dots=not area.full_width),
        Line("prediction", "accent", thin_points([(at, predicted) for at, _, predicted in samples])),
    ]
    return line_chart(lines, area, label)


def samples_table(column: PredictedColumn, table: Table | None, fitted: Fitted, max_count: int) -> TextTable:
    """The samples with the largest and the smallest errors, from the largest error to the smallest."""
    errors = [predicted - truth for predicted, truth in zip(column.predicted, column.truth, strict=True)]
    shown = first_and_last(sorted(range(len(errors)), key=lambda i: -abs(errors[i])), max_count)
    rows = [column.rows[i] for i in shown]
    inputs = [input_cells(table, fitted, row) if table else [("row", f"{row:,}")] for row in rows]
    values = format_column([values[i] for values in (column.truth, column.predicted) for i in shown])
    signed_errors = map(with_sign, format_column([errors[i] for i in shown]))
    numbers = zip(values[: len(shown)], values[len(shown) :], signed_errors, strict=True)
    cells = [[*(text for _, text in texts), *others] for texts, others in zip(inputs, numbers, strict=True)]
    return text_table([*(name for name, _ in inputs[0]), "truth", "prediction", "error"], cells)


def first_and_last(order: Sequence[int], max_count: int) -> list[int]:
    """
    >>> first_and_last([5, 6, 7, 8, 9], 3), first_and_last([5, 6], 3)
    ([5, 6, 9], [5, 6])
    """
    last = max_count // 2
    return list(order) if len(order) <= max_count else [*order[: max_count - last], *order[len(order) - last :]]

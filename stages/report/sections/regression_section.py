"""Predicted values: prediction against truth, over time or over the only input, and sample rows."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from stages.core.artefacts.processed import Fitted, ProcessedData
from stages.core.artefacts.raw import RawData, Table
from stages.report.charts.axis_scales import linear_scale_of
from stages.report.charts.svg import Chart, Line, PlotArea, Point, line_chart, scatter_chart, thin_points
from stages.report.charts.time_series import column_values, is_numeric, row_times, time_plot_area
from stages.report.format_text import count, format_column, with_sign
from stages.report.read_predictions import Predictions
from stages.report.sample_rows import TextTable, input_cells, text_table

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
    name: str, predictions: Predictions, raw: RawData, processed: ProcessedData, most: int
) -> RegressionSection:
    """`most` is the number of samples to show."""
    column = PredictedColumn(
        name, predictions.rows, predictions.values(f"{name}_truth"), predictions.values(f"{name}_predicted")
    )
    table = raw if isinstance(raw, Table) else None
    charts, wide_chart = [], None
    if len(column.rows) > 1:
        charts = [truth_chart(column)]
        if table and table.kind == "series":
            wide_chart = time_chart(column, table)
        elif table and (x := only_input(table, processed.fitted)):
            charts.append(input_chart(column, table, x))
    return RegressionSection(name, charts, wide_chart, samples_table(column, table, processed.fitted, most))


def truth_chart(column: PredictedColumn) -> Chart:
    points = list(zip(column.truth, column.predicted, strict=True))
    shown = points[:: -(-len(points) // MAX_SCATTER_POINTS)]
    note = f"{len(shown):,} of {count(len(points), 'sample')}" if len(shown) < len(points) else ""
    svg = scatter_chart(shown, "truth", "prediction", f"Prediction against truth of {column.name}")
    return Chart("Prediction against truth", svg, (("diagonal", "prediction equals truth"),), note)


def only_input(table: Table, fitted: Fitted) -> str:
    """The name of the input column if there is just one and it is numeric, else empty."""
    columns = [name for spec in fitted.inputs.values() for name in spec.columns]
    return columns[0] if len(columns) == 1 and is_numeric(table, columns[0]) else ""


def input_chart(column: PredictedColumn, table: Table, name: str) -> Chart:
    values = column_values(table, name)
    x = [float(values[row]) for row in column.rows]
    area = PlotArea(linear_scale_of(x), linear_scale_of([*column.truth, *column.predicted]), name)
    title = f"{column.name} over {name}"
    return Chart(title, _truth_and_prediction(area, x, column, title), LEGEND)


def time_chart(column: PredictedColumn, table: Table) -> Chart:
    x = [float(row) for row in column.rows]
    values = [*column.truth, *column.predicted]
    area = time_plot_area(values, row_times(table), min(column.rows), max(column.rows), full_width=True)
    svg = _truth_and_prediction(area, x, column, f"{column.name} over time")
    return Chart("Truth and prediction over time", svg, LEGEND)


def _truth_and_prediction(area: PlotArea, x: Sequence[float], column: PredictedColumn, label: str) -> Markup:
    samples = sorted(zip(x, column.truth, column.predicted, strict=True))
    truth: list[Point] = [(at, value) for at, value, _ in samples]
    predicted: list[Point] = [(at, value) for at, _, value in samples]
    lines = [
        Line("truth", "muted", thin_points(truth), dots=not area.full_width),
        Line("prediction", "accent", thin_points(predicted)),
    ]
    return line_chart(lines, area, label)


def samples_table(column: PredictedColumn, table: Table | None, fitted: Fitted, most: int) -> TextTable:
    """The samples with the largest and the smallest errors, in the order of falling errors."""
    errors = [predicted - truth for predicted, truth in zip(column.predicted, column.truth, strict=True)]
    shown = both_ends(sorted(range(len(errors)), key=lambda i: -abs(errors[i])), most)
    rows = [column.rows[i] for i in shown]
    inputs = [input_cells(table, fitted, row) if table else [("row", f"{row:,}")] for row in rows]
    values = format_column([values[i] for values in (column.truth, column.predicted) for i in shown])
    error_texts = map(with_sign, format_column([errors[i] for i in shown]))
    cells = [
        [*(text for _, text in input_texts), *numbers]
        for input_texts, *numbers in zip(inputs, values[: len(shown)], values[len(shown) :], error_texts, strict=True)
    ]
    return text_table([*(name for name, _ in inputs[0]), "truth", "prediction", "error"], cells)


def both_ends(order: Sequence[int], most: int) -> list[int]:
    """
    >>> both_ends([5, 6, 7, 8, 9], 3), both_ends([5, 6], 3)
    ([5, 6, 9], [5, 6])
    """
    last = most // 2
    return list(order) if len(order) <= most else [*order[: most - last], *order[len(order) - last :]]

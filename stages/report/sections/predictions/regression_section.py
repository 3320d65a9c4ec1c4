"""Predicted values: prediction against truth, over time or over the only input, and sample rows."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from stages.core.artefacts.processed import Fitted, ProcessedData
from stages.core.artefacts.raw_data import RawData, Table
from stages.core.artefacts.windows import Window
from stages.report.charts.axis_scales import linear_scale
from stages.report.charts.prediction_intervals import interval_area, visible_range
from stages.report.charts.raw_series import column_values, is_numeric, row_times, time_plot_area
from stages.report.charts.svg import Chart, Line, PlotArea, line_chart, scatter_chart, thin_points
from stages.report.dataset_results import Predictions
from stages.report.format_text import count, format_column, with_sign
from stages.report.page_table import TextTable, text_table
from stages.report.samples.sample_rows import input_cells
from stages.report.sections.predictions.predicted_column import PredictedColumn, predicted_column

MAX_SCATTER_POINTS = 1000
LEGEND = (("muted", "truth"), ("accent", "prediction"))
INTERVAL_LEGEND = (("interval", "interval"),)


@dataclass(frozen=True)
class RegressionSection:
    """One predicted column; `wide_charts` are drawn over the full width of the page."""

    name: str
    charts: list[Chart]
    wide_charts: list[Chart]
    samples: TextTable


def regression_section(
    name: str, predictions: Predictions, raw: RawData, processed: ProcessedData, max_count: int
) -> RegressionSection:
    """`max_count` is the number of samples to show."""
    column = predicted_column(name, predictions)
    table = raw if isinstance(raw, Table) else None
    inputs = [name for spec in processed.fitted.inputs.values() for name in spec.columns]
    charts: list[Chart] = []
    wide_charts: list[Chart] = []
    if len(column.rows) > 1:
        charts.append(truth_chart(column))
        if table and table.kind == "series":
            wide_charts += time_charts(column, table, processed.fitted.window)
        elif table and len(inputs) == 1 and is_numeric(table, inputs[0]):
            charts.append(input_chart(column, table, inputs[0]))
    return RegressionSection(name, charts, wide_charts, samples_table(column, table, processed.fitted, max_count))


def truth_chart(column: PredictedColumn) -> Chart:
    """Of many points, the same share of each step ahead is shown."""
    order = sorted(range(len(column.rows)), key=lambda i: column.steps[i]) if column.steps else range(len(column.rows))
    shown = [(column.truth[i], column.predicted[i]) for i in order[:: -(-len(order) // MAX_SCATTER_POINTS)]]
    notes = [steps_ahead(column.steps)] if column.steps else []
    if len(shown) < len(order):
        notes.append(f"{len(shown):,} of {count(len(order), 'prediction' if column.steps else 'sample')}")
    svg = scatter_chart(shown, "truth", "prediction", f"Prediction against truth of {column.name}")
    return Chart("Prediction against truth", svg, (("diagonal", "prediction equals truth"),), "; ".join(notes))


def steps_ahead(steps: Sequence[int]) -> str:
    """
    >>> steps_ahead([1, 2, 3]), steps_ahead([1])
    ('1 to 3 rows ahead', '1 row ahead')
    """
    first, last = min(steps), max(steps)
    return f"{count(last, 'row')} ahead" if first == last else f"{first:,} to {count(last, 'row')} ahead"


def input_chart(column: PredictedColumn, table: Table, name: str) -> Chart:
    values = column_values(table, name)
    x = [float(values[row]) for row in column.rows]
    area = PlotArea(linear_scale(x), linear_scale([*column.truth, *column.predicted]), name)
    title = f"{column.name} over {name}"
    return Chart(title, _truth_and_prediction(area, x, column, title), LEGEND)


def time_charts(column: PredictedColumn, table: Table, window: Window | None) -> list[Chart]:
    """With several steps ahead, a chart of the first step and one of the last, with the same axes."""
    if not column.steps:
        horizon = window.horizon if window else 1
        return [time_chart(column, column, table, steps_ahead([horizon]) if horizon > 1 else "")]
    charts = []
    for step in sorted({min(column.steps), max(column.steps)}):
        of_step = column.of_step(step)
        if len(of_step.rows) > 1:
            charts.append(time_chart(of_step, column, table, steps_ahead([step])))
    return charts


def time_chart(column: PredictedColumn, all_steps: PredictedColumn, table: Table, note: str) -> Chart:
    """The axes hold the predictions of all steps."""
    rows = all_steps.rows
    y_range = visible_range([*all_steps.truth, *all_steps.predicted], all_steps.lower, all_steps.upper)
    area = time_plot_area(y_range, row_times(table), min(rows), max(rows), full_width=True)
    svg = _truth_and_prediction(area, column.rows, column, f"{column.name} over time")
    return Chart("Truth and prediction over time", svg, (*LEGEND, *INTERVAL_LEGEND) if column.lower else LEGEND, note)


def _truth_and_prediction(area: PlotArea, x: Sequence[float], column: PredictedColumn, label: str) -> Markup:
    order = sorted(range(len(x)), key=lambda i: (x[i], column.truth[i], column.predicted[i]))
    sorted_x, column = [x[i] for i in order], column.select(order)
    lines = [
        Line("truth", "muted", thin_points(list(zip(sorted_x, column.truth, strict=True))), dots=not area.full_width),
        Line("prediction", "accent", thin_points(list(zip(sorted_x, column.predicted, strict=True)))),
    ]
    intervals = [interval_area(sorted_x, column.lower, column.upper)] if column.lower and area.full_width else []
    return line_chart(lines, area, label, intervals=intervals)


def samples_table(column: PredictedColumn, table: Table | None, fitted: Fitted, max_count: int) -> TextTable:
    """The samples with the largest and the smallest errors, from the largest error to the smallest."""
    errors = [predicted - truth for predicted, truth in zip(column.predicted, column.truth, strict=True)]
    shown = first_and_last(sorted(range(len(errors)), key=lambda i: -abs(errors[i])), max_count)
    rows = [column.rows[i] for i in shown]
    inputs = [input_cells(table, fitted, row) if table else [("row", f"{row:,}")] for row in rows]
    if column.steps:
        inputs = [[*cells, ("rows ahead", f"{column.steps[i]:,}")] for i, cells in zip(shown, inputs, strict=True)]
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

"""Predicted values: prediction against truth, over time or over the only input, and sample rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from stages.core.artefacts.processed import Fitted, ProcessedData
from stages.core.artefacts.raw.raw_data import RawData, Table
from stages.core.artefacts.raw.table_rows import read_rows
from stages.core.artefacts.windows import Window
from stages.report.charts.axis_scales import linear_scale
from stages.report.charts.prediction_intervals import interval_area, visible_range
from stages.report.charts.raw_series import is_numeric, row_times, time_plot_area
from stages.report.charts.svg import Chart, Line, PlotArea, Point, extreme_indices, line_chart, scatter_chart
from stages.report.recorded.line_blocks import every, is_ascending, largest_lines, smallest_lines, value_range
from stages.report.recorded.recorded_predictions import Predictions, is_periodic, step_numbers
from stages.report.rendering.format_text import count, format_column, with_sign
from stages.report.rendering.page_table import TextTable, text_table
from stages.report.samples.sample_rows import input_cells
from stages.report.sections.predictions.predicted_column import PredictedColumn, predicted_column

MAX_SCATTER_POINTS = 1000
# In order of an input, of which the lowest and the highest of each part are drawn.
MAX_DRAWN_SAMPLES = 100_000
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
    count_of_all = len(column.rows)
    lines = every(count_of_all, MAX_SCATTER_POINTS)
    shown = column.select(lines_by_step(column, lines) if column.has_steps else lines)
    notes = [steps_ahead(step_numbers(column.steps))] if column.has_steps else []
    if len(shown.rows) < count_of_all:
        notes.append(f"{len(shown.rows):,} of {count(count_of_all, 'prediction' if column.has_steps else 'sample')}")
    points = list(zip(shown.truth.tolist(), shown.predicted.tolist(), strict=True))
    svg = scatter_chart(points, "truth", "prediction", f"Prediction against truth of {column.name}")
    return Chart("Prediction against truth", svg, (("diagonal", "prediction equals truth"),), "; ".join(notes))


def lines_by_step(column: PredictedColumn, chosen: slice) -> NDArray[np.int64]:
    """These lines of all lines in the order of their steps.

    >>> column = PredictedColumn("x", np.arange(6), np.zeros(6), np.zeros(6), np.array([1, 2, 1, 2, 1, 2]))
    >>> lines_by_step(column, slice(None, None, 2))
    array([0, 4, 3])
    """
    period = len(step_numbers(column.steps))
    if not is_periodic(column.steps, period):
        return np.argsort(column.steps, kind="stable")[chosen]
    positions = np.arange(*chosen.indices(len(column.steps)))
    samples = len(column.steps) // period
    order = np.argsort(column.steps[:period])
    return positions % samples * period + order[positions // samples]


def steps_ahead(steps: Sequence[int]) -> str:
    """
    >>> steps_ahead([1, 2, 3]), steps_ahead([1])
    ('1 to 3 rows ahead', '1 row ahead')
    """
    first, last = min(steps), max(steps)
    return f"{count(last, 'row')} ahead" if first == last else f"{first:,} to {count(last, 'row')} ahead"


def input_chart(column: PredictedColumn, table: Table, name: str) -> Chart:
    """Of very many samples, some are drawn."""
    drawn = column.select(every(len(column.rows), MAX_DRAWN_SAMPLES))
    x = read_rows(table, drawn.rows, [name])[name].to_numpy(np.float64)
    area = PlotArea(linear_scale(x.tolist()), linear_scale([*drawn.truth.tolist(), *drawn.predicted.tolist()]), name)
    title = f"{column.name} over {name}"
    all_are_drawn = len(drawn.rows) == len(column.rows)
    note = "" if all_are_drawn else f"{len(drawn.rows):,} of {count(len(column.rows), 'sample')}"
    return Chart(title, _truth_and_prediction(area, x, drawn, title), LEGEND, note)


def time_charts(column: PredictedColumn, table: Table, window: Window | None) -> list[Chart]:
    """With several steps ahead, a chart of the first step and one of the last, with the same axes."""
    if not column.has_steps:
        horizon = window.horizon if window else 1
        return [time_chart(column, column, table, steps_ahead([horizon]) if horizon > 1 else "")]
    charts, steps = [], step_numbers(column.steps)
    for step in sorted({steps[0], steps[-1]}):
        of_step = column.of_step(step)
        if len(of_step.rows) > 1:
            charts.append(time_chart(of_step, column, table, steps_ahead([step])))
    return charts


def time_chart(column: PredictedColumn, all_steps: PredictedColumn, table: Table, note: str) -> Chart:
    """The axes hold the predictions of all steps."""
    first, last = map(int, value_range(all_steps.rows))
    values = value_range(all_steps.truth, all_steps.predicted)
    y_range = visible_range(values, value_range(all_steps.lower), value_range(all_steps.upper))
    area = time_plot_area(y_range, row_times(table), first, last, full_width=True)
    svg = _truth_and_prediction(area, column.rows, column, f"{column.name} over time")
    return Chart(
        "Truth and prediction over time", svg, (*LEGEND, *INTERVAL_LEGEND) if column.has_interval else LEGEND, note
    )


def _truth_and_prediction(area: PlotArea, x: NDArray[Any], column: PredictedColumn, label: str) -> Markup:
    if not is_ascending(x):
        order = np.lexsort((column.predicted, column.truth, x))
        x, column = x[order], column.select(order)
    lines = [
        Line("truth", "muted", thin_lines(x, column.truth), dots=not area.full_width),
        Line("prediction", "accent", thin_lines(x, column.predicted)),
    ]
    intervals = [interval_area(x, column.lower, column.upper)] if column.has_interval and area.full_width else []
    return line_chart(lines, area, label, intervals=intervals)


def thin_lines(x: NDArray[Any], y: NDArray[np.float64]) -> list[Point]:
    return [(x[index].item(), float(y[index])) for index in extreme_indices(y)]


def samples_table(column: PredictedColumn, table: Table | None, fitted: Fitted, max_count: int) -> TextTable:
    """The samples with the largest and the smallest errors, from the largest error to the smallest."""
    shown = column.select(largest_and_smallest_errors(column, max_count))
    rows, errors = shown.rows.tolist(), (shown.predicted - shown.truth).tolist()
    inputs = [input_cells(table, fitted, row) if table else [("row", f"{row:,}")] for row in rows]
    if shown.has_steps:
        steps = shown.steps.tolist()
        inputs = [[*cells, ("rows ahead", f"{step:,}")] for step, cells in zip(steps, inputs, strict=True)]
    values = format_column([*shown.truth.tolist(), *shown.predicted.tolist()])
    signed_errors = map(with_sign, format_column(errors))
    numbers = zip(values[: len(rows)], values[len(rows) :], signed_errors, strict=True)
    cells = [[*(text for _, text in texts), *others] for texts, others in zip(inputs, numbers, strict=True)]
    return text_table([*(name for name, _ in inputs[0]), "truth", "prediction", "error"], cells)


def largest_and_smallest_errors(column: PredictedColumn, max_count: int) -> list[int]:
    """Lines, from the largest error to the smallest.

    >>> truth, predicted = np.zeros(5), np.array([1.0, -4.0, 0.5, 2.0, 3.0])
    >>> largest_and_smallest_errors(PredictedColumn("x", np.arange(5), truth, predicted), 3)
    [1, 4, 2]
    """

    def sizes(block: slice) -> NDArray[np.float64]:
        return np.abs(column.predicted[block] - column.truth[block])

    lines = len(column.rows)
    smallest = max_count // 2 if lines > max_count else 0
    return [
        *largest_lines(lines, sizes, min(max_count, lines) - smallest),
        *smallest_lines(lines, sizes, smallest),
    ]

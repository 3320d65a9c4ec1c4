"""The last forecasts with their intervals, after the known rows before them."""

import numpy as np

from stages.core.artefacts.raw.raw_data import Table
from stages.core.artefacts.windows import Window
from stages.report.charts.prediction_intervals import interval_area, is_cut_off, visible_range
from stages.report.charts.raw_series import is_numeric, row_times, time_plot_area, values_between
from stages.report.charts.svg import Chart, Line, Marker, Point, line_chart, thin_points
from stages.report.recorded.line_blocks import is_ascending
from stages.report.recorded.recorded_predictions import is_periodic, step_numbers
from stages.report.rendering.format_text import format_percent
from stages.report.samples.locate_row import locate_row
from stages.report.sections.predictions.predicted_column import PredictedColumn
from stages.report.sections.predictions.regression_section import LEGEND, steps_ahead

MAX_FORECASTS = 3
# Forecasts of a single step are drawn as one curve.
MAX_SAMPLES = 60
MIN_KNOWN_ROWS = 12


def fan_chart(column: PredictedColumn, table: Table, window: Window, level: float | None) -> Chart | None:
    """With several steps ahead, the last forecast and up to two before it that do not overlap; else the last samples.

    `level` is that of the interval. None if nothing was predicted, or if the raw column does not hold numbers.
    """
    forecasts = last_forecasts(column) if column.has_steps else last_samples(column)
    if not forecasts or not is_numeric(table, column.name):
        return None
    shown = column.select([line for lines in forecasts for line in lines])
    parts, times = [column.select(lines) for lines in forecasts], row_times(table)
    last_known = [int(part.rows.min()) - window.steps_ahead.start for part in parts]
    last = int(shown.rows.max())
    first = first_drawn_row(last_known[0], last, table, window)
    truth = values_between(table, column.name, first, last)
    lower, upper = shown.lower.tolist(), shown.upper.tolist()
    y_range = visible_range([*truth, *shown.predicted.tolist()], lower, upper)
    curves = [Line("prediction", "accent", thin_points(predicted_points(part))) for part in parts]
    svg = line_chart(
        [Line("truth", "muted", thin_points(list(enumerate(truth, first)))), *curves],
        time_plot_area(y_range, times, first, last, full_width=True),
        f"The last forecasts of {column.name}",
        markers=[Marker(float(row)) for row in last_known],
        intervals=[interval_area(part.rows, part.lower, part.upper) for part in parts if part.has_interval],
    )
    notes = [steps_ahead(step_numbers(shown.steps) or window.steps_ahead)]
    if is_cut_off(y_range, lower, upper):
        notes.append("the interval reaches beyond the chart")
    return Chart(_title(column, parts), svg, _legend(column, level), "; ".join(notes))


def last_forecasts(column: PredictedColumn) -> list[list[int]]:
    """The lines of each forecast, of which the last one comes last.

    >>> rows, steps = np.array([5, 6, 6, 7, 7, 8]), np.array([1, 2] * 3)
    >>> last_forecasts(PredictedColumn("x", rows, np.zeros(6), np.zeros(6), steps))
    [[0, 1], [4, 5]]
    """
    steps = step_numbers(column.steps)
    start = first_line_of_last_samples(column, MAX_FORECASTS * steps[-1] + 1 if steps else 0)
    lines: dict[int, list[int]] = {}
    for line, last_known in enumerate((column.rows[start:] - column.steps[start:]).tolist(), start):
        lines.setdefault(last_known, []).append(line)
    chosen: list[int] = []
    for last_known in sorted(lines, reverse=True):
        if not chosen or last_known + steps[-1] <= chosen[-1]:
            chosen.append(last_known)
    return [lines[last_known] for last_known in reversed(chosen[:MAX_FORECASTS])]


def first_line_of_last_samples(column: PredictedColumn, samples: int) -> int:
    """0 if the samples are not in the order of their rows, each with the same steps."""
    period = len(step_numbers(column.steps)) or 1
    in_order = is_periodic(column.steps, period) and is_ascending(column.rows[period - 1 :: period])
    return max(0, len(column.rows) - samples * period) if in_order else 0


def last_samples(column: PredictedColumn) -> list[list[int]]:
    start = first_line_of_last_samples(column, MAX_SAMPLES)
    order = np.argsort(column.rows[start:], kind="stable")[-MAX_SAMPLES:] + start
    return [order.tolist()] if len(order) else []


def predicted_points(column: PredictedColumn) -> list[Point]:
    return list(zip(column.rows.tolist(), column.predicted.tolist(), strict=True))


def first_drawn_row(last_known: int, last: int, table: Table, window: Window) -> int:
    """As many known rows as the window has, but no more than twice the rows of the forecasts."""
    forecast_rows = last - last_known
    known_rows = max(MIN_KNOWN_ROWS, forecast_rows // 6, min(window.length, 2 * forecast_rows))
    _, earlier_rows = locate_row(table, last_known)
    return last_known - min(known_rows - 1, earlier_rows)


def _title(column: PredictedColumn, forecasts: list[PredictedColumn]) -> str:
    number = len(forecasts) if column.has_steps else len(forecasts[0].rows)
    return "The last forecast" if number == 1 else f"The last {number} forecasts"


def _legend(column: PredictedColumn, level: float | None) -> tuple[tuple[str, str], ...]:
    interval = (("interval", f"{format_percent(level)} interval" if level else "interval"),)
    return (*LEGEND, *(interval if column.has_interval else ()), ("marker", "last known row"))

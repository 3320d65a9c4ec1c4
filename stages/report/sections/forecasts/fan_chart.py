"""The last forecasts with their intervals, after the known rows before them."""

from stages.core.artefacts.raw_data import Table
from stages.core.artefacts.windows import Window
from stages.report.charts.prediction_intervals import interval_area, is_cut_off, visible_range
from stages.report.charts.raw_series import column_values, is_numeric, row_times, time_plot_area
from stages.report.charts.svg import Chart, Line, Marker, line_chart, thin_points
from stages.report.format_text import format_percent
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
    forecasts = last_forecasts(column) if column.steps else last_samples(column)
    if not forecasts or not is_numeric(table, column.name):
        return None
    shown = column.select([line for lines in forecasts for line in lines])
    parts, times = [column.select(lines) for lines in forecasts], row_times(table)
    last_known = [min(part.rows) - window.steps_ahead.start for part in parts]
    first, last = first_drawn_row(last_known[0], max(shown.rows), table, window), max(shown.rows)
    truth = column_values(table, column.name)[first : last + 1].tolist()
    y_range = visible_range([*truth, *shown.predicted], shown.lower, shown.upper)
    curves = [Line("prediction", "accent", thin_points(list(zip(p.rows, p.predicted, strict=True)))) for p in parts]
    svg = line_chart(
        [Line("truth", "muted", thin_points(list(enumerate(truth, first)))), *curves],
        time_plot_area(y_range, times, first, last, full_width=True),
        f"The last forecasts of {column.name}",
        markers=[Marker(float(row)) for row in last_known],
        intervals=[interval_area(part.rows, part.lower, part.upper) for part in parts if part.lower],
    )
    notes = [steps_ahead(column.steps or window.steps_ahead)]
    if is_cut_off(y_range, shown.lower, shown.upper):
        notes.append("the interval reaches beyond the chart")
    return Chart(_title(column, parts), svg, _legend(column, level), "; ".join(notes))


def last_forecasts(column: PredictedColumn) -> list[list[int]]:
    """The lines of each forecast, of which the last one comes last.

    >>> two_steps = PredictedColumn("x", [5, 6, 6, 7, 7, 8], [0.0] * 6, [0.0] * 6, [1, 2] * 3)
    >>> last_forecasts(two_steps)
    [[0, 1], [4, 5]]
    """
    lines: dict[int, list[int]] = {}
    for line, (row, step) in enumerate(zip(column.rows, column.steps, strict=True)):
        lines.setdefault(row - step, []).append(line)
    chosen: list[int] = []
    for last_known in sorted(lines, reverse=True):
        if not chosen or last_known + max(column.steps) <= chosen[-1]:
            chosen.append(last_known)
    return [lines[last_known] for last_known in reversed(chosen[:MAX_FORECASTS])]


def last_samples(column: PredictedColumn) -> list[list[int]]:
    order = sorted(range(len(column.rows)), key=lambda line: column.rows[line])
    return [order[-MAX_SAMPLES:]] if order else []


def first_drawn_row(last_known: int, last: int, table: Table, window: Window) -> int:
    """As many known rows as the window has, but no more than twice the rows of the forecasts."""
    forecast_rows = last - last_known
    known_rows = max(MIN_KNOWN_ROWS, forecast_rows // 6, min(window.length, 2 * forecast_rows))
    _, earlier_rows = locate_row(table, last_known)
    return last_known - min(known_rows - 1, earlier_rows)


def _title(column: PredictedColumn, forecasts: list[PredictedColumn]) -> str:
    number = len(forecasts) if column.steps else len(forecasts[0].rows)
    return "The last forecast" if number == 1 else f"The last {number} forecasts"


def _legend(column: PredictedColumn, level: float | None) -> tuple[tuple[str, str], ...]:
    interval = (("interval", f"{format_percent(level)} interval" if level else "interval"),)
    return (*LEGEND, *(interval if column.lower else ()), ("marker", "last known row"))

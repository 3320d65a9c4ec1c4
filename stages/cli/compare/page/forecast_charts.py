"""The last forecasts of both revisions and the truth around them, for each predicted column of a series."""

from stages.cli.compare.page.rows.pair_lines import pair_lines, same_values
from stages.cli.compare.page.rows.row_inputs import RawRows
from stages.core.artefacts.raw.raw_data import Table
from stages.core.artefacts.records.evaluation import ValuesDetail
from stages.report.charts.raw_series import is_numeric, time_plot_area, values_between
from stages.report.charts.svg import Chart, Line, Marker, Tone, line_chart
from stages.report.recorded.recorded_predictions import Predictions, step_numbers
from stages.report.sections.forecasts.fan_chart import first_drawn_row, last_forecasts, last_samples, predicted_points
from stages.report.sections.predictions.predicted_column import PredictedColumn, predicted_column
from stages.report.sections.predictions.regression_section import steps_ahead


def forecast_charts(base: Predictions, head: Predictions, raw_rows: RawRows) -> list[Chart]:
    """Empty if the rows are no series, or nothing differs."""
    raw, window = raw_rows.raw, raw_rows.fitted.window
    if not isinstance(raw, Table) or window is None:
        return []
    return [
        _forecast_chart(before, after, raw, raw_rows)
        for detail in head.targets.values()
        if isinstance(detail, ValuesDetail)
        for name in detail.columns
        if f"{name}_predicted" in base.values and is_numeric(raw, name)
        for before, after in [_paired(name, base, head)]
        if not same_values(before.predicted, after.predicted)
    ]


def _paired(name: str, base: Predictions, head: Predictions) -> tuple[PredictedColumn, PredictedColumn]:
    """The same rows and steps in the same order."""
    pairs = pair_lines(base, head)
    return predicted_column(name, base).select(pairs.base), predicted_column(name, head).select(pairs.head)


def _forecast_chart(base: PredictedColumn, head: PredictedColumn, table: Table, raw_rows: RawRows) -> Chart:
    window = raw_rows.fitted.window
    assert window is not None
    forecasts = last_forecasts(head) if head.has_steps else last_samples(head)
    shown = [head.select(lines) for lines in forecasts]
    last_known = [int(part.rows.min()) - window.steps_ahead.start for part in shown]
    last = max(int(part.rows.max()) for part in shown)
    first = first_drawn_row(last_known[0], last, table, window)
    truth = values_between(table, head.name, first, last)
    curves: list[tuple[str, Tone, PredictedColumn]] = [("base", "muted", base), ("head", "accent", head)]
    parts = [(label, tone, column.select(forecast)) for label, tone, column in curves for forecast in forecasts]
    lines = [
        *(Line(label, tone, predicted_points(part)) for label, tone, part in parts),
        Line("truth", "muted", list(enumerate(truth, first)), dots=True),
    ]
    y_values = [y for line in lines for _, y in line.points]
    svg = line_chart(
        lines,
        time_plot_area(y_values, raw_rows.times, first, last, full_width=True),
        f"The last forecasts of {head.name} in base and head, and the truth",
        markers=[Marker(float(row)) for row in last_known],
    )
    number = len(forecasts) if head.has_steps else len(forecasts[0])
    title = f"{head.name}: the last forecast" if number == 1 else f"{head.name}: the last {number} forecasts"
    legend = (("dots", "truth"), ("muted", "base"), ("accent", "head"), ("marker", "last known row"))
    return Chart(title, svg, legend, steps_ahead(step_numbers(head.steps) or window.steps_ahead))

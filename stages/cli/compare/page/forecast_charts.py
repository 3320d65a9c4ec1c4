"""The last forecasts of both revisions and the truth around them, for each predicted column of a series."""

from stages.cli.compare.page.rows.pair_lines import pair_lines
from stages.cli.compare.page.rows.raw_rows import RawRows
from stages.core.artefacts.raw_data import Table
from stages.core.artefacts.records.evaluation import ValuesDetail
from stages.report.charts.raw_series import column_values, is_numeric, time_plot_area
from stages.report.charts.svg import Chart, Line, Marker, Tone, line_chart
from stages.report.dataset_results import Predictions
from stages.report.sections.forecasts.fan_chart import first_drawn_row, last_forecasts, last_samples
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
        if f"{name}_predicted" in base.columns and is_numeric(raw, name)
        for before, after in [_paired(name, base, head)]
        if before.predicted != after.predicted
    ]


def _paired(name: str, base: Predictions, head: Predictions) -> tuple[PredictedColumn, PredictedColumn]:
    """The same rows and steps in the same order."""
    pairs = pair_lines(base, head)
    return (
        predicted_column(name, base).select([line for line, _ in pairs]),
        predicted_column(name, head).select([line for _, line in pairs]),
    )


def _forecast_chart(base: PredictedColumn, head: PredictedColumn, table: Table, raw_rows: RawRows) -> Chart:
    window = raw_rows.fitted.window
    assert window is not None
    forecasts = last_forecasts(head) if head.steps else last_samples(head)
    last_known = [min(head.rows[line] for line in lines) - window.steps_ahead.start for lines in forecasts]
    last = max(head.rows[line] for lines in forecasts for line in lines)
    first = first_drawn_row(last_known[0], last, table, window)
    truth = column_values(table, head.name)[first : last + 1].tolist()
    curves: list[tuple[str, Tone, PredictedColumn]] = [("base", "muted", base), ("head", "accent", head)]
    parts = [(label, tone, column.select(forecast)) for label, tone, column in curves for forecast in forecasts]
    lines = [
        *(Line(label, tone, list(zip(part.rows, part.predicted, strict=True))) for label, tone, part in parts),
        Line("truth", "muted", list(enumerate(truth, first)), dots=True),
    ]
    y_values = [y for line in lines for _, y in line.points]
    svg = line_chart(
        lines,
        time_plot_area(y_values, raw_rows.times, first, last, full_width=True),
        f"The last forecasts of {head.name} in base and head, and the truth",
        markers=[Marker(float(row)) for row in last_known],
    )
    number = len(forecasts) if head.steps else len(forecasts[0])
    title = f"{head.name}: the last forecast" if number == 1 else f"{head.name}: the last {number} forecasts"
    legend = (("dots", "truth"), ("muted", "base"), ("accent", "head"), ("marker", "last known row"))
    return Chart(title, svg, legend, steps_ahead(head.steps or window.steps_ahead))

"""The error of each step ahead, of the model and of the best baseline."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from stages.core.artefacts.records.evaluation import ForecastStep
from stages.report.charts.axis_scales import integer_scale, linear_scale
from stages.report.charts.svg import Chart, IntervalArea, Line, PlotArea, line_chart
from stages.report.format_text import format_column_with_gaps
from stages.report.metric_descriptions import describe_metric
from stages.report.page_table import TextTable, text_table
from stages.report.samples.choose_samples import choose_samples

MAX_ROWS = 8
MAX_MARKED = 24


@dataclass(frozen=True)
class ErrorByStep:
    """A chart of all steps ahead, and a table of at most eight of them."""

    chart: Chart
    table: TextTable


def error_by_step(
    steps: Sequence[ForecastStep], metric: str, baseline: str, ranges: Sequence[tuple[float, float]] = ()
) -> ErrorByStep | None:
    """None if fewer than two steps have the metric. `ranges` is the range of each step over the folds of a backtest."""
    if len(steps) < 2 or any(metric not in step.metrics for step in steps):
        return None
    numbers, is_marked = [step.step for step in steps], len(steps) <= MAX_MARKED
    model = [step.metrics[metric] for step in steps]
    compared = [step.baseline.get(metric, math.nan) for step in steps]
    lines = [
        Line(baseline, "muted", list(zip(numbers, compared, strict=True)), marks=is_marked),
        Line("this model", "accent", list(zip(numbers, model, strict=True)), marks=is_marked),
    ]
    y = linear_scale([0.0, *model, *compared, *(end for ends in ranges for end in ends)])
    area = PlotArea(integer_scale(numbers[0], numbers[-1]), y, "rows ahead")
    label = describe_metric(metric).label
    intervals = (
        [IntervalArea([(n, low, high) for n, (low, high) in zip(numbers, ranges, strict=True)])] if ranges else []
    )
    svg = line_chart(lines, area, f"{label} by rows ahead", intervals=intervals)
    legend = [
        ("muted", baseline),
        ("accent", "this model"),
        *([("interval", "range over the folds")] if ranges else []),
    ]
    return ErrorByStep(
        Chart(label, svg, tuple(legend), "mean of the folds" if ranges else ""),
        _table(numbers, model, compared, baseline),
    )


def _table(steps: Sequence[int], model: Sequence[float], compared: Sequence[float], baseline: str) -> TextTable:
    shown = choose_samples(len(steps), None, MAX_ROWS)
    texts = format_column_with_gaps([values[i] for values in (model, compared) for i in shown])
    rows = zip([f"{steps[i]:,}" for i in shown], texts[: len(shown)], texts[len(shown) :], strict=True)
    return text_table(["rows ahead", "this model", baseline], [list(row) for row in rows])

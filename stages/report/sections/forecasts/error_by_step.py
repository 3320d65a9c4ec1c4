"""The error of each step ahead, of the model and of the best baseline."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from stages.core.artefacts.records.evaluation import ForecastStep
from stages.report.charts.axis_scales import integer_scale, linear_scale
from stages.report.charts.svg import Chart, IntervalArea, Line, PlotArea, line_chart
from stages.report.rendering.format_text import format_column_with_gaps, format_percent
from stages.report.rendering.metric_descriptions import describe_metric
from stages.report.rendering.page_table import TextTable
from stages.report.samples.choose_samples import evenly_spaced
from stages.report.sections.forecasts.choose_metric import choose_metric

MAX_ROWS = 12
MAX_MARKED = 24
# The metric of a step that is the share of true values in its interval.
COVERAGE = "coverage"


@dataclass(frozen=True)
class ErrorByStep:
    """A chart of all steps ahead, and a table of at most eight of them."""

    chart: Chart
    table: TextTable


def error_by_step(
    steps: Sequence[ForecastStep], headline: str, baseline: str, folds: Sequence[Sequence[ForecastStep]] = ()
) -> ErrorByStep | None:
    """None with fewer than two steps. `headline` is the headline metric, `baseline` the name of the best baseline.

    If the steps are means of the folds of a backtest, `folds` has the steps of each fold.
    """
    if len(steps) < 2:
        return None
    measured = set[str].intersection(*(set(step.metrics) for step in (*steps, *chain.from_iterable(folds))))
    if not measured:
        return None
    metric = choose_metric(measured, headline)
    numbers, is_marked = [step.step for step in steps], len(steps) <= MAX_MARKED
    model = [step.metrics[metric] for step in steps]
    compared = [step.baseline.get(metric, math.nan) for step in steps]
    bounds = fold_bounds(folds, metric)
    y = linear_scale([0.0, *model, *compared, *(end for _, low, high in bounds for end in (low, high))])
    label = describe_metric(metric).label
    svg = line_chart(
        [
            Line(baseline, "muted", list(zip(numbers, compared, strict=True)), marks=is_marked),
            Line("this model", "accent", list(zip(numbers, model, strict=True)), marks=is_marked),
        ],
        PlotArea(integer_scale(numbers[0], numbers[-1]), y, "rows ahead"),
        f"{label} by rows ahead",
        intervals=[IntervalArea(bounds)] if bounds else [],
    )
    legend = (
        ("muted", baseline),
        ("accent", "this model"),
        *((("interval", "range over the folds"),) if bounds else ()),
    )
    chart = Chart(label, svg, legend, "mean of the folds" if bounds else "")
    return ErrorByStep(chart, _table(steps, model, compared, baseline))


def fold_bounds(folds: Sequence[Sequence[ForecastStep]], metric: str) -> list[tuple[float, float, float]]:
    """Each step with the lowest and the highest value of the model over the folds."""
    by_step = [(same[0].step, [step.metrics[metric] for step in same]) for same in zip(*folds, strict=True)]
    return [(float(step), min(values), max(values)) for step, values in by_step]


def _table(
    steps: Sequence[ForecastStep], model: Sequence[float], compared: Sequence[float], baseline: str
) -> TextTable:
    """With the coverage of the interval at each step, if there is one."""
    shown = evenly_spaced(len(steps), MAX_ROWS)
    texts = format_column_with_gaps([values[i] for values in (model, compared) for i in shown])
    columns = {
        "rows ahead": [f"{steps[i].step:,}" for i in shown],
        "this model": texts[: len(shown)],
        baseline: texts[len(shown) :],
    }
    if all(COVERAGE in step.metrics for step in steps):
        columns["coverage"] = [format_percent(steps[i].metrics[COVERAGE]) for i in shown]
    return TextTable(
        [(name, True) for name in columns], [list(row) for row in zip(*columns.values(), strict=True)], False
    )

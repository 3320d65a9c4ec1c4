"""The backtest: a model for each fold, measured on the rows after its training rows."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import fmean

from stages.core.artefacts.records.evaluation import BacktestFold, BacktestRecord, ForecastStep, MetricValues
from stages.report.charts.axis_scales import Scale, linear_scale, short_dates
from stages.report.charts.svg import Chart, Line, PlotArea, line_chart
from stages.report.rendering.format_text import count, format_column_with_gaps
from stages.report.rendering.metric_descriptions import describe_metric
from stages.report.samples.choose_samples import evenly_spaced
from stages.report.sections.forecasts.error_by_step import ErrorByStep, error_by_step

# Beside the metric that the baselines are compared by.
OTHER_METRICS = ("mae", "mase", "smape", "coverage")


@dataclass(frozen=True)
class BacktestResults:
    """`folds` are the rows of the table, and `statistics` the mean and the spread over them."""

    sentence: str
    head: list[str]
    folds: list[list[str]]
    statistics: list[list[str]]
    chart: Chart
    by_step: ErrorByStep | None


def backtest_results(record: BacktestRecord, times: Sequence[str]) -> BacktestResults:
    """`times` is the time of each raw row, or empty."""
    baseline = record.best_baseline.replace("_", " ")
    columns = _metric_columns(record, baseline)
    fold_cells = [
        [str(n), times[fold.first_row] if times else f"{fold.first_row:,}", f"{fold.train_rows:,}", f"{fold.samples:,}"]
        for n, fold in enumerate(record.folds, 1)
    ]
    *folds, means, spreads = [list(row) for row in zip(*columns.values(), strict=True)]
    return BacktestResults(
        sentence=backtest_sentence(record),
        head=["fold", "first test row", "rows trained on", "samples", *columns],
        folds=[[*cells, *row] for cells, row in zip(fold_cells, folds, strict=True)],
        statistics=[["mean", "", "", "", *means], ["spread", "", "", "", *spreads]],
        chart=fold_chart(record, times),
        by_step=error_by_step(mean_steps(record.folds), record.metric, baseline, [fold.steps for fold in record.folds]),
    )


def _metric_columns(record: BacktestRecord, baseline: str) -> dict[str, list[str]]:
    """The texts of the folds, of their mean and of their spread.

    The metric of the comparison comes first, beside that of the baseline. The table has room for few others.
    """
    columns = {
        describe_metric(record.metric).label: _metric_texts(record, record.metric),
        f"of {baseline}": _texts(
            record.metric, [*baseline_values(record), record.baseline_mean.get(record.metric), None]
        ),
    }
    for name in OTHER_METRICS:
        if name in record.mean and name != record.metric:
            columns[describe_metric(name).label] = _metric_texts(record, name)
    return columns


def _metric_texts(record: BacktestRecord, name: str) -> list[str]:
    return _texts(
        name, [*(fold.metrics.get(name) for fold in record.folds), record.mean.get(name), record.spread.get(name)]
    )


def _texts(name: str, values: Sequence[float | None]) -> list[str]:
    metric = describe_metric(name)
    return [metric.format(value) for value in values] if metric.is_share else format_column_with_gaps(values)


def baseline_values(record: BacktestRecord) -> list[float | None]:
    """The metric of the best baseline in each fold."""
    return [fold.baselines.get(record.best_baseline, {}).get(record.metric) for fold in record.folds]


def backtest_sentence(record: BacktestRecord) -> str:
    metric = record.metric
    described, baseline = describe_metric(metric), record.best_baseline.replace("_", " ")
    values = [fold.metrics.get(metric) for fold in record.folds]
    pairs = [
        (model, other)
        for model, other in zip(values, baseline_values(record), strict=True)
        if model is not None and other is not None
    ]
    # A perfect value above 0 is approached from below, as by R².
    better = sum(model > other if described.perfect else model < other for model, other in pairs)
    spread = described.format(record.spread.get(metric))
    return (
        f"{count(len(record.folds), 'fold')}, each with a model of its own that was trained on earlier rows alone. "
        f"{described.label}: mean {described.format(record.mean.get(metric))}, spread {spread}; {baseline}, the best "
        f"baseline, has a mean of {described.format(record.baseline_mean.get(metric))}. The model is better in "
        f"{better:,} of {count(len(pairs), 'fold')}."
    )


def fold_chart(record: BacktestRecord, times: Sequence[str]) -> Chart:
    """Over the first test row of each fold."""
    label, baseline = describe_metric(record.metric).label, record.best_baseline.replace("_", " ")
    rows = [fold.first_row for fold in record.folds]
    model = [fold.metrics.get(record.metric, math.nan) for fold in record.folds]
    compared = [math.nan if value is None else value for value in baseline_values(record)]
    area = PlotArea(fold_scale(rows, times), linear_scale([0.0, *model, *compared]), "first test row", times=times)
    lines = [
        Line(baseline, "muted", list(zip(rows, compared, strict=True)), marks=True),
        Line("this model", "accent", list(zip(rows, model, strict=True)), marks=True),
    ]
    svg = line_chart(lines, area, f"{label} of each fold")
    return Chart(label, svg, (("muted", baseline), ("accent", "this model")), "of each fold")


def fold_scale(rows: Sequence[int], times: Sequence[str]) -> Scale:
    """With ticks at the first test rows of at most four folds, and room for their texts.

    >>> fold_scale([5, 10, 15], []).ticks
    ((5.0, '5'), (10.0, '10'), (15.0, '15'))
    """
    texts = short_dates([times[row] for row in rows]) if times else [f"{row:,}" for row in rows]
    are_long = any(len(text) > len("2020-01-31") for text in texts)
    shown = evenly_spaced(len(rows), 2 if are_long else 4)
    room = (0.2 if are_long else 0.12) * (rows[-1] - rows[0]) or 1.0
    return Scale(rows[0] - room, rows[-1] + room, tuple((float(rows[i]), texts[i]) for i in shown))


def mean_steps(folds: Sequence[BacktestFold]) -> list[ForecastStep]:
    """The mean of each step over the folds, of the metrics that all folds have."""
    return [
        ForecastStep(
            step=same_step[0].step,
            metrics=_means([step.metrics for step in same_step]),
            baseline=_means([step.baseline for step in same_step]),
        )
        for same_step in zip(*(fold.steps for fold in folds), strict=True)
    ]


def _means(values: Sequence[MetricValues]) -> MetricValues:
    shared = set[str].intersection(*map(set, values))
    return {name: fmean(each[name] for each in values) for name in sorted(shared)}

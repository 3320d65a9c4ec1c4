"""The forecasts of a time series."""

from dataclasses import dataclass, replace

from stages.core.artefacts.raw.raw_data import Table
from stages.core.artefacts.records.evaluation import ValuesDetail
from stages.report.charts.raw_series import row_times
from stages.report.charts.svg import Chart
from stages.report.dataset_results import DatasetResults
from stages.report.rendering.format_text import lower_first
from stages.report.rendering.metric_descriptions import describe_samples
from stages.report.sections.forecasts.backtest_results import BacktestResults, backtest_results
from stages.report.sections.forecasts.error_by_step import ErrorByStep, error_by_step
from stages.report.sections.forecasts.fan_chart import fan_chart
from stages.report.sections.forecasts.forecast_sentences import coverage_warning, forecast_sentences
from stages.report.sections.predictions.predicted_column import predicted_column

MAX_COLUMNS = 4


@dataclass(frozen=True)
class TargetForecasts:
    """The forecasts of one target, whose name is empty if it is the only one of the section.

    `warning` says that the interval holds more or fewer true values than it should; else it is empty.
    """

    name: str
    sentences: list[str]
    warning: str
    fans: list[Chart]
    by_step: ErrorByStep | None
    backtest: BacktestResults | None


def forecasts_section(results: DatasetResults) -> list[TargetForecasts]:
    """One entry for each target of a series with forecasts or a backtest."""
    evaluation, raw = results.evaluation, results.raw
    names = sorted({*evaluation.forecasts, *evaluation.backtests})
    if not isinstance(raw, Table):
        return []
    return [target_forecasts(name, name if len(names) > 1 else "", results, raw) for name in names]


def target_forecasts(name: str, title: str, results: DatasetResults, raw: Table) -> TargetForecasts:
    evaluation = results.evaluation
    record, backtest = evaluation.forecasts.get(name), evaluation.backtests.get(name)
    headline = evaluation.headline.metric
    interval = record.interval if record else None
    return TargetForecasts(
        name=title,
        sentences=forecast_sentences(record, describe_samples(evaluation.samples, evaluation.split)) if record else [],
        warning=coverage_warning(interval) if interval else "",
        fans=fan_charts(name, results, raw, interval.level if interval else None),
        by_step=error_by_step(record.steps, headline, record.baseline.replace("_", " ")) if record else None,
        backtest=backtest_results(backtest, row_times(raw)) if backtest else None,
    )


def fan_charts(target: str, results: DatasetResults, raw: Table, level: float | None) -> list[Chart]:
    """A chart for each column of the target, but not more than four. Of several columns, the title names the column."""
    detail, window = results.predictions.targets.get(target), results.processed.fitted.window
    if not isinstance(detail, ValuesDetail) or window is None:
        return []
    charts = []
    for name in detail.columns[:MAX_COLUMNS]:
        chart = fan_chart(predicted_column(name, results.predictions), raw, window, level)
        if chart is not None:
            several = len(detail.columns) > 1
            charts.append(replace(chart, title=f"{name}: {lower_first(chart.title)}") if several else chart)
    return charts

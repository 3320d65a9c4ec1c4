"""The metrics of each step ahead."""

from collections.abc import Iterator
from dataclasses import replace

from stages.core.artefacts.processed import TargetSpec
from stages.core.artefacts.records.evaluation import ForecastStep, MetricValues
from stages.core.artefacts.windows import Window
from stages.core.rounding import round_significant
from stages.evaluate.forecasts.forecast_intervals import TargetInterval
from stages.evaluate.forecasts.interval_metrics import interval_metrics
from stages.evaluate.metrics.target_metrics import target_metrics
from stages.evaluate.target_predictions import Array, TargetPredictions


def forecast_steps(
    window: Window,
    target: TargetSpec,
    truth: Array,
    model: TargetPredictions,
    baseline: TargetPredictions,
    interval: TargetInterval | None = None,
) -> Iterator[ForecastStep]:
    """The model's metrics have those of the interval too."""
    of_model = step_metrics(window, target, truth, model, interval)
    of_baseline = step_metrics(window, target, truth, baseline)
    for step, metrics in of_model.items():
        yield ForecastStep(step=step, metrics=metrics, baseline=of_baseline[step])


def step_metrics(
    window: Window,
    target: TargetSpec,
    truth: Array,
    predictions: TargetPredictions,
    interval: TargetInterval | None = None,
) -> dict[int, MetricValues]:
    """By step ahead, rounded; with those of the interval, if there is one."""
    columns = len(target.columns)
    of_one_step = target.model_copy(update={"step_count": 1})
    found = {}
    for number, step in enumerate(window.steps_ahead):
        outputs = slice(number * columns, (number + 1) * columns)
        predicted = replace(predictions, predicted=predictions.predicted[:, outputs])
        metrics = target_metrics(of_one_step, truth[:, outputs], predicted).values
        if interval:
            metrics |= interval_metrics(truth[:, outputs], interval.bounds.take(outputs), interval.fitted.level)
        found[step] = _rounded(metrics)
    return found


def _rounded(metrics: MetricValues) -> MetricValues:
    return {name: round_significant(value) for name, value in metrics.items()}

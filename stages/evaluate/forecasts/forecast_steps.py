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
    columns = len(target.columns)
    of_one_step = target.model_copy(update={"step_count": 1})
    for number, step in enumerate(window.steps_ahead):
        outputs = slice(number * columns, (number + 1) * columns)
        metrics, of_baseline = (
            target_metrics(
                of_one_step, truth[:, outputs], replace(predictions, predicted=predictions.predicted[:, outputs])
            ).values
            for predictions in (model, baseline)
        )
        if interval:
            metrics |= interval_metrics(truth[:, outputs], interval.bounds.take(outputs), interval.fitted.level)
        yield ForecastStep(step=step, metrics=_rounded(metrics), baseline=_rounded(of_baseline))


def _rounded(metrics: MetricValues) -> MetricValues:
    return {name: round_significant(value) for name, value in metrics.items()}

"""The metrics of the folds of a backtest, and their mean and spread."""

from collections.abc import Mapping, Sequence

import numpy as np

from stages.core.artefacts.records.evaluation import BacktestFold, BacktestRecord, ForecastStep, MetricValues
from stages.core.rounding import round_significant
from stages.evaluate.backtest.fold_metrics import FoldMetrics
from stages.evaluate.metrics.target_metrics import HIGHER_IS_BETTER

# The first one that all folds define is the one that baselines are compared by, if the headline is another metric.
DEFAULT_METRICS = ("rmse", "accuracy")


def backtest_records(
    folds: Sequence[Mapping[str, FoldMetrics]], headline: tuple[str, str]
) -> dict[str, BacktestRecord]:
    """By target, as the folds. `headline` is a target and a metric."""
    targets = folds[0] if folds else {}
    return {
        name: _backtest_record([fold[name] for fold in folds], headline[1] if name == headline[0] else None)
        for name in targets
    }


def _backtest_record(folds: Sequence[FoldMetrics], headline: str | None) -> BacktestRecord:
    metrics, baselines = [fold.metrics for fold in folds], [fold.baselines for fold in folds]
    of_all_folds = [name for name in baselines[0] if all(name in of_fold for of_fold in baselines)]
    means = {name: _means([of_fold[name] for of_fold in baselines]) for name in of_all_folds}
    metric, best = best_by_mean(means, headline)
    return BacktestRecord(
        folds=[
            BacktestFold(
                first_row=fold.first_row,
                train_rows=fold.train_rows,
                samples=fold.samples,
                metrics=_rounded(fold.metrics),
                baselines={name: _rounded(values) for name, values in fold.baselines.items()},
                steps=[
                    ForecastStep(step=step, metrics=of_model, baseline=fold.baseline_steps[best][step])
                    for step, of_model in fold.steps.items()
                ],
            )
            for fold in folds
        ],
        metric=metric,
        best_baseline=best,
        mean=_rounded(_means(metrics)),
        spread=_rounded(_spreads(metrics)),
        baseline_mean=_rounded(means[best]),
    )


def best_by_mean(means: Mapping[str, MetricValues], headline: str | None) -> tuple[str, str]:
    """The metric that the baselines are compared by, and the name of the best one; the first of equal ones.

    >>> best_by_mean({"drift": {"rmse": 2.0, "mase": 0.5}, "theta": {"rmse": 1.0, "mase": 0.7}}, "mase")
    ('mase', 'drift')
    >>> best_by_mean({"drift": {"rmse": 2.0}, "theta": {"rmse": 1.0}}, "mase")
    ('rmse', 'theta')
    """
    metric = next(m for m in (headline, *DEFAULT_METRICS) if any(m in values for values in means.values()))
    assert metric is not None
    sign = 1 if metric in HIGHER_IS_BETTER else -1
    measured = {name: values[metric] for name, values in means.items() if metric in values}
    return metric, max(measured, key=lambda name: sign * measured[name])


def _means(metrics: Sequence[MetricValues]) -> MetricValues:
    """The mean of each metric that all folds define."""
    return {name: float(np.mean(values)) for name, values in _values_of_folds(metrics).items()}


def _spreads(metrics: Sequence[MetricValues]) -> MetricValues:
    """The standard deviation of a sample."""
    return {name: float(np.std(values, ddof=1)) for name, values in _values_of_folds(metrics).items()}


def _values_of_folds(metrics: Sequence[MetricValues]) -> dict[str, list[float]]:
    names = [name for name in metrics[0] if all(name in of_fold for of_fold in metrics)]
    return {name: [of_fold[name] for of_fold in metrics] for name in names}


def _rounded(metrics: MetricValues) -> MetricValues:
    return {name: round_significant(value) for name, value in metrics.items()}

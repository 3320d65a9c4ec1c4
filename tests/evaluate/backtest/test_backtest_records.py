"""What is recorded of the folds of a backtest, from predictions that are known."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from stages.core.artefacts.processed import TargetSpec
from stages.core.artefacts.records.evaluation import BacktestRecord, MetricValues
from stages.core.artefacts.windows import Window
from stages.core.columns.categories.class_labels import ClassLabels
from stages.evaluate.backtest.backtest_records import backtest_records
from stages.evaluate.backtest.fold_metrics import FoldPredictions, fold_metrics
from stages.evaluate.baselines.series.known_series import naive_errors_of_targets
from stages.evaluate.forecasts.forecast_intervals import NO_INTERVALS, ForecastIntervals, TargetInterval
from stages.evaluate.metrics.target_metrics import target_metrics
from stages.evaluate.target_predictions import ModelEvaluation, TargetPredictions
from stages.inference.intervals.bounds import Bounds
from tests.evaluate.processed_examples import continued, processed_data, series
from tests.inference.intervals.example_intervals import fitted_interval

Forecasts = Sequence[float]


def fold(
    training: list[float],
    truth: tuple[float, float],
    model: Forecasts,
    baselines: dict[str, Forecasts],
    intervals: ForecastIntervals = NO_INTERVALS,
) -> FoldPredictions:
    """One test sample, whose two targets are the first rows after the training rows."""
    data = series({"train": training, "test": [*training[-2:], *truth]}, length=2, horizon=2, all_steps=True)
    data = continued(data, "test", len(training) - 2)
    naive = naive_errors_of_targets(data)["y"]

    def predictions(values: Forecasts) -> TargetPredictions:
        return TargetPredictions(np.array([values]), naive_errors=naive)

    predicted = predictions(model)
    measured = target_metrics(data.fitted.targets["y"], data.truth("test")["y"], predicted).values
    evaluation = ModelEvaluation({"y": predicted}, {"y": {"loss": 7.0} | measured}, {}, {})
    return FoldPredictions(
        data, evaluation, {name: {"y": predictions(values)} for name, values in baselines.items()}, intervals
    )


# The naive error of the first fold is 1, that of the second 10.
FIRST = fold([1, 2, 3, 4], (6, 8), (7, 7), {"drift": (9, 5), "theta": (7, 9)})
SECOND = fold([0, 10, 0, 10, 0], (0, 0), (3, -3), {"drift": (10, 10), "theta": (14, 14)})


def record(folds: Sequence[FoldPredictions], headline: tuple[str, str] = ("y", "rmse")) -> BacktestRecord:
    (found,) = backtest_records([fold_metrics(fold) for fold in folds], headline).values()
    return found


def chosen(metrics: MetricValues, *names: str) -> list[float]:
    return [metrics[name] for name in names]


def test_metrics_of_each_fold_and_their_mean_and_spread_by_hand() -> None:
    found = record([FIRST, SECOND])
    first, second = found.folds
    assert (first.first_row, first.train_rows, first.samples) == (4, 4, 1)
    assert (second.first_row, second.train_rows) == (5, 5)
    assert chosen(first.metrics, "rmse", "mae", "mase") == [1, 1, 1]
    assert chosen(second.metrics, "rmse", "mae", "mase") == [3, 3, 0.3]
    assert chosen(found.mean, "rmse", "mase") == [2, 0.65]
    assert chosen(found.spread, "rmse", "mase") == pytest.approx([2**0.5, 0.7 / 2**0.5], rel=1e-5)
    assert "loss" not in {*first.metrics, *found.mean}
    assert chosen(first.baselines["drift"], "mae", "mase") == [3, 3]
    assert chosen(second.baselines["theta"], "mae", "mase") == [14, 1.4]


def test_the_best_baseline_has_the_best_mean_of_the_headline() -> None:
    """Drift has the errors 3 and 10, theta 1 and 14; divided by the naive errors 3 and 1, and 1 and 1.4."""
    by_rmse, by_mase = record([FIRST, SECOND]), record([FIRST, SECOND], ("y", "mase"))
    assert (by_rmse.metric, by_rmse.best_baseline, by_rmse.baseline_mean["rmse"]) == ("rmse", "drift", 6.5)
    assert (by_mase.metric, by_mase.best_baseline, by_mase.baseline_mean["mase"]) == ("mase", "theta", 1.2)
    assert [step.baseline["mae"] for step in by_rmse.folds[0].steps] == [3, 3]
    assert [step.baseline["mae"] for step in by_mase.folds[0].steps] == [1, 1]
    assert [(step.step, step.metrics["mae"]) for step in by_mase.folds[1].steps] == [(1, 3), (2, 3)]


@pytest.mark.parametrize("headline", [("other", "mase"), ("y", "accuracy")])
def test_a_headline_that_is_no_metric_of_the_target_leaves_rmse(headline: tuple[str, str]) -> None:
    found = record([FIRST, SECOND], headline)
    assert (found.metric, found.best_baseline) == ("rmse", "drift")


def test_a_baseline_that_a_fold_does_not_have_is_not_the_best() -> None:
    without = replace(SECOND, baselines={"theta": SECOND.baselines["theta"]})
    found = record([FIRST, without])
    assert found.best_baseline == "theta"
    assert set(found.folds[0].baselines) == {"drift", "theta"}
    assert set(found.folds[1].baselines) == {"theta"}


def test_a_metric_that_a_fold_does_not_define_has_no_mean() -> None:
    """A naive forecast of a constant series has no errors."""
    constant = fold([5, 5, 5, 5], (6, 8), (7, 7), {"drift": (5, 5), "theta": (5, 6)})
    found = record([FIRST, constant], ("y", "mase"))
    assert ("mase" in found.folds[0].metrics, "mase" in found.folds[1].metrics) == (True, False)
    assert {"rmse"} <= set(found.mean) == set(found.spread)
    assert "mase" not in found.mean
    assert found.metric == "rmse"


def test_intervals_have_a_coverage() -> None:
    bounds = Bounds(np.array([[5.0, 5.0]]), np.array([[7.0, 7.0]]))
    intervals = ForecastIntervals({"y": TargetInterval(bounds, fitted_interval(9))})
    found = record([replace(each, intervals=intervals) for each in (FIRST, SECOND)])
    assert [each.metrics["coverage"] for each in found.folds] == [0.5, 0]
    assert found.mean["coverage"] == 0.25
    assert [step.metrics["coverage"] for step in found.folds[0].steps] == [1, 0]


def test_a_class_has_no_steps() -> None:
    numbers = np.array([0, 1, 0, 1])
    arrays: dict[str, Any] = {name: ({"x": numbers[:, None]}, {"kind": numbers}) for name in ("train", "test")}
    labels = TargetSpec(column=ClassLabels(columns=["kind"], encoding="integer", classes=["down", "up"]))
    data = processed_data(arrays, {"kind": labels}, Window(length=2, horizon=2))
    right, wrong = TargetPredictions(np.array([1])), TargetPredictions(np.array([0]))
    evaluation = ModelEvaluation({"kind": right}, {"kind": {"loss": 0.1, "accuracy": 1.0}}, {}, {})
    each = FoldPredictions(data, evaluation, {"shuffled": {"kind": wrong}, "majority": {"kind": right}}, NO_INTERVALS)
    found = record([each, each], ("y", "rmse"))
    assert (found.metric, found.best_baseline, found.mean) == ("accuracy", "majority", {"accuracy": 1.0})
    assert [fold.steps for fold in found.folds] == [[], []]


def test_without_folds_there_is_no_record() -> None:
    assert backtest_records([], ("y", "rmse")) == {}

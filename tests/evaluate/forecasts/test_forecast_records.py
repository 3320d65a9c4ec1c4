"""What is recorded of forecasts, from predictions that are known."""

from typing import Any

import numpy as np
import pytest

from stages.core.artefacts.processed import ProcessedData
from stages.core.artefacts.records.evaluation import ForecastInterval, ForecastRecord
from stages.evaluate.baselines.series.known_series import naive_errors_of_targets
from stages.evaluate.forecasts.forecast_intervals import NO_INTERVALS, ForecastIntervals, TargetInterval
from stages.evaluate.forecasts.forecast_records import forecast_records
from stages.evaluate.target_predictions import TargetPredictions
from stages.inference.intervals.bounds import Bounds
from tests.evaluate.processed_examples import class_and_value
from tests.evaluate.series_examples import forecasts
from tests.inference.intervals.example_intervals import fitted_interval

ROWS = np.arange(100) + np.random.default_rng(0).normal(scale=0.1, size=100)
DATA = forecasts({"a": ROWS, "b": -ROWS}, {"length": 4, "horizon": 3, "steps": "all"})
TRUTH = DATA.truth("test")["y"]
STEPS = np.repeat([1.0, 2, 3], 2)
ALTERNATING = np.where(np.arange(len(TRUTH)) % 2, 1.0, -1.0)[:, None]


def predictions(errors: Any, data: ProcessedData = DATA, split: str = "test") -> TargetPredictions:
    return TargetPredictions(data.truth(split)["y"] + errors, naive_errors=naive_errors_of_targets(data)["y"])


def record(
    model: TargetPredictions,
    baselines: dict[str, TargetPredictions],
    headline: tuple[str, str] = ("y", "rmse"),
    intervals: ForecastIntervals = NO_INTERVALS,
) -> ForecastRecord:
    by_target = {name: {"y": each} for name, each in baselines.items()}
    (found,) = forecast_records(DATA, "test", {"y": model}, by_target, headline, "drift", intervals).values()
    return found


def test_the_metrics_of_each_step_by_hand() -> None:
    """The errors grow with the step ahead; those of the baseline are twice as large."""
    found = record(predictions(STEPS * ALTERNATING), {"drift": predictions(2 * STEPS * ALTERNATING)})
    assert [(step.step, step.metrics["mae"], step.baseline["mae"]) for step in found.steps] == [
        (1, 1, 2),
        (2, 2, 4),
        (3, 3, 6),
    ]
    assert set(found.steps[0].metrics) == set(found.steps[0].baseline) == {"mse", "mae", "rmse", "r2", "mase", "smape"}
    naive = np.abs(np.diff(DATA.history("train", "y").values[:, 0])).mean()
    assert found.steps[2].metrics["mase"] == pytest.approx(3 / naive, rel=1e-5)


def test_the_last_step_alone() -> None:
    data = forecasts({"a": ROWS}, {"length": 4, "horizon": 3})
    model, baseline = (predictions(error, data) for error in (1.0, 2.0))
    (found,) = forecast_records(
        data, "test", {"y": model}, {"theta": {"y": baseline}}, ("y", "mae"), "theta", NO_INTERVALS
    ).values()
    assert [(step.step, step.metrics["mae"], step.baseline["mae"]) for step in found.steps] == [(3, 1, 2)]


def test_a_better_model_is_found_by_the_test() -> None:
    errors = np.random.default_rng(1).normal(size=TRUTH.shape)
    found = record(predictions(errors), {"drift": predictions(5 * errors + 1)}).diebold_mariano
    assert found is not None
    assert (found.baseline, found.loss, found.result) == ("drift", "squared", "better")
    assert found.statistic < 0
    assert found.p_value < 0.05
    swapped = record(predictions(5 * errors + 1), {"drift": predictions(errors)}, ("y", "mase")).diebold_mariano
    assert swapped is not None
    assert (swapped.loss, swapped.result) == ("absolute", "worse")


def test_a_target_without_the_headline_has_the_baseline_with_the_lowest_mean_absolute_error() -> None:
    """The drift is better by its squared errors."""
    errors = np.zeros(TRUTH.shape)
    errors[0] = 10
    found = record(predictions(2.0), {"drift": predictions(1.0), "persistence": predictions(errors)}, ("z", "rmse"))
    assert found.baseline == "persistence"
    assert found.steps[0].baseline["mae"] == pytest.approx(10 / len(TRUTH), rel=1e-5)
    assert found.diebold_mariano is not None
    assert (found.diebold_mariano.baseline, found.diebold_mariano.loss) == ("persistence", "absolute")


def test_an_interval_is_measured_for_all_steps_and_for_each() -> None:
    """It is 2 wide. At the last step, all truths are 1 above it: 2 / 0.2 = 10 for each."""
    lower = TRUTH - 1 - np.repeat([0.0, 0, 2], 2)
    interval = TargetInterval(Bounds(lower, lower + 2), fitted_interval(30))
    found = record(predictions(0.5), {"drift": predictions(1.0)}, intervals=ForecastIntervals({"y": interval}))
    assert found.interval == ForecastInterval(
        level=0.8, method="conformal", calibration_rows=30, coverage=0.666667, interval_score=5.33333
    )
    assert [step.metrics["coverage"] for step in found.steps] == [1, 1, 0]
    assert [step.metrics["interval_score"] for step in found.steps] == pytest.approx([2, 2, 12])
    assert "coverage" not in found.steps[0].baseline


def test_the_direction_is_that_of_the_change_since_the_last_known_value() -> None:
    """The first column rises and the second falls. Forecasts that are 10 too high are wrong for the second one."""
    found = record(predictions(10.0), {"drift": predictions(0.0)}).direction
    assert found is not None
    assert (found.samples, found.accuracy) == (TRUTH.size, 0.5)
    assert found.interval[0] < 0.5 < found.interval[1]


def test_what_is_left_out_has_a_reason() -> None:
    intervals = ForecastIntervals(left_out={"y": "there are no validation samples"})
    found = record(predictions(1.0), {"drift": predictions(2.0)}, intervals=intervals)
    assert (found.interval, found.diebold_mariano) == (None, None)
    assert found.left_out == {
        "interval": "there are no validation samples",
        "diebold_mariano": "the errors differ by the same amount in every sample",
    }


def test_a_value_that_never_moves_has_no_direction() -> None:
    data = forecasts({"a": np.r_[np.arange(70.0), np.full(30, 5.0)]}, {"length": 4, "horizon": 3})
    model = predictions(1.0, data)
    found = forecast_records(data, "test", {"y": model}, {"drift": {"y": model}}, ("y", "mae"), "drift", NO_INTERVALS)
    assert found["y"].direction is None
    assert found["y"].left_out == {"direction": "no true value differs from the last known one"}


def test_training_samples_have_no_test() -> None:
    model = predictions(1.0, split="train")
    found = forecast_records(DATA, "train", {"y": model}, {"drift": {"y": model}}, ("y", "mae"), "drift", NO_INTERVALS)
    assert found["y"].diebold_mariano is None
    assert "trained on the samples" in found["y"].left_out["diebold_mariano"]


def test_without_windows_there_are_no_forecasts() -> None:
    assert forecast_records(class_and_value(), "test", {}, {}, ("y", "mae"), "linear", NO_INTERVALS) == {}

"""What a Predictor gives beside the numbers, which tests/inference/test_equal_to_evaluate.py compares."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from stages.core.artefacts.processed import Fitted, InputSpec, TargetSpec
from stages.core.artefacts.records.evaluation import DecisionThreshold
from stages.core.columns.categories.class_labels import ClassLabels
from stages.core.columns.number_columns import NumberColumns
from stages.core.errors import UserError
from stages.inference.new_rows.raw_rows import RawRows
from stages.inference.new_rows.row_problems import UnusableRowsError
from stages.inference.output_settings import OutputSettings
from stages.inference.predictor import Predictor
from tests.evaluate.processed_examples import class_and_value
from tests.evaluate.series_examples import forecasts
from tests.inference.intervals.example_intervals import fitted_interval

SERIES = np.exp(np.random.default_rng(0).normal(scale=0.1, size=100).cumsum() + 3)
RELATIVE = [{"step": "relative_to_last"}]


def predictor(fitted: Fitted, outputs: Mapping[str, list[float]], **settings: Any) -> Predictor:
    """The model gives these outputs for every sample."""

    def run(inputs: Mapping[str, NDArray[Any]]) -> dict[str, NDArray[np.float32]]:
        samples = len(next(iter(inputs.values())))
        return {name: np.tile(np.array(values, np.float32), (samples, 1)) for name, values in outputs.items()}

    return Predictor(fitted, OutputSettings(**settings), run, batch=8)


def of_series(**settings: Any) -> Predictor:
    """Forecasts of the last known value and one more, of windows of 4 rows."""
    data = forecasts({"a": SERIES}, {"length": 4, "horizon": 2, "steps": "all"}, target_steps=RELATIVE)
    return predictor(data.fitted, {"y": [0, 1]}, **settings)


def rows(values: Any) -> RawRows:
    return RawRows({"a": np.asarray(values, np.float64)}, len(values))


def test_a_forecast_follows_the_last_row() -> None:
    times = np.datetime64("2024-02-20", "us") + np.arange(9) * np.timedelta64(1, "D")
    forecast = of_series().forecast(rows(range(9)), times)
    assert (forecast.steps, forecast.predictions["y"].predicted.tolist()) == (range(1, 3), [[8, 9]])
    assert forecast.times is not None
    assert forecast.times.astype("M8[D]").astype(str).tolist() == ["2024-02-29", "2024-03-01"]
    assert forecast.predictions["y"].lower is None


def test_one_step_ahead_has_one_time() -> None:
    data = forecasts({"a": SERIES}, {"length": 4, "horizon": 3}, target_steps=RELATIVE)
    times = np.array(["2024-01-01", "2024-02-01", "2024-03-01", "2024-04-01"], "M8[us]")
    forecast = predictor(data.fitted, {"y": [2]}).forecast(rows([1, 2, 3, 4]), times)
    assert (forecast.steps, forecast.predictions["y"].predicted.tolist()) == (range(3, 4), [[6]])
    assert forecast.times is not None
    assert forecast.times.astype("M8[D]").astype(str).tolist() == ["2024-07-01"]


@pytest.mark.parametrize("times", [None, np.array(["2024-01-01", "2024-01-02", "2024-02-01", "2024-07-01"], "M8[us]")])
def test_without_a_usual_step_a_forecast_has_no_times(times: Any) -> None:
    assert of_series().forecast(rows([1, 2, 3, 4]), times).times is None


def test_an_interval_around_a_forecast() -> None:
    """The changes before it are 1."""
    interval = fitted_interval(lower=[-1, -2], upper=[3, 4], recent_rows=6, smallest_scale=[0.1])
    settings = {"intervals": {"y": interval}}
    prediction = of_series(**settings).forecast(rows(range(9))).predictions["y"]
    assert prediction.lower is not None
    assert prediction.upper is not None
    assert (prediction.lower.tolist(), prediction.upper.tolist()) == ([[7, 7]], [[11, 13]])
    assert prediction.level == prediction[:1].level == interval.level
    everywhere = of_series(**settings).predict_windows(rows(range(9)))
    assert everywhere.origins.tolist() == [6, 7, 8]
    assert everywhere.predictions["y"].predicted[:, 0].tolist() == [6, 7, 8]


def test_a_forecast_from_each_row() -> None:
    found = of_series().predict_windows(rows(range(20)))
    assert found.origins.tolist() == [*range(3, 20)]
    assert found.predictions["y"].predicted.tolist() == [[n, n + 1] for n in range(3, 20)]


@pytest.mark.error_case("new rows")
@pytest.mark.parametrize(("recent_rows", "needed"), [(0, 4), (20, 21)])
def test_too_few_rows_for_a_forecast(recent_rows: int, needed: int) -> None:
    interval = fitted_interval(lower=[0, 0], upper=[0, 0], recent_rows=recent_rows, smallest_scale=[1])
    model = of_series(intervals={"y": interval})
    assert model.rows_needed == needed
    model.forecast(rows(range(needed)))
    with pytest.raises(UserError) as caught:
        model.forecast(rows(range(needed - 1)))
    assert str(caught.value) == (
        f"a forecast needs the last {needed} rows of the series; received {needed - 1}; give it more rows"
    )


def test_steps_need_rows_before_those_of_the_window() -> None:
    data = forecasts({"a": SERIES}, {"length": 4}, steps=[{"step": "lags", "rows": [3]}], target_steps=RELATIVE)
    assert predictor(data.fitted, {"y": [0]}).rows_needed == 7


@pytest.mark.error_case("new rows")
def test_only_the_rows_that_a_forecast_needs_are_checked() -> None:
    model = of_series()
    model.forecast(rows([np.nan, 1, 2, 3, 4]))
    with pytest.raises(UnusableRowsError, match=r"^row 2: column a: received no value"):
        model.forecast(rows([1, np.nan, 2, 3, 4]))


def test_bounds_that_are_too_large_numbers_are_left_out() -> None:
    data = forecasts({"a": SERIES}, {"length": 4}, target_steps=[{"step": "log"}])
    interval = fitted_interval(lower=[-1e4], upper=[1e4])
    prediction = predictor(data.fitted, {"y": [1]}, intervals={"y": interval}).forecast(rows([1, 2, 3, 4]))
    np.testing.assert_allclose(prediction.predictions["y"].predicted, [[np.e]])
    assert prediction.predictions["y"].upper is None


def test_the_median_of_predicted_quantiles_is_the_prediction() -> None:
    data = forecasts({"a": SERIES}, {"length": 4}, target_steps=RELATIVE)
    model = predictor(data.fitted, {"y": [5, -1, 0]}, quantiles={"y": [0.1, 0.5, 0.9]})
    assert model.forecast(rows([1, 2, 3, 4])).predictions["y"].predicted.tolist() == [[4]]


@pytest.mark.parametrize(("threshold", "expected"), [(None, 0), (0.2, 1), (0.4, 0)])
def test_the_threshold_of_a_class(threshold: float | None, expected: int) -> None:
    """The positive class has a probability of 0.3."""
    fitted = class_and_value().fitted
    thresholds = {"kind": DecisionThreshold(value=threshold, positive="tulip")} if threshold else {}
    found = predictor(fitted, {"kind": [0.3], "y": [2]}, thresholds=thresholds).predict(RawRows({"x": np.ones(3)}, 3))
    assert found["kind"].predicted.tolist() == [expected] * 3
    assert found["kind"].probabilities is not None
    assert found["kind"].probabilities[0].tolist() == [np.float32(1) - np.float32(0.3), np.float32(0.3)]
    assert (found["y"].predicted.tolist(), found["y"].probabilities) == ([[2]] * 3, None)


def test_no_rows_have_no_predictions() -> None:
    found = predictor(class_and_value().fitted, {"kind": [0.3], "y": [2]}).predict(RawRows({"x": np.ones(0)}, 0))
    assert {name: prediction.predicted.shape for name, prediction in found.items()} == {"kind": (0,), "y": (0, 1)}


def test_more_rows_than_a_batch() -> None:
    found = predictor(class_and_value().fitted, {"kind": [0.3], "y": [2]}).predict(RawRows({"x": np.ones(50)}, 50))
    assert len(found["y"].predicted) == 50
    assert len(found["y"][np.array([3, 4])].predicted) == 2


def test_a_model_that_gives_no_number_is_no_prediction() -> None:
    """As the softmax of infinite values does."""
    targets = {"y": TargetSpec(column=ClassLabels(columns=["y"], encoding="one_hot", classes=["a", "b"]))}
    fitted = Fitted(inputs={"x": InputSpec(column=NumberColumns(columns=["a"]), shape=[1])}, targets=targets, splits={})
    with pytest.raises(UserError, match="target y: the model gives no number for 2 of 2 rows"):
        predictor(fitted, {"y": [np.nan, 0.5]}).predict(rows([1, 2]))

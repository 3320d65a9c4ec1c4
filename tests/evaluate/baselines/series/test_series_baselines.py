"""The forecasts of processed data."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stages.core.artefacts.processed import ProcessedData
from stages.core.artefacts.records.evaluation import BaselineFit
from stages.evaluate.baselines.series.forecast_not_possible import ForecastNotPossibleError
from stages.evaluate.baselines.series.series_baselines import series_baseline_predictions
from stages.evaluate.params import SERIES_BASELINES, SeriesBaseline
from tests.evaluate.processed_examples import STANDARD, series
from tests.evaluate.series_examples import forecasts

WALK = 50 + np.cumsum(np.random.default_rng(0).normal(size=100)) + 9 * np.sin(np.arange(100) * np.pi / 3)
WINDOW = {"length": 4, "horizon": 3, "steps": "all", "season": 6}
# The first training window has fewer rows than a season.
SHORT = ("seasonal_naive", "train")


def predicted(name: SeriesBaseline, data: ProcessedData, split: str = "test") -> Any:
    return series_baseline_predictions(name, "y", data, split).values


def test_persistence_predicts_the_last_value_of_the_window() -> None:
    data = series({"train": [0, 1], "test": [1, 2, 4, 8, 16, 32]}, length=2, horizon=1)
    assert data.truth("test")["y"].ravel().tolist() == [4, 8, 16, 32]
    assert predicted("persistence", data).ravel().tolist() == [2, 4, 8, 16]


def test_persistence_three_steps_ahead() -> None:
    data = series({"train": [0, 1], "test": [1, 2, 4, 8, 16, 32]}, length=2, horizon=3)
    assert data.truth("test")["y"].ravel().tolist() == [16, 32]
    assert predicted("persistence", data).ravel().tolist() == [2, 4]


def test_persistence_follows_the_stride_of_the_windows() -> None:
    data = series({"train": [0, 1], "test": [1, 2, 4, 8, 16, 32]}, length=1, horizon=2, stride=2)
    assert data.truth("test")["y"].ravel().tolist() == [4, 16]
    assert predicted("persistence", data).ravel().tolist() == [1, 4]


def test_forecasts_are_in_the_targets_own_unit() -> None:
    data = series({"train": [0, 1], "test": [1, 2, 4, 8]}, length=2, horizon=1, steps=[STANDARD])
    assert data.targets("test")["y"].ravel().tolist() == [-3, -1]
    assert predicted("persistence", data).ravel().tolist() == [2, 4]


def test_drift_and_seasonal_naive_know_the_rows_before_the_split() -> None:
    """Row 79 is the first origin. From row 0 on, the values rise by 1, and every sixth is 6 more."""
    values = np.arange(100) + 6 * (np.arange(100) % 6 == 0)
    data = forecasts({"a": values}, WINDOW)
    change = (79 - 6) / 79
    np.testing.assert_allclose(predicted("drift", data)[0], 79 + change * np.arange(1, 4))
    assert predicted("seasonal_naive", data)[0].tolist() == [74, 75, 76]
    assert predicted("seasonal_naive", data)[4].tolist() == [84, 79, 80], "row 84 follows row 78, which is 6 more"


def test_each_baseline_has_the_shape_of_the_truth() -> None:
    for window in (WINDOW, WINDOW | {"steps": "last", "stride": 4}):
        data = forecasts({"a": WALK, "b": -WALK}, window, target_steps=[{"step": "relative_to_last"}])
        for split in ("train", "validation", "test"):
            found = [predicted(name, data, split).shape for name in SERIES_BASELINES if (name, split) != SHORT]
            assert set(found) == {data.truth(split)["y"].shape}


def test_a_season_that_is_longer_than_the_first_known_rows() -> None:
    with pytest.raises(ForecastNotPossibleError, match="6 rows, and the first forecast has 4 known rows"):
        predicted("seasonal_naive", forecasts({"a": WALK}, WINDOW), "train")


def test_theta_has_a_fit_that_converged() -> None:
    found = series_baseline_predictions("theta", "y", forecasts({"a": WALK}, WINDOW), "test")
    assert found.fit == BaselineFit(baseline="theta", target="y", converged=True)
    assert series_baseline_predictions("drift", "y", forecasts({"a": WALK}, WINDOW), "test").fit is None


def test_theta_and_seasonal_naive_beat_persistence_on_a_seasonal_walk() -> None:
    data = forecasts({"a": WALK}, WINDOW)
    truth = data.truth("test")["y"]
    errors = {name: np.abs(predicted(name, data) - truth).mean() for name in SERIES_BASELINES}
    assert max(errors["theta"], errors["seasonal_naive"]) < min(errors["persistence"], errors["drift"])


@settings(deadline=None, derandomize=True, max_examples=15)
@given(name=st.sampled_from(SERIES_BASELINES), row=st.integers(80, 98), value=st.floats(-1e3, 1e3))
def test_a_value_after_the_origin_changes_no_forecast(name: SeriesBaseline, row: int, value: float) -> None:
    """Row 79 is the first origin of the test rows."""
    changed = WALK.copy()
    changed[row + 1 :] = value
    before, after = (predicted(name, forecasts({"a": values}, WINDOW)) for values in (WALK, changed))
    np.testing.assert_array_equal(before[: row - 78], after[: row - 78])

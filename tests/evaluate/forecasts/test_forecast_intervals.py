"""Intervals of processed data, from outputs of a model that are known."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from stages.core.artefacts.processed import ProcessedData
from stages.core.artefacts.row_numbers import as_array
from stages.evaluate.forecasts.forecast_intervals import ForecastIntervals, forecast_intervals
from stages.evaluate.params import Evaluate
from tests.evaluate.processed_examples import classes, values
from tests.evaluate.series_examples import SPLIT, forecasts

WINDOW: dict[str, Any] = {"length": 4, "horizon": 2, "steps": "all"}
WALK = np.exp(np.cumsum(np.random.default_rng(0).normal(scale=0.1, size=100)) + 3)
QUANTILES = {"y": [0.1, 0.5, 0.9]}


def outputs(*numbers: float) -> Callable[[str], dict[str, Any]]:
    """The same outputs for all samples."""
    return lambda split: {"y": np.tile(np.array(numbers, np.float32), (9 if split == "validation" else 19, 1))}


def intervals(
    data: ProcessedData, outputs: Callable[[str], Any], refit: bool = False, quantiles: Any = None, **params: Any
) -> ForecastIntervals:
    chosen = Evaluate.model_validate({"headline": "mae", **params})
    return forecast_intervals(chosen, data, refit, quantiles or {}, outputs)


def relative(**params: Any) -> ProcessedData:
    """An output of 0 is a forecast of the last known value."""
    return forecasts({"a": WALK}, WINDOW, target_steps=[{"step": "relative_to_last"}], **params)


def mean_changes(data: ProcessedData, split: str, series: NDArray[np.float64] = WALK) -> NDArray[np.float64]:
    """Of the twenty rows before each forecast, which is the unit of its error."""
    origins = as_array(data.raw_row_numbers(split)) - WINDOW["horizon"]
    return np.array([[np.abs(np.diff(series[origin - 20 : origin + 1])).mean()] for origin in origins])


def test_each_step_ahead_has_the_errors_of_its_own() -> None:
    """Of 9 validation samples, an interval of 0.8 reaches from the lowest to the highest error."""
    data = relative()
    found = intervals(data, outputs(0, 0)).found["y"]
    history = data.history("validation", "y")
    errors = (data.truth("validation")["y"] - history.values[history.origins]) / mean_changes(data, "validation")
    last = data.history("test", "y").values[data.history("test", "y").origins]
    unit = mean_changes(data, "test")
    np.testing.assert_allclose(found.bounds.lower, last + unit * errors.min(axis=0), rtol=1e-6)
    np.testing.assert_allclose(found.bounds.upper, last + unit * errors.max(axis=0), rtol=1e-6)
    assert (found.fitted.level, found.fitted.method, found.fitted.calibration_rows) == (0.8, "conformal", 9)


def test_with_a_logarithm_the_errors_are_factors() -> None:
    data = forecasts({"a": WALK}, WINDOW, target_steps=[{"step": "log"}, {"step": "difference"}])
    found = intervals(data, outputs(0, 0)).found["y"]
    history = data.history("validation", "y")
    errors = np.log(data.truth("validation")["y"] / history.values[history.origins])
    errors /= mean_changes(data, "validation", np.log(WALK))
    unit = mean_changes(data, "test", np.log(WALK))
    last = data.history("test", "y").values[data.history("test", "y").origins]
    np.testing.assert_allclose(found.bounds.lower, last * np.exp(unit * errors.min(axis=0)), rtol=1e-6)
    np.testing.assert_allclose(found.bounds.upper, last * np.exp(unit * errors.max(axis=0)), rtol=1e-6)


def test_predicted_quantiles_are_moved() -> None:
    """The quantiles are -1, 0 and 1 around the last known value. With 9 samples the second largest distance counts."""
    data = relative()
    found = intervals(data, outputs(-1, -1, 0, 0, 1, 1), quantiles=QUANTILES).found["y"]
    history = data.history("validation", "y")
    distances = np.abs(data.truth("validation")["y"] - history.values[history.origins]) - 1
    moved = np.sort(distances / mean_changes(data, "validation"), axis=0)[7] * mean_changes(data, "test")
    last = data.history("test", "y").values[data.history("test", "y").origins]
    np.testing.assert_allclose(found.bounds.upper, last + 1 + moved, rtol=1e-6)
    np.testing.assert_allclose(found.bounds.lower, last - 1 - moved, rtol=1e-6)
    assert found.fitted.method == "conformal_quantiles"


def test_the_median_alone_has_the_interval_of_a_forecast() -> None:
    data, median = relative(), {"y": [0.5]}
    found, expected = intervals(data, outputs(0, 0), quantiles=median).found["y"], intervals(data, outputs(0, 0))
    np.testing.assert_array_equal(found.bounds.lower, expected.found["y"].bounds.lower)
    assert found.fitted.method == "conformal"


@pytest.mark.parametrize(
    ("split", "refit", "params", "reason"),
    [
        (SPLIT, True, {}, "trained on the validation samples"),
        (SPLIT | {"validation": 0}, False, {}, "no validation samples"),
        (SPLIT, False, {"split": "validation"}, "measured on the validation samples"),
        (SPLIT, False, {"split": "train"}, "measured on the training samples"),
        (SPLIT | {"validation": 9}, False, {}, "at least 9 validation samples, and there are 8"),
        (SPLIT, False, {"interval": 0.9}, "at least 19 validation samples, and there are 9"),
    ],
)
def test_an_interval_that_is_not_possible_has_a_reason(split: Any, refit: bool, params: Any, reason: str) -> None:
    data = relative(split=split)
    found = intervals(data, lambda name: {"y": np.zeros((data.sample_count(name), 2))}, refit, **params)
    assert not found.found
    assert reason in found.left_out["y"]


@pytest.mark.parametrize(
    ("data", "params"),
    [
        (relative(), {"interval": None}),
        (values({"train": ([[1]], [1]), "validation": ([[1]], [1]), "test": ([[1]], [1])}), {}),
        (classes({"train": [0], "validation": [1], "test": [2]}), {}),
    ],
    ids=["switched off", "no windows", "classes"],
)
def test_without_a_level_or_values_of_windows_nothing_is_left_out(data: ProcessedData, params: Any) -> None:
    assert intervals(data, outputs(), **params) == ForecastIntervals()


def test_bounds_that_are_infinite_when_a_logarithm_is_undone_are_left_out() -> None:
    data = forecasts({"a": WALK}, WINDOW, target_steps=[{"step": "log"}])
    validation, test = outputs(-900, -900), outputs(80, 80)
    found = intervals(data, lambda split: (validation if split == "validation" else test)(split))
    assert found.left_out == {"y": "its bounds are too large numbers in the unit of the series"}
    assert not found.found

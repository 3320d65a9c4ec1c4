"""Which baselines are computed, and which are left out with a reason."""

from typing import Any

import numpy as np
import pytest

from stages.core.artefacts.records.evaluation import BaselineFit, LeftOutBaseline
from stages.core.errors import UserError
from stages.evaluate.baselines.compute_baselines import ComputedBaselines, compute_baselines
from stages.evaluate.params import Evaluate
from tests.evaluate.processed_examples import class_and_value
from tests.evaluate.series_examples import forecasts

WAVE = 10 + np.sin(np.arange(100)) + np.arange(100) / 50
CONSTANT = np.r_[np.full(80, 3.0), np.arange(20)]
WINDOW = {"length": 4, "horizon": 2, "steps": "all", "season": 7}


def computed(data: Any, **params: Any) -> ComputedBaselines:
    return compute_baselines(Evaluate.model_validate({"headline": "mae", "fitted_baselines": [], **params}), data)


def test_all_baselines_of_forecasts_have_the_shape_of_the_truth() -> None:
    data = forecasts({"a": WAVE}, WINDOW, target_steps=[{"step": "difference"}, {"step": "standard"}])
    found = computed(data, fitted_baselines="auto")
    shapes = {name: by_target["y"].predicted.shape for name, by_target in found.predictions.items()}
    names = ["persistence", "drift", "seasonal_naive", "theta", "linear", "gradient_boosting"]
    assert shapes == dict.fromkeys(names, data.truth("test")["y"].shape)
    assert found.left_out == []
    assert found.fits[0] == BaselineFit(baseline="theta", target="y", converged=True)


@pytest.mark.parametrize("name", ["linear", "gradient_boosting"])
def test_fitted_baselines_learn_the_transformed_target(name: str) -> None:
    """A line goes on after the training rows. Its differences are constant, so that the forecasts are right."""
    data = forecasts({"a": np.arange(100.0)}, WINDOW, target_steps=[{"step": "difference"}])
    found = computed(data, baselines=["persistence"], fitted_baselines=[name]).predictions[name]["y"]
    np.testing.assert_allclose(found.predicted, data.truth("test")["y"], rtol=1e-4)


def test_a_constant_training_series_leaves_out_theta_alone() -> None:
    found = computed(forecasts({"a": CONSTANT}, WINDOW))
    assert set(found.predictions) == {"persistence", "drift", "seasonal_naive", "linear"}
    reason = "the training values are all the same"
    assert found.left_out == [LeftOutBaseline(baseline="theta", target="y", reason=reason)]


def test_each_target_has_reasons_of_its_own() -> None:
    data = forecasts({"a": WAVE, "b": CONSTANT}, WINDOW, targets={"wave": ["a"], "flat": ["b"]})
    found = computed(data)
    assert set(found.predictions["theta"]) == {"wave"}
    assert [(each.baseline, each.target) for each in found.left_out] == [("theta", "flat")]


def test_a_regression_of_logarithms_that_leaves_all_numbers_is_left_out() -> None:
    """The inputs of the test rows are so large that the regression of the logarithms gives more than 400."""
    rows = np.arange(100.0)
    series = {"a": np.exp(rows / 100), "jump": np.where(rows < 80, rows, 1e5)}
    data = forecasts(series, WINDOW, targets=["a"], inputs=["jump"], target_steps=[{"step": "log"}])
    found = computed(data)
    assert "linear" not in found.predictions
    reason = "its predictions are too large for 32 bits in the target's own unit"
    assert found.left_out == [LeftOutBaseline(baseline="linear", target="y", reason=reason)]


def test_a_target_whose_baselines_are_all_left_out_is_an_error() -> None:
    with pytest.raises(UserError) as caught:
        computed(forecasts({"a": CONSTANT}, WINDOW), baselines=["theta"])
    assert str(caught.value) == (
        "evaluate.baselines: none is possible for target y (theta: the training values are all the same); "
        "add persistence"
    )


def test_values_of_windows_have_the_errors_of_the_naive_forecast() -> None:
    data = forecasts({"a": WAVE}, WINDOW)
    expected = np.abs(WAVE[7:70] - WAVE[:63]).mean()
    for by_target in computed(data).predictions.values():
        (naive,) = np.asarray(by_target["y"].naive_errors)
        assert naive == pytest.approx(expected)
    for by_target in computed(class_and_value()).predictions.values():
        assert all(predicted.naive_errors is None for predicted in by_target.values())

"""The theta method against statsmodels at the end of the training rows, and by hand at later rows."""

import warnings
from typing import Any

import numpy as np
import pytest
from statsmodels.tools.sm_exceptions import ConvergenceWarning
from statsmodels.tsa.forecasting.theta import ThetaModel

from stages.evaluate.baselines.series import theta_forecast as module
from stages.evaluate.baselines.series.forecast_not_possible import ForecastNotPossibleError
from stages.evaluate.baselines.series.theta_forecast import (
    FittedTheta,
    fit_theta,
    forecast_column,
    theta_forecast,
)

WALK = np.cumsum(np.random.default_rng(0).normal(0.2, 1, 150)) + 60
SEASON = 12 * np.sin(np.arange(150) * 2 * np.pi / 12)


@pytest.mark.parametrize(
    ("training", "season"),
    [
        (WALK, None),
        (WALK + SEASON, 12),
        (WALK + SEASON, None),
        (WALK[:101] * (1 + SEASON[:101] / 50), 12),
        (-WALK - SEASON, 12),
        (WALK + SEASON - 60, 7),
        (WALK[:13] + SEASON[:13], 6),
    ],
)
def test_at_the_end_of_the_training_rows_it_is_the_forecast_of_statsmodels(training: Any, season: int | None) -> None:
    expected = ThetaModel(training, period=season, deseasonalize=season is not None).fit().forecast(25).to_numpy()
    later = np.concatenate([training, np.full(40, 1e3)])
    found = theta_forecast(later[:, None], np.array([len(training) - 1]), range(1, 26), season, training[:, None])
    np.testing.assert_allclose(found.values[0], expected, rtol=1e-9)
    assert found.converged


def test_the_season_is_removed_only_if_two_seasons_are_known() -> None:
    training = (WALK + SEASON)[:23]
    assert fit_theta(training, 12).season.tolist() == [1.0]
    assert len(fit_theta((WALK + SEASON)[:24], 12).season) == 12


def test_the_level_goes_on_over_later_rows() -> None:
    """With half of each value: levels 8, 8, 6 and 9. The trend lags by (1 - 1 / 2^n) / 0.5 after n rows."""
    theta = FittedTheta(alpha=0.5, trend=4.0, season=np.array([1.0]), multiplicative=True, converged=True)
    found = forecast_column(theta, np.array([8.0, 8, 4, 12]), np.array([0, 2, 3]), range(1, 3))
    expected = [[8 + 2 * 1, 8 + 2 * 2.0], [6 + 2 * 1.75, 6 + 2 * 2.75], [9 + 2 * 1.875, 9 + 2 * 2.875]]
    assert found.tolist() == expected


@pytest.mark.parametrize(
    ("multiplicative", "values", "expected"), [(True, [14.0, 21, 7], [14, 21]), (False, [13.0, 14, 12], [13, 14])]
)
def test_the_season_of_later_rows(multiplicative: bool, values: list[float], expected: list[float]) -> None:
    """Without the season, all values are 7 or 11. Rows 3 and 4 are the first and the second of a season of three."""
    season = np.array([2.0, 3, 1])
    theta = FittedTheta(alpha=0.5, trend=0.0, season=season, multiplicative=multiplicative, converged=True)
    np.testing.assert_allclose(forecast_column(theta, np.array(values), np.array([2]), range(1, 3)), [expected])


def test_the_season_of_a_series_that_begins_after_the_training_rows() -> None:
    """Row 0 is row 4 after the first training row: the second row of a season of three."""
    theta = FittedTheta(alpha=0.5, trend=0.0, season=np.array([1.0, 2, 3]), multiplicative=True, converged=True)
    np.testing.assert_allclose(
        forecast_column(theta, np.array([20.0, 30, 10]), np.array([0, 2]), range(1, 4), first_row=4),
        [[30, 10, 20], [20, 30, 10]],
    )


def test_each_column_has_a_fit_of_its_own() -> None:
    columns = np.column_stack([WALK, -2 * WALK])
    both = theta_forecast(columns, np.array([120, 149]), range(1, 4), None, columns[:100]).values
    one = theta_forecast(columns[:, :1], np.array([120, 149]), range(1, 4), None, columns[:100, :1]).values
    assert both.shape == (2, 6)
    np.testing.assert_allclose(both[:, 0::2], one)
    np.testing.assert_allclose(both[:, 1::2], -2 * one, rtol=1e-3)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    ("training", "reason"),
    [
        ([1.0, 2, 3], "it needs 4 training rows, and there are 3"),
        ([5.0] * 40, "the training values are all the same"),
        ([0.0] * 40, "the training values are all the same"),
        ([1.0, 5, 2, 9] * 20, "without the season, the training values are all the same"),
        ([-9.0, -5, -8, -1] * 20, "without the season, the training values are all the same"),
    ],
)
def test_a_series_without_a_fit_has_a_reason_and_no_warning(training: list[float], reason: str) -> None:
    with pytest.raises(ForecastNotPossibleError, match=reason):
        fit_theta(np.array(training), 4)


def test_a_very_long_series_is_not_fitted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_VALUES", 149)
    with pytest.raises(ForecastNotPossibleError, match="at most 149 training values, and these are 150"):
        theta_forecast(WALK[:, None], np.array([149]), range(1, 2), None, WALK[:, None])


def test_a_fit_that_does_not_converge_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    fit = ThetaModel.fit

    def warn_and_fit(model: Any) -> Any:
        warnings.warn("Maximum Likelihood optimization failed to converge.", ConvergenceWarning, stacklevel=1)
        return fit(model)

    monkeypatch.setattr(ThetaModel, "fit", warn_and_fit)
    assert not fit_theta(WALK, None).converged

"""The theta method of Assimakopoulos and Nikolopoulos (2000), which won the M3 competition.

statsmodels fits it once, on the training series: the smoothing parameter, the trend, and the season. Its level then
goes on over the later rows, so that the forecast of each origin knows all rows up to it and no later one. statsmodels
and SciPy are imported where they are used: that takes two seconds.
"""

import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from stages.evaluate.baselines.series.forecast_not_possible import ForecastNotPossibleError
from stages.evaluate.baselines.series.naive_forecasts import Origins, Values

MIN_ROWS = 4
# Fitting takes about four seconds for each 100,000 values.
MAX_VALUES = 500_000
# Values that differ by less than this share of their size are equal but for rounding.
ROUNDING = 1e-12


@dataclass(frozen=True)
class FittedTheta:
    """What is fitted to one column. `season` has the factor or the summand of each row of a season."""

    alpha: float
    trend: float
    season: Values
    multiplicative: bool
    converged: bool

    def seasonal(self, rows: Origins) -> Values:
        """The factors or summands of some rows, which are numbered from the first training row."""
        return self.season[rows % len(self.season)]

    def remove_season(self, values: Values, rows: Origins) -> Values:
        return values / self.seasonal(rows) if self.multiplicative else values - self.seasonal(rows)

    def add_season(self, values: Values, rows: Origins) -> Values:
        return values * self.seasonal(rows) if self.multiplicative else values + self.seasonal(rows)


class ThetaForecast(NamedTuple):
    values: Values
    converged: bool


def theta_forecast(
    values: Values,
    origins: Origins,
    steps_ahead: Sequence[int],
    season: int | None,
    training: Values,
    first_row: int = 0,
) -> ThetaForecast:
    """`first_row` is the number of the first row of `values`, counted from the first training row."""
    if training.size > MAX_VALUES:
        raise ForecastNotPossibleError(
            f"it is fitted to at most {MAX_VALUES:,} training values, and these are {training.size:,}"
        )
    models = [fit_theta(column, season) for column in training.T]
    forecasts = [
        forecast_column(model, column, origins, steps_ahead, first_row)
        for model, column in zip(models, values.T, strict=True)
    ]
    return ThetaForecast(
        np.stack(forecasts, axis=2).reshape(len(origins), -1), all(model.converged for model in models)
    )


def fit_theta(training: Values, season: int | None) -> FittedTheta:
    """The season is removed if two seasons are known and statsmodels' test finds that it matters (10% level).

    It is multiplicative if all training values are positive, else additive.
    """
    if len(training) < MIN_ROWS:
        raise ForecastNotPossibleError(f"it needs {MIN_ROWS} training rows, and there are {len(training)}")
    if _is_constant(training):
        raise ForecastNotPossibleError("the training values are all the same")

    from statsmodels.tools.sm_exceptions import ConvergenceWarning
    from statsmodels.tsa.forecasting.theta import ThetaModel

    period = season if season is not None and len(training) >= 2 * season else None
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model = ThetaModel(training, period=period, deseasonalize=period is not None)
        fitted = model.fit()
        components = fitted.forecast_components(period or 1)
    converged = not any(issubclass(each.category, ConvergenceWarning) for each in caught)
    # The components of the rows after the training rows; the first of them is in the middle of a season.
    seasonal = np.roll(components["seasonal"].to_numpy(np.float64), len(training) % (period or 1))
    theta = FittedTheta(
        alpha=float(fitted.params["alpha"]),
        trend=float(fitted.params["b0"]),
        season=seasonal,
        multiplicative=not model.method.startswith("add"),
        converged=converged,
    )
    # statsmodels finds a wrong trend for a constant series: it adds no column of ones beside it.
    if _is_constant(theta.remove_season(training, np.arange(len(training)))):
        raise ForecastNotPossibleError("without the season, the training values are all the same")
    if not np.isfinite([theta.alpha, theta.trend, *theta.season]).all():
        raise ForecastNotPossibleError("the fit to the training values gave no numbers")
    return theta


def forecast_column(
    theta: FittedTheta, values: Values, origins: Origins, steps_ahead: Sequence[int], first_row: int = 0
) -> Values:
    """The forecasts of one column: a matrix of samples and steps."""
    from scipy.signal import lfilter

    level = theta.remove_season(values, first_row + np.arange(len(values)))
    # Exponential smoothing that starts at the first value: level[n] = alpha * value[n] + (1 - alpha) * level[n - 1].
    decay = 1 - theta.alpha
    level, _ = lfilter([theta.alpha], [1.0, -decay], level, zi=[decay * level[0]])
    steps = np.asarray(steps_ahead, np.int64)
    known = np.asarray(origins, np.int64)[:, None] + 1
    # How many rows the level lags behind a trend.
    lag = (1 - decay**known) / theta.alpha
    forecast = level[origins][:, None] + theta.trend / 2 * (steps - 1 + lag)
    return theta.add_season(forecast, first_row + known - 1 + steps)


def _is_constant(values: Values) -> bool:
    return bool(np.ptp(values) <= ROUNDING * np.max(np.abs(values)))

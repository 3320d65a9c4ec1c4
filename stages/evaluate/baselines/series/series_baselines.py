"""The baselines that predict the values of windows from the series alone."""

from typing import NamedTuple, assert_never

from stages.core.artefacts.processed import ProcessedData
from stages.core.artefacts.records.evaluation import BaselineFit
from stages.evaluate.baselines.series.forecast_not_possible import ForecastNotPossibleError
from stages.evaluate.baselines.series.known_series import known_series
from stages.evaluate.baselines.series.naive_forecasts import (
    Values,
    drift_forecast,
    persistence_forecast,
    seasonal_naive_forecast,
)
from stages.evaluate.baselines.series.theta_forecast import theta_forecast
from stages.evaluate.params import SeriesBaseline


class SeriesPredictions(NamedTuple):
    """Values in the target's own unit; `fit` is None for a baseline without parameters."""

    values: Values
    fit: BaselineFit | None = None


def series_baseline_predictions(
    name: SeriesBaseline, target: str, processed: ProcessedData, split: str
) -> SeriesPredictions:
    """Raises ForecastNotPossibleError if the known rows do not allow forecasts."""
    window, series = processed.fitted.window, known_series(processed, split, target)
    assert window is not None
    match name:
        case "persistence":
            return SeriesPredictions(persistence_forecast(series.values, series.origins, window.steps_ahead))
        case "drift":
            return SeriesPredictions(drift_forecast(series.values, series.origins, window.steps_ahead, series.earlier))
        case "seasonal_naive":
            if window.season is None:
                raise ForecastNotPossibleError("preprocess.window has no season")
            return SeriesPredictions(
                seasonal_naive_forecast(series.values, series.origins, window.steps_ahead, window.season)
            )
        case "theta":
            found = theta_forecast(
                series.values, series.origins, window.steps_ahead, window.season, series.training, series.first_row
            )
            return SeriesPredictions(
                found.values, BaselineFit(baseline="theta", target=target, converged=found.converged)
            )
        case _:
            assert_never(name)

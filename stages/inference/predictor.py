"""Predictions of new rows with a trained model."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import Fitted, ProcessedData, TargetSpec
from stages.core.columns.series.forecast_inverse import SeriesHistory
from stages.core.errors import UserError
from stages.core.time_steps.times_ahead import times_ahead
from stages.core.time_steps.usual_time_step import Times, find_usual_step
from stages.inference.new_rows.raw_rows import RawRows
from stages.inference.new_rows.row_values import fill_gaps_forward
from stages.inference.new_rows.transform_rows import NEW_ROWS, rows_before, transform_filled_rows, transform_rows
from stages.inference.output_settings import OutputSettings
from stages.inference.predictions import (
    DEFAULT_THRESHOLD,
    forecasts_by_quantile,
    median_outputs,
    predicted_classes,
    predictions_from_outputs,
)
from stages.inference.row_checks.time_order import check_time_order
from stages.inference.run_model import RunModel, outputs_of_split

Outputs = Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True)
class TargetPrediction:
    """What is predicted of one target, a row for each row.

    `predicted` holds class numbers, or values in the target's own unit, with a column for each column and step ahead.
    `probabilities` has a column for each class; it is None for values. `lower` and `upper` are the bounds of the
    interval, where the target has one, which should hold the share `level` of the values.
    """

    spec: TargetSpec
    predicted: NDArray[Any]
    probabilities: NDArray[np.float32] | None = None
    lower: NDArray[np.float64] | None = None
    upper: NDArray[np.float64] | None = None
    level: float | None = None

    def __getitem__(self, rows: slice | NDArray[np.int64]) -> "TargetPrediction":
        def taken(array: NDArray[Any] | None) -> NDArray[Any] | None:
            return None if array is None else array[rows]

        return replace(
            self,
            predicted=self.predicted[rows],
            probabilities=taken(self.probabilities),
            lower=taken(self.lower),
            upper=taken(self.upper),
        )


Predictions = Mapping[str, TargetPrediction]


@dataclass(frozen=True)
class Forecast:
    """What is predicted of the rows after the last known one.

    The predictions have one row. `steps` says how many rows after the last known one they are, and `times` the time of
    each; it is None if the known rows have no usual step, or no times.
    """

    predictions: Predictions
    steps: range
    times: Times | None


@dataclass(frozen=True)
class WindowPredictions:
    """A forecast from each of several known rows: `origins` has the number of this row, from 0."""

    predictions: Predictions
    origins: NDArray[np.int64]


@dataclass(frozen=True)
class Predictor:
    """`run_model` takes at most `batch` samples at once."""

    fitted: Fitted
    settings: OutputSettings
    run_model: RunModel
    batch: int

    @property
    def rows_needed(self) -> int:
        """How many rows of a series a forecast needs, the last known one among them."""
        return rows_needed(self.fitted, self.settings)

    def predict(self, rows: RawRows) -> Predictions:
        """Predict rows of a table, pictures or texts. Raises UnusableRowsError for values that a column cannot take."""
        assert self.fitted.window is None
        processed = transform_rows(self.fitted, rows)
        return self._predictions(processed, self._outputs(processed))

    def forecast(self, rows: RawRows, times: Times | None = None) -> Forecast:
        """Predict the rows after the last one of a series, whose rows are in the order of time.

        Raises UserError if there are too few rows or if the times do not ascend, and UnusableRowsError for values that
        a column cannot take.
        """
        assert self.fitted.window is not None
        steps = self.fitted.window.steps_ahead
        if times is not None:
            check_time_order(times)
        predictions = self._predict_windows(rows, len(rows) - self.rows_needed).predictions
        usual = None if times is None else find_usual_step([times])
        return Forecast(predictions, steps, times_ahead(times, usual, steps) if times is not None and usual else None)

    def predict_windows(self, rows: RawRows) -> WindowPredictions:
        """A forecast from each row of a series that has enough rows before it."""
        return self._predict_windows(rows, 0)

    def _predict_windows(self, rows: RawRows, first: int) -> WindowPredictions:
        """`first` is the first row that is used."""
        assert self.fitted.window is not None
        if len(rows) < self.rows_needed:
            raise UserError(
                f"a forecast needs the last {self.rows_needed:,} rows of the series; received {len(rows):,}; give it "
                "more rows"
            )
        # Gaps are filled with the values of earlier rows.
        used = fill_gaps_forward(self.fitted, rows)[first:]
        processed = transform_filled_rows(self.fitted, used, first)
        outputs = self._outputs(processed)
        samples = processed.sample_count(NEW_ROWS)
        # The scale of an interval can need more rows than the model.
        chosen = np.arange(samples)[samples - (len(used) - self.rows_needed + 1) :]
        found = {
            name: self._with_bounds(name, prediction[chosen], processed, outputs[name], chosen)
            for name, prediction in self._predictions(processed, outputs).items()
        }
        return WindowPredictions(found, np.arange(first + self.rows_needed - 1, len(rows)))

    def _with_bounds(
        self,
        name: str,
        prediction: TargetPrediction,
        processed: ProcessedData,
        outputs: NDArray[np.float32],
        samples: NDArray[np.int64],
    ) -> TargetPrediction:
        """Without an interval where bounds are too large numbers in the unit of the series."""
        interval = self.settings.intervals.get(name)
        if interval is None:
            return prediction
        forecasts = forecasts_by_quantile(processed, name, NEW_ROWS, outputs, self.settings.quantiles.get(name))
        history = processed.history(NEW_ROWS, name)
        known = SeriesHistory(history.values, history.origins[samples])
        bounds = interval.bounds(prediction.spec, [values[samples] for values in forecasts], known)
        if not bounds.are_finite:
            return prediction
        return replace(prediction, lower=bounds.lower, upper=bounds.upper, level=interval.level)

    def _outputs(self, processed: ProcessedData) -> Outputs:
        return outputs_of_split(self.run_model, processed, NEW_ROWS, self.batch)

    def _predictions(self, processed: ProcessedData, outputs: Outputs) -> dict[str, TargetPrediction]:
        points = median_outputs(outputs, self.settings.quantiles)
        return {
            name: self._target_prediction(name, values)
            for name, values in predictions_from_outputs(processed, NEW_ROWS, points).items()
        }

    def _target_prediction(self, name: str, values: NDArray[Any]) -> TargetPrediction:
        """`values` are the probabilities of classes, or values in the target's own unit."""
        spec, threshold = self.fitted.targets[name], self.settings.thresholds.get(name)
        if spec.classes is None:
            return TargetPrediction(spec, values)
        if wrong := int((~np.isfinite(values)).any(axis=1).sum()):
            raise UserError(
                f"target {name}: the model gives no number for {wrong:,} of {len(values):,} rows; their values may be "
                "far outside those of the training rows"
            )
        if threshold is None:
            return TargetPrediction(spec, predicted_classes(values, DEFAULT_THRESHOLD), values)
        positive = spec.classes.index(threshold.positive)
        return TargetPrediction(spec, predicted_classes(values, threshold.value, positive), values)


def rows_needed(fitted: Fitted, settings: OutputSettings) -> int:
    """How many rows a prediction needs: 1, or of a series those of a window and of the scale of an interval.

    >>> rows_needed(Fitted(inputs={}, targets={}, splits={}), OutputSettings())
    1
    """
    if fitted.window is None:
        return 1
    recent = max((interval.recent_rows for interval in settings.intervals.values()), default=0)
    return max(rows_before(fitted) + fitted.window.length, recent + 1)

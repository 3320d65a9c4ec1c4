"""Predictions of new rows with a trained model."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import Fitted, TargetSpec
from stages.inference.output_settings import OutputSettings
from stages.inference.predictions import median_outputs, predictions_from_outputs
from stages.inference.raw_rows import RawRows
from stages.inference.run_model import RunModel, outputs_of_split
from stages.inference.transform_rows import NEW_ROWS, transform_rows


@dataclass(frozen=True)
class TargetPrediction:
    """What is predicted of one target, a row for each row.

    `predicted` holds class numbers, or values in the target's own unit, with a column for each column and step ahead.
    `probabilities` has a column for each class; it is None for values. `lower` and `upper` are the bounds of the
    interval, where the target has one.
    """

    spec: TargetSpec
    predicted: NDArray[Any]
    probabilities: NDArray[np.float32] | None = None
    lower: NDArray[np.float64] | None = None
    upper: NDArray[np.float64] | None = None


Predictions = Mapping[str, TargetPrediction]


@dataclass(frozen=True)
class Predictor:
    """`run_model` takes at most `batch` samples at once."""

    fitted: Fitted
    settings: OutputSettings
    run_model: RunModel
    batch: int

    def predict(self, rows: RawRows) -> Predictions:
        """Predict rows of a table, pictures or texts. Raises UserError for values that a column cannot take."""
        processed = transform_rows(self.fitted, rows)
        outputs = outputs_of_split(self.run_model, processed, NEW_ROWS, self.batch)
        points = median_outputs(outputs, self.settings.quantiles)
        return {
            name: self._target_prediction(name, values)
            for name, values in predictions_from_outputs(processed, NEW_ROWS, points).items()
        }

    def _target_prediction(self, name: str, values: NDArray[Any]) -> TargetPrediction:
        """`values` are the probabilities of classes, or values in the target's own unit."""
        spec = self.fitted.targets[name]
        if spec.classes is None:
            return TargetPrediction(spec, values)
        return TargetPrediction(spec, predicted_classes(spec, values, self.settings, name), values)


def predicted_classes(
    spec: TargetSpec, probabilities: NDArray[np.float32], settings: OutputSettings, name: str
) -> NDArray[np.int64]:
    """The number of the most probable class; with a threshold, the positive class if its probability is above it."""
    if name not in settings.thresholds:
        return np.argmax(probabilities, axis=1)
    assert spec.classes is not None
    threshold = settings.thresholds[name]
    positive = spec.classes.index(threshold.positive)
    numbers: NDArray[np.int64] = np.where(probabilities[:, positive] > threshold.value, positive, 1 - positive)
    return numbers

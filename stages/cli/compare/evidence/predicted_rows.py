"""The rows that a revision measured: truths and predictions of each target, from the files that evaluate wrote."""

from dataclasses import dataclass, field, replace
from functools import cached_property
from math import ceil
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from stages.cli.revisions.snapshot import Snapshot, UnavailableOutputError
from stages.core import paths
from stages.core.artefacts.processed import FITTED_FILE, TRAIN, Fitted, TargetSpec
from stages.core.artefacts.read_outputs import load_array
from stages.core.artefacts.records.evaluation import ClassesDetail, EvaluationRecord, PredictionDetails
from stages.core.artefacts.records.record import Record, short_validation_errors
from stages.evaluate.forecasts.interval_metrics import interval_score
from stages.evaluate.metrics.target_metrics import PROBABILITY_METRICS, metric_names, metric_value
from stages.evaluate.metrics.weighted_metrics import PREFIX
from stages.evaluate.target_predictions import TargetPredictions
from stages.inference.intervals.bounds import Bounds
from stages.report.recorded.read_predictions import read_table
from stages.report.recorded.recorded_predictions import Predictions

Array = NDArray[Any]
AnyRecord = TypeVar("AnyRecord", bound=Record)
INTERVAL_SCORE = "interval_score"


@dataclass(frozen=True)
class PredictedTarget:
    """`bounds` are those of the intervals of the forecasts, which hold the truth with a share of `level`."""

    spec: TargetSpec
    truth: Array
    predictions: TargetPredictions
    bounds: Bounds | None = None
    level: float = 0.0

    def take(self, samples: NDArray[np.int64]) -> "PredictedTarget":
        bounds = self.bounds
        return replace(
            self,
            truth=self.truth[samples],
            predictions=self.predictions.take(samples),
            bounds=None if bounds is None else Bounds(bounds.lower[samples], bounds.upper[samples]),
        )

    def has_metric(self, metric: str) -> bool:
        return (
            self.bounds is not None if metric == INTERVAL_SCORE else metric in metric_names(self.spec, self.predictions)
        )

    def measure(self, metric: str) -> float:
        """Raises UndefinedMetricError if these rows do not define the metric."""
        if metric != INTERVAL_SCORE:
            return metric_value(metric, self.spec, self.truth, self.predictions)
        assert self.bounds is not None
        return interval_score(self.truth, self.bounds, self.level)


@dataclass(frozen=True)
class PredictedRows:
    """`rows` is the raw row of each sample, that of its last step. `block` consecutive samples depend on each other.

    `block` is 0 for rows that the model was trained on.
    """

    snapshot: Snapshot
    key: str
    fitted: Fitted
    details: PredictionDetails
    predictions: Predictions
    _arrays: dict[Path, Array] = field(default_factory=dict)

    @property
    def block(self) -> int:
        if self.details.split == TRAIN:
            return 0
        window = self.fitted.window
        return ceil(window.span / window.stride) if window else 1

    @property
    def _steps(self) -> int:
        return len(self.fitted.window.steps_ahead) if self.fitted.window else 1

    @cached_property
    def rows(self) -> NDArray[np.int64]:
        return self.predictions.rows[self._steps - 1 :: self._steps]

    @cached_property
    def weights(self) -> Array | None:
        if self.fitted.weight is None:
            return None
        split = self.details.split
        weights = self._load(paths.processed_data(self.key) / split / "weights.npy")
        return weights[self.fitted.window.last_target_rows(len(weights))] if self.fitted.window else weights

    def target_of(self, name: str, metric: str) -> PredictedTarget:
        """The target with what the metric needs. Raises LookupError with the reason if it is not available."""
        target = self.target(name, with_probabilities=metric.removeprefix(PREFIX) in PROBABILITY_METRICS)
        if metric != INTERVAL_SCORE:
            return target
        evaluation = read_output_record(EvaluationRecord, self.snapshot, paths.evaluation(self.key))
        forecast = evaluation.forecasts.get(name)
        try:
            bounds = Bounds(*(self._values(target.spec, suffix) for suffix in ("lower", "upper")))
        except (KeyError, ValueError):
            raise damaged_predictions(self.snapshot) from None
        level = 0.0 if forecast is None or forecast.interval is None else forecast.interval.level
        return replace(target, bounds=bounds, level=level)

    def target(self, name: str, with_probabilities: bool) -> PredictedTarget:
        """Raises LookupError with the reason if a file is not available or damaged."""
        try:
            spec, detail = self.fitted.targets[name], self.details.targets[name]
            if isinstance(detail, ClassesDetail):
                return self._class_target(name, spec, detail, with_probabilities)
            arrays = [self._values(spec, suffix) for suffix in ("truth", "predicted")]
        except (KeyError, ValueError, OSError):
            raise damaged_predictions(self.snapshot) from None
        return PredictedTarget(spec, arrays[0], TargetPredictions(arrays[1], weights=self.weights))

    def _class_target(
        self, name: str, spec: TargetSpec, detail: ClassesDetail, with_probabilities: bool
    ) -> PredictedTarget:
        truth, predicted = (
            self.predictions.classes[f"{name}_{suffix}"].numbers.astype(np.int64) for suffix in ("truth", "predicted")
        )
        path = paths.predictions(self.key) / f"probabilities.{name}.npy"
        probabilities = self._load(path) if with_probabilities else None
        positive = None if detail.positive is None else detail.classes.index(detail.positive)
        return PredictedTarget(spec, truth, TargetPredictions(predicted, probabilities, self.weights, positive))

    def _values(self, spec: TargetSpec, suffix: str) -> Array:
        """A row for each sample, which has the columns of each step."""
        columns = [self.predictions.values[f"{column}_{suffix}"] for column in spec.columns]
        # A column alone needs no copy of it.
        values = columns[0] if len(columns) == 1 else np.stack(columns, axis=1)
        return values.reshape(-1, self._steps * len(columns))

    def _load(self, path: Path) -> Array:
        """Once for all metrics."""
        if path not in self._arrays:
            self._arrays[path] = load_array(self.snapshot.output(path))
        return self._arrays[path]


def read_predicted_rows(snapshot: Snapshot, key: str) -> PredictedRows:
    """Raises LookupError with the reason if a file is not available or damaged."""
    folder = paths.predictions(key)
    details = read_output_record(PredictionDetails, snapshot, folder / "details.json")
    fitted = read_output_record(Fitted, snapshot, paths.processed_data(key) / FITTED_FILE)
    path = snapshot.output(folder / "predictions.csv")
    try:
        predictions = read_table(path, details)
    except (ValueError, IndexError, KeyError, OSError):
        raise damaged_predictions(snapshot) from None
    return PredictedRows(snapshot, key, fitted, details, predictions)


def read_output_record(kind: type[AnyRecord], snapshot: Snapshot, path: Path) -> AnyRecord:
    """Raises LookupError with the reason if the file is not available, or this code cannot read it."""
    file = snapshot.output(path)
    try:
        with short_validation_errors():
            return kind.model_validate_json(file.read_bytes())
    except (OSError, ValueError) as error:
        raise UnavailableOutputError(path, f"cannot be read by this code ({error}; {snapshot.name})") from None


def damaged_predictions(snapshot: Snapshot) -> UnavailableOutputError:
    """Without the error's message: it could name a value of a private column."""
    return UnavailableOutputError(Path("data/predictions"), f"damaged or of another form ({snapshot.name})")

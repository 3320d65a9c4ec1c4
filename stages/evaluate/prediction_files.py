"""Writes the predictions: a table, probabilities of classes, and details for the page."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import ALL_SAMPLES, ProcessedData, TargetSpec
from stages.core.artefacts.records.evaluation import (
    CalibrationPart,
    ClassDetail,
    ClassesDetail,
    PredictionDetails,
    TargetDetail,
    ValuesDetail,
)
from stages.core.artefacts.records.record import write_record
from stages.core.artefacts.row_numbers import as_array
from stages.core.rounding import round_all, round_significant
from stages.evaluate.forecasts.forecast_intervals import NO_INTERVALS, ForecastIntervals
from stages.evaluate.metrics.class_metrics import confusion_matrix, per_class_metrics
from stages.evaluate.metrics.probability_metrics import UndefinedMetricError, calibration_bins
from stages.evaluate.target_predictions import TargetPredictions

Array = NDArray[Any]
# The lines of predictions.csv that are made at once: each takes about a thousand bytes of memory.
ROWS_AT_ONCE = 1 << 16


def write_predictions(
    folder: Path,
    processed: ProcessedData,
    split: str,
    predictions: Mapping[str, TargetPredictions],
    intervals: ForecastIntervals = NO_INTERVALS,
) -> None:
    """Predictions by target. The stored probability is that of the predicted class."""
    with (folder / "predictions.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        for start in range(0, samples := processed.sample_count(split), ROWS_AT_ONCE):
            block = slice(start, min(start + ROWS_AT_ONCE, samples))
            columns = prediction_columns(processed, split, predictions, intervals, block)
            if not start:
                writer.writerow(columns)
            writer.writerows(zip(*columns.values(), strict=True))
    write_record(folder / "details.json", prediction_details(processed, split, predictions))
    for name, target in processed.fitted.targets.items():
        if target.classes is not None:
            np.save(folder / f"probabilities.{name}.npy", _probabilities(predictions[name]))


def prediction_rows(
    processed: ProcessedData,
    split: str,
    predictions: Mapping[str, TargetPredictions],
    intervals: ForecastIntervals = NO_INTERVALS,
) -> list[list[object]]:
    """A header, then one row per sample, as in predictions.csv."""
    columns = prediction_columns(processed, split, predictions, intervals, ALL_SAMPLES)
    return [list(columns), *(list(row) for row in zip(*columns.values(), strict=True))]


def prediction_columns(
    processed: ProcessedData,
    split: str,
    predictions: Mapping[str, TargetPredictions],
    intervals: ForecastIntervals,
    samples: slice,
) -> dict[str, list[Any]]:
    """The columns of some samples: the numbers of the raw rows, the truth and the predictions.

    With forecasts of all steps ahead, there is a row per sample and step.
    """
    window = processed.fitted.window
    steps = len(window.steps_ahead) if window else 1
    # With several steps, the raw row of a sample is that of its last step.
    last_rows = as_array(processed.raw_row_numbers(split)[samples])
    rows = last_rows[:, None] - np.arange(steps - 1, -1, -1)
    columns: dict[str, list[Any]] = {"row": rows.ravel().tolist()}
    if window and steps > 1:
        columns["step"] = [*window.steps_ahead] * len(last_rows)
    for name, target in processed.fitted.targets.items():
        truth, predicted = processed.truth_of_target(split, name, samples), predictions[name].predicted[samples]
        if target.classes is None:
            for index, column in enumerate(target.columns):
                bounds = _bounds(intervals, name, samples)
                for suffix, values in [("truth", truth), ("predicted", predicted), *bounds]:
                    of_column = values.reshape(-1, len(target.columns))[:, index]
                    columns[f"{column}_{suffix}"] = round_all(of_column, 9)
        else:
            names = np.array(target.classes, object)
            for suffix, numbers in (("truth", truth), ("predicted", predicted)):
                columns[f"{name}_{suffix}"] = names[numbers].tolist()
            shares = _probabilities(predictions[name])[samples][np.arange(len(predicted)), predicted]
            columns[f"{name}_probability"] = round_all(shares)
    return columns


def _bounds(intervals: ForecastIntervals, target: str, samples: slice) -> list[tuple[str, Array]]:
    if target not in intervals.found:
        return []
    bounds = intervals.found[target].bounds
    return [("lower", bounds.lower[samples]), ("upper", bounds.upper[samples])]


def prediction_details(
    processed: ProcessedData, split: str, predictions: Mapping[str, TargetPredictions]
) -> PredictionDetails:
    truth = processed.truth(split)
    targets = {
        name: _target_detail(target, truth[name], predictions[name])
        for name, target in processed.fitted.targets.items()
    }
    return PredictionDetails(split=split, targets=targets)


def _target_detail(target: TargetSpec, truth: Array, predictions: TargetPredictions) -> TargetDetail:
    if target.classes is None:
        return ValuesDetail(columns=target.columns)
    matrix = confusion_matrix(truth, predictions.predicted, target.width)
    per_class = [
        ClassDetail(
            name=name,
            precision=round_significant(metrics.precision),
            recall=round_significant(metrics.recall),
            f1=round_significant(metrics.f1),
            support=metrics.support,
        )
        for name, metrics in zip(target.classes, per_class_metrics(matrix), strict=True)
    ]
    return ClassesDetail(
        classes=target.classes,
        confusion=matrix.tolist(),
        per_class=per_class,
        calibration=_calibration(truth, predictions),
        positive=None if predictions.positive is None else target.classes[predictions.positive],
    )


def _calibration(truth: Array, predictions: TargetPredictions) -> list[CalibrationPart]:
    """Empty if the outputs are not probabilities."""
    try:
        parts = calibration_bins(truth, _probabilities(predictions), predictions.positive)
    except UndefinedMetricError:
        return []
    return [
        CalibrationPart(
            samples=part.samples,
            mean_probability=round_significant(part.mean_probability),
            share_correct=round_significant(part.share_correct),
        )
        for part in parts
    ]


def _probabilities(predictions: TargetPredictions) -> Array:
    assert predictions.probabilities is not None
    return predictions.probabilities

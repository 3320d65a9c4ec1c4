"""What evaluate measured, and what a model answers to the raw rows of the same split."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.cli.predict.rows.series_as_new_rows import split_forecasts
from stages.cli.predict.rows.split_as_new_rows import ROW, split_blocks
from stages.core import paths
from stages.core.artefacts.processed import Fitted, ProcessedData, read_processed
from stages.core.artefacts.raw.raw_data import RawData, Table
from stages.core.artefacts.raw.raw_files import read_raw
from stages.core.artefacts.records.evaluation import EvaluationRecord
from stages.core.artefacts.records.record import read_record
from stages.core.artefacts.records.training import TrainingRecord
from stages.core.artefacts.row_numbers import as_array
from stages.core.errors import UserError
from stages.core.own_model.model_files import import_model_files
from stages.core.parameters.read_params import stage_params
from stages.evaluate.forecasts.forecast_intervals import ForecastIntervals, forecast_intervals
from stages.evaluate.params import Evaluate
from stages.evaluate.positive_class import positive_classes
from stages.evaluate.prediction_files import prediction_rows
from stages.evaluate.target_predictions import ModelEvaluation
from stages.inference.forecast_rows import row_for_each_step
from stages.inference.predictor import Predictions, Predictor, TargetPrediction
from stages.inference.serve.batching.joined_predictions import join_predictions

ARRAYS = ("predicted", "probabilities", "lower", "upper")


@dataclass(frozen=True)
class Answers:
    """The predictions of raw rows; a forecast has one row for each step ahead."""

    rows: NDArray[np.int64]
    predictions: Predictions

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, chosen: slice | NDArray[np.int64]) -> "Answers":
        return Answers(self.rows[chosen], {name: found[chosen] for name, found in self.predictions.items()})

    def save(self, path: Path) -> None:
        arrays: dict[str, Any] = {
            f"{target}.{name}": array
            for target, prediction in self.predictions.items()
            for name, array in arrays_of(prediction).items()
        }
        np.savez(path, allow_pickle=False, rows=self.rows, **arrays)

    @classmethod
    def load(cls, path: Path, fitted: Fitted) -> "Answers":
        with np.load(path, allow_pickle=False) as file:
            predictions = {
                target: TargetPrediction(
                    spec, **{name: file[f"{target}.{name}"] for name in ARRAYS if f"{target}.{name}" in file}
                )
                for target, spec in fitted.targets.items()
            }
            return cls(file["rows"], predictions)


def arrays_of(prediction: TargetPrediction) -> Mapping[str, NDArray[Any]]:
    found = {name: getattr(prediction, name) for name in ARRAYS}
    return {name: array for name, array in found.items() if array is not None}


@dataclass(frozen=True)
class MeasuredSplit:
    """The raw rows of a dataset, and the split of them that evaluate has measured."""

    key: str
    raw: RawData
    processed: ProcessedData
    split: str

    @classmethod
    def read(cls, key: str) -> "MeasuredSplit":
        split = read_record(EvaluationRecord, paths.evaluation(key), "evaluate", key).split
        return cls(key, read_raw(paths.raw_data(key)), read_processed(paths.processed_data(key)), split)

    def answers(self, predictor: Predictor) -> Answers:
        """Those of `restage predict KEY`, which is given the raw rows."""
        if self.processed.fitted.window is None:
            blocks = list(split_blocks(self.raw, self.processed, self.split))
            predictions = join_predictions([predictor.predict(block.rows) for block in blocks])
            return Answers(np.concatenate([block.carried[ROW] for block in blocks]), predictions)
        assert isinstance(self.raw, Table)
        forecasts = list(split_forecasts(predictor, self.raw, self.processed, self.split))
        numbers = np.concatenate([block.carried[ROW] for block, _ in forecasts])
        return Answers(numbers, join_predictions([predictions for _, predictions in forecasts]))

    def evaluated(self) -> Answers:
        """What evaluate computes from the processed data; it must be what is in the file that evaluate wrote.

        Keras must have been started.
        """
        evaluation, intervals = _evaluate(self)
        _check_written(self, evaluation, intervals)
        found = {}
        for name, spec in self.processed.fitted.targets.items():
            prediction = evaluation.predictions[name]
            answers = TargetPrediction(spec, prediction.predicted, prediction.probabilities)
            if interval := intervals.found.get(name):
                answers = replace(answers, lower=interval.bounds.lower, upper=interval.bounds.upper)
            found[name] = row_for_each_step(answers)
        return Answers(self.row_numbers, found)

    @property
    def row_numbers(self) -> NDArray[np.int64]:
        """Of a forecast, those of the rows that it predicts."""
        window = self.processed.fitted.window
        steps = len(window.steps_ahead) if window else 1
        last: NDArray[np.int64] = as_array(self.processed.raw_row_numbers(self.split))
        return (last[:, None] - np.arange(steps - 1, -1, -1)).ravel()


def _evaluate(measured: MeasuredSplit) -> tuple[ModelEvaluation, ForecastIntervals]:
    """As the stage does it."""
    from stages.evaluate.model_evaluation import evaluate_model
    from stages.inference.keras_model.keras_outputs import model_outputs
    from stages.inference.keras_model.load_model import load_model
    from stages.inference.keras_model.losses import loss_functions

    key, processed = measured.key, measured.processed
    params: Evaluate = stage_params(Evaluate, key, "evaluate")
    training = read_record(TrainingRecord, paths.model(key) / "training.json", "train", key)
    files, quantiles = import_model_files(paths.model_file_copies(key)), training.quantiles_by_target
    model = load_model(paths.model(key), model_files=files)
    losses, positive = loss_functions(training.loss, files, training.quantiles), positive_classes(params, processed)
    evaluation = evaluate_model(model, processed, measured.split, losses, params.threshold, positive, quantiles)
    outputs = partial(model_outputs, model, processed)
    return evaluation, forecast_intervals(params, processed, training.kept == "refit", quantiles, outputs)


def _check_written(measured: MeasuredSplit, evaluation: ModelEvaluation, intervals: ForecastIntervals) -> None:
    rows = prediction_rows(measured.processed, measured.split, evaluation.predictions, intervals)
    path = paths.predictions(measured.key) / "predictions.csv"
    if written_rows(path) != [[str(value) for value in row] for row in rows]:
        raise UserError(f"{path}: other predictions than evaluate's code makes now; run `restage run {measured.key}`")


def written_rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))

"""Everything that the stages wrote for one dataset."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core import paths
from stages.core.artefacts.processed import ProcessedData, read_processed
from stages.core.artefacts.raw_data import RawData
from stages.core.artefacts.raw_files import read_raw
from stages.core.artefacts.read_history import read_history
from stages.core.artefacts.read_outputs import load_array, read_csv_columns, reading_output_of
from stages.core.artefacts.records.evaluation import ClassesDetail, EvaluationRecord, PredictionDetails, TargetDetail
from stages.core.artefacts.records.record import read_record
from stages.core.artefacts.records.refreshed import NO_REFRESH, RefreshRecord, read_refresh_record
from stages.core.artefacts.records.training import TrainingRecord
from stages.core.artefacts.records.validation import ValidationRecord
from stages.core.errors import UserError
from stages.core.read_params import read_dataset_params, stage_params
from stages.report.params import Report


@dataclass(frozen=True)
class Predictions:
    """One entry per line of predictions.csv: `rows` are the numbers of the raw rows, `columns` hold text.

    With several steps ahead, a sample has one line for each step, and `steps` holds the step of each line; else it is
    empty. `probabilities` has an array for each target with classes.
    """

    split: str
    targets: Mapping[str, TargetDetail]
    rows: list[int]
    columns: Mapping[str, list[str]]
    probabilities: Mapping[str, NDArray[np.float32]]
    steps: Sequence[int] = ()

    @property
    def samples(self) -> int:
        return len(self.rows) // len(set(self.steps)) if self.steps else len(self.rows)

    def of_last_step(self) -> "Predictions":
        """One line for each sample: that of the last step ahead, which the classes of a sample belong to."""
        if not self.steps:
            return self
        lines = [line for line, step in enumerate(self.steps) if step == max(self.steps)]
        columns = {name: [texts[line] for line in lines] for name, texts in self.columns.items()}
        return replace(self, rows=[self.rows[line] for line in lines], columns=columns, steps=())

    def values(self, column: str) -> list[float]:
        return [float(text) for text in self.columns[column]]


@dataclass(frozen=True)
class DatasetResults:
    """`history` holds one list of values for each column of the training history.

    `parameters` are those of the six stages that every dataset has: the page does not depend on its export.
    """

    key: str
    report: Report
    parameters: Mapping[str, Any]
    raw: RawData
    processed: ProcessedData
    training: TrainingRecord
    history: Mapping[str, list[float]]
    evaluation: EvaluationRecord
    predictions: Predictions
    validation: ValidationRecord
    refreshed: RefreshRecord | None = None


def read_dataset_results(key: str) -> DatasetResults:
    return DatasetResults(
        key=key,
        report=stage_params(Report, key, "report"),
        parameters={name: section for name, section in read_dataset_params(key).items() if name != "export"},
        raw=read_raw(paths.raw_data(key)),
        processed=read_processed(paths.processed_data(key)),
        training=read_record(TrainingRecord, paths.model(key) / "training.json", "train", key),
        history=read_history(paths.history(key), key),
        evaluation=read_record(EvaluationRecord, paths.evaluation(key), "evaluate", key),
        predictions=read_predictions(paths.predictions(key), key),
        validation=read_record(ValidationRecord, paths.validation_result(key), "validate", key),
        refreshed=read_current_refresh(key),
    )


def read_current_refresh(key: str) -> RefreshRecord | None:
    """What `restage refresh` found when it pinned the present data; None if it did not, or rows are split otherwise."""
    file = paths.refresh_record_copy(key)
    if not file.is_file():
        raise UserError(f"{file}: not found; run `dvc repro guard`")
    if file.read_bytes() == NO_REFRESH.encode():
        return None
    record = read_refresh_record(file, "run `dvc repro --force guard`")
    sections = read_dataset_params(key)
    return record if record.is_of(sections["download"], sections["preprocess"]) else None


def read_predictions(folder: Path, key: str) -> Predictions:
    details = read_record(PredictionDetails, folder / "details.json", "evaluate", key)
    table = folder / "predictions.csv"
    with reading_output_of("evaluate", key, table, csv.Error, IndexError):
        columns = read_csv_columns(table)
        rows = [int(row) for row in columns.pop("row")]
        steps = [int(step) for step in columns.pop("step", [])]
    probabilities = {}
    for name, detail in details.targets.items():
        if isinstance(detail, ClassesDetail):
            path = folder / f"probabilities.{name}.npy"
            with reading_output_of("evaluate", key, path):
                probabilities[name] = load_array(path)
    predictions = Predictions(details.split, details.targets, rows, columns, probabilities, steps)
    with reading_output_of("evaluate", key, table):
        if any(len(array) != predictions.samples for array in probabilities.values()):
            raise ValueError(f"{predictions.samples} samples, but another number of probabilities")
    return predictions

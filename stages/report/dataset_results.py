"""Everything that the stages wrote for one dataset."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stages.core import paths
from stages.core.artefacts.history import read_history
from stages.core.artefacts.processed import ProcessedData, read_processed
from stages.core.artefacts.raw import RawData
from stages.core.artefacts.raw_files import read_raw
from stages.core.artefacts.records.evaluation import EvaluationRecord
from stages.core.artefacts.records.record import read_record
from stages.core.artefacts.records.training import TrainingRecord
from stages.core.artefacts.records.validation import ValidationRecord
from stages.core.params import read_dataset_params, stage_params
from stages.report.params import Report
from stages.report.read_predictions import Predictions, read_predictions


@dataclass(frozen=True)
class DatasetResults:
    """`history` holds one list of values for each column of the training history."""

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


def read_dataset_results(key: str) -> DatasetResults:
    return DatasetResults(
        key=key,
        report=stage_params(Report, key, "report"),
        parameters=read_dataset_params(key),
        raw=read_raw(paths.raw_data(key)),
        processed=read_processed(paths.processed_data(key)),
        training=read_record(TrainingRecord, paths.model(key) / "training.json", "train", key),
        history=read_history(paths.history(key), key),
        evaluation=read_record(EvaluationRecord, paths.evaluation(key), "evaluate", key),
        predictions=read_predictions(paths.predictions(key), key),
        validation=read_record(ValidationRecord, paths.validation_result(key), "validate", key),
    )

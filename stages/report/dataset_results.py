"""Everything that the stages wrote for one dataset."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from stages.core import paths
from stages.core.artefacts.processed import ProcessedData, read_processed
from stages.core.artefacts.raw.raw_data import RawData
from stages.core.artefacts.raw.raw_files import read_raw
from stages.core.artefacts.read_history import read_history
from stages.core.artefacts.records.evaluation import EvaluationRecord
from stages.core.artefacts.records.record import read_record
from stages.core.artefacts.records.refreshed import NO_REFRESH, RefreshRecord, read_refresh_record
from stages.core.artefacts.records.training import TrainingRecord
from stages.core.artefacts.records.validation import ValidationRecord
from stages.core.errors import UserError
from stages.core.parameters.read_params import read_dataset_params, stage_params
from stages.report.params import Report
from stages.report.recorded.read_predictions import read_predictions
from stages.report.recorded.recorded_predictions import Predictions


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

"""Everything that an export is made from: what the stages wrote for one dataset."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from stages.core import paths
from stages.core.artefacts.processed import FITTED_FILE, ProcessedData, read_processed
from stages.core.artefacts.profile import Profile, read_profile
from stages.core.artefacts.raw.raw_files import META, Meta, read_meta, sha256_of
from stages.core.artefacts.records.evaluation import EvaluationRecord
from stages.core.artefacts.records.record import read_record
from stages.core.artefacts.records.training import TrainingRecord
from stages.core.artefacts.records.validation import ValidationRecord
from stages.core.parameters.read_params import read_dataset_params, stage_params
from stages.export.params import Export
from stages.inference.output_settings import OUTPUT_SETTINGS_FILE, OutputSettings

KERAS_MODEL = "model.keras"


@dataclass(frozen=True)
class DatasetInputs:
    """`parameters` are those of all stages; `meta` describes the raw data, which are read when they are needed."""

    key: str
    params: Export
    parameters: Mapping[str, Mapping[str, Any]]
    meta: Meta
    profile: Profile
    processed: ProcessedData
    training: TrainingRecord
    settings: OutputSettings
    evaluation: EvaluationRecord
    validation: ValidationRecord


def read_dataset_inputs(key: str) -> DatasetInputs:
    return DatasetInputs(
        key=key,
        params=stage_params(Export, key, "export"),
        parameters=read_dataset_params(key),
        meta=read_meta(paths.raw_data(key)),
        profile=read_profile(paths.data_profile(key), f"run `dvc repro --force validate@{key}`"),
        processed=read_processed(paths.processed_data(key)),
        training=read_record(TrainingRecord, paths.model(key) / "training.json", "train", key),
        settings=read_record(OutputSettings, paths.predictions(key) / OUTPUT_SETTINGS_FILE, "evaluate", key),
        evaluation=read_record(EvaluationRecord, paths.evaluation(key), "evaluate", key),
        validation=read_record(ValidationRecord, paths.validation_result(key), "validate", key),
    )


def input_hashes(key: str) -> dict[str, str]:
    """The sha256 of the files that the export is made from. Those of the raw data are in their meta.json."""
    files = [
        paths.raw_data(key) / META,
        paths.processed_data(key) / FITTED_FILE,
        paths.model(key) / KERAS_MODEL,
        paths.predictions(key) / OUTPUT_SETTINGS_FILE,
        paths.evaluation(key),
        paths.validation_result(key),
        paths.data_profile(key),
    ]
    return {file.as_posix(): sha256_of(Path(file)) for file in files}

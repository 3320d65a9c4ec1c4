"""What the stages wrote for a dataset, each part read when it is first used. Readers raise UserError."""

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from stages.core import paths
from stages.core.artefacts.processed import FITTED_FILE, Fitted, ProcessedData, read_processed
from stages.core.artefacts.raw.raw_data import RawData
from stages.core.artefacts.raw.raw_files import read_raw
from stages.core.artefacts.read_history import read_history
from stages.core.artefacts.records.evaluation import EvaluationRecord
from stages.core.artefacts.records.record import read_record
from stages.core.artefacts.records.training import TrainingRecord
from stages.notebook.files.dataset_files import DatasetFiles
from stages.report.recorded.read_predictions import read_predictions
from stages.report.recorded.recorded_predictions import Predictions

TRAINING_FILE = "training.json"
Result = TypeVar("Result")


class DatasetResults:
    def __init__(self, key: str, files: DatasetFiles) -> None:
        self._key, self._files = key, files

    @cached_property
    def raw(self) -> RawData:
        return self._read(paths.raw_data(self._key), read_raw)

    @cached_property
    def processed(self) -> ProcessedData:
        return self._read(paths.processed_data(self._key), read_processed)

    @cached_property
    def fitted(self) -> Fitted:
        """Without the arrays of processed data."""
        folder = paths.processed_data(self._key)
        return self._read(folder, lambda found: read_record(Fitted, found / FITTED_FILE, "preprocess", self._key))

    @cached_property
    def training(self) -> TrainingRecord:
        folder = paths.model(self._key)
        return self._read(folder, lambda found: read_record(TrainingRecord, found / TRAINING_FILE, "train", self._key))

    @cached_property
    def history(self) -> dict[str, list[float]]:
        return self._read(paths.history(self._key), lambda found: read_history(found, self._key))

    @cached_property
    def evaluation(self) -> EvaluationRecord:
        file = paths.evaluation(self._key)
        return self._read(file, lambda found: read_record(EvaluationRecord, found, "evaluate", self._key))

    @cached_property
    def predictions(self) -> Predictions:
        return self._read(paths.predictions(self._key), lambda found: read_predictions(found, self._key))

    def _read(self, path: Path, read: Callable[[Path], Result]) -> Result:
        with self._files.explain_errors():
            return read(self._files.find(path))

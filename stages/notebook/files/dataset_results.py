"""What the stages wrote for a dataset, each part read when it is first used. Readers raise UserError."""

from functools import cached_property

from stages.core import paths
from stages.core.artefacts.processed import FITTED_FILE, Fitted, ProcessedData, read_processed
from stages.core.artefacts.raw_data import RawData
from stages.core.artefacts.raw_files import read_raw
from stages.core.artefacts.read_history import read_history
from stages.core.artefacts.records.evaluation import EvaluationRecord
from stages.core.artefacts.records.record import read_record
from stages.core.artefacts.records.training import TrainingRecord
from stages.notebook.files.dataset_files import DatasetFiles
from stages.report.dataset_results import Predictions, read_predictions


class DatasetResults:
    def __init__(self, key: str, files: DatasetFiles) -> None:
        self._key, self._files = key, files

    @cached_property
    def raw(self) -> RawData:
        return read_raw(self._files.find(paths.raw_data(self._key)))

    @cached_property
    def processed(self) -> ProcessedData:
        return read_processed(self._files.find(paths.processed_data(self._key)))

    @cached_property
    def fitted(self) -> Fitted:
        """Without the arrays of processed data."""
        path = self._files.find(paths.processed_data(self._key)) / FITTED_FILE
        return read_record(Fitted, path, "preprocess", self._key)

    @cached_property
    def training(self) -> TrainingRecord:
        path = self._files.find(paths.model(self._key)) / "training.json"
        return read_record(TrainingRecord, path, "train", self._key)

    @cached_property
    def history(self) -> dict[str, list[float]]:
        return read_history(self._files.find(paths.history(self._key)), self._key)

    @cached_property
    def evaluation(self) -> EvaluationRecord:
        return read_record(EvaluationRecord, self._files.find(paths.evaluation(self._key)), "evaluate", self._key)

    @cached_property
    def predictions(self) -> Predictions:
        return read_predictions(self._files.find(paths.predictions(self._key)), self._key)

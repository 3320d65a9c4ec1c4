"""What the two revisions recorded for a dataset: histories, predictions, and the raw rows that they are of.

Every function raises LookupError with a sentence that says what is not available.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from stages.cli.compare.comparison import DatasetComparison
from stages.cli.compare.page.rows.raw_rows import RawRows
from stages.cli.revisions.snapshot import Snapshot
from stages.core import paths
from stages.core.artefacts.processed import FITTED_FILE, Fitted
from stages.core.artefacts.raw_files import META, read_raw
from stages.core.artefacts.read_history import read_history
from stages.core.artefacts.records.evaluation import ClassesDetail, EvaluationRecord, PredictionDetails
from stages.core.artefacts.records.record import read_record
from stages.core.errors import UserError
from stages.report.dataset_results import Predictions, read_predictions
from stages.report.sections.training_section import History

# The stages whose results the predictions are made of.
_STAGES_BEFORE_PREDICTIONS = {"download", "preprocess", "train", "evaluate"}


def read_history_of(snapshot: Snapshot, key: str) -> History:
    path = paths.history(key)
    file = snapshot.output(path)
    try:
        return read_history(file, key)
    except UserError:
        raise _unreadable(path, snapshot) from None


def read_evaluation_of(snapshot: Snapshot, key: str) -> EvaluationRecord:
    path = paths.evaluation(key)
    file = snapshot.output(path)
    try:
        return read_record(EvaluationRecord, file, "evaluate", key)
    except UserError:
        raise _unreadable(path, snapshot) from None


def read_predictions_of(snapshot: Snapshot, key: str) -> Predictions:
    folder = paths.predictions(key)
    with TemporaryDirectory(prefix="restage-predictions-") as name:
        try:
            _link(snapshot, folder / "details.json", Path(name))
            details = read_record(PredictionDetails, Path(name) / "details.json", "evaluate", key)
            _link(snapshot, folder / "predictions.csv", Path(name))
            for target, detail in details.targets.items():
                if isinstance(detail, ClassesDetail):
                    _link(snapshot, folder / f"probabilities.{target}.npy", Path(name))
            return read_predictions(Path(name), key)
        except UserError:
            raise _unreadable(folder, snapshot) from None


def read_raw_rows(head: Snapshot, dataset: DatasetComparison) -> RawRows:
    """The rows that head predicted, from the working tree."""
    key = dataset.key
    stale = [stage for stage in dataset.stale if stage.partition("@")[0] in _STAGES_BEFORE_PREDICTIONS]
    if stale:
        raise LookupError(f"the predictions may be of other data: {', '.join(stale)} would run")
    folder = paths.raw_data(key)
    # It holds the SHA-256 of each file of the data.
    meta = head.output(folder / META)
    try:
        if (folder / META).read_bytes() != meta.read_bytes():
            raise LookupError(f"{folder} has other data than {head.name}")
    except FileNotFoundError:
        raise LookupError(f"{folder} is not in the working tree; `dvc pull {folder}` gets it") from None
    path = paths.processed_data(key) / FITTED_FILE
    fitted = head.output(path)
    try:
        return RawRows(read_raw(folder), read_record(Fitted, fitted, "preprocess", key))
    except UserError:
        raise LookupError(f"{folder} or {path} of {head.name} cannot be read") from None


def _link(snapshot: Snapshot, path: Path, folder: Path) -> None:
    (folder / path.name).symlink_to(snapshot.output(path).absolute())


def _unreadable(path: Path, snapshot: Snapshot) -> LookupError:
    return LookupError(f"{path} of {snapshot.name} cannot be read")

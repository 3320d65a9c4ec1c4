"""What the two revisions recorded for a dataset: histories, predictions, and the raw rows that they are of.

Every function raises UnavailableOutputError with the reason if a file is not available or cannot be read.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from stages.cli.compare.comparison import DatasetComparison
from stages.cli.compare.evidence.predicted_rows import read_output_record
from stages.cli.compare.page.rows.row_inputs import RawRows
from stages.cli.revisions.snapshot import Snapshot, UnavailableOutputError
from stages.core import paths
from stages.core.artefacts.processed import FITTED_FILE, Fitted
from stages.core.artefacts.raw.raw_files import META, read_raw
from stages.core.artefacts.read_history import read_history
from stages.core.artefacts.records.evaluation import ClassesDetail, EvaluationRecord, PredictionDetails
from stages.core.errors import UserError
from stages.report.recorded.read_predictions import read_predictions
from stages.report.recorded.recorded_predictions import Predictions
from stages.report.sections.training_section import History

# The stages whose results the predictions are made of.
_STAGES_BEFORE_PREDICTIONS = ("download", "preprocess", "train", "evaluate")


def read_history_of(snapshot: Snapshot, key: str) -> History:
    path = paths.history(key)
    file = snapshot.output(path)
    try:
        return read_history(file, key)
    except UserError:
        raise _unreadable(path, snapshot) from None


def read_evaluation_of(snapshot: Snapshot, key: str) -> EvaluationRecord:
    return read_output_record(EvaluationRecord, snapshot, paths.evaluation(key))


def read_predictions_of(snapshot: Snapshot, key: str) -> Predictions:
    folder = paths.predictions(key)
    details = read_output_record(PredictionDetails, snapshot, folder / "details.json")
    classes = [name for name, detail in details.targets.items() if isinstance(detail, ClassesDetail)]
    with TemporaryDirectory(prefix="restage-predictions-") as name:
        for file in ("details.json", "predictions.csv", *(f"probabilities.{target}.npy" for target in classes)):
            (Path(name) / file).symlink_to(snapshot.output(folder / file).absolute())
        try:
            return read_predictions(Path(name), key)
        except UserError:
            raise _unreadable(folder, snapshot) from None


def read_raw_rows(head: Snapshot, dataset: DatasetComparison) -> RawRows:
    """The rows that head predicted, from the working tree, if it has the same data."""
    key = dataset.key
    folder = paths.raw_data(key)
    stale = [stage for stage in dataset.stale if stage in _STAGES_BEFORE_PREDICTIONS]
    if stale:
        raise UnavailableOutputError(folder, f"may not be what was predicted, since {', '.join(stale)} would run")
    # It holds the SHA-256 of each file of the data.
    meta = head.output(folder / META).read_bytes()
    if not (folder / META).is_file():
        raise UnavailableOutputError(folder, f"not in the working tree; `dvc pull {folder}` gets it")
    if (folder / META).read_bytes() != meta:
        raise UnavailableOutputError(folder, f"other data than {head.name} has")
    fitted = read_output_record(Fitted, head, paths.processed_data(key) / FITTED_FILE)
    try:
        return RawRows(read_raw(folder), fitted)
    except UserError:
        raise _unreadable(folder, head) from None


def _unreadable(path: Path, snapshot: Snapshot) -> UnavailableOutputError:
    return UnavailableOutputError(path, f"cannot be read ({snapshot.name})")

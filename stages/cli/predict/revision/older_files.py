"""Files that older revisions do not have, made from those that they have."""

from pathlib import Path
from typing import TypeVar

from pydantic import ValidationError

from stages.core import paths
from stages.core.artefacts.processed import FITTED_FILE, Fitted
from stages.core.artefacts.records.evaluation import EvaluationRecord
from stages.core.artefacts.records.record import Record, short_validation_errors, write_record
from stages.core.artefacts.records.training import TrainingRecord
from stages.core.errors import ErrorList, UserError
from stages.core.own_model.model_files import PACKAGE_FILE, PACKAGE_TEXT
from stages.inference.output_settings import OUTPUT_SETTINGS_FILE, OutputSettings

AnyRecord = TypeVar("AnyRecord", bound=Record)


def complete_older_files(folder: Path, revision: str, key: str) -> None:
    """Raises UserError with all files that today's code cannot read."""
    errors = ErrorList()
    with errors.collect():
        _read(Fitted, folder, paths.processed_data(key) / FITTED_FILE, revision)
    settings = paths.predictions(key) / OUTPUT_SETTINGS_FILE
    with errors.collect():
        if (folder / settings).exists():
            _read(OutputSettings, folder, settings, revision)
        else:
            _write_settings(folder, revision, key)
    errors.raise_if_any()
    package_file = folder / paths.model_file_copies(key) / PACKAGE_FILE
    if not package_file.exists():
        package_file.parent.mkdir(parents=True, exist_ok=True)
        package_file.write_text(PACKAGE_TEXT, encoding="utf-8")


def lacks_intervals(folder: Path, key: str) -> bool:
    """Whether evaluate measured intervals of the forecasts that were not stored for new rows."""
    record = EvaluationRecord.model_validate_json((folder / paths.evaluation(key)).read_bytes())
    settings = OutputSettings.model_validate_json((folder / paths.predictions(key) / OUTPUT_SETTINGS_FILE).read_bytes())
    return any(found.interval is not None for found in record.forecasts.values()) and not settings.intervals


def _write_settings(folder: Path, revision: str, key: str) -> None:
    training = _read(TrainingRecord, folder, paths.model(key) / "training.json", revision)
    evaluation = _read(EvaluationRecord, folder, paths.evaluation(key), revision)
    path = folder / paths.predictions(key) / OUTPUT_SETTINGS_FILE
    path.parent.mkdir(parents=True, exist_ok=True)
    write_record(path, OutputSettings(quantiles=training.quantiles_by_target, thresholds=evaluation.thresholds))


def _read(kind: type[AnyRecord], folder: Path, path: Path, revision: str) -> AnyRecord:
    try:
        with short_validation_errors():
            return kind.model_validate_json((folder / path).read_bytes())
    except (OSError, ValueError, ValidationError) as error:
        reason = "not recorded" if isinstance(error, FileNotFoundError) else error
        raise UserError(
            f"--rev {revision}: {path} cannot be read by this code ({reason}); predict with the code of that revision: "
            f"`git worktree add ../{revision.replace('/', '-')} {revision}`"
        ) from None

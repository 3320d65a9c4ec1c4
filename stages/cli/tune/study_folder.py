"""Where studies are kept: a folder for each, and which one the dataset's last study was."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydantic import ValidationError

from stages.cli.tune.journal.study_identity import StudyIdentity
from stages.cli.tune.study import StudyResult
from stages.core.artefacts.records.record import write_record
from stages.core.errors import UserError, format_examples
from stages.core.files.atomic_write import explain_write_errors

STUDIES = Path(".dvc/tmp/restage/tune")
LAST = "last_study.json"
LOCK = "lock"
JOURNAL = "journal.jsonl"
RESULT = "result.json"


@contextmanager
def only_study_of(key: str) -> Iterator[None]:
    """Raise UserError if another process searches the parameters of this dataset in this clone."""
    lock = STUDIES / key / LOCK
    with explain_write_errors(lock):
        lock.parent.mkdir(parents=True, exist_ok=True)
        file = lock.open("a")
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UserError(
                f"{key}: another `restage tune {key}` runs in this clone; wait until it has ended"
            ) from None
        yield


def open_study_folder(key: str, identity: StudyIdentity) -> Path:
    """The folder of this study, which becomes the dataset's last one; says so if it is another than before."""
    folder, last = STUDIES / key / identity.folder_name, STUDIES / key / LAST
    before = _last_identity(last)
    if before is not None and before != identity:
        changed = format_examples(identity.changed_parts(before))
        known = (folder / JOURNAL).is_file()
        print(f"{key}: {changed} changed: {'the study that had these goes on' if known else 'a new study starts'}")
    folder.mkdir(parents=True, exist_ok=True)
    write_record(last, identity)
    return folder


def _last_identity(file: Path) -> StudyIdentity | None:
    try:
        return StudyIdentity.model_validate_json(file.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def read_result(folder: Path) -> StudyResult | None:
    """The result of the study, if it was finished before."""
    try:
        return StudyResult.model_validate_json((folder / RESULT).read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def last_study_folder(key: str) -> Path | None:
    """The folder of the dataset's last study; None if there was none."""
    identity = _last_identity(STUDIES / key / LAST)
    return None if identity is None else STUDIES / key / identity.folder_name

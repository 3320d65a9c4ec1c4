"""Restores a dvc.lock that a killed DVC left empty or cut off: DVC truncates the file before it writes it.

DVC then refuses every command. Each stage that DVC runs copies the file first, see `back_up_lock_file`. What finished
after the last copy is in DVC's run cache, so it does not run again.
"""

import hashlib
import subprocess
from collections.abc import Iterator

from dvc.schema import COMPILED_LOCKFILE_SCHEMA
from dvc.utils.serialize import YAMLError, parse_yaml
from voluptuous import Invalid

from stages.core.dvc.lock_file.lock_file import BACKUP, LOCK, check_merged
from stages.core.files.atomic_write import write_text

# The hash of the last dvc.lock that was found complete.
COMPLETE = BACKUP.with_name("complete_lock.txt")


def repair_lock_file() -> str | None:
    """Returns where the record was taken from, or None if dvc.lock is complete. The caller holds the repository's lock.

    Raises UserError if the file holds the conflicts of a merge.
    """
    if not LOCK.is_file() or _is_known_complete(LOCK.read_text(encoding="utf-8", errors="replace")):
        return None
    check_merged(LOCK)
    for source, text in _earlier_records():
        if is_complete(text):
            write_text(LOCK, text)
            return source
    LOCK.unlink()
    return "no earlier record"


def _is_known_complete(text: str) -> bool:
    """DVC's parser takes seconds for hundreds of datasets, so the same text is not parsed twice."""
    if COMPLETE.is_file() and COMPLETE.read_text(encoding="utf-8") == _digest(text):
        return True
    complete = is_complete(text)
    if complete:
        write_text(COMPLETE, _digest(text))
    return complete


def keep_complete() -> None:
    """The next repair need not parse the file: DVC has just read each entry in it."""
    write_text(COMPLETE, _digest(LOCK.read_text(encoding="utf-8")))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def is_complete(text: str) -> bool:
    """Whether DVC can read it, and its last line has an end."""
    try:
        COMPILED_LOCKFILE_SCHEMA(parse_yaml(text, str(LOCK)))
    except (YAMLError, Invalid):
        return False
    return text.endswith("\n")


def _earlier_records() -> Iterator[tuple[str, str]]:
    """The copy that the last stage made, then the file in the last commit, each with its name."""
    if BACKUP.is_file():
        yield str(BACKUP), BACKUP.read_text(encoding="utf-8", errors="replace")
    command = ["git", "show", f"HEAD:./{LOCK}"]
    committed = subprocess.run(command, capture_output=True, text=True, check=False)
    if committed.returncode == 0:
        yield "the last commit", committed.stdout

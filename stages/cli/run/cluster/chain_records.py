"""The records that travel to a worker: of what the stages that it runs read."""

from collections.abc import Collection, Iterable
from pathlib import Path

from stages.cli.run.plan import dataset_of
from stages.core.dvc.lock_file.lock_entries import LockText
from stages.core.dvc.lock_file.lock_file import LOCK


def chain_records(key: str, stages: Collection[str], tracked_files: Iterable[str] = ()) -> dict[str, str]:
    """The text of files by path: dvc.lock without these stages and without other datasets, and results in git."""
    lock = LockText.parse(LOCK.read_text(encoding="utf-8") if LOCK.is_file() else "")
    lock.entries = {
        name: entry for name, entry in lock.entries.items() if dataset_of(name) in (None, key) and name not in stages
    }
    committed = [name for name in tracked_files if Path(name).stem == key and Path(name).is_file()]
    return {str(LOCK): str(lock)} | {name: Path(name).read_text(encoding="utf-8") for name in committed}

"""Processed data of a large table, in files that the processes of a study on one machine share."""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from stages.core.artefacts.processed import ProcessedData, read_processed
from stages.core.files.atomic_write import explain_write_errors

# As many data sets may be on the disk. What is removed is still there for a process that has it open.
MAX_FOLDERS = 4
LOCK = "lock"
INCOMPLETE = ".part"


class ProcessedFolders:
    """`folder` has a folder for each key, with one folder that has the name of the dataset."""

    def __init__(self, folder: Path, dataset: str) -> None:
        self._folder = folder
        self._dataset = dataset

    def get(self, key: str, write: Callable[[Path], None]) -> ProcessedData:
        """`write` makes the files if they are not there. One process does that at a time."""
        kept = self._folder / hashlib.sha256(key.encode()).hexdigest()[:16]
        with self._locked():
            if not kept.is_dir():
                self._make_room()
                incomplete = kept.with_suffix(INCOMPLETE)
                incomplete.mkdir()
                write(incomplete / self._dataset)
                incomplete.rename(kept)
            os.utime(kept)
            return read_processed(kept / self._dataset)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with explain_write_errors(self._folder):
            self._folder.mkdir(parents=True, exist_ok=True)
            with (self._folder / LOCK).open("a") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield

    def _make_room(self) -> None:
        """Remove what was used longest ago, and what a killed process left incomplete."""
        folders = [path for path in self._folder.iterdir() if path.is_dir()]
        incomplete = [path for path in folders if path.suffix == INCOMPLETE]
        complete = sorted((path for path in folders if path not in incomplete), key=lambda path: -path.stat().st_mtime)
        for path in (*incomplete, *complete[MAX_FOLDERS - 1 :]):
            shutil.rmtree(path)

"""Hashes the files of a cache or a remote in several threads. An interrupted check continues where it ended."""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO, TypeVar

from tqdm import tqdm

from stages.core.dvc.storage.object_stores import ObjectStore

CHECKED = Path(".dvc/tmp/restage/fsck.jsonl")
_T = TypeVar("_T")
_R = TypeVar("_R")


class CheckedFiles:
    """The MD5 of each file that was hashed, by store, name, size and time."""

    def __init__(self, known: dict[str, str], log: TextIO) -> None:
        self._known = known
        self._log = log

    def md5(self, store: ObjectStore, file: str) -> str:
        size, version = store.info(file)
        key = f"{store.name} {file} {size} {version}"
        if key not in self._known:
            self._known[key] = store.md5(file)
            # One call for one line: threads do not mix them.
            self._log.write(json.dumps([key, self._known[key]]) + "\n")
        return self._known[key]


@contextmanager
def checked_files() -> Iterator[CheckedFiles]:
    """Continues where an interrupted check ended; a check that ended is forgotten."""
    known = dict(_read_log(CHECKED))
    CHECKED.parent.mkdir(parents=True, exist_ok=True)
    with CHECKED.open("a", encoding="utf-8", buffering=1) as log:
        yield CheckedFiles(known, log)
    CHECKED.unlink(missing_ok=True)


def _read_log(log: Path) -> Iterator[tuple[str, str]]:
    for line in log.read_text(encoding="utf-8").splitlines() if log.is_file() else []:
        try:
            key, md5 = json.loads(line)
        except ValueError:
            continue  # the last line of a killed check
        yield key, md5


def map_files(title: str, jobs: int | None, work: Callable[[_T], _R], files: Sequence[_T]) -> list[_R]:
    """The results in order, with a bar on a terminal. After an error or Ctrl-C no further file is begun.

    `jobs` is the number of threads; None chooses it for files on this machine.
    """
    executor = ThreadPoolExecutor(jobs)
    try:
        done = executor.map(work, files)
        return list(tqdm(done, desc=title, total=len(files), leave=False, file=sys.stderr, disable=None))
    finally:
        executor.shutdown(cancel_futures=True)

"""`python -m stages.core.dvc.fetch_path REPO REV PATH TARGET MAX_BYTES MAX_FILES`: write what is at a path to TARGET.

It is a file or a folder of another repository, tracked there by DVC or by git; with MAX_FILES 0, a folder is refused.
Exit code 0, or 1 with a message. Stages do not import this module: they start it, so that they load DVC for such data
only.
"""

import os
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from threading import Lock
from typing import Any

from dvc.exceptions import DvcException
from dvc.repo import Repo
from dvc.scm import CloneError, RevError
from dvc_data.index import DataIndexDirError

from stages.core.address_secrets import without_secrets
from stages.core.dvc.dvc_errors import missing_library
from stages.core.errors import UserError, suggest
from stages.core.runtime.parent_process import end_with_parent

CHUNK = 1 << 20
# A remote answers slowly for each of many small files.
THREADS = 8
NOT_PUSHED = (
    "tracked by DVC, but the data are neither in the cache nor on the remote of that repository; run `dvc push` there"
)


class ReceivedBytes:
    """Counts the bytes of all files. Raises UserError when there are more than allowed."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes, self._received, self._lock = max_bytes, 0, Lock()

    def add(self, count: int) -> None:
        with self._lock:
            self._received += count
            if self._received > self._max_bytes:
                raise UserError(f"too long: expected at most {self._max_bytes:,} bytes, received more")


def fetch_path(repo: str, rev: str, path: str, target: Path, max_bytes: int, max_files: int = 0) -> None:
    """Nothing is written to the cache of DVC. Raises UserError if nothing is at the path, or no access is given."""
    received = ReceivedBytes(max_bytes)
    with _repository_errors(rev), Repo.open(repo, rev=rev, subrepos=True, uninitialized=True) as opened:
        files = opened.dvcfs
        if not _is_folder(files, path, rev):
            _fetch_file(files, path, target, received)
        elif max_files:
            _fetch_folder(files, path, target, received, max_files)
        else:
            raise UserError("a folder; name one file of it")


def _is_folder(files: Any, path: str, rev: str) -> bool:
    try:
        return bool(files.info(path)["type"] == "directory")
    except FileNotFoundError:
        folder = str(PurePosixPath(path).parent)
        siblings = sorted(files.ls(folder, detail=False)) if files.isdir(folder) else []
        hint = f"; {suggest(path, siblings)}" if siblings else ""
        raise UserError(f"no such file at {rev}{hint}") from None


def _fetch_folder(files: Any, folder: str, target: Path, received: ReceivedBytes, max_files: int) -> None:
    paths = []
    for path in _list_files(files, folder, ""):
        paths.append(path)
        if len(paths) > max_files:
            raise UserError(f"holds more than {max_files:,} files; limits.members allows no more")

    def fetch(path: str) -> None:
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        _fetch_file(files, f"{folder}/{path}", target / path, received)

    target.mkdir()
    with ThreadPoolExecutor(THREADS) as threads:
        for _ in threads.map(fetch, sorted(paths)):
            pass


def _list_files(files: Any, folder: str, prefix: str) -> Iterator[str]:
    """The paths of all files, relative to the folder."""
    for entry in files.ls(f"{folder}/{prefix}".rstrip("/"), detail=True):
        name = entry["name"].rpartition("/")[2]
        if name in ("", ".", ".."):
            raise UserError(f"its list of files has a path outside the folder: {entry['name']!r}; nothing was read")
        if entry["type"] == "directory":
            yield from _list_files(files, folder, f"{prefix}{name}/")
        else:
            yield f"{prefix}{name}"


def _fetch_file(files: Any, path: str, target: Path, received: ReceivedBytes) -> None:
    try:
        with files.open(path, "rb") as source, target.open("wb") as output:
            while chunk := source.read(CHUNK):
                received.add(len(chunk))
                output.write(chunk)
    except FileNotFoundError:
        raise UserError(NOT_PUSHED) from None


@contextmanager
def _repository_errors(rev: str) -> Iterator[None]:
    """Git, DVC and the libraries of remotes have exceptions of their own; each becomes one message."""
    try:
        yield
    except UserError:
        raise
    except RevError:
        raise UserError(f"no commit, tag or branch {rev!r}") from None
    except CloneError as error:
        raise UserError(f"no such repository, or no access to it ({_root_cause(error)})") from None
    except ImportError as error:
        raise UserError(f"its remote needs a library that is not installed: {missing_library(error)}") from None
    except DataIndexDirError as error:  # the list of the files of a folder
        absent = isinstance(error.__cause__, FileNotFoundError)
        raise UserError(NOT_PUSHED if absent else f"cannot be read: {_root_cause(error)}") from None
    except DvcException as error:
        raise UserError(" ".join(str(error).split())) from None
    except Exception as error:  # noqa: BLE001
        reason = " ".join(str(error).split())
        raise UserError(f"cannot be read: {reason or type(error).__name__}") from None


def _root_cause(error: BaseException) -> str:
    while (inner := error.__cause__ or error.__context__) is not None:
        error = inner
    return " ".join(str(error).split()) or type(error).__name__


def _main(repo: str, rev: str, path: str, target: str, max_bytes: str, max_files: str) -> None:
    end_with_parent(os.getppid())
    try:
        fetch_path(repo, rev, path, Path(target), int(max_bytes), int(max_files))
    except UserError as error:
        print(without_secrets(str(error), repo))
        sys.exit(1)


if __name__ == "__main__":
    _main(*sys.argv[1:])

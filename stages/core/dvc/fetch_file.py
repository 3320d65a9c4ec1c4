"""`python -m stages.core.dvc.fetch_file REPO REV PATH TARGET MAX_BYTES`: write a file of another repository to TARGET.

The file is tracked there by DVC or by git. Exit code 0, or 1 with a message. Stages do not import this module: they
start it, so that they load DVC for such a file only.
"""

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from dvc.exceptions import DvcException
from dvc.repo import Repo
from dvc.scm import CloneError, RevError

from stages.core.address_secrets import without_secrets
from stages.core.errors import UserError, suggest
from stages.core.runtime.parent_process import end_with_parent

CHUNK = 1 << 20
# The libraries of remotes are the extras of pyproject.toml.
MISSING_LIBRARY = re.compile(r"'dvc-(\w+)'")


def fetch_file(repo: str, rev: str, path: str, target: Path, max_bytes: int) -> None:
    """Nothing is written to the cache of DVC. Raises UserError if there is no such file, or no access to it."""
    with _repository_errors(rev), Repo.open(repo, rev=rev, subrepos=True, uninitialized=True) as opened:
        files = opened.dvcfs
        _check_is_file(files, path, rev)
        try:
            with files.open(path, "rb") as source:
                _copy(source, target, max_bytes)
        except FileNotFoundError:
            raise UserError(
                "tracked by DVC, but the data are neither in the cache nor on the remote of that repository; "
                "run `dvc push` there"
            ) from None


def _check_is_file(files: Any, path: str, rev: str) -> None:
    try:
        kind = files.info(path)["type"]
    except FileNotFoundError:
        folder = str(PurePosixPath(path).parent)
        siblings = sorted(files.ls(folder, detail=False)) if files.isdir(folder) else []
        hint = f"; {suggest(path, siblings)}" if siblings else ""
        raise UserError(f"no such file at {rev}{hint}") from None
    if kind == "directory":
        raise UserError("a folder; name one file of it")


def _copy(source: Any, target: Path, max_bytes: int) -> None:
    received = 0
    with target.open("wb") as output:
        while chunk := source.read(CHUNK):
            received += len(chunk)
            if received > max_bytes:
                raise UserError(f"too long: expected at most {max_bytes:,} bytes, received more")
            output.write(chunk)


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
        found = MISSING_LIBRARY.search(str(error))
        hint = f"; run `make setup EXTRAS={found[1]}`" if found else ""
        raise UserError(f"its remote needs a library that is not installed: {error}{hint}") from None
    except DvcException as error:
        raise UserError(" ".join(str(error).split())) from None
    except Exception as error:  # noqa: BLE001
        reason = " ".join(str(error).split())
        raise UserError(f"cannot be read: {reason or type(error).__name__}") from None


def _root_cause(error: BaseException) -> str:
    while (inner := error.__cause__ or error.__context__) is not None:
        error = inner
    return " ".join(str(error).split()) or type(error).__name__


def _main(repo: str, rev: str, path: str, target: str, max_bytes: str) -> None:
    end_with_parent(os.getppid())
    try:
        fetch_file(repo, rev, path, Path(target), int(max_bytes))
    except UserError as error:
        print(without_secrets(str(error), repo))
        sys.exit(1)


if __name__ == "__main__":
    _main(*sys.argv[1:])

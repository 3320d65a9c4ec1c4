"""Write files so that a reader sees the old content or the complete new content, never a part of it.

A file or folder is first written beside its target, under a temporary name, and then renamed.
The same content gives the same bytes.
"""

import errno
import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from stages.core.errors import UserError

# Errors of the disk or the folder, not of the code.
_DISK_ERRORS = {
    errno.EACCES, errno.EDQUOT, errno.EEXIST, errno.EFBIG, errno.EIO, errno.ENOSPC, errno.ENOTDIR, errno.EPERM,
    errno.EROFS,
}  # fmt: skip
# NumPy and HDF5 report an incomplete write by these messages, without an error number of their own.
_INCOMPLETE_WRITE = re.compile(r"\d+ requested and \d+ written|errno = (\d+)")


def temporary_path(target: Path) -> Path:
    """Where `target` is written before it is complete.

    >>> temporary_path(Path("data/raw/iris")).name
    'iris.incomplete'
    """
    return target.with_name(target.name + ".incomplete")


def write_text(target: Path, text: str) -> None:
    """Replace `target` by a UTF-8 text file."""
    write_temporary_text(target, text)
    move_into_place(target)


def write_json(target: Path, content: Mapping[str, object]) -> None:
    """Replace `target` by a JSON file; see `json_text`."""
    write_text(target, json_text(content))


def write_temporary_text(target: Path, text: str) -> None:
    """Write the text beside `target`; the file is removed if writing fails."""
    with write_beside(target) as file:
        file.write_text(text, encoding="utf-8", newline="\n")


@contextmanager
def write_beside(target: Path) -> Iterator[Path]:
    """Yield the temporary path of `target`, at which nothing is yet. What is there if the block raises is removed."""
    path = temporary_path(target)
    try:
        with explain_write_errors(target):
            path.parent.mkdir(parents=True, exist_ok=True)
            remove(path)
            yield path
    except BaseException:
        with suppress(OSError):  # what cannot be written often cannot be removed either
            remove(path)
        raise


def move_into_place(target: Path) -> None:
    """Rename what was written beside `target`.

    The rename is atomic. Removing an old folder before it is not, so for a moment there may be neither folder.
    """
    complete = temporary_path(target)
    with explain_write_errors(target):
        if complete.is_dir() or target.is_dir():
            remove(target)
        complete.replace(target)


def remove(path: Path) -> None:
    """Remove a file, a link or a whole folder, if it exists."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


@contextmanager
def explain_write_errors(target: Path) -> Iterator[None]:
    """Turn a full disk or a missing permission into a UserError that names the file; other errors pass."""
    try:
        yield
    except OSError as error:
        reason, file = disk_error(error), Path(error.filename or target)
        # Whether the file is the target, its temporary path, inside one of them, or a parent folder.
        own = any(
            path == file or path in file.parents or file in path.parents for path in (target, temporary_path(target))
        )
        if reason is None or not own:
            raise
        raise cannot_be_written(file, reason) from None


def cannot_be_written(what: str | Path, reason: str) -> UserError:
    return UserError(
        f"{what}: cannot be written ({reason}); free some space or make it writable, then run it again; finished "
        "stages are kept"
    )


def disk_error(error: OSError) -> str | None:
    """The reason, if it is an error of the disk or of rights, and not of the code."""
    incomplete = _INCOMPLETE_WRITE.search(str(error))
    number = error.errno or int((incomplete and incomplete[1]) or 0)
    if number in _DISK_ERRORS:
        return os.strerror(number)
    return "the disk is full, or a limit was reached" if incomplete else None


def json_text(content: Mapping[str, object]) -> str:
    """JSON with sorted keys and the shortest text for each float. Raises ValueError for NaN and infinity.

    >>> print(json_text({"b": 1, "a": 0.1}), end="")
    {
      "a": 0.1,
      "b": 1
    }
    """
    return json.dumps(content, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False) + "\n"

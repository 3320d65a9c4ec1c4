"""Everything is written beside its target and renamed, and is the same bytes for the same content."""

import errno
import json
import os
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from stages.core.errors import UserError

INCOMPLETE = ".incomplete"
# A fault of the place and not of the code.
_PLACE = {
    errno.EACCES, errno.EDQUOT, errno.EEXIST, errno.EFBIG, errno.EIO, errno.ENOSPC, errno.ENOTDIR, errno.EPERM,
    errno.EROFS,
}  # fmt: skip
# How NumPy and HDF5 tell that less was written than was asked for.
_CUT_SHORT = re.compile(r"\d+ requested and \d+ written|errno = (\d+)")


class _Held:
    """Outputs that are whole and wait until all are, in the order in which they were made."""

    def __init__(self, may_be_placed: Callable[[], None]) -> None:
        self.may_be_placed = may_be_placed
        self.targets: dict[Path, None] = {}

    def place(self) -> None:
        self.may_be_placed()
        for target in list(self.targets):
            _replace(temporary_path(target), target)
            del self.targets[target]

    def drop(self) -> None:
        for target in self.targets:
            remove(temporary_path(target))


_held: _Held | None = None


@contextmanager
def transaction(may_be_placed: Callable[[], None]) -> Iterator[None]:
    """What is written inside takes its place at the end, all of it, unless `may_be_placed` or the work has failed."""
    global _held
    _held = _Held(may_be_placed)
    try:
        yield
        _held.place()
    finally:
        _held.drop()
        _held = None


def publish_now() -> None:
    """For what is to be found although the work will fail."""
    if _held is not None:
        _held.place()


def temporary_path(target: Path) -> Path:
    return target.with_name(target.name + INCOMPLETE)


def _into_place(target: Path) -> None:
    inside_a_draft = any(part.endswith(INCOMPLETE) for part in target.parts)
    if _held is None or inside_a_draft:
        _replace(temporary_path(target), target)
    else:
        _held.targets[target] = None


def _replace(draft: Path, target: Path) -> None:
    """Renaming is atomic; removing an old folder is not, so between the two there is a moment with neither."""
    with explain_write_errors(target):
        if draft.is_dir() or target.is_dir():
            remove(target)
        draft.replace(target)


def remove(path: Path) -> None:
    """A file or a whole folder, present or not."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


@contextmanager
def explain_write_errors(target: Path) -> Iterator[None]:
    """A full disk or a folder that may not be written is told with its file and the way out."""
    try:
        yield
    except OSError as error:
        reason, file = _fault_of_the_place(error), Path(error.filename or target)
        if reason is None or not _belongs(file, target):
            raise
        raise UserError(
            f"{file}: cannot be written ({reason}); make room or make it writable, and run it again; what was "
            "finished before is kept"
        ) from None


def _belongs(file: Path, target: Path) -> bool:
    """The target, its draft, what is in it, or a folder on the way to it."""
    return any(
        place == file or place in file.parents or file in place.parents for place in (target, temporary_path(target))
    )


def _fault_of_the_place(error: OSError) -> str | None:
    told = _CUT_SHORT.search(str(error))
    number = error.errno or int((told and told[1]) or 0)
    if number in _PLACE:
        return os.strerror(number)
    return "the disk is full, or a limit was reached" if told else None


@contextmanager
def atomic_folder(target: Path) -> Iterator[Path]:
    """A folder that is there when all of it is, and not before."""
    draft = temporary_path(target)
    try:
        with explain_write_errors(target):
            remove(draft)
            draft.mkdir(parents=True)
            yield draft
    except BaseException:
        with suppress(OSError):  # where it could not be written it may not be removed
            remove(draft)
        raise
    _into_place(target)


def write_text(target: Path, text: str) -> None:
    draft = temporary_path(target)
    try:
        with explain_write_errors(target):
            draft.parent.mkdir(parents=True, exist_ok=True)
            draft.write_text(text, encoding="utf-8", newline="\n")
    except BaseException:
        with suppress(OSError):  # where it could not be written it may not be removed
            remove(draft)
        raise
    _into_place(target)


def json_text(content: Mapping[str, object]) -> str:
    """Sorted keys, shortest float text; a NaN is a fault of ours and refused.

    >>> print(json_text({"b": 1, "a": 0.1}), end="")
    {
      "a": 0.1,
      "b": 1
    }
    """
    return json.dumps(content, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def write_json(target: Path, content: Mapping[str, object]) -> None:
    write_text(target, json_text(content))


def round_significant(value: float, digits: int = 6) -> float:
    """Rounded to what a reader can use, so that a committed metric does not flicker in its last bits.

    >>> round_significant(0.123456789), round_significant(1234567.8), round_significant(0.0)
    (0.123457, 1234570.0, 0.0)
    """
    return float(f"{value:.{digits}g}")

"""The files of a zip archive."""

import io
import struct
import tokenize
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from stages.core.errors import UserError, format_examples
from stages.core.files.archive_members import check_member_path, is_folder_of_zip
from stages.core.pictures.file_names import is_ignored, plain_name, with_slashes
from stages.inference.read.files.named_files import MAX_BYTES, NoSuchFileError, checked_size, order_of_name

SIGNATURE = b"PK\x03\x04"
MAX_REASON = 200
# NumPy reads the header of an array with tokenize, and zipfile lets errors of its parts through.
DAMAGE = (
    zipfile.BadZipFile,
    struct.error,
    zlib.error,
    tokenize.TokenError,
    ValueError,
    NotImplementedError,
    EOFError,
    OSError,
)


class ZipFiles:
    """Nothing is unpacked to the disk. The archive is refused as a whole if a member is encrypted or unsafe."""

    def __init__(self, opened: zipfile.ZipFile) -> None:
        self._opened = opened
        self._members = _members_by_name(opened.infolist())

    def names(self) -> list[str]:
        return sorted((name for name in self._members if not is_ignored(name)), key=order_of_name)

    def read(self, name: str) -> bytes:
        member = self._members.get(plain_name(name))
        if member is None:
            raise NoSuchFileError
        try:
            with self._opened.open(member) as file:
                return checked_size(file.read(MAX_BYTES + 1))
        except DAMAGE as error:
            raise UserError(f"damaged: {_short(error)}") from None


@contextmanager
def open_zip(file: BinaryIO | Path) -> Iterator[zipfile.ZipFile]:
    """Raises UserError if the file is no readable zip."""
    try:
        opened = zipfile.ZipFile(file)
    except DAMAGE as error:
        raise UserError(f"not readable as zip: {_short(error)}") from None
    with opened:
        _check_no_overlap(opened)
        yield opened


def _check_no_overlap(opened: zipfile.ZipFile) -> None:
    """Members with the same bytes could be unpacked to any size."""
    assert opened.fp is not None
    size = opened.fp.seek(0, io.SEEK_END)
    if sum(member.compress_size for member in opened.infolist()) > size:
        raise UserError("not readable as zip: its members are larger than the file")


def _members_by_name(members: Sequence[zipfile.ZipInfo]) -> Mapping[str, zipfile.ZipInfo]:
    found: dict[str, zipfile.ZipInfo] = {}
    repeated = []
    for member in members:
        check_member_path(member.filename)
        if is_folder_of_zip(member):
            continue
        name = plain_name(with_slashes(member.filename))
        if name in found:
            repeated.append(name)
        found[name] = member
    if repeated:
        raise UserError(f"{format_examples(sorted(repeated))} occurs twice")
    return found


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:MAX_REASON] or "ends too early"

"""Files with names: those of a folder, of a zip archive, or one alone."""

import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from stages.core.archive_members import check_member_path, is_folder_of_zip
from stages.core.errors import UserError, format_examples
from stages.core.pictures.file_names import is_ignored, plain_name, with_slashes
from stages.core.pictures.list_files import list_files

ZIP_SIGNATURE = b"PK\x03\x04"
MAX_BYTES = 1 << 29
MAX_REASON = 200
NO_SUCH_FILE = "no such file"
DAMAGE = (zipfile.BadZipFile, struct.error, zlib.error, ValueError, NotImplementedError, EOFError, OSError)


class NamedFiles(Protocol):
    def names(self) -> list[str]:
        """The names of all files that are not hidden, in the order of their folders and names."""
        ...

    def read(self, name: str) -> bytes:
        """The content of a file. Raises UserError if there is no such file, or if it cannot be read."""
        ...


@dataclass(frozen=True)
class OneFile:
    """`content` is that of the file, at most MAX_BYTES of it and one more."""

    name: str
    content: bytes

    def names(self) -> list[str]:
        return [self.name]

    def read(self, name: str) -> bytes:
        if name != self.name:
            raise UserError(NO_SUCH_FILE)
        return _checked(self.content)


@dataclass(frozen=True)
class FolderFiles:
    folder: Path

    def names(self) -> list[str]:
        return sorted(list_files(self.folder), key=_order)

    def read(self, name: str) -> bytes:
        try:
            with self._find(name).open("rb") as file:
                return _checked(file.read(MAX_BYTES + 1))
        except OSError as error:
            raise UserError(error.strerror or "cannot be read") from None

    def _find(self, name: str) -> Path:
        """The file of this name; macOS may have written it in another form of Unicode.

        A folder below this one must be no link, since that may lead anywhere.
        """
        for form in dict.fromkeys([name, *_unicode_forms(name)]):
            path = self.folder / form
            if any((self.folder / parent).is_symlink() for parent in list(Path(form).parents)[:-1]):
                break
            try:
                if stat.S_ISREG(path.stat().st_mode):
                    return path
            except (OSError, ValueError):
                continue
        raise UserError(NO_SUCH_FILE)


class ZipFiles:
    """Nothing is unpacked to the disk. The archive is refused as a whole if a member is encrypted or unsafe."""

    def __init__(self, opened: zipfile.ZipFile) -> None:
        self._opened = opened
        self._members = _members_by_name(opened.infolist())

    def names(self) -> list[str]:
        return sorted((name for name in self._members if not is_ignored(name)), key=_order)

    def read(self, name: str) -> bytes:
        member = self._members.get(plain_name(name))
        if member is None:
            raise UserError(NO_SUCH_FILE)
        try:
            with self._opened.open(member) as file:
                return _checked(file.read(MAX_BYTES + 1))
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
        yield opened


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


def _order(name: str) -> list[str]:
    """In the order of folders, then of files, as download has the pictures of class folders.

    >>> sorted(["cats-old/1.png", "cats/1.png"], key=_order)
    ['cats/1.png', 'cats-old/1.png']
    """
    return plain_name(name).split("/")


def _unicode_forms(name: str) -> list[str]:
    return [unicodedata.normalize("NFC", name), unicodedata.normalize("NFD", name)]


def _checked(content: bytes) -> bytes:
    if len(content) > MAX_BYTES:
        raise UserError(f"larger than {MAX_BYTES:,} bytes")
    return content


def _short(error: Exception) -> str:
    return " ".join(str(error).split())[:MAX_REASON] or "ends too early"

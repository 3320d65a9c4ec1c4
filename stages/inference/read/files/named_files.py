"""Files with names: those of a folder, or one alone."""

import stat
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from stages.core.errors import UserError
from stages.core.pictures.file_names import plain_name
from stages.core.pictures.list_files import list_files

MAX_BYTES = 1 << 29


class NoSuchFileError(UserError):
    def __init__(self) -> None:
        super().__init__("no such file")


class NamedFiles(Protocol):
    def names(self) -> list[str]:
        """The names of all files that are not hidden, in the order of their folders and names."""
        ...

    def read(self, name: str) -> bytes:
        """The content of a file. Raises NoSuchFileError, and UserError if it cannot be read."""
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
            raise NoSuchFileError
        return checked_size(self.content)


@dataclass(frozen=True)
class FolderFiles:
    folder: Path

    def names(self) -> list[str]:
        return sorted(list_files(self.folder), key=order_of_name)

    def read(self, name: str) -> bytes:
        try:
            with self._find(name).open("rb") as file:
                return checked_size(file.read(MAX_BYTES + 1))
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
        raise NoSuchFileError


def order_of_name(name: str) -> list[str]:
    """In the order of folders, then of files, as download has the pictures of class folders.

    >>> sorted(["cats-old/1.png", "cats/1.png"], key=order_of_name)
    ['cats/1.png', 'cats-old/1.png']
    """
    return plain_name(name).split("/")


def _unicode_forms(name: str) -> list[str]:
    return [unicodedata.normalize("NFC", name), unicodedata.normalize("NFD", name)]


def checked_size(content: bytes) -> bytes:
    if len(content) > MAX_BYTES:
        raise UserError(f"larger than {MAX_BYTES:,} bytes")
    return content

"""The hash of a folder of pictures: the same for the same names and contents, whatever the file system."""

import hashlib
import os
from collections.abc import Iterator, Mapping
from pathlib import Path

from stages.core.check_is_file import check_is_file
from stages.core.errors import MAX_EXAMPLES, ErrorList, UserError
from stages.download.formats.pictures.class_folders import plain_name
from stages.download.formats.pictures.ignored_files import is_ignored


def folder_hash(sha256_by_path: Mapping[str, str]) -> str:
    """The sha256 of the lines `<sha256>  <path>`, as sha256sum writes them, in order of path.

    Paths are relative to the folder, with `/` between their parts, and sorted by their UTF-8 bytes.

    >>> folder_hash({"b": "1" * 64, "a": "0" * 64}) == folder_hash({"a": "0" * 64, "b": "1" * 64})
    True
    """
    digest = hashlib.sha256()
    for path, sha256 in sorted((plain_name(path), sha256) for path, sha256 in sha256_by_path.items()):
        digest.update(f"{sha256}  {path}\n".encode())
    return digest.hexdigest()


def hash_folder(folder: Path) -> dict[str, str]:
    """The sha256 of each file of the folder by its path, hidden files left out."""
    return {path: hashlib.sha256(read_content(folder, path)).hexdigest() for path in list_files(folder)}


def read_content(folder: Path, path: str) -> bytes:
    """As `(folder / path).read_bytes()`, in half the time: there may be many thousand small files."""
    with open(f"{folder}/{path}", "rb") as file:  # noqa: PTH123
        return file.read()


def list_files(folder: Path) -> list[str]:
    """The paths of all files that are not hidden, relative to the folder, sorted.

    Raises UserError for a link to a folder, which may lead anywhere, and for what is neither file nor folder.
    """
    errors = ErrorList()
    paths = []
    for path, is_plain_file in _walk(folder, ""):
        with errors.collect():
            if not path.isprintable():
                raise UserError(f"{path!a}: a name with unprintable characters; rename it")
            if not is_plain_file:
                check_is_file(folder / path)
            paths.append(path)
    if more := errors.messages[MAX_EXAMPLES:]:
        errors.messages[MAX_EXAMPLES:] = [f"and {len(more)} more"]
    errors.raise_if_any()
    return sorted(paths)


def list_folders(folder: Path) -> list[str]:
    """The names of the folders directly in the folder, hidden ones left out, sorted."""
    return sorted(entry.name for entry in folder.iterdir() if entry.is_dir() and not is_ignored(entry.name))


def _walk(folder: Path, prefix: str) -> Iterator[tuple[str, bool]]:
    """Each path that is no folder, and whether it is a file and no link."""
    with os.scandir(f"{folder}/{prefix}") as entries:
        for entry in entries:
            path = f"{prefix}{entry.name}"
            if is_ignored(entry.name):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(folder, f"{path}/")
            else:
                yield path, entry.is_file(follow_symlinks=False)

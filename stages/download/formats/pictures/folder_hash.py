"""The hash of a folder of pictures: the same for the same names and contents, whatever the file system."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

from stages.core.pictures.file_names import is_ignored, plain_name
from stages.core.pictures.list_files import list_files


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


def list_folders(folder: Path) -> list[str]:
    """The names of the folders directly in the folder, hidden ones left out, sorted."""
    return sorted(entry.name for entry in folder.iterdir() if entry.is_dir() and not is_ignored(entry.name))

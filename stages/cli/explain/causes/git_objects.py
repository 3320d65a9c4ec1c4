"""Reads objects of Git through one process, which costs a millisecond for each and not a process for each."""

import hashlib
import subprocess
from collections.abc import Callable, Iterator
from functools import cache, cached_property
from types import TracebackType
from typing import Self

from stages.cli.git import git

_FOLDER_MODE = b"40000"
_FILE_MODES = (b"100644", b"100755")


class GitObjects:
    """The files of commits, relative to the current folder, with the MD5 of their content as DVC has it.

    `is_ignored` says whether DVC ignores a path, such as by .dvcignore: it leaves such files out of folders.
    """

    def __init__(self, is_ignored: Callable[[str], bool]) -> None:
        self.is_ignored = cache(is_ignored)
        self._process: subprocess.Popen[bytes] | None = None
        self._md5s: dict[str, str] = {}
        self._folders: dict[str, dict[str, str]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None) -> None:
        if self._process is not None:
            self._process.communicate()

    @cached_property
    def _prefix(self) -> str:
        """The current folder in the repository of Git; empty, or with a slash at the end."""
        return git("rev-parse", "--show-prefix").strip()

    @cached_property
    def _hash_bytes(self) -> int:
        """The length of the repository's hashes: SHA-1, or SHA-256."""
        return hashlib.new(git("rev-parse", "--show-object-format").strip(), usedforsecurity=False).digest_size

    def read(self, name: str) -> tuple[str, bytes] | None:
        """The type and the content of an object, such as `HEAD:stages`; None if there is none."""
        if self._process is None:
            self._process = subprocess.Popen(
                ["git", "cat-file", "--batch"],  # noqa: S607
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
        requests, answers = self._process.stdin, self._process.stdout
        assert requests is not None
        assert answers is not None
        requests.write(f"{name}\n".encode())
        requests.flush()
        header = answers.readline().split()
        # The answer to what does not exist ends with the word `missing`.
        if len(header) != 3 or not header[2].isdigit():
            return None
        content = answers.read(int(header[2]))
        answers.read(1)
        return header[1].decode(), content

    def file(self, commit: str, path: str) -> bytes | None:
        found = self.read(f"{commit}:{self._prefix}{path}")
        return found[1] if found and found[0] == "blob" else None

    def md5s(self, commit: str, path: str) -> dict[str, str] | None:
        """The MD5 of each file in a folder, or that of a file by the name ''; None if the commit has no such path."""
        name = f"{commit}:{self._prefix}{path}"
        found = self.read(name)
        if found is None:
            return None
        if found[0] == "blob":
            return {"": _md5(found[1])}
        files = self._folder(found[1])
        return {file: md5 for file, md5 in files.items() if not self.is_ignored(f"{path}/{file}")}

    def _folder(self, tree: bytes) -> dict[str, str]:
        files: dict[str, str] = {}
        for mode, name, object_id in _entries(tree, self._hash_bytes):
            if mode in _FILE_MODES:
                files[name] = self._file_md5(object_id)
            elif mode == _FOLDER_MODE:
                files |= {f"{name}/{file}": md5 for file, md5 in self._folder_by_id(object_id).items()}
        return files

    def _folder_by_id(self, object_id: str) -> dict[str, str]:
        if object_id not in self._folders:
            found = self.read(object_id)
            self._folders[object_id] = self._folder(found[1]) if found else {}
        return self._folders[object_id]

    def _file_md5(self, object_id: str) -> str:
        if object_id not in self._md5s:
            found = self.read(object_id)
            self._md5s[object_id] = _md5(found[1] if found else b"")
        return self._md5s[object_id]


def _entries(tree: bytes, hash_bytes: int) -> Iterator[tuple[bytes, str, str]]:
    """Mode, name and object of each entry: `mode name NUL hash`, as Git stores a tree."""
    while tree:
        head, _, rest = tree.partition(b"\0")
        mode, _, name = head.partition(b" ")
        yield mode, name.decode("utf-8", "surrogateescape"), rest[:hash_bytes].hex()
        tree = rest[hash_bytes:]


def _md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()

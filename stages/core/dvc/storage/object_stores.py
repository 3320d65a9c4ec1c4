"""The cache and the remotes of the repository, file by file.

DVC checks an object only when it writes it, and takes one that exists for intact: `dvc push` and `dvc fetch` never
replace a damaged one.
"""

import errno
import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from dvc.repo import Repo, lock_repo
from dvc_data.hashfile.db import get_index

from stages.core.dvc.dvc_errors import dvc_errors
from stages.core.errors import UserError

# Beside the objects, DVC writes files that are not complete yet.
_OBJECT = re.compile(r"[0-9a-f]{32}(\.dir)?")
_OBJECTS, _RUNS = "files/md5", "runs"
CACHE = "cache"


class FileInfo(NamedTuple):
    """`version` differs when the file was written again."""

    size: int
    version: str


class ObjectStore:
    """The cache, or a remote. Files are named relative to its root."""

    def __init__(self, name: str, objects: Any, root: str) -> None:
        self.name = name
        self._objects = objects
        self._fs = objects.fs
        self._root = root

    def objects(self) -> list[str]:
        """Their MD5, as DVC names them."""
        return sorted(md5 for md5 in self._objects.all() if _OBJECT.fullmatch(md5))

    def runs(self) -> list[str]:
        """The files of the run cache."""
        folder = self._path(_RUNS)
        found = list(self._fs.find(folder)) if self._fs.exists(folder) else []
        return sorted(f"{_RUNS}/{self._fs.relpath(file, folder)}" for file in found)

    def info(self, file: str) -> FileInfo:
        with self._errors("read", file):
            info = self._fs.info(self._path(file))
        fields = ("mtime", "ino", "LastModified", "ETag", "etag", "last_modified")
        return FileInfo(info["size"], " ".join(str(info[name]) for name in fields if name in info))

    def md5(self, file: str) -> str:
        """Empty if the disk cannot read the file."""
        with self._errors("read", file):
            try:
                with self._fs.open(self._path(file), "rb") as content:
                    return hashlib.file_digest(content, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
            except OSError as error:
                if error.errno != errno.EIO:
                    raise
                return ""

    def read(self, file: str) -> bytes:
        with self._errors("read", file), self._fs.open(self._path(file), "rb") as content:
            return bytes(content.read())

    def fetch(self, file: str, target: Path) -> None:
        with self._errors("read", file):
            self._fs.get_file(self._path(file), str(target))

    def put(self, file: str, source: Path) -> None:
        """Replace the file, read-only as DVC leaves it. A link to the old file keeps the old content."""
        path = self._path(file)
        with self._errors("written", file):
            self._fs.makedirs(self._fs.parent(path), exist_ok=True)
            self._fs.put_file(str(source), path)
            if file.startswith(_OBJECTS):
                self._objects.protect(path)

    def remove(self, files: Sequence[str]) -> None:
        """In this order. `dvc push` is told that they are gone: it remembers which folders a remote has."""
        with self._errors("removed", ", ".join(files[:1])):
            if files:
                self._fs.remove([self._path(file) for file in files])
        if self._objects.tmp_dir:
            get_index(self._objects).clear()

    def local_path(self, file: str) -> Path:
        """Of a file in the cache; relative if the cache is in the repository."""
        path = Path(self._path(file))
        return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path

    @property
    def is_cache(self) -> bool:
        return self.name == CACHE

    @property
    def jobs(self) -> int | None:
        """How many files DVC transfers at once; None for the cache."""
        return None if self.is_cache else int(self._fs.jobs)

    def _path(self, file: str) -> str:
        return str(self._fs.join(self._root, *file.split("/")))

    @contextmanager
    def _errors(self, action: str, file: str) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            reason = error.strerror or " ".join(str(error).split()) or type(error).__name__
            raise UserError(f"{self.name}: {file}: cannot be {action} ({reason}); the same command continues") from None


class Storage:
    """The repository of the current folder, as the place of its objects."""

    def __init__(self) -> None:
        self._repo = Repo(_wait_for_lock=True)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """No DVC command changes the cache meanwhile."""
        with lock_repo(self._repo):
            yield

    def cache(self) -> ObjectStore:
        return ObjectStore(CACHE, self._repo.cache.local, self._repo.cache.legacy.path)

    def is_cache_shared(self) -> bool:
        """Whether the cache lies outside of the repository, where other clones may use it."""
        return Path(self._repo.root_dir).resolve() not in Path(self._repo.cache.legacy.path).resolve().parents

    def remote(self, name: str | None, command: str) -> ObjectStore:
        """Without a name the default remote. DVC refuses remotes that keep versions of files, not objects."""
        cloud = self._repo.cloud
        objects = cloud.get_remote_odb(name, command)
        root = cloud.get_remote_odb(name, command, hash_name="md5-dos2unix").path
        return ObjectStore(f"remote {name or self.default_remote()}", objects, root)

    def default_remote(self) -> str | None:
        name = self._repo.config["core"].get("remote")
        return str(name) if name else None

    def believed_md5(self, file: Path) -> str | None:
        """The hash that DVC takes the file to have without reading it, because it knows its size, time and inode."""
        _, known = self._repo.state.get(str(file.absolute()), self._repo.fs)
        return known.value if known else None

    def checkout(self, outputs: Iterable[str]) -> None:
        """Make these outputs what dvc.lock records. DVC refuses it for files that are nowhere else."""
        targets = list(outputs)
        if targets:
            with dvc_errors():
                self._repo.checkout(targets=targets)


def object_file(md5: str) -> str:
    """
    >>> object_file("8eb3e49c99e8149777cab3c8a5285257.dir")
    'files/md5/8e/b3e49c99e8149777cab3c8a5285257.dir'
    """
    return f"{_OBJECTS}/{md5[:2]}/{md5[2:]}"

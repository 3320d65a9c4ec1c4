"""A DVC remote in a test: its address, the credentials of a member, and a way around DVC to its objects."""

import hashlib
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import fsspec

from tests.stories.repo import Repo


@dataclass(frozen=True)
class Remote:
    """`documented` is the address in docs/how-to/share-data.md, for which `address` stands in the test."""

    documented: str
    address: str
    folder: str
    files: Any = field(default_factory=lambda: fsspec.filesystem("file"))
    local_options: Mapping[str, str] = field(default_factory=dict)
    environment: Mapping[str, str] = field(default_factory=dict)

    def log_in(self, repo: Repo) -> None:
        """Write a member's credentials to .dvc/config.local."""
        for name, value in self.local_options.items():
            repo.dvc("remote", "modify", "--local", "team", name, value)

    def dvc(self, repo: Repo, *argv: str, ok: bool = True) -> subprocess.CompletedProcess[str]:
        """Home is the test's folder, so that the settings of the person who runs the tests do not count."""
        return repo.run("dvc", *argv, ok=ok, env={"HOME": str(repo.path.parent), **self.environment})

    def object_path(self, content: bytes) -> str:
        name = md5(content)
        return f"{self.folder}/files/md5/{name[:2]}/{name[2:]}"

    def damage(self, content: bytes) -> None:
        """Write other bytes to the object, without DVC, and keep its permissions: as a broken disk does."""
        path = self.object_path(content)
        mode = Path(path).stat().st_mode if self.is_local else 0
        if self.is_local:
            Path(path).chmod(0o644)
        self.files.pipe_file(path, content[:-1] + b"x")
        assert self.files.cat_file(path) != content
        if self.is_local:
            Path(path).chmod(mode)

    def remove_for_repair(self, content: bytes) -> None:
        """The object, and the listing of every folder that it is in: docs/how-to/share-data.md, Repair."""
        name = md5(content)
        listings = [path for path in self.files.find(self.folder) if path.endswith(".dir")]
        for path in [self.object_path(content), *(p for p in listings if name.encode() in self.files.cat_file(p))]:
            self.files.rm_file(path)

    @property
    def is_local(self) -> bool:
        return "file" in self.files.protocol


@contextmanager
def folder_remote(folder: Path) -> Iterator[Remote]:
    yield Remote(documented="/mnt/team/restage", address=str(folder / "data"), folder=str(folder / "data"))


def md5(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()

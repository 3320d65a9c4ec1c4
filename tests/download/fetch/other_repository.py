"""A throwaway repository whose data are tracked by DVC, with a remote in a folder."""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from dvc.repo import Repo

from stages.core.address_secrets import without_secrets
from stages.core.dvc.fetch_path import fetch_path
from stages.core.errors import UserError
from stages.download.fetch import dvc_files

FIRST, SECOND = b"a,b\n1,x\n2,y\n", b"a,b\n3,z\n"
GIT = ("git", "-c", "user.name=team", "-c", "user.email=team@example.org")


@dataclass(frozen=True)
class OtherRepository:
    """Tag v1 has FIRST as data/prices.csv, v2 has SECOND. DVC tracks it and the folder parts; git tracks notes.csv.

    Pictures are in data/photos, tracked by DVC, and in icons, tracked by git.
    """

    path: Path
    remote: Path

    def git(self, *arguments: str) -> str:
        done = subprocess.run([*GIT, *arguments], cwd=self.path, check=True, capture_output=True, text=True)
        return done.stdout.strip()


def make_other_repository(
    folder: Path, first: bytes = FIRST, pictures: Mapping[str, bytes] | None = None
) -> OtherRepository:
    other = OtherRepository(folder / "registry", folder / "remote")
    (other.path / "data").mkdir(parents=True)
    (other.path / "parts").mkdir()
    other.git("init", "--quiet", "--initial-branch", "main")
    with Repo.init(str(other.path)) as repo:
        with repo.config.edit() as config:
            config["remote"]["team"] = {"url": str(other.remote)}
            config["core"]["remote"] = "team"
        (other.path / "parts/one.csv").write_bytes(FIRST)
        (other.path / "notes.csv").write_bytes(SECOND)
        for path, content in (pictures or {}).items():
            for target in (other.path / "data/photos" / path, other.path / "icons" / path):
                target.parent.mkdir(parents=True, exist_ok=True)
                target.write_bytes(content)
        if pictures:
            repo.add([str(other.path / "data/photos")])
        for tag, content in {"v1": first, "v2": SECOND}.items():
            (other.path / "data/prices.csv").write_bytes(content)
            repo.add([str(other.path / "data/prices.csv"), str(other.path / "parts")])
            repo.push()
            other.git("add", "--all")
            other.git("commit", "--quiet", "--message", tag)
            other.git("tag", tag)
    return other


def fetch_in_this_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that loads DVC takes a second of processor time; test_dvc_files has tests that start one."""

    def fetch(repo: str, rev: str, path: str, max_bytes: int, max_files: int, target: Path) -> None:
        try:
            fetch_path(repo, rev, path, target, max_bytes, max_files)
        except UserError as error:
            raise UserError(without_secrets(str(error), repo)) from None

    monkeypatch.setattr(dvc_files, "_fetch", fetch)

"""Parameters, records and outputs of a commit, or of the working tree. Nothing in the repository changes."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from stages.cli.git import file_at_commit, git
from stages.cli.revisions.find_commit import find_commit
from stages.cli.revisions.object_source import ObjectSource
from stages.core import paths
from stages.core.dvc.lock_file.lock_file import LOCK
from stages.core.dvc.pipeline_file import PIPELINE
from stages.core.dvc.storage.cache import FOLDER_SUFFIX, cache_object
from stages.core.errors import UserError
from stages.core.parameters.read_params import MAX_PARAMS_VALUES, Sections
from stages.core.parameters.read_yaml import Yaml12Loader
from stages.core.parameters.yaml_size import size_problem

WORKING_TREE = "working tree"
SHORT_COMMIT = 8


class UnavailableOutputError(LookupError):
    """`reason` says why a revision's outputs cannot be read, without the name of the one that was asked for."""

    def __init__(self, path: Path, reason: str) -> None:
        self.reason = reason
        super().__init__(f"{path}: {reason}")


@dataclass(frozen=True)
class Snapshot:
    """`name` is what a person typed, shortened if that is a whole hash. `commit` is None for the working tree.

    `main_branch` is given if nobody typed a name, since it is the last commit in common with this branch.
    """

    name: str
    commit: str | None
    objects: ObjectSource
    main_branch: str = ""

    def text(self, path: Path) -> str | None:
        """The content of a file that is in Git, such as metrics; None if there is no such file."""
        if self.commit is not None:
            return file_at_commit(self.commit, path) or None
        return path.read_text(encoding="utf-8", errors="replace") if path.is_file() else None

    def files(self, folder: Path) -> list[Path]:
        """The files in Git below a folder; of the working tree, also those that are not yet in Git."""
        arguments = (
            ["ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", str(folder)]
            if self.commit is None
            else ["ls-tree", "-r", "--name-only", "-z", self.commit, "--", f"{folder}/"]
        )
        found = sorted({Path(name) for name in git(*arguments).split("\0") if name})
        return [path for path in found if self.commit is not None or path.is_file()]

    @cached_property
    def params(self) -> dict[str, Any]:
        """The content of params.yaml; empty if there is none."""
        content = self._mapping(paths.PARAMS, yaml.CSafeLoader, "datasets")
        sections = [section for dataset in (content.get("datasets") or {}).values() for section in dataset.values()]
        if not all(isinstance(section, dict) for section in sections):
            raise self._unreadable(paths.PARAMS)
        return content

    @property
    def datasets(self) -> dict[str, Sections]:
        """The parameters of each dataset, as params.yaml has them."""
        return self.params.get("datasets") or {}

    @cached_property
    def pipeline(self) -> dict[str, Any]:
        """The stages of dvc.yaml; empty if there is none."""
        return self._mapping(PIPELINE, yaml.CSafeLoader, "stages").get("stages") or {}

    @cached_property
    def records(self) -> dict[str, Any]:
        """The entries of dvc.lock by stage, such as `train@iris`."""
        records = self._mapping(LOCK, Yaml12Loader, "stages").get("stages") or {}
        files = [file for entry in records.values() for part in ("deps", "outs") for file in entry.get(part) or []]
        if not all(isinstance(file, dict) and isinstance(file.get("path"), str) for file in files):
            raise self._unreadable(LOCK)
        return records

    def output(self, path: Path) -> Path:
        """A file with the content of this output, or of this file in an output that is a folder.

        It is that of the working tree, of DVC's cache, or one that is fetched from the default remote. Raises
        LookupError with the reason if it is in none of them.
        """
        if self.commit is None and path.is_file():
            return path
        try:
            return self.objects.find(self._md5(path))
        except UnavailableOutputError:
            raise
        except LookupError:
            reason = f"{self.objects.where_missing} ({self.name})"
            if self.commit is not None:
                reason += f"; {self.objects.solution}"
            raise UnavailableOutputError(path, reason) from None

    def size(self, path: Path) -> int:
        """The bytes of an output that is a file, or of a file in one. It is not fetched if it is not in the cache.

        Raises LookupError with the reason.
        """
        if self.commit is None and path.is_file():
            return path.stat().st_size
        try:
            return cache_object(self._md5(path)).stat().st_size
        except (FileNotFoundError, LookupError):
            raise UnavailableOutputError(path, f"not in DVC's cache ({self.name})") from None

    def _md5(self, path: Path) -> str:
        md5, file = self._recorded(path)
        if file is None:
            return md5
        files = self.objects.folder_files(md5)
        if file.as_posix() not in files:
            raise UnavailableOutputError(path, f"not among the files that {self.name} recorded")
        return files[file.as_posix()]

    def _recorded(self, path: Path) -> tuple[str, Path | None]:
        """The MD5 of the output, and the path of the file in it if it is a folder."""
        for out in (out for entry in self.records.values() for out in entry.get("outs", [])):
            recorded, md5 = Path(out["path"]), str(out.get("md5", ""))
            if path == recorded and not md5.endswith(FOLDER_SUFFIX):
                return md5, None
            if recorded in path.parents and md5.endswith(FOLDER_SUFFIX):
                return md5, path.relative_to(recorded)
        raise UnavailableOutputError(path, f"not recorded in {LOCK} ({self.name})")

    def _mapping(self, path: Path, loader: type[yaml.CSafeLoader], section: str) -> dict[str, Any]:
        """Raises UserError unless the section, if there is one, has a mapping for each of its entries."""
        try:
            text = self.text(path) or "{}"
            # Before it is loaded: the loader crashes the process if values are nested too deep.
            readable = size_problem(text, MAX_PARAMS_VALUES) is None
            content = yaml.load(text, Loader=loader) if readable else None  # noqa: S506
        except yaml.YAMLError:
            content = None
        entries = (content.get(section) or {}) if isinstance(content, dict) else None
        if not isinstance(entries, dict) or not all(isinstance(entry, dict) for entry in entries.values()):
            raise self._unreadable(path)
        assert isinstance(content, dict)
        return content

    def _unreadable(self, path: Path) -> UserError:
        solution = "name another revision" if self.commit else f"`restage merge` or `git checkout {path}` restores it"
        return UserError(f"{path} of {self.name} cannot be read; {solution}")


@contextmanager
def open_snapshot(revision: str | None) -> Iterator[Snapshot]:
    """None stands for the working tree. What is fetched from a remote is deleted at the end.

    Raises UserError if no commit has this name.
    """
    commit = None if revision is None else find_commit(revision)
    with tempfile.TemporaryDirectory(prefix="restage-objects-") as folder:
        name = WORKING_TREE if revision is None else revision[:SHORT_COMMIT] if revision == commit else revision
        yield Snapshot(name, commit, ObjectSource(Path(folder)))

"""Parameters, records and outputs of a commit, or of the working tree. Nothing in the repository changes."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml

from stages.cli.git import file_at_commit
from stages.cli.revisions.find_commit import find_commit
from stages.cli.revisions.object_source import ObjectSource
from stages.core import paths
from stages.core.dvc.lock_file.lock_file import LOCK
from stages.core.dvc.storage.cache import FOLDER_SUFFIX
from stages.core.errors import UserError
from stages.core.read_params import MAX_PARAMS_VALUES, Sections
from stages.core.read_yaml import Yaml12Loader
from stages.core.yaml_size import size_problem

WORKING_TREE = "working tree"


class UnavailableOutputError(LookupError):
    """`reason` says why a revision's outputs cannot be read, without the name of the one that was asked for."""

    def __init__(self, path: Path, reason: str) -> None:
        self.reason = reason
        super().__init__(f"{path}: {reason}")


@dataclass(frozen=True)
class Snapshot:
    """`name` is what a person typed. `commit` is None for the working tree."""

    name: str
    commit: str | None
    objects: ObjectSource

    def text(self, path: Path) -> str | None:
        """The content of a file that is in Git, such as metrics; None if there is no such file."""
        if self.commit is not None:
            return file_at_commit(self.commit, path) or None
        return path.read_text(encoding="utf-8") if path.is_file() else None

    @cached_property
    def datasets(self) -> dict[str, Sections]:
        """The parameters of each dataset, as params.yaml has them."""
        return self._section(paths.PARAMS, "datasets", yaml.CSafeLoader)

    @cached_property
    def records(self) -> dict[str, Any]:
        """The entries of dvc.lock by stage, such as `train@iris`."""
        return self._section(LOCK, "stages", Yaml12Loader)

    def output(self, path: Path) -> Path:
        """A file with the content of this output, or of this file in an output that is a folder.

        It is that of the working tree, of DVC's cache, or one that is fetched from the default remote. Raises
        LookupError with the reason if it is in none of them.
        """
        if self.commit is None and path.is_file():
            return path
        md5, file = self._recorded(path)
        try:
            if file is not None:
                md5 = self.objects.folder_files(md5)[str(file)]
            return self.objects.find(md5)
        except LookupError:
            reason = f"not in DVC's cache and not on the default remote ({self.name})"
            raise UnavailableOutputError(path, reason) from None

    def _recorded(self, path: Path) -> tuple[str, Path | None]:
        """The MD5 of the output, and the path of the file in it if it is a folder."""
        for out in (out for entry in self.records.values() for out in entry.get("outs", [])):
            recorded, md5 = Path(out["path"]), str(out.get("md5", ""))
            if path == recorded and not md5.endswith(FOLDER_SUFFIX):
                return md5, None
            if recorded in path.parents:
                return md5, path.relative_to(recorded)
        raise UnavailableOutputError(path, f"not recorded in {LOCK} ({self.name})")

    def _section(self, path: Path, section: str, loader: type[yaml.CSafeLoader]) -> dict[str, Any]:
        text = self.text(path) or "{}"
        try:
            # Before it is loaded: the loader crashes the process if values are nested too deep.
            readable = size_problem(text, MAX_PARAMS_VALUES) is None
            content = yaml.load(text, Loader=loader) if readable else None  # noqa: S506
        except yaml.YAMLError:
            content = None
        entries = (content.get(section) or {}) if isinstance(content, dict) else None
        if not isinstance(entries, dict) or not all(isinstance(entry, dict) for entry in entries.values()):
            raise UserError(f"{path} of {self.name} cannot be read; name another revision")
        return entries


@contextmanager
def open_snapshot(revision: str | None) -> Iterator[Snapshot]:
    """None stands for the working tree. What is fetched from a remote is deleted at the end.

    Raises UserError if no commit has this name.
    """
    commit = None if revision is None else find_commit(revision)
    with tempfile.TemporaryDirectory(prefix="restage-objects-") as folder:
        yield Snapshot(revision or WORKING_TREE, commit, ObjectSource(Path(folder)))

"""The files of a dataset by their paths in the repository."""

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from stages.cli.predict.revision.recorded_files import RecordedOutput, recorded_outputs
from stages.cli.revisions.object_source import ObjectSource
from stages.core.errors import UserError
from stages.notebook.files.working_folder import in_folder


class DatasetFiles(Protocol):
    def find(self, path: Path) -> Path:
        """An absolute path of the content of this output of a stage, a file or a folder."""


class WorkingTreeFiles:
    def __init__(self, root: Path) -> None:
        self._root = root

    def find(self, path: Path) -> Path:
        return self._root / path


class RevisionFiles:
    """Links to files of DVC's cache, or of the default remote, in a temporary folder. It is deleted with this object.

    `revision` is what a person typed.
    """

    def __init__(self, root: Path, key: str, revision: str, commit: str) -> None:
        self._root, self._key, self._revision, self._commit = root, key, revision, commit
        self._temporary = tempfile.TemporaryDirectory(prefix="restage-notebook-")
        self._folder = Path(self._temporary.name).resolve()
        self._objects = ObjectSource(self._folder / "fetched")
        self._outputs: Sequence[RecordedOutput] | None = None

    def find(self, path: Path) -> Path:
        """Raises UserError if the revision does not record the output, or if a file of it is nowhere."""
        target = self._folder / path
        with in_folder(self._root):
            if not target.exists():
                _link_files(self._sources(path), self._folder)
        return target

    def _sources(self, path: Path) -> Mapping[Path, Path]:
        """A file with the content of each file of the output."""
        if self._outputs is None:
            self._outputs = recorded_outputs(self._commit, self._revision, self._key)
        output = next((output for output in self._outputs if output.path == path), None)
        if output is None:
            raise UserError(f"{path}: not recorded at {self._revision}")
        try:
            if not output.is_folder:
                return {path: self._objects.find(output.md5)}
            files = self._objects.folder_files(output.md5)
            return {path / file: self._objects.find(md5) for file, md5 in files.items()}
        except LookupError:
            raise UserError(f"{path} of {self._revision}: neither in DVC's cache nor on the default remote") from None


def _link_files(sources: Mapping[Path, Path], folder: Path) -> None:
    for path, source in sources.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).symlink_to(source)

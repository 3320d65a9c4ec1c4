"""The files of a dataset at a revision. Importing this module imports DVC."""

import re
import tempfile
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path

from stages.cli.predict.revision.files_of_revision import files_of_revision
from stages.cli.predict.revision.recorded_files import RecordedOutput, recorded_outputs
from stages.cli.revisions.object_source import ObjectSource
from stages.core.errors import UserError
from stages.notebook.files.working_folder import in_folder

_STAGE_COMMAND = re.compile(r"; run `dvc repro [^`]*`")


class RevisionFiles:
    """Links to files of DVC's cache, or of the default remote, in temporary folders that are deleted with this object.

    `revision` is what a person typed.
    """

    def __init__(self, root: Path, key: str, revision: str, commit: str) -> None:
        self._root, self._key, self._revision, self._commit = root, key, revision, commit
        self._temporary = ExitStack()
        weakref.finalize(self, self._temporary.close)

    def find(self, path: Path) -> Path:
        """Raises UserError if the revision does not record the output, or if a file of it is nowhere."""
        target = self._folder / path
        with in_folder(self._root):
            if not target.exists():
                _link_files(self._sources(path), self._folder)
        return target

    def model_folder(self) -> Path:
        with in_folder(self._root):
            files = files_of_revision(self._commit, self._key, with_data=False)
            return self._temporary.enter_context(files)

    @contextmanager
    def explain_errors(self) -> Iterator[None]:
        """A run would make the files of the working tree, not those of the revision."""
        try:
            yield
        except UserError as error:
            raise UserError(*map(self._explain, error.messages)) from None

    def _explain(self, text: str) -> str:
        named = text.replace(f"{self._folder}/", "").replace(self._commit, self._revision)
        if not _STAGE_COMMAND.search(named):
            return named
        return f"rev {self._revision}: {_STAGE_COMMAND.sub('', named)}; read it with the code of that revision"

    @cached_property
    def _folder(self) -> Path:
        folder = self._temporary.enter_context(tempfile.TemporaryDirectory(prefix="restage-notebook-"))
        return Path(folder).resolve()

    @cached_property
    def _objects(self) -> ObjectSource:
        return ObjectSource(self._folder / "fetched")

    @cached_property
    def _outputs(self) -> Sequence[RecordedOutput]:
        return recorded_outputs(self._commit, self._revision, self._key)

    def _sources(self, path: Path) -> Mapping[Path, Path]:
        """A file with the content of each file of the output."""
        output = next((output for output in self._outputs if output.path == path), None)
        if output is None:
            raise UserError(f"rev {self._revision}: its dvc.lock does not record {path}")
        try:
            if not output.is_folder:
                return {path: self._objects.find(output.md5)}
            files = self._objects.folder_files(output.md5)
            return {path / file: self._objects.find(md5) for file, md5 in files.items()}
        except LookupError:
            reason = f"{self._objects.where_missing}; {self._objects.solution}"
            raise UserError(f"rev {self._revision}: {path} is {reason}") from None


def _link_files(sources: Mapping[Path, Path], folder: Path) -> None:
    for path, source in sources.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).symlink_to(source)

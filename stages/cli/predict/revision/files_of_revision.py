"""A temporary folder with the files of a revision, at the paths that they have in the repository."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from stages.cli.git import file_at_commit
from stages.cli.predict.revision.older_files import complete_older_files
from stages.cli.predict.revision.recorded_files import RecordedOutput, needed_files, recorded_outputs
from stages.cli.revisions.find_commit import find_commit
from stages.cli.revisions.object_source import ObjectSource
from stages.core import paths
from stages.core.dvc.dvc_errors import dvc_errors
from stages.core.errors import UserError, format_examples

FILES = {paths.evaluation, paths.data_profile}


@contextmanager
def files_of_revision(revision: str, key: str, with_data: bool) -> Iterator[Path]:
    """Files of DVC's cache are linked, not copied; `with_data` gives the data of the splits too.

    Raises UserError if the revision has no model, if files are neither in the cache nor on the remote, or if today's
    code cannot read them.
    """
    commit = find_commit(revision)
    outputs = recorded_outputs(commit, revision, key)
    with tempfile.TemporaryDirectory(prefix="restage-predict-") as name:
        folder = Path(name).resolve()
        with dvc_errors():
            _link_files(outputs, ObjectSource(folder / "fetched"), folder, revision, key, with_data)
        accepted = file_at_commit(commit, paths.accepted_profile(key))
        if accepted:
            _target(folder, paths.accepted_profile(key)).write_text(accepted, encoding="utf-8")
        complete_older_files(folder, revision, key)
        yield folder


def _link_files(
    outputs: list[RecordedOutput], source: ObjectSource, folder: Path, revision: str, key: str, with_data: bool
) -> None:
    missing: list[Path] = []
    for output in outputs:
        for path, md5 in _files(output, source, key, with_data, missing):
            try:
                _target(folder, path).symlink_to(source.find(md5))
            except LookupError:
                missing.append(path)
    if missing:
        raise _not_found(missing, source, revision, key)


def _files(
    output: RecordedOutput, source: ObjectSource, key: str, with_data: bool, missing: list[Path]
) -> Iterator[tuple[Path, str]]:
    if output.is_folder:
        try:
            files = source.folder_files(output.md5)
        except LookupError:
            missing.append(output.path)
            return
        for file in needed_files(output, files, key, with_data):
            yield output.path / file, files[file]
    elif output.path in {path(key) for path in FILES}:
        yield output.path, output.md5


def _target(folder: Path, path: Path) -> Path:
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    return folder / path


def _not_found(missing: list[Path], source: ObjectSource, revision: str, key: str) -> UserError:
    return UserError(
        f"--rev {revision}: {format_examples(missing)}: {source.where_missing}; {source.solution}; or train it again: "
        f"`git checkout {revision}`, `restage run {key}`"
    )

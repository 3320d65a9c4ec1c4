"""A clone, and what notebooks read of it."""

from collections.abc import Sequence
from pathlib import Path

from stages.core.errors import UserError, suggest
from stages.core.parameters.read_params import Sections, read_params
from stages.notebook.compared_revisions import Comparison
from stages.notebook.dataset import Dataset
from stages.notebook.files.dataset_files import DatasetFiles, WorkingTreeFiles
from stages.notebook.files.working_folder import current_folder, find_root, in_folder
from stages.notebook.find_stale_results import warn_of_stale_results
from stages.notebook.notebook_errors import raises_error


class Repository:
    """The repository that the folder is in. `root` is its top folder."""

    @raises_error
    def __init__(self, folder: str | Path) -> None:
        self.root = find_root(Path(folder).resolve())

    @raises_error
    def datasets(self) -> dict[str, str]:
        """The title of each dataset of the suite by its key."""
        with in_folder(self.root):
            found = read_params()["datasets"]
        return {key: str(sections["report"]["title"]) for key, sections in found.items()}

    @raises_error
    def load(self, key: str, rev: str | None = None) -> Dataset:
        """The results of a dataset, in the working tree or at a revision."""
        check_name("key", key)
        if rev is not None:
            check_name("rev", rev)
        with in_folder(self.root):
            return self._in_working_tree(key) if rev is None else self._at_revision(key, rev)

    @raises_error
    def compare(self, base: str | None = None, head: str | None = None, keys: Sequence[str] = ()) -> Comparison:
        """What differs between two revisions; see restage.compare."""
        from stages.cli.compare.compare import opened_snapshots
        from stages.cli.compare.compare_revisions import compare_revisions

        with in_folder(self.root), opened_snapshots(base, head) as (of_base, of_head):
            return Comparison(compare_revisions(of_base, of_head, [keys] if isinstance(keys, str) else keys))

    def _in_working_tree(self, key: str) -> Dataset:
        # These import Hydra, which takes longer than all else that is imported.
        from stages.cli.dataset_keys import check_keys
        from stages.notebook.find_stale_results import describe_stale_results

        found: dict[str, Sections] = read_params()["datasets"]
        check_keys([key], list(found))
        if warning := describe_stale_results(key):
            warn_of_stale_results(warning)
        return Dataset(key, found[key], WorkingTreeFiles(self.root, key), warning=warning)

    def _at_revision(self, key: str, rev: str) -> Dataset:
        # These import DVC.
        from stages.cli.revisions.snapshot import open_snapshot
        from stages.notebook.files.revision_files import RevisionFiles

        with open_snapshot(rev) as snapshot:
            if key not in snapshot.datasets:
                raise UserError(f"rev {rev}: no dataset {key!r}; {suggest(key, list(snapshot.datasets))}")
            assert snapshot.commit is not None
            files: DatasetFiles = RevisionFiles(self.root, key, rev, snapshot.commit)
            return Dataset(key, snapshot.datasets[key], files, rev, snapshot.commit)

    def __repr__(self) -> str:
        return f"<restage repository {self.root}>"


def check_name(argument: str, value: object) -> None:
    """A hash of digits alone is easily given as a number."""
    if not isinstance(value, str):
        raise UserError(f"{argument}: a text is expected; received {value!r}")


def current_repository() -> Repository:
    """The one that the current folder is in."""
    return Repository(current_folder())

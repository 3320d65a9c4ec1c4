"""A clone, and what notebooks read of it."""

from collections.abc import Sequence
from pathlib import Path
from typing import Self

from stages.cli.dataset_keys import check_keys
from stages.cli.revisions.snapshot import Snapshot, open_snapshot
from stages.core.errors import UserError, suggest
from stages.notebook.comparison import Comparison
from stages.notebook.dataset import Dataset
from stages.notebook.errors import raises_error
from stages.notebook.files.working_folder import current_folder, find_root, in_folder
from stages.notebook.stale_results import describe_stale_results, warn_of_stale_results


class Repository:
    """The repository that the folder is in. `root` is its top folder."""

    @raises_error
    def __init__(self, folder: str | Path) -> None:
        self.root = find_root(Path(folder).resolve())

    @classmethod
    def of_current_folder(cls) -> Self:
        return cls(current_folder())

    @raises_error
    def datasets(self) -> dict[str, str]:
        """The title of each dataset of the suite by its key."""
        with in_folder(self.root), open_snapshot(None) as snapshot:
            return {key: _title(key, snapshot) for key in snapshot.datasets}

    @raises_error
    def load(self, key: str, rev: str | None = None) -> Dataset:
        """The results of a dataset, in the working tree or at a revision."""
        with in_folder(self.root), open_snapshot(rev) as snapshot:
            if rev is None:
                check_keys([key], list(snapshot.datasets))
                warning = describe_stale_results(key)
            elif key not in snapshot.datasets:
                raise UserError(f"rev {rev}: no dataset {key!r}; {suggest(key, list(snapshot.datasets))}")
            else:
                warning = None
            sections, commit = snapshot.datasets[key], snapshot.commit
        if warning:
            warn_of_stale_results(warning)
        return Dataset(self.root, key, sections, rev, commit, warning)

    @raises_error
    def compare(self, base: str | None = None, head: str | None = None, keys: Sequence[str] = ()) -> Comparison:
        """What differs between two revisions; see restage.compare."""
        from stages.cli.compare.compare_revisions import compare_revisions
        from stages.cli.revisions.merge_base import merge_base_with_main

        if isinstance(keys, str):
            keys = [keys]
        with in_folder(self.root):
            name = base or merge_base_with_main()
            with open_snapshot(name) as of_base, open_snapshot(head) as of_head:
                return Comparison(compare_revisions(of_base, of_head, keys))

    def __repr__(self) -> str:
        return f"<restage repository {self.root}>"


def _title(key: str, snapshot: Snapshot) -> str:
    return str(snapshot.datasets[key].get("report", {}).get("title") or key)

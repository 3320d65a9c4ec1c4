"""Suites that name other datasets than before."""

from pathlib import Path

from stages.cli.compare.comparison import SuiteChange
from stages.cli.datasets.suite_files import named_datasets
from stages.cli.revisions.snapshot import Snapshot
from stages.core.paths import CONF

SUITES = CONF / "suite"


def suite_changes(base: Snapshot, head: Snapshot) -> list[SuiteChange]:
    """A suite that is new adds all its datasets; one that is gone removes them."""
    old, new = _suites(base), _suites(head)
    changes = [
        SuiteChange(
            name=file.stem,
            added=[key for key in new.get(file, []) if key not in old.get(file, [])],
            removed=[key for key in old.get(file, []) if key not in new.get(file, [])],
        )
        for file in sorted({*old, *new})
    ]
    return [change for change in changes if change.added or change.removed]


def _suites(snapshot: Snapshot) -> dict[Path, list[str]]:
    files = (file for file in snapshot.files(SUITES) if file.suffix == ".yaml")
    return {file: named_datasets(snapshot.text(file) or "") for file in files}

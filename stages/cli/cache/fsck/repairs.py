"""Repairs of single objects: from the other side, from the work tree, or by moving the damaged object away."""

import tempfile
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from stages.cli.cache.commits_and_work_trees import WORK_TREE
from stages.cli.cache.fsck.checked_store import CheckedStore
from stages.cli.cache.fsck.findings import Finding, Findings, Problem
from stages.cli.cache.fsck.work_tree_files import WorkTree, move_away
from stages.cli.cache.needed_objects import NeededObject
from stages.cli.cache.recorded_output_files import Output
from stages.core.dvc.storage.cache import FOLDER_SUFFIX, md5_of_file
from stages.core.dvc.storage.object_stores import Storage, object_file
from stages.core.dvc.storage.quarantine import QUARANTINE, quarantine
from stages.core.dvc.storage.run_cache import read_run
from stages.core.errors import UserError


class Repairs:
    """`needed` says who needs each object."""

    def __init__(
        self, sides: Sequence[CheckedStore], work_tree: WorkTree, needed: Mapping[str, Sequence[NeededObject]]
    ) -> None:
        self._sides = sides
        self._work_tree = work_tree
        self._needed = needed

    def source_name(self, finding: Finding) -> str | None:
        """Where the object is intact, if anywhere."""
        source = self._source(finding)
        return None if source is None else _name(source)

    def repair(self, finding: Finding) -> str | None:
        """Returns where the object was taken from; None if there is no intact one, and a damaged one was moved away."""
        source = self._source(finding)
        with tempfile.TemporaryDirectory() as folder:
            copy = self._fetch(finding, source, Path(folder))
            if source and copy and md5_of_file(copy) == finding.name.removesuffix(FOLDER_SUFFIX):
                finding.side.store.put(object_file(finding.name), copy)
                if finding.side.check_again(finding.name):
                    return _name(source)
        if finding.problem is Problem.DAMAGED:
            move_to_quarantine(finding.side, object_file(finding.name))
            del finding.side.md5s[finding.name]
        return None

    def _source(self, finding: Finding) -> CheckedStore | WorkTree | None:
        for side in self._sides:
            if side is not finding.side and side.is_intact(finding.name):
                return side
        with tempfile.TemporaryDirectory() as folder:
            copy = self._work_tree.copy_of(finding.name, self._needed.get(finding.name, ()), Path(folder))
        return self._work_tree if copy else None

    def _fetch(self, finding: Finding, source: CheckedStore | WorkTree | None, folder: Path) -> Path | None:
        if isinstance(source, CheckedStore):
            copy = folder / finding.name
            source.store.fetch(object_file(finding.name), copy)
            return copy
        return source.copy_of(finding.name, self._needed.get(finding.name, ()), folder) if source else None


def _name(source: CheckedStore | WorkTree) -> str:
    return source.store.name if isinstance(source, CheckedStore) else WORK_TREE


def move_to_quarantine(side: CheckedStore, file: str) -> None:
    store = side.store
    if store.is_cache:
        quarantine([store.local_path(file)])
        return
    QUARANTINE.mkdir(parents=True, exist_ok=True)
    store.fetch(file, QUARANTINE / f"{store.name} {file}".replace(" ", "-").replace("/", "-"))
    store.remove([file])


def repair_run(side: CheckedStore, file: str, others: Sequence[CheckedStore]) -> str | None:
    """Replace an entry of the run cache by an intact one, or move it away: then its stage runs again."""
    with tempfile.TemporaryDirectory() as folder:
        for other in others:
            if file in other.runs and file not in other.damaged_runs:
                copy = Path(folder, "run")
                other.store.fetch(file, copy)
                if read_run(file, copy.read_bytes()) is not None:
                    side.store.put(file, copy)
                    return other.store.name
    move_to_quarantine(side, file)
    return None


def restore_work_tree(
    storage: Storage,
    findings: Findings,
    objects: Sequence[Finding],
    copies: Sequence[tuple[Path, Output]],
    lost: Collection[str],
) -> None:
    """Move damaged files away, and check out the outputs of repaired objects again, except those with a lost object.

    DVC makes files that are missing; it reads no file that it takes for intact.
    """
    move_away(path for path, _ in copies)
    damaged = [f.name for f in objects if f.side.store.is_cache and f.problem is Problem.DAMAGED]
    outputs = {path for name in damaged for path in findings.present_outputs(name) if Path(path).exists()}
    outputs |= {output.path for _, output in copies}
    outputs -= {path for name in lost for path in findings.present_outputs(name)}
    try:
        storage.checkout(sorted(outputs))
    except UserError as error:
        print(f"{WORK_TREE} was not restored; `dvc checkout` does it: {error}")

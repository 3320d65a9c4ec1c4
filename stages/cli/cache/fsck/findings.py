"""What is wrong in the cache, a remote and the work tree."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from stages.cli.cache.commits_and_work_trees import WORK_TREE
from stages.cli.cache.fsck.checked_store import CheckedStore
from stages.cli.cache.fsck.work_tree_files import WorkTree
from stages.cli.cache.needed_objects import needed_objects
from stages.cli.cache.recorded_output_files import Output
from stages.core.dvc.storage.object_stores import ObjectStore, Storage, object_file


class Problem(Enum):
    DAMAGED = "damaged"
    MISSING = "missing"


@dataclass(frozen=True)
class Finding:
    """An object, by DVC's name."""

    side: CheckedStore
    name: str
    problem: Problem


class Findings:
    """`sides` begins with the cache; `records` has the places where each output is recorded."""

    def __init__(self, storage: Storage, sides: Sequence[CheckedStore], records: Mapping[Output, list[str]]) -> None:
        self._storage = storage
        self._sides = sides
        self._cache = sides[0]
        present = [output for output, places in records.items() if WORK_TREE in places and output.is_cached]
        self.work_tree = WorkTree(present)
        self.needed = needed_objects(records, self._folder_files)
        # As they are before a repair.
        self._damaged_content = {name: self._cache.md5s[name] for name in self._cache.damaged()}

    def objects(self) -> list[Finding]:
        return [finding for side in self._sides for finding in self._of_side(side)]

    def _of_side(self, side: CheckedStore) -> Iterator[Finding]:
        for name in side.damaged():
            yield Finding(side, name, Problem.DAMAGED)
        for name, needed in self.needed.items():
            if name not in side.md5s and any(_belongs_to(side.store, n.output) for n in needed):
                yield Finding(side, name, Problem.MISSING)

    def damaged_copies(self) -> list[tuple[Path, Output]]:
        """Files of the work tree that DVC takes for what is recorded, or that were copied from a damaged object."""
        return self.work_tree.damaged_files(self._folder_files, self._is_believed)

    def _is_believed(self, path: Path, md5: str) -> bool:
        cached = self._cache.store.local_path(object_file(md5))
        return (
            self._storage.believed_md5(path) == md5
            or self._damaged_content.get(md5) == self.work_tree.md5(path)
            or (cached.is_file() and path.samefile(cached))
        )

    def present_outputs(self, name: str) -> set[str]:
        """The paths of the outputs in the work tree's record that need the object."""
        return {n.output.path for n in self.needed.get(name, ()) if n.output in self.work_tree.outputs}

    def _folder_files(self, name: str) -> Mapping[str, str] | None:
        listed = (side.folder_files(name) for side in self._sides if side.is_intact(name))
        return next(listed, None) or self.work_tree.folder_files(name)


def _belongs_to(store: ObjectStore, output: Output) -> bool:
    if store.is_cache:
        return output.is_cached
    return output.is_cached and output.is_pushed and output.remote in (None, store.name.partition(" ")[2])

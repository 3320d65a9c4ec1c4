"""Names the files behind a dependency whose hash changed, each with the commit that last changed it."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from stages.cli.explain.causes.find_recorded import RecordedContent, RecordedContents
from stages.cli.explain.causes.git_objects import GitObjects
from stages.cli.explain.causes.last_commits import LastCommit, ignored_files, last_commits, uncommitted_files
from stages.cli.explain.explanation import FileChange
from stages.cli.explain.simulation.simulate_run import ChangedFile

Change = Literal["changed", "added", "removed"]


class ChangedFiles:
    """Asks Git once for the files of all these dependencies; `also` are files that `describe` is asked for."""

    def __init__(self, objects: GitObjects, dependencies: Iterable[ChangedFile], also: Iterable[str] = ()) -> None:
        self._contents = RecordedContents(objects)
        unique = dict.fromkeys(dependencies)
        others = list(also)
        asked = sorted({each.path for each in unique} | set(others))
        uncommitted = uncommitted_files(asked) if asked else set[str]()
        self._uncommitted = {path for path in uncommitted if not objects.is_ignored(path)}
        self._ignored_by_git = ignored_files(asked) if asked else set[str]()
        self._changes = {each: dict(self._compare(each)) for each in unique}
        names = [*others, *(name for changes in self._changes.values() for name in changes)]
        self._commits: Mapping[str, LastCommit] = last_commits(name for name in names if name not in self._uncommitted)

    def of(self, dependency: ChangedFile) -> list[FileChange]:
        """If no commit has the recorded content, those that are not committed."""
        return [self.describe(path, change) for path, change in self._changes[dependency].items()]

    def recorded_commit(self, dependency: ChangedFile) -> str | None:
        found = self._find(dependency)
        return found.commit if found else None

    @property
    def some_not_found(self) -> bool:
        return any(self._find(dependency) is None for dependency in self._changes)

    def describe(self, path: str, change: Change) -> FileChange:
        found = self._commits.get(path)
        return FileChange(
            path=path, change=change, commit=found.commit if found else None, subject=found.subject if found else None
        )

    def _find(self, dependency: ChangedFile) -> RecordedContent | None:
        files = dependency.now.files or {}
        local = {name: md5 for name, md5 in files.items() if f"{dependency.path}/{name}" in self._ignored_by_git}
        return self._contents.find(dependency.path, dependency.recorded, local)

    def _compare(self, dependency: ChangedFile) -> Iterator[tuple[str, Change]]:
        found = self._find(dependency)
        if found is not None:
            yield from differing_files(dependency.path, found.files, dependency.files_now)
            return
        for name in sorted(self._uncommitted):
            if f"{name}/".startswith(f"{dependency.path}/"):
                yield name, "changed"


def differing_files(path: str, old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[tuple[str, Change]]:
    """`old` and `new` are the hashes of the files in the folder `path`, or that of a file by the name ''.

    >>> list(differing_files("a", {"b": "1", "c": "1"}, {"b": "2", "d": "1"}))
    [('a/b', 'changed'), ('a/c', 'removed'), ('a/d', 'added')]
    """
    for name in sorted({*old, *new}):
        if old.get(name) != new.get(name):
            change: Change = "added" if name not in old else "removed" if name not in new else "changed"
            yield f"{path}/{name}" if name else path, change

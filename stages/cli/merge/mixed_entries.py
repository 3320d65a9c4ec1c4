"""Entries of dvc.lock that a merge without the driver put together from lines of both sides.

Git merges by lines, also within an entry: the dependencies of one side with the outputs of the other, a record of what
never happened. It can be told from the commits: an entry of a merge that none of its parents has.
"""

from collections.abc import Iterator
from pathlib import Path

from stages.cli.git import file_at_commit, git
from stages.core.dvc.lock_file.lock_entries import LockText
from stages.core.dvc.lock_file.lock_file import LOCK
from stages.core.errors import UserError
from stages.core.files.atomic_write import write_text

CHECKED = Path(".dvc/tmp/restage/checked_commit.txt")


def drop_mixed_entries() -> list[str]:
    """Remove them, so that their stages are stale; returns their names. The same commit is not checked twice.

    An entry that was recorded anew before the merge was committed goes too; the run cache has its result.
    """
    try:
        head = git("rev-parse", "--verify", "HEAD").strip()
    except UserError:
        return []  # no repository, or no commit
    checked = CHECKED.read_text(encoding="utf-8").strip() if CHECKED.is_file() else ""
    if head == checked or not LOCK.is_file():
        return []
    lock = LockText.parse(LOCK.read_text(encoding="utf-8"))
    mixed = {name for commit in _merges() for name, entry in _mixed(commit) if lock.entries.get(name) == entry}
    if mixed:
        lock.entries = {name: entry for name, entry in lock.entries.items() if name not in mixed}
        write_text(LOCK, str(lock))
    write_text(CHECKED, f"{head}\n")
    return sorted(mixed)


def _merges() -> Iterator[str]:
    """The merges that put dvc.lock together, and after which nothing was recorded.

    A later commit of dvc.lock that is no merge is the result of a run, which dropped what was mixed.
    """
    recorded: set[str] = set()
    for line in git("rev-list", "--topo-order", "--parents", "HEAD", "--", str(LOCK)).splitlines():
        commit, *parents = line.split()
        if commit in recorded or len(parents) < 2:
            recorded.update(parents)
        else:
            yield commit


def _mixed(commit: str) -> Iterator[tuple[str, str]]:
    parents = [_entries(parent) for parent in git("rev-parse", f"{commit}^@").split()]
    for name, entry in _entries(commit).items():
        if all(parent.get(name) != entry for parent in parents):
            yield name, entry


def _entries(commit: str) -> dict[str, str]:
    try:
        return LockText.parse(file_at_commit(commit, LOCK)).entries
    except ValueError:
        return {}  # conflict markers were committed

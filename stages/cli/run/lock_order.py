"""dvc.lock in the order of a serial run: DVC keeps an entry's place and appends new ones as they finish."""

from collections.abc import Sequence

from dvc.repo import Repo, lock_repo
from dvc.utils.serialize import dumps_yaml, parse_yaml_for_update

from stages.core.dvc.cache import LOCK, read_lock_file
from stages.core.runtime.atomic_write import write_text


def recorded() -> list[str]:
    """The stages that dvc.lock names, in its order."""
    return list(read_lock_file())


def put_in_order(repo: Repo, earlier: Sequence[str], planned: Sequence[str]) -> None:
    """Entries that were there stay where they were; those that are new follow as a serial run meets them."""
    with lock_repo(repo):
        now = recorded()
        wanted = in_order(now, earlier, planned)
        if now != wanted:
            content = parse_yaml_for_update(LOCK.read_text(encoding="utf-8"), str(LOCK))
            for name in wanted:
                content["stages"].move_to_end(name)
            write_text(LOCK, dumps_yaml(content))


def in_order(now: Sequence[str], earlier: Sequence[str], planned: Sequence[str]) -> list[str]:
    """
    >>> in_order(["b", "new_2", "a", "new_1"], ["b", "a", "gone"], ["a", "new_1", "b", "new_2"])
    ['b', 'a', 'new_1', 'new_2']
    """
    present = set(now)
    return [name for name in dict.fromkeys([*earlier, *planned, *now]) if name in present]

"""dvc.lock in the order of a serial run: DVC appends the entry of a new stage when the stage ends."""

from collections.abc import Sequence

from dvc.utils.serialize import dumps_yaml, parse_yaml_for_update

from stages.core.dvc.lock_file import LOCK, read_lock_file
from stages.core.runtime.atomic_write import write_text


def sort_lock_file(earlier: Sequence[str], planned: Sequence[str]) -> None:
    """Write the entries in `serial_order`; the caller holds the repository's lock."""
    recorded = list(read_lock_file())
    wanted = serial_order(recorded, earlier, planned)
    if recorded != wanted:
        content = parse_yaml_for_update(LOCK.read_text(encoding="utf-8"), str(LOCK))
        for name in wanted:
            content["stages"].move_to_end(name)
        write_text(LOCK, dumps_yaml(content))


def serial_order(recorded: Sequence[str], earlier: Sequence[str], planned: Sequence[str]) -> list[str]:
    """Stages recorded before the run keep their order, new ones follow in the order in which `dvc repro` runs them.

    >>> serial_order(["b", "new_2", "a", "new_1"], ["b", "a", "gone"], ["a", "new_1", "b", "new_2"])
    ['b', 'a', 'new_1', 'new_2']
    """
    present = set(recorded)
    return [name for name in dict.fromkeys([*earlier, *planned, *recorded]) if name in present]

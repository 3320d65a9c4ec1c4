"""dvc.lock, DVC's record of what each stage read and wrote. Read without DVC, which takes half a second to import."""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from stages.core.dvc.lock_file.lock_entries import HEADER, LockText
from stages.core.errors import UserError
from stages.core.files.atomic_write import explain_write_errors, temporary_path, write_text
from stages.core.parameters.read_yaml import Yaml12Loader, read_yaml_mapping

LOCK = Path("dvc.lock")
BACKUP = Path(".dvc/tmp/restage/dvc.lock")
CONFLICT_BEGIN, CONFLICT_END = "<<<<<<< ", ">>>>>>> "


def read_lock_file(repository: Path = Path()) -> dict[str, Any]:
    """The record of each stage, by its name; empty before the first run."""
    lock = repository / LOCK
    if not lock.is_file():
        return {}
    check_merged(lock)
    stages: dict[str, Any] = read_yaml_mapping(
        lock,
        "stages",
        solution_if_absent="",
        solution_if_damaged="`restage run` restores it",
        loader=Yaml12Loader,
    )["stages"]
    return stages


def read_lock_records() -> Mapping[str, Any]:
    """As `read_lock_file`, and each record is parsed when it is asked for: hundreds of datasets take seconds."""
    if LOCK.is_file():
        check_merged(LOCK)
    entries = lock_entries()
    return read_lock_file() if entries is None else _Records(entries)


class _Records(Mapping[str, Any]):
    def __init__(self, entries: Mapping[str, str]) -> None:
        self._entries = entries
        self._parsed: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name not in self._parsed:
            try:
                self._parsed[name] = yaml.load(self._entries[name], Loader=Yaml12Loader)[name]  # noqa: S506
            except (yaml.YAMLError, TypeError):
                self._parsed[name] = read_lock_file()[name]  # says what is wrong
        return self._parsed[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)


def lock_entries() -> dict[str, str] | None:
    """None if dvc.lock is not in the form in which DVC writes it: it is damaged, or JSON, which is YAML too."""
    try:
        lock = _read_text()
    except ValueError:
        return None
    return lock.entries if lock.header == HEADER and not lock.footer else None


def check_merged(lock: Path) -> None:
    """Raise UserError if the file holds the conflict markers of a merge."""
    lines = lock.read_text(encoding="utf-8", errors="replace").splitlines()
    sides = [line.partition(" ")[2] for line in lines if line.startswith((CONFLICT_BEGIN, CONFLICT_END))]
    if sides:
        names = " and ".join(dict.fromkeys(sides))
        raise UserError(f"{lock}: holds the conflicts of a merge ({names}); `restage merge` resolves them")


def back_up_lock_file() -> None:
    """Call it in a stage that DVC runs: DVC has read the file, and does not write it until the stage has ended.

    Stages of several chains do it at the same time, so each writes a file of its own before it renames it.
    """
    if not LOCK.is_file():
        return
    text = LOCK.read_text(encoding="utf-8")
    if BACKUP.is_file() and BACKUP.read_text(encoding="utf-8") == text:
        return
    with explain_write_errors(BACKUP):
        BACKUP.parent.mkdir(parents=True, exist_ok=True)
        incomplete = temporary_path(BACKUP.with_name(f"{BACKUP.name}.{os.getpid()}"))
        incomplete.write_text(text, encoding="utf-8")
        incomplete.replace(BACKUP)


def has_conflict_markers(lock: Path) -> bool:
    return lock.is_file() and CONFLICT_BEGIN in lock.read_text(encoding="utf-8", errors="replace")


def update_lock_file(changed: Mapping[str, str]) -> None:
    """Replace the entries of these stages, or append them; the caller holds the repository's lock.

    Unlike DVC, which truncates the file before it writes, this never leaves a part of it.
    """
    if changed:
        lock = _read_text()
        lock.entries.update(changed)
        write_text(LOCK, str(lock))


def remove_lock_entries(names: Iterable[str]) -> None:
    """Remove the entries of these stages; the caller holds the repository's lock."""
    removed = set(names)
    if removed:
        lock = _read_text()
        lock.entries = {name: entry for name, entry in lock.entries.items() if name not in removed}
        write_text(LOCK, str(lock))


def sort_lock_file(order: Sequence[str]) -> None:
    """Write the entries in this order, and those of other stages after them; the caller holds the repository's lock."""
    lock = _read_text()
    wanted = sort_stages(lock.entries, order)
    if list(lock.entries) != wanted:
        lock.entries = {name: lock.entries[name] for name in wanted}
        write_text(LOCK, str(lock))


def sort_stages(recorded: Iterable[str], order: Sequence[str]) -> list[str]:
    """
    >>> sort_stages(["b", "gone_2", "a", "gone_1"], ["a", "new", "b"])
    ['a', 'b', 'gone_1', 'gone_2']
    """
    positions = {name: position for position, name in enumerate(order)}
    return sorted(recorded, key=lambda name: (positions.get(name, len(order)), name))


def _read_text() -> LockText:
    return LockText.parse(LOCK.read_text(encoding="utf-8") if LOCK.is_file() else "")

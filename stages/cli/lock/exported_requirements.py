"""The parts of requirements.lock that exported folders need, with the hashes of the files."""

from pathlib import Path

from stages.cli.lock.stage_requirements import LOCK, required_distributions
from stages.core.errors import ErrorList
from stages.export.requirements import PARTS, part_file, read_entries


def exported_requirements_files() -> dict[Path, str]:
    """The content of each part: some libraries and all that they require, on every system.

    Raises UserError if a library of a part is not in requirements.lock.
    """
    locked: dict[str, list[str]] = {}
    for entry in read_entries(LOCK):
        locked.setdefault(entry.partition("==")[0], []).append(entry)
    errors = ErrorList()
    for library in dict.fromkeys(library for libraries in PARTS.values() for library in libraries):
        errors.check(library in locked, f"{LOCK}: has no {library}, which exported folders need; add it and lock anew")
    errors.raise_if_any()
    return {part_file(part): _text(libraries, locked) for part, libraries in PARTS.items()}


def _text(libraries: tuple[str, ...], locked: dict[str, list[str]]) -> str:
    found, waiting = set[str](), list(libraries)
    while waiting:
        name = waiting.pop()
        if name in locked and name not in found:
            found.add(name)
            waiting += required_distributions(name)
    return "".join(entry for name in sorted(found) for entry in sorted(locked[name]))

"""Writes or checks the parts of requirements.lock: those of the stages, and those of exported folders."""

from pathlib import Path

from stages.cli.lock.exported_requirements import exported_requirements_files
from stages.cli.lock.stage_requirements import LOCK, requirements_files
from stages.core.errors import UserError
from stages.core.files.atomic_write import remove, write_text
from stages.core.runtime.library_versions import REQUIREMENTS_FOLDER
from stages.export.requirements import LOCKED


def write_requirements() -> None:
    contents = _contents()
    for old in [*REQUIREMENTS_FOLDER.glob("*.txt"), *LOCKED.glob("*.txt")]:
        if old not in contents:
            remove(old)
    for file, text in contents.items():
        write_text(file, text)


def check_requirements() -> None:
    contents = _contents()
    stale = [str(f) for f, text in contents.items() if not f.is_file() or f.read_text(encoding="utf-8") != text]
    if stale:
        raise UserError(f"{', '.join(stale)}: does not match {LOCK} and the code; run `restage lock`")


def _contents() -> dict[Path, str]:
    return requirements_files() | exported_requirements_files()

"""The folder of damaged files: out of the way, so that DVC makes or fetches them again, and kept for a person."""

import shutil
from collections.abc import Iterable
from pathlib import Path

from stages.core.errors import UserError
from stages.core.files.atomic_write import remove

QUARANTINE = Path(".dvc/tmp/restage/quarantine")


def quarantine(files: Iterable[Path]) -> None:
    """Move files or folders there that exist. Raises UserError if one cannot be moved, as in another person's cache."""
    QUARANTINE.mkdir(parents=True, exist_ok=True)
    for file in files:
        if file.exists():
            target = QUARANTINE / "-".join(part for part in file.parts if part not in ("..", "/"))
            remove(target)
            try:
                shutil.move(file, target)
            except OSError as error:
                reason = error.strerror or str(error)
                raise UserError(
                    f"{file}: damaged, and cannot be moved to {QUARANTINE} ({reason}); its owner repairs it with "
                    "`restage fsck`"
                ) from None


def quarantined() -> set[tuple[str, int]]:
    """The files in quarantine, each with the time at which it was moved there."""
    return {(file.name, file.stat().st_ctime_ns) for file in QUARANTINE.glob("*")}

"""Which stages failed when they last ran: for `restage list`. No stage reads it."""

import json
from collections.abc import Iterable
from pathlib import Path

from stages.core.files.atomic_write import write_json

FAILED = Path(".dvc/tmp/restage/failed.json")


def read_failed_stages(path: Path = FAILED) -> set[str]:
    """Empty if the file is missing or damaged."""
    try:
        return set(json.loads(path.read_text(encoding="utf-8"))["stages"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return set()


def save_failed_stages(failed: Iterable[str], finished: Iterable[str], path: Path = FAILED) -> None:
    """Add those that failed, and take out those that finished."""
    before = read_failed_stages(path)
    after = (before - set(finished)) | set(failed)
    if after != before:
        write_json(path, {"stages": sorted(after)})

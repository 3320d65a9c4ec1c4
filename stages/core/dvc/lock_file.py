"""dvc.lock, DVC's record of what each stage read and wrote. Read without DVC, which takes half a second to import."""

from pathlib import Path
from typing import Any

from stages.core.read_yaml import read_yaml_mapping

LOCK = Path("dvc.lock")


def read_lock_file(repository: Path = Path()) -> dict[str, Any]:
    """The record of each stage, by its name; empty before the first run."""
    lock = repository / LOCK
    if not lock.is_file():
        return {}
    restore = f"run `git checkout {LOCK}`"
    stages: dict[str, Any] = read_yaml_mapping(lock, "stages", absent=restore, damaged=restore)["stages"]
    return stages

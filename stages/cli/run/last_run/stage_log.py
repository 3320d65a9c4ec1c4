"""The file with all that a stage, and DVC while it ran the stage, printed when it last ran."""

from pathlib import Path
from typing import BinaryIO

FOLDER = Path(".dvc/tmp/restage/output")


def log_file(stage: str) -> Path:
    return FOLDER / f"{stage}.txt"


def open_log(stage: str) -> BinaryIO:
    """The empty file, to be written."""
    log_file(stage).parent.mkdir(parents=True, exist_ok=True)
    return log_file(stage).open("wb")


def empty_log(stage: str) -> None:
    """What the stage printed in another run is not what it prints in this one."""
    open_log(stage).close()


def read_log(stage: str) -> str:
    file = log_file(stage)
    return file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""

"""The file with all that a stage, and DVC while it ran the stage, printed when it last ran."""

from pathlib import Path
from typing import BinaryIO

FOLDER = Path(".dvc/tmp/restage/output")


def output_file(stage: str) -> Path:
    return FOLDER / f"{stage}.txt"


def open_output(stage: str) -> BinaryIO:
    """The empty file, to be written."""
    output_file(stage).parent.mkdir(parents=True, exist_ok=True)
    return output_file(stage).open("wb")


def read_output(stage: str) -> str:
    file = output_file(stage)
    return file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""

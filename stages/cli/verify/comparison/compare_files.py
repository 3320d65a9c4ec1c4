"""Where two files differ, in terms of their format: by index, key, cell, line, weight or byte."""

import csv
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow

from stages.cli.verify.comparison.compare_arrays import array_difference
from stages.cli.verify.comparison.compare_documents import common_length, json_difference, text_difference
from stages.cli.verify.comparison.compare_models import model_difference
from stages.cli.verify.comparison.compare_tables import csv_difference, parquet_difference
from stages.core.artefacts.read_outputs import load_array

CHUNK = 1 << 20
# Raised for a file that is not in the format of its suffix. Such files are compared by their bytes.
UNREADABLE = (ValueError, OSError, EOFError, KeyError, csv.Error, zipfile.BadZipFile, pyarrow.ArrowException)


def file_difference(recorded: Path, new: Path, name: str) -> str:
    """The first difference of two files that are not the same.

    The format is taken from `name`, since DVC's cache names files by their hashes.
    """
    try:
        found = COMPARISONS.get(Path(name).suffix, _text_difference)(recorded, new)
    except UNREADABLE:
        found = None
    return found or _bytes_difference(recorded, new)


def _text_difference(recorded: Path, new: Path) -> str | None:
    with (
        recorded.open(encoding="utf-8", newline="") as recorded_lines,
        new.open(encoding="utf-8", newline="") as new_lines,
    ):
        return text_difference(recorded_lines, new_lines)


COMPARISONS: dict[str, Callable[[Path, Path], str | None]] = {
    ".csv": csv_difference,
    ".json": lambda recorded, new: json_difference(json.loads(recorded.read_bytes()), json.loads(new.read_bytes())),
    ".keras": model_difference,
    ".npy": lambda recorded, new: array_difference(load_array(recorded), load_array(new)),
    ".parquet": parquet_difference,
}


def _bytes_difference(recorded: Path, new: Path) -> str:
    recorded_size, new_size = recorded.stat().st_size, new.stat().st_size
    size = f"{new_size} bytes" if new_size == recorded_size else f"{new_size} bytes, recorded {recorded_size}"
    equal = 0
    with recorded.open("rb") as recorded_file, new.open("rb") as new_file:
        while (recorded_part := recorded_file.read(CHUNK)) == (new_part := new_file.read(CHUNK)) and new_part:
            equal += len(new_part)
    return f"byte {equal + common_length(recorded_part, new_part)} is the first that differs ({size})"

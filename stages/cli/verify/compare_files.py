"""Where two files differ, in terms of their format: by index, key, cell, line, weight or byte."""

import csv
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow

from stages.cli.verify.compare_arrays import array_difference
from stages.cli.verify.compare_documents import common_length, json_difference, text_difference
from stages.cli.verify.compare_models import model_difference
from stages.cli.verify.compare_tables import csv_difference, parquet_difference
from stages.core.artefacts.read_outputs import load_array

CHUNK = 1 << 20
# Raised for a file that is not in the format of its suffix. Such files are compared by their bytes.
UNREADABLE = (ValueError, OSError, EOFError, KeyError, csv.Error, zipfile.BadZipFile, pyarrow.ArrowException)


def file_difference(recorded: Path, rerun: Path, name: str) -> str:
    """The first difference of two files that are not the same.

    The format is taken from `name`, since DVC's cache names files by their hashes.
    """
    try:
        found = COMPARISONS.get(Path(name).suffix, _text_difference)(recorded, rerun)
    except UNREADABLE:
        found = None
    return found or _bytes_difference(recorded, rerun)


def _text_difference(recorded: Path, rerun: Path) -> str | None:
    with recorded.open(encoding="utf-8", newline="") as old, rerun.open(encoding="utf-8", newline="") as new:
        return text_difference(old, new)


COMPARISONS: dict[str, Callable[[Path, Path], str | None]] = {
    ".csv": csv_difference,
    ".json": lambda recorded, rerun: json_difference(json.loads(recorded.read_bytes()), json.loads(rerun.read_bytes())),
    ".keras": model_difference,
    ".npy": lambda recorded, rerun: array_difference(load_array(recorded), load_array(rerun)),
    ".parquet": parquet_difference,
}


def _bytes_difference(recorded: Path, rerun: Path) -> str:
    before, after = recorded.stat().st_size, rerun.stat().st_size
    size = f"{after} bytes" if after == before else f"{after} bytes, recorded {before}"
    equal = 0
    with recorded.open("rb") as old, rerun.open("rb") as new:
        while (a := old.read(CHUNK)) == (b := new.read(CHUNK)) and a:
            equal += len(a)
    return f"byte {equal + common_length(a, b)} is the first that differs ({size})"

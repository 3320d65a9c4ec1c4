"""Where two files that should be the same first differ, in the terms of what they hold."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow

from stages.cli.verify.compare_arrays import array_difference, load, weights_difference
from stages.cli.verify.compare_tables import csv_difference, parquet_difference
from stages.cli.verify.compare_text import json_difference, text_difference

CHUNK = 1 << 20
# How the libraries say that a file is not what its name promises; then its bytes are all there is to compare.
UNREADABLE = (ValueError, OSError, EOFError, KeyError, zipfile.BadZipFile, pyarrow.ArrowException)

Comparison = Callable[[Path, Path], str | None]


def difference(recorded: Path, made: Path, name: str) -> str:
    """`name` tells the kind: a cache calls its files by their hashes."""
    compare = KINDS.get(Path(name).suffix, text_of)
    try:
        found = compare(recorded, made)
    except UNREADABLE:
        found = None
    return found or bytes_difference(recorded, made)


def bytes_difference(recorded: Path, made: Path) -> str:
    sizes = made.stat().st_size, recorded.stat().st_size
    at = first_byte(recorded, made)
    size = f"{sizes[0]} bytes" if sizes[0] == sizes[1] else f"{sizes[0]} bytes, recorded {sizes[1]}"
    return f"byte {at} is the first that differs ({size})"


def first_byte(recorded: Path, made: Path) -> int:
    at = 0
    with recorded.open("rb") as old, made.open("rb") as new:
        while True:
            a, b = old.read(CHUNK), new.read(CHUNK)
            if a != b or not a:
                same = next((n for n, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
                return at + same
            at += len(a)


def npy(recorded: Path, made: Path) -> str | None:
    return array_difference(load(recorded), load(made))


def json_of(recorded: Path, made: Path) -> str | None:
    return json_difference(_json(recorded), _json(made))


def _json(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))


def text_of(recorded: Path, made: Path) -> str | None:
    with recorded.open(encoding="utf-8", newline="") as old, made.open(encoding="utf-8", newline="") as new:
        return text_difference(old, new)


def keras(recorded: Path, made: Path) -> str | None:
    """An archive, member by member, in the order of what matters: the architecture before the weights."""
    with zipfile.ZipFile(recorded) as old, zipfile.ZipFile(made) as new:
        for name in sorted({*old.namelist(), *new.namelist()}):
            if name not in new.namelist() or name not in old.namelist():
                return f"{name}: {'not recorded' if name in new.namelist() else 'recorded, but not made'}"
            a, b = old.read(name), new.read(name)
            if a != b:
                return f"{name}: {member_difference(name, a, b) or 'other bytes for the same values'}"
    return None


def member_difference(name: str, recorded: bytes, made: bytes) -> str | None:
    if name.endswith(".h5"):
        return weights_difference(recorded, made)
    return json_difference(json.loads(recorded), json.loads(made)) if name.endswith(".json") else None


KINDS: dict[str, Comparison] = {
    ".csv": csv_difference,
    ".json": json_of,
    ".keras": keras,
    ".npy": npy,
    ".parquet": parquet_difference,
}

"""What another stage has written, or the command that makes it again."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.dvc.cache import damaged_cache_object
from stages.core.errors import UserError


@contextmanager
def reading_output_of(stage: str, key: str, path: Path, *also: type[Exception]) -> Iterator[None]:
    """Reading `path` fails for what happened to the file and not for a bug; `also` is how its library says so."""
    damage: tuple[type[Exception], ...] = (EOFError, KeyError, OSError, ValueError, *also)
    try:
        yield
    except FileNotFoundError:
        raise UserError(f"{path}: not here; run `dvc repro {stage}@{key}`") from None
    except damage as error:
        told = " ".join(str(error).split())
        kept = damaged_cache_object(path)
        first = f"so is DVC's copy: remove {kept}, then " if kept else ""
        raise UserError(f"{path}: damaged ({told}); {first}run `dvc repro --force {stage}@{key}`") from None


def read_csv_rows(path: Path) -> list[list[str]]:
    """A CSV file of ours. It ends with the end of a line; cut short, it would be read as a smaller one."""
    text = path.read_bytes().decode("utf-8")
    if not text.endswith("\n"):
        raise ValueError("the last line has no end")
    return list(csv.reader(io.StringIO(text, newline=""), strict=True))


def load_array(path: Path) -> NDArray[Any]:
    """Memory-mapped and never unpickled."""
    array: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    return array

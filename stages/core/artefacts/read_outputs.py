"""Read files that another stage wrote; an unreadable file names the command that makes it again."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.errors import UserError


@contextmanager
def reading_output_of(stage: str, key: str, path: Path, *errors: type[Exception]) -> Iterator[None]:
    """Turn an error while reading `path` into a UserError with the command that makes the file again.

    `key` is empty for a stage without a dataset.
    `errors` are further exceptions by which the reading library reports a damaged file.
    """
    damage: tuple[type[Exception], ...] = (EOFError, KeyError, OSError, ValueError, *errors)
    name = f"{stage}@{key}" if key else stage
    try:
        yield
    except FileNotFoundError:
        raise UserError(f"{path}: not found; run `dvc repro {name}`") from None
    except damage as error:
        reason = " ".join(str(error).split())
        raise UserError(f"{path}: damaged ({reason}); run `dvc repro --force {name}`") from None


def read_csv_columns(path: Path) -> dict[str, list[str]]:
    """The columns of a CSV file of ours by the names in its first line.

    Raises ValueError if the last line is incomplete: the file was cut off.
    """
    text = path.read_bytes().decode("utf-8")
    if not text.endswith("\n"):
        raise ValueError("the last line has no end")
    names, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    return {name: [row[index] for row in rows] for index, name in enumerate(names)}


def load_array(path: Path) -> NDArray[Any]:
    """A memory-mapped array; pickled objects are refused."""
    array: NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    return array

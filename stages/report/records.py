"""The small files that other stages leave: JSON, a history, predictions."""

import csv
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.errors import Mistake

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Predictions:
    """`columns` as text, one entry a predicted sample; `rows` says which raw row each one is."""

    split: str
    targets: Mapping[str, Record]
    rows: list[int]
    columns: Mapping[str, list[str]]
    probabilities: Mapping[str, NDArray[np.float32]]

    def values(self, column: str) -> list[float]:
        return [float(text) for text in self.columns[column]]


def read_record(path: Path, mend: str) -> Record:
    """A JSON object; `mend` is the stage that writes it."""
    with _whole(path, mend):
        content = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(content, dict):
            raise ValueError("not a JSON object")
        return content


def read_history(path: Path, mend: str) -> dict[str, list[float]]:
    with _whole(path, mend):
        return {name: [float(text) for text in column] for name, column in _columns(path).items()}


def read_predictions(folder: Path, mend: str) -> Predictions:
    details = read_record(folder / "details.json", mend)
    with _whole(folder, mend):
        columns = _columns(folder / "predictions.csv")
        classes = [name for name, target in details["targets"].items() if target["kind"] == "classes"]
        return Predictions(
            split=details["split"],
            targets=details["targets"],
            rows=[int(row) for row in columns.pop("row")],
            columns=columns,
            probabilities={n: np.load(folder / f"probabilities.{n}.npy", allow_pickle=False) for n in classes},
        )


def _columns(path: Path) -> dict[str, list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        names, *rows = list(csv.reader(file, strict=True)) or [[]]
    return {name: [row[i] for row in rows] for i, name in enumerate(names)}


@contextmanager
def _whole(path: Path, mend: str) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise Mistake(f"{error.filename}: not here; run `dvc repro {mend}`") from None
    except (ValueError, KeyError, IndexError, csv.Error) as error:
        raise Mistake(f"{path}: damaged ({error}); run `dvc repro --force {mend}`") from None

"""The small files that other stages leave: JSON, a history, predictions."""

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.read_outputs import load_array, read_csv_rows, reading_output_of

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


def read_record(path: Path, stage: str, key: str) -> Record:
    """A JSON object, which that stage writes."""
    with reading_output_of(stage, key, path):
        content = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(content, dict):
            raise ValueError("not a JSON object")
        return content


def read_history(path: Path, key: str) -> dict[str, list[float]]:
    with reading_output_of("train", key, path, csv.Error, IndexError):
        return {name: [float(text) for text in column] for name, column in _columns(path).items()}


def read_predictions(folder: Path, key: str) -> Predictions:
    details, table = read_record(folder / "details.json", "evaluate", key), folder / "predictions.csv"
    with reading_output_of("evaluate", key, table, csv.Error, IndexError):
        columns = _columns(table)
        rows = [int(row) for row in columns.pop("row")]
    targets = details["targets"]
    classes = [name for name in targets if targets[name]["kind"] == "classes"]
    chances = {name: _chances(folder / f"probabilities.{name}.npy", key) for name in classes}
    with reading_output_of("evaluate", key, table):
        if any(len(chance) != len(rows) for chance in chances.values()):
            raise ValueError(f"{len(rows)} rows, and another number of probabilities")
    return Predictions(details["split"], targets, rows, columns, chances)


def _chances(path: Path, key: str) -> NDArray[np.float32]:
    with reading_output_of("evaluate", key, path):
        return load_array(path)


def _columns(path: Path) -> dict[str, list[str]]:
    names, *rows = read_csv_rows(path)
    return {name: [row[i] for row in rows] for i, name in enumerate(names)}

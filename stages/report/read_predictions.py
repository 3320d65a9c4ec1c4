"""Reads the predictions that evaluate wrote."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.read_outputs import load_array, read_csv_columns, reading_output_of
from stages.core.artefacts.records.evaluation import ClassesDetail, PredictionDetails, TargetDetail
from stages.core.artefacts.records.record import read_record


@dataclass(frozen=True)
class Predictions:
    """One entry per predicted sample: `rows` are the numbers of the raw rows, `columns` hold text.

    `probabilities` has an array for each target with classes.
    """

    split: str
    targets: Mapping[str, TargetDetail]
    rows: list[int]
    columns: Mapping[str, list[str]]
    probabilities: Mapping[str, NDArray[np.float32]]

    def values(self, column: str) -> list[float]:
        return [float(text) for text in self.columns[column]]


def read_predictions(folder: Path, key: str) -> Predictions:
    details = read_record(PredictionDetails, folder / "details.json", "evaluate", key)
    table = folder / "predictions.csv"
    with reading_output_of("evaluate", key, table, csv.Error, IndexError):
        columns = read_csv_columns(table)
        rows = [int(row) for row in columns.pop("row")]
    probabilities = {
        name: _read_probabilities(folder / f"probabilities.{name}.npy", key)
        for name, detail in details.targets.items()
        if isinstance(detail, ClassesDetail)
    }
    with reading_output_of("evaluate", key, table):
        if any(len(array) != len(rows) for array in probabilities.values()):
            raise ValueError(f"{len(rows)} rows, but another number of probabilities")
    return Predictions(details.split, details.targets, rows, columns, probabilities)


def _read_probabilities(path: Path, key: str) -> NDArray[np.float32]:
    with reading_output_of("evaluate", key, path):
        return load_array(path)

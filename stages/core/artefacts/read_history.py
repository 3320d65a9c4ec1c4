"""The history of a training: one value for each epoch and metric."""

import csv
from pathlib import Path

from stages.core.artefacts.read_outputs import read_csv_columns, reading_output_of


def read_history(path: Path, key: str) -> dict[str, list[float]]:
    """The columns of the CSV file that train writes; "epoch" is the first."""
    with reading_output_of("train", key, path, csv.Error, IndexError):
        return {name: [float(text) for text in column] for name, column in read_csv_columns(path).items()}

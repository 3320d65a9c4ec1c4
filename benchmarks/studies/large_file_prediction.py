"""python -m benchmarks.studies.large_file_prediction KEY MEGABYTES

Predicts a CSV file of this size with the model of a table of numbers, by `restage predict` and by a script of pandas
and `model.predict`, one after the other. Prints rows a second and the peak memory of both, and how many predictions
differ. Each row has a long text that is carried along. Run it where `restage run KEY` has run.
"""

import csv
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np

from stages.core import paths
from stages.core.artefacts.processed import FITTED_FILE, Fitted
from stages.core.artefacts.raw_data import Table
from stages.core.artefacts.raw_files import read_raw
from stages.core.artefacts.records.record import read_record
from stages.core.columns.number_columns import NumberColumns
from stages.core.errors import UserError
from stages.core.runtime.stage import report_user_errors

MEGABYTE = 1_000_000
ROWS_AT_ONCE = 10_000
NOTE = "what a person has written about this row; " * 10
# Of the rows whose predictions are compared.
COMPARED = 100_000


class Run(NamedTuple):
    seconds: float
    peak_bytes: int


def main(key: str, megabytes: int) -> None:
    script = script_settings(key)
    with TemporaryDirectory(dir=".") as name:
        folder = Path(name)
        source, ours, theirs = (folder / file for file in ("new.csv", "ours.csv", "theirs.csv"))
        rows = write_csv(source, key, script["columns"], megabytes * MEGABYTE)
        print(f"{source.stat().st_size / 1e9:.2f} GB, {rows:,} rows\n")
        print("| | rows a second | peak memory |\n| --- | --- | --- |", flush=True)
        restage = [sys.executable, "-m", "stages.cli", "predict", key, str(source), "-o", str(ours)]
        command = [sys.executable, __file__, "--script", json.dumps(script), str(source), str(theirs)]
        for title, arguments in (("`restage predict`", restage), ("pandas and `model.predict`", command)):
            run = measure(arguments)
            print(f"| {title} | {rows / run.seconds:,.0f} | {run.peak_bytes / 1e6:,.0f} MB |", flush=True)
        print(f"\n{differing_rows(ours, theirs, script['target']):,} of the first {COMPARED:,} predictions differ")


def script_settings(key: str) -> dict[str, Any]:
    """What a person would write into the script: the columns, their scaling and the classes."""
    fitted = read_record(Fitted, paths.processed_data(key) / FITTED_FILE, "preprocess", key)
    [(target, spec)] = fitted.targets.items()
    [column] = [spec.column for spec in fitted.inputs.values()]
    if not isinstance(column, NumberColumns) or spec.classes is None or len(column.steps) != 1:
        raise UserError(f"{key}: a table of numbers with one scaling step and a class to predict is expected")
    step = column.steps[0].model_dump()
    return {
        "model": str(paths.model(key) / "model.keras"),
        "columns": column.columns,
        "offset": step["offset"],
        "scale": step["scale"],
        "target": target,
        "classes": spec.classes,
    }


def write_csv(target: Path, key: str, columns: Sequence[str], size: int) -> int:
    """Rows of the raw data in other combinations, with a text that is carried along. Returns how many they are."""
    raw = read_raw(paths.raw_data(key))
    assert isinstance(raw, Table)
    frame = next(iter(raw.frames.values()))
    random, count = np.random.default_rng(0), 0
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["note", *columns])
        while file.tell() < size:
            values = [random.choice(frame[column].to_numpy(), ROWS_AT_ONCE).tolist() for column in columns]
            notes = (f"{number} {NOTE}" for number in range(count, count + ROWS_AT_ONCE))
            writer.writerows(zip(notes, *values, strict=True))
            count += ROWS_AT_ONCE
    return count


def measure(command: Sequence[str]) -> Run:
    """Raises UserError if the command fails. The peak is that of the largest process."""
    start = time.perf_counter()
    process = subprocess.Popen(command)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise UserError(f"{command[2]}: exit code {process.returncode}")
    return Run(time.perf_counter() - start, usage.ru_maxrss * 1024)


def differing_rows(ours: Path, theirs: Path, target: str) -> int:
    with ours.open(encoding="utf-8") as first, theirs.open(encoding="utf-8") as second:
        pairs = zip(csv.DictReader(first), csv.DictReader(second), strict=True)
        return sum(a[target] != b[target] for a, b in islice(pairs, COMPARED))


def predict_by_script(settings: dict[str, Any], source: str, target: str) -> None:
    """All rows at once, as most examples have it."""
    import keras
    import pandas as pd

    rows = pd.read_csv(source)
    inputs = (rows[settings["columns"]].to_numpy(np.float32) - np.float32(settings["offset"])) / np.float32(
        settings["scale"]
    )
    shares = keras.models.load_model(settings["model"]).predict(inputs, batch_size=256, verbose=0)
    rows[settings["target"]] = np.array(settings["classes"])[shares.argmax(axis=1)]
    for number, name in enumerate(settings["classes"]):
        rows[f"p_{name}"] = shares[:, number]
    rows.to_csv(target, index=False)


if __name__ == "__main__":
    with report_user_errors("benchmarks.studies.large_file_prediction", debug=False):
        if sys.argv[1:2] == ["--script"]:
            predict_by_script(json.loads(sys.argv[2]), *sys.argv[3:])
        else:
            main(sys.argv[1], int(sys.argv[2]))

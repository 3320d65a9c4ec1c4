"""python -m benchmarks.studies.large_file_prediction KEY MEGABYTES [--only export] [--python PYTHON]

Predicts a CSV file of this size with the model of a table of numbers, one after the other: by `restage predict`, by
`python -m model predict` of the exported folder, and by a script of pandas and `model.predict`. Prints rows a second
and the peak memory of each, and how many predictions differ from those of the script. Each row has a long text that is
carried along. Run it where `restage run KEY` has run.

PYTHON runs the exported folder, for example that of an environment with its requirements alone. With `--only export`
the others are left out: the script needs more memory than the file has bytes.
"""

import argparse
import csv
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import numpy as np

from benchmarks.inference.script_settings import ScriptSettings, script_settings
from benchmarks.start_sides import run_module
from stages.core import paths
from stages.core.artefacts.raw.raw_data import Table
from stages.core.artefacts.raw.raw_files import read_raw
from stages.core.errors import UserError
from stages.core.run_stage.stage import report_user_errors

MODULE = "benchmarks.studies.large_file_prediction"
SCRIPT = "script"
SIDES = {
    "restage": "`restage predict`",
    "export": "`python -m model predict`",
    SCRIPT: "pandas and `model.predict`",
}
SOURCE = "new.csv"
# Linux counts the memory of a parent as that of its children: the parent has to be small.
LAUNCHER = """
import resource, subprocess, sys
code = subprocess.call(sys.argv[1:])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(code)
"""
MEGABYTE = 1_000_000
ROWS_AT_ONCE = 10_000
NOTE = "what a person has written about this row; " * 10
# Of the rows whose predictions are compared.
COMPARED = 100_000


class Command(NamedTuple):
    """`folder` is where it runs; the present one if it is None."""

    arguments: Sequence[str]
    folder: Path | None = None


class Run(NamedTuple):
    seconds: float
    peak_bytes: int


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(prog=f"python -m {MODULE}", description=__doc__)
    parser.add_argument("key", metavar="KEY")
    parser.add_argument("megabytes", metavar="MEGABYTES", type=int)
    parser.add_argument("--only", choices=SIDES)
    parser.add_argument("--python", type=Path, default=Path(sys.executable))
    options = parser.parse_args(arguments)
    settings = script_settings(options.key)
    with TemporaryDirectory(dir=".") as name:
        folder = Path(name).absolute()
        rows = write_csv(folder / SOURCE, options.key, settings["columns"], options.megabytes * MEGABYTE)
        print(f"{(folder / SOURCE).stat().st_size / 1e9:.2f} GB, {rows:,} rows\n")
        print("| | rows a second | peak memory |\n| --- | --- | --- |", flush=True)
        sides = [options.only] if options.only else list(SIDES)
        for side in sides:
            run = measure(command_of(side, options.key, settings, folder, options.python.absolute()))
            print(f"| {SIDES[side]} | {rows / run.seconds:,.0f} | {run.peak_bytes / 1e6:,.0f} MB |", flush=True)
        if SCRIPT in sides:
            for side in sides[:-1]:
                count = differing_rows(folder / f"{side}.csv", folder / f"{SCRIPT}.csv", settings["target"])
                print(f"\n{SIDES[side]}: {count:,} of the first {COMPARED:,} predictions are another class")


def command_of(side: str, key: str, settings: ScriptSettings, folder: Path, python: Path) -> Command:
    """Its output is a file with the name of the side."""
    source, target = str(folder / SOURCE), str(folder / f"{side}.csv")
    match side:
        case "restage":
            return Command([sys.executable, "-m", "stages.cli", "predict", key, source, "-o", target])
        case "export":
            run_module(key, "stages.export.export_to_folder", key, str(folder / "model"))
            return Command([str(python), "-m", "model", "predict", source, "-o", target], folder / "model")
        case _:
            return Command([sys.executable, __file__, "--script", json.dumps(settings), source, target])


def write_csv(target: Path, key: str, columns: Sequence[str], size: int) -> int:
    """Rows of the raw data in other combinations, with a text that is carried along. Returns how many they are."""
    raw = read_raw(paths.raw_data(key))
    assert isinstance(raw, Table)
    frame = next(iter(raw.frames.values()))
    random, count = np.random.default_rng(0), 0
    with target.open("w", encoding="utf-8", newline="") as file:
        # Python's csv module would take longer than the predictions.
        file.write(f"{','.join(['note', *columns])}\n")
        while file.tell() < size:
            values = [random.choice(frame[column].to_numpy(), ROWS_AT_ONCE).tolist() for column in columns]
            notes = (f"{number} {NOTE}" for number in range(count, count + ROWS_AT_ONCE))
            texts = zip(notes, *(map(repr, of_column) for of_column in values), strict=True)
            file.writelines(f"{','.join(row)}\n" for row in texts)
            count += ROWS_AT_ONCE
    return count


def measure(command: Command) -> Run:
    """Raises UserError if the command fails. The peak is that of the largest process."""
    launched = [sys.executable, "-S", "-c", LAUNCHER, *command.arguments]
    start = time.perf_counter()
    done = subprocess.run(launched, cwd=command.folder, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise UserError(f"{' '.join(command.arguments[:4])}: exit code {done.returncode}")
    return Run(time.perf_counter() - start, int(done.stdout.splitlines()[-1]) * 1024)


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
    with report_user_errors(MODULE, debug=False):
        if sys.argv[1:2] == ["--script"]:
            predict_by_script(json.loads(sys.argv[2]), *sys.argv[3:])
        else:
            main(sys.argv[1:])

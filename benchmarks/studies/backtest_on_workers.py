"""python -m benchmarks.studies.backtest_on_workers [--rounds N] [--folds N] [--epochs N]

Compares a backtest in one process with the same one on two workers of Dask of this machine
(docs/how-to/run-on-a-cluster.md). The series is made up: 4,000 rows, windows of 24 rows, an LSTM of 16 cells. Each side
runs train and evaluate, each in a process of its own, and its outputs are compared with those of the first side, byte
for byte. The workers are new ones. Prints the processor seconds of the stages and of the workers, and elapsed seconds.
The sides run one after the other in each round.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

KEY, ROWS, STEP, WORKERS = "made_up", 4000, 100, 2
TICKS = os.sysconf("SC_CLK_TCK")
TRAIN: dict[str, Any] = {
    "model": {"kind": "lstm", "cells": [16]},
    "output": "linear",
    "loss": "mean_squared_error",
    "optimizer": {"kind": "adam", "learning_rate": 0.003},
    "batch": 32,
}


def preprocess_params(folds: int) -> dict[str, Any]:
    return {
        "targets": "value",
        "inputs": ["value"],
        "split": {"order": "chronological", "test": 400, "validation": 200},
        "window": {"length": 24, "horizon": 6, "steps": "all", "season": 24},
        "steps": [{"step": "standard"}],
        "target_steps": [{"step": "standard"}],
        "backtest": {"folds": folds, "step": STEP},
    }


def prepare(root: Path, folds: int, epochs: int) -> None:
    import numpy as np
    import pandas as pd

    from stages.core import paths
    from stages.core.artefacts.raw.raw_data import Table
    from stages.core.artefacts.raw.raw_files import write_raw
    from stages.core.files.atomic_write import write_json, write_text
    from stages.core.own_model.model_files import PACKAGE_FILE, PACKAGE_TEXT

    rows = np.arange(ROWS)
    values = 10 + np.sin(rows * np.pi / 12) + np.random.default_rng(0).normal(0, 0.3, ROWS)
    write_raw(Table({"all": pd.DataFrame({"value": values})}, kind="series"), root / paths.raw_data(KEY))
    params = {
        "preprocess": preprocess_params(folds),
        "train": TRAIN | {"epochs": epochs},
        "evaluate": {"headline": "mase", "fitted_baselines": []},
    }
    write_json(root / paths.dataset_params(KEY), params)
    write_text(root / paths.model_file_copies(KEY) / PACKAGE_FILE, PACKAGE_TEXT)
    run_stage("preprocess", root, {})


def run_stage(stage: str, root: Path, variables: dict[str, str]) -> float:
    """The processor seconds of its process."""
    command = [sys.executable, "-m", f"stages.{stage}", KEY]
    process = subprocess.Popen(command, cwd=root, env={**os.environ, **variables}, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{stage} failed")
    return usage.ru_utime + usage.ru_stime


@contextmanager
def dask_cluster(folder: Path) -> Iterator[tuple[str, list[int]]]:
    """The address of the scheduler, and the workers' processes."""
    file = folder / "scheduler.json"
    common = ["--host", "127.0.0.1", "--no-dashboard"]
    command = [sys.executable, "-m", "distributed.cli.dask_scheduler", "--port", "0", "--scheduler-file", str(file)]
    with (folder / "log.txt").open("ab") as log:
        processes = [subprocess.Popen([*command, *common], cwd=folder, stdout=log, stderr=log)]
        while not (file.is_file() and file.stat().st_size):
            time.sleep(0.1)
        address = str(json.loads(file.read_text())["address"])
        for number in range(WORKERS):
            command = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny"]
            own = ["--name", str(number), "--local-directory", str(folder / str(number))]
            processes.append(subprocess.Popen([*command, *common, *own], cwd=folder, stdout=log, stderr=log))
    try:
        while (folder / "log.txt").read_text().count("Starting established connection") < WORKERS:
            time.sleep(0.1)
        yield address, [process.pid for process in processes[1:]]
    finally:
        for process in processes:
            process.terminate()
            process.wait()


def seconds_of(workers: list[int]) -> float:
    """Of the processes and those that they started."""
    total = 0
    for process in Path("/proc").glob("[0-9]*"):
        try:
            fields = (process / "stat").read_text().rpartition(") ")[2].split()
        except OSError:
            continue
        number, parent = int(process.name), int(fields[1])
        if number in workers or parent in workers:
            total += sum(map(int, fields[11:15]))
    return total / TICKS


def outputs_of(root: Path) -> dict[str, bytes]:
    files = [file for part in ("data", "reports") for file in (root / part).rglob("*") if file.is_file()]
    return {str(file.relative_to(root)): file.read_bytes() for file in files}


def measure(
    prepared: Path, root: Path, address: str | None, workers: list[int]
) -> tuple[list[float], dict[str, bytes]]:
    """Processor seconds of the stages and of the workers, elapsed seconds; and the outputs."""
    shutil.copytree(prepared, root)
    variables = {"RESTAGE_STAGE_WORKERS": address} if address else {}
    before, started = seconds_of(workers), time.monotonic()
    stages = sum(run_stage(stage, root, variables) for stage in ("train", "evaluate"))
    elapsed, outputs = time.monotonic() - started, outputs_of(root)
    shutil.rmtree(root)
    return [stages, seconds_of(workers) - before, elapsed], outputs


def main() -> None:
    parser = argparse.ArgumentParser()
    for option, default in (("--rounds", 3), ("--folds", 8), ("--epochs", 12)):
        parser.add_argument(option, type=int, default=default)
    options = parser.parse_args()
    found: dict[str, list[list[float]]] = {"one process": [], "two workers": []}
    with TemporaryDirectory() as name:
        folder = Path(name)
        prepared, root, expected = folder / "prepared", folder / "root", None
        prepared.mkdir()
        prepare(prepared, options.folds, options.epochs)
        for number in range(options.rounds):
            cluster = folder / f"cluster-{number}"
            cluster.mkdir()
            with dask_cluster(cluster) as (address, workers):
                for side, of_side in (("one process", None), ("two workers", address)):
                    times, outputs = measure(prepared, root, of_side, workers if of_side else [])
                    expected = expected or outputs
                    found[side].append(times)
                    text = "stages {:.1f} s, workers {:.1f} s, elapsed {:.1f} s".format(*times)
                    print(f"{side}: {text}, {'equal' if outputs == expected else 'DIFFERENT'}", flush=True)
    for side, rows in found.items():
        stages, on_workers, elapsed = (median(column) for column in zip(*rows, strict=True))
        print(
            f"median, {side}: stages {stages:.1f} s, workers {on_workers:.1f} s, together {stages + on_workers:.1f} s, "
            f"elapsed {elapsed:.1f} s"
        )


if __name__ == "__main__":
    main()

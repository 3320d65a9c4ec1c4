"""python -m benchmarks.studies.large_table_preparation ROWS ... [--rounds N] [--value] [--folder FOLDER]

Compares what preprocess and a pipeline of scikit-learn's partial_fit need for the same table: 7 numbers that are
scaled, a category that becomes one-hot columns, a truth value, and a target that is a class, or a number with
`--value`. Both read the same Parquet files, split the rows at random, fit on the training rows and write arrays of 32
bits for each split (docs/explanation/large-tables.md). Prints processor seconds, elapsed seconds and the peak of
anonymous memory.

Each side is a process that imports only what it needs; its imports count. `partial_fit` is told the categories and the
classes, checks no value but what scikit-learn does itself, and reads only the columns of each pass. preprocess finds
both, checks each value, draws splits of exact sizes, writes the row numbers, and counts the samples that are also in
the training rows.

The sides run one after the other in each round. A row takes about 60 bytes of disk for the table, and as much for the
arrays.
"""

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory, gettempdir
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

NUMBERS = [f"n{number}" for number in range(7)]
SHOPS = [f"shop {number}" for number in range(12)]
CLASSES = ["high", "low", "mid"]
SPLITS = {"train": 0.8, "validation": 0.1, "test": 0.1}
SECONDS_BETWEEN_LOOKS = 0.02


@dataclass(frozen=True)
class Cost:
    processor_seconds: float
    elapsed_seconds: float
    peak_mebibytes: float


def main() -> None:
    arguments = _arguments()
    if arguments.side:
        SIDES[arguments.side](arguments.folder, arguments.value)
        return
    print(f"{'rows':>12} {'side':>12} {'processor s':>12} {'elapsed s':>10} {'peak MiB':>9}")
    for rows in arguments.rows:
        with TemporaryDirectory(dir=arguments.folder) as folder:
            make_table(Path(folder) / "table", rows)
            costs: dict[str, list[Cost]] = {side: [] for side in SIDES}
            for _ in range(arguments.rounds):
                for side in SIDES:
                    costs[side].append(_measure(side, Path(folder), arguments.value))
            for side, found in costs.items():
                processor, elapsed = (
                    median(getattr(c, n) for c in found) for n in ("processor_seconds", "elapsed_seconds")
                )
                peak = max(cost.peak_mebibytes for cost in found)
                print(f"{rows:>12,} {side:>12} {processor:>12.1f} {elapsed:>10.1f} {peak:>9.0f}", flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("rows", type=int, nargs="*")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--value", action="store_true")
    parser.add_argument("--folder", type=Path, default=Path(gettempdir()))
    parser.add_argument("--side", choices=["restage", "partial_fit"])
    return parser.parse_args()


def make_table(folder: Path, rows: int) -> None:
    """Write raw data as download writes them, a block at a time."""
    import numpy as np
    import pyarrow as pa
    import pyarrow.parquet as pq

    from stages.core.artefacts.raw.raw_files import TableMeta
    from stages.core.artefacts.raw.table_blocks import block_bounds, default_block_rows
    from stages.core.artefacts.records.record import write_record

    (folder / "all").mkdir(parents=True)
    types = {**dict.fromkeys(NUMBERS, "float64"), "shop": "str", "member": "bool", "kind": "str"}
    for number, block in enumerate(block_bounds(rows, default_block_rows(len(types)))):
        random = np.random.default_rng([1, number])
        columns = {name: random.normal(n, 1 + n, len(block)) for n, name in enumerate(NUMBERS)}
        others = {
            "shop": pa.array(np.array(SHOPS)[random.integers(0, len(SHOPS), len(block))], pa.large_string()),
            "member": random.random(len(block)) < 0.4,
            "kind": pa.array(np.array(CLASSES)[random.integers(0, len(CLASSES), len(block))], pa.large_string()),
        }
        pq.write_table(pa.table(columns | others), folder / "all" / f"{number:05}.parquet")
    meta = TableMeta(
        kind="table", columns=types, classes={"kind": CLASSES}, time=None, source={}, splits=[("all", rows)], files={}
    )
    write_record(folder / "meta.json", meta)


def _measure(side: str, folder: Path, value: bool) -> Cost:
    command = [sys.executable, "-m", __spec__.name if __spec__ else "", "--side", side, "--folder", str(folder)]
    start, peak = time.monotonic(), 0.0
    with subprocess.Popen([*command, *(["--value"] if value else [])]) as process:
        while os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            peak = max(peak, _anonymous_mebibytes(process.pid))
            time.sleep(SECONDS_BETWEEN_LOOKS)
        elapsed = time.monotonic() - start
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{side} failed")
    return Cost(usage.ru_utime + usage.ru_stime, elapsed, peak)


def _anonymous_mebibytes(process: int) -> float:
    lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("RssAnon")), 0.0)


def restage_side(folder: Path, value: bool) -> None:
    from stages.core.runtime.bootstrap import prepare_process

    prepare_process()
    from stages.core.artefacts.raw.raw_data import Table
    from stages.core.artefacts.raw.raw_files import read_raw
    from stages.preprocess.large_table.preprocess_large_table import preprocess_large_table
    from stages.preprocess.params import Preprocess

    target = {"targets": "n6"} if value else {"targets": "kind", "labels": "integer"}
    inputs = [*(NUMBERS[:-1] if value else NUMBERS), "shop", "member"]
    split = {name: share for name, share in SPLITS.items() if name != "train"}
    params = {"inputs": inputs, "split": split, "steps": [{"step": "standard"}], **target}
    raw = read_raw(folder / "table")
    assert isinstance(raw, Table)
    preprocess_large_table(raw, Preprocess.model_validate(params), folder / "restage")


def partial_fit_side(folder: Path, value: bool) -> None:
    """Two passes over chunks as large as our blocks: fit, then transform and write."""
    import numpy as np
    import pandas as pd
    import pyarrow.parquet as pq
    from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

    numbers = NUMBERS[:-1] if value else NUMBERS
    scaler = StandardScaler()
    encoder = OneHotEncoder(categories=[sorted(SHOPS)], sparse_output=False, dtype=np.float32)
    labels = OrdinalEncoder(categories=[CLASSES], dtype=np.int32)
    files = sorted((folder / "table" / "all").glob("*.parquet"))

    def chunks(columns: list[str]) -> "Iterator[tuple[pd.DataFrame, np.ndarray]]":
        random = np.random.default_rng(0)
        for file in files:
            frame = pq.read_table(file, columns=columns).to_pandas()
            yield frame, random.choice(len(SPLITS), len(frame), p=list(SPLITS.values()))

    counts = np.zeros(len(SPLITS), np.int64)
    for frame, split in chunks(numbers):
        training = frame[split == 0]
        scaler.partial_fit(training[numbers].to_numpy())
        counts += np.bincount(split, minlength=len(SPLITS))
    width = len(numbers) + len(SHOPS) + 1
    out = folder / "partial_fit"
    out.mkdir(exist_ok=True)
    encoder.fit(pd.DataFrame({"shop": SHOPS}))
    labels.fit(pd.DataFrame({"kind": CLASSES}))
    open_array = np.lib.format.open_memmap
    xs = [
        open_array(out / f"{n}.x.npy", "w+", np.float32, (int(c), width)) for n, c in zip(SPLITS, counts, strict=True)
    ]
    kind = np.float32 if value else np.int32
    ys = [open_array(out / f"{n}.y.npy", "w+", kind, (int(c),)) for n, c in zip(SPLITS, counts, strict=True)]
    starts = [0] * len(SPLITS)
    target = NUMBERS[-1] if value else "kind"
    for frame, split in chunks([*numbers, "shop", "member", target]):
        for number in range(len(SPLITS)):
            part = frame[split == number]
            rows = slice(starts[number], starts[number] + len(part))
            xs[number][rows, : len(numbers)] = scaler.transform(part[numbers].to_numpy())
            xs[number][rows, len(numbers) : -1] = encoder.transform(part[["shop"]])
            xs[number][rows, -1] = part["member"]
            ys[number][rows] = part[NUMBERS[-1]] if value else labels.transform(part[["kind"]])[:, 0]
            starts[number] = rows.stop


SIDES = {"restage": restage_side, "partial_fit": partial_fit_side}


if __name__ == "__main__":
    main()

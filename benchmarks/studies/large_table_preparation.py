"""python -m benchmarks.studies.large_table_preparation ROWS ... [--rounds N] [--value] [--engines PYTHON]

Compares what preprocess and a pipeline of scikit-learn's partial_fit need for the same table: 7 numbers that are
scaled, a category that becomes one-hot columns, a truth value, and a target that is a class, or a number with
`--value`. Both read the same Parquet files, split the rows at random, fit on the training rows and write arrays of 32
bits for each split (docs/explanation/large-tables.md). Prints processor seconds, elapsed seconds and the peak of
anonymous memory.

Each side is a process that imports only what it needs; its imports count. There are two sides with partial_fit. `told`
is told the categories and the classes, checks no value but what scikit-learn does itself, and reads only the columns of
each pass. `same work` does what preprocess does: it finds both, checks each value, draws splits of exact sizes, writes
the row numbers, and counts the samples that are also in the training rows.

With `--engines`, an interpreter that has pandas, DuckDB, Polars and Dask, these run too (`large_table_engines`).

The sides run one after the other in each round, in FOLDER of `--folder`. A row takes about 60 bytes of disk for the
table, and 100 for the arrays of a side, which are removed after it ran.
"""

import argparse
import os
import shutil
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
            costs: dict[str, list[Cost]] = {side: [] for side in [*SIDES, *(ENGINES if arguments.engines else [])]}
            for _ in range(arguments.rounds):
                for side, of_side in costs.items():
                    of_side.append(_measure(side, Path(folder), arguments.value, arguments.engines))
                    shutil.rmtree(Path(folder) / side, ignore_errors=True)
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
    parser.add_argument("--engines", type=Path)
    parser.add_argument("--side", choices=["restage", "same work", "told"])
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


def _measure(side: str, folder: Path, value: bool, engines: Path | None) -> Cost:
    command = [sys.executable, "-m", __spec__.name if __spec__ else "", "--side", side, "--folder", str(folder)]
    command += ["--value"] if value else []
    if side in ENGINES:
        command = [str(engines), str(Path(__file__).with_name("large_table_engines.py")), side, str(folder)]
    start, peak = time.monotonic(), 0.0
    with subprocess.Popen(command) as process:
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


def told_side(folder: Path, value: bool) -> None:
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
        scaler.partial_fit(frame[numbers].to_numpy()[split == 0])
        counts += np.bincount(split, minlength=len(SPLITS))
    encoder.fit(pd.DataFrame({"shop": SHOPS}))
    labels.fit(pd.DataFrame({"kind": CLASSES}))
    target = NUMBERS[-1] if value else "kind"
    outputs = _Outputs(folder / "told", counts, len(numbers) + len(SHOPS) + 1, np.float32 if value else np.int32)
    for frame, split in chunks([*numbers, "shop", "member", target]):
        for number in range(len(SPLITS)):
            part = frame[split == number]
            y = part[target] if value else labels.transform(part[["kind"]])[:, 0]
            outputs.write(
                number, scaler.transform(part[numbers].to_numpy()), encoder.transform(part[["shop"]]), part, y
            )


def same_work_side(folder: Path, value: bool) -> None:
    """As `told_side`, and what preprocess does besides: it finds the categories and classes, checks every value, draws
    splits of exact sizes, writes row numbers, and counts the samples that are also in the training rows."""
    import numpy as np
    import pyarrow.parquet as pq
    from sklearn.preprocessing import OneHotEncoder, OrdinalEncoder, StandardScaler

    numbers = NUMBERS[:-1] if value else NUMBERS
    target = NUMBERS[-1] if value else "kind"
    columns = [*numbers, "shop", "member", target]
    files = sorted((folder / "table" / "all").glob("*.parquet"))
    rows = sum(pq.read_metadata(file).num_rows for file in files)
    sizes = [round(rows * share) for share in SPLITS.values()]
    sizes[0] = rows - sum(sizes[1:])
    splits = np.repeat(np.arange(len(SPLITS), dtype=np.uint8), sizes)
    np.random.default_rng(0).shuffle(splits)

    def chunks() -> "Iterator[tuple[pd.DataFrame, np.ndarray, int]]":
        start = 0
        for file in files:
            frame = pq.read_table(file, columns=columns).to_pandas()
            yield frame, splits[start : start + len(frame)], start
            start += len(frame)

    scaler = StandardScaler()
    shops, kinds = set[str](), set[str]()
    for frame, split, _ in chunks():
        _check_values(frame, numbers)
        scaler.partial_fit(frame[numbers].to_numpy()[split == 0])
        shops |= set(frame["shop"][split == 0].unique())
        kinds |= set() if value else set(frame["kind"].unique())
    encoder = OneHotEncoder(
        categories=[sorted(shops)], sparse_output=False, dtype=np.float32, handle_unknown="ignore"
    ).fit(frame[["shop"]])
    labels = None if value else OrdinalEncoder(categories=[sorted(kinds)], dtype=np.int32).fit(frame[["kind"]])
    outputs = _Outputs(
        folder / "same work", np.array(sizes), len(numbers) + len(shops) + 1, np.float32 if value else np.int32
    )
    weights = np.random.default_rng(0).integers(0, 2**63, len(numbers) + len(shops) + 1, np.uint64)
    hashes: list[list[np.ndarray]] = [[] for _ in SPLITS]
    row_numbers: list[list[np.ndarray]] = [[] for _ in SPLITS]
    for frame, split, start in chunks():
        for number in range(len(SPLITS)):
            chosen = np.flatnonzero(split == number)
            part = frame.iloc[chosen]
            y = part[target] if labels is None else labels.transform(part[["kind"]])[:, 0]
            x = outputs.write(
                number, scaler.transform(part[numbers].to_numpy()), encoder.transform(part[["shop"]]), part, y
            )
            hashes[number].append(x.view(np.uint32).astype(np.uint64) @ weights)
            row_numbers[number].append(chosen + start)
    training = np.concatenate(hashes[0])
    for number, name in enumerate(SPLITS):
        np.save(folder / "same work" / f"{name}.rows.npy", np.concatenate(row_numbers[number]))
        if number:
            np.isin(np.concatenate(hashes[number]), training).sum()


def _check_values(frame: "pd.DataFrame", numbers: list[str]) -> None:
    import numpy as np

    others = frame.drop(columns=numbers)
    if not np.isfinite(frame[numbers].to_numpy()).all() or others.isna().to_numpy().any():
        raise SystemExit("missing values")


class _Outputs:
    """An array of inputs and one of targets for each split, which are written a part at a time."""

    def __init__(self, folder: Path, sizes: "np.ndarray", width: int, target_type: type) -> None:
        import numpy as np

        folder.mkdir(exist_ok=True)
        self._starts = [0] * len(SPLITS)
        create = np.lib.format.open_memmap
        self._inputs = [
            create(folder / f"{name}.x.npy", "w+", np.float32, (int(size), width))
            for name, size in zip(SPLITS, sizes, strict=True)
        ]
        self._targets = [
            create(folder / f"{name}.y.npy", "w+", target_type, (int(size),))
            for name, size in zip(SPLITS, sizes, strict=True)
        ]

    def write(
        self, split: int, scaled: "np.ndarray", one_hot: "np.ndarray", part: "pd.DataFrame", y: "np.ndarray"
    ) -> "np.ndarray":
        """Return the rows of inputs that were written."""
        rows = slice(self._starts[split], self._starts[split] + len(part))
        x = self._inputs[split][rows]
        x[:, : scaled.shape[1]] = scaled
        x[:, scaled.shape[1] : -1] = one_hot
        x[:, -1] = part["member"]
        self._targets[split][rows] = y
        self._starts[split] = rows.stop
        return x


SIDES = {"restage": restage_side, "same work": same_work_side, "told": told_side}


ENGINES = ["pandas", "duckdb", "polars", "dask"]


if __name__ == "__main__":
    main()

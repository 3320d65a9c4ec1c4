"""A table with columns of every kind, with gaps, as one block or as several."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from stages.core.artefacts.raw.raw_data import Table
from stages.core.artefacts.raw.raw_files import read_raw, write_raw
from stages.core.artefacts.raw.table_blocks import StoredFrames, StoredSplit, block_files

ROWS = 1037
BLOCK_ROWS = 100
WORDS = ["red", "green", "blue", "a", "house", "of", "cards", "and", "sand"]


def example_frame(rows: int = ROWS, seed: int = 0) -> pd.DataFrame:
    random = np.random.default_rng(seed)

    def with_gaps(values: Any) -> Any:
        return pd.Series(values).where(random.random(rows) > 0.1)

    days = pd.Timestamp("2020-02-25") + pd.to_timedelta(random.integers(0, 900, rows), "D")
    color = random.choice(["red", "green", "blue"], rows, p=[0.6, 0.3, 0.1])
    return pd.DataFrame(
        {
            "width": random.normal(1e6, 3, rows),
            "height": random.lognormal(0, 2, rows),
            "count": random.integers(0, 7, rows),
            "constant": np.full(rows, 0.1),
            "price": with_gaps(random.normal(size=rows)),
            "age": with_gaps(random.integers(20, 60, rows).astype(float)),
            "score": with_gaps(random.normal(size=rows)),
            "level": with_gaps(random.integers(0, 3, rows).astype(float)),
            "color": with_gaps(color),
            "city": random.choice([f"city {n}" for n in range(40)], rows),
            "member": random.random(rows) < 0.5,
            "active": with_gaps(pd.Series(random.choice(["Yes", "no"], rows))),
            "since": with_gaps(days),
            "day": days.strftime("%Y-%m-%d"),
            "story": [" ".join(random.choice(WORDS, random.integers(3, 9))) for _ in range(rows)],
            "notes": [" ".join(random.choice(WORDS, random.integers(1, 5))) for _ in range(rows)],
            "weight": random.integers(0, 3, rows).astype(float),
            "target": random.normal(size=rows),
            "second": random.exponential(size=rows),
            "label": np.where(random.random(rows) < 0.3, "yes", "no"),
        }
    )


COLUMNS: dict[str, Any] = {
    "price": {"kind": "number", "missing": "median", "missing_indicator": True},
    "age": {"kind": "number", "missing": "mean"},
    "score": {"kind": "number", "missing": {"constant": 0}},
    "level": {"kind": "number", "missing": "most_frequent"},
    "color": {"kind": "category", "missing": "category", "minimum_count": 3},
    "city": {"kind": "category", "encoding": "embedding", "unseen": "fail"},
    "active": {"kind": "boolean", "missing": "most_frequent", "missing_indicator": True},
    "since": {"kind": "date", "missing": "median"},
    "story": {"kind": "text", "form": "tf_idf", "minimum_count": 2},
    "notes": {"kind": "text", "form": "ids", "length": 4},
    "weight": "weight",
}
NUMBERS = ["width", "height", "count", "constant"]
EVERY_KIND: dict[str, Any] = {
    "inputs": {
        "numbers": NUMBERS,
        "features": [
            *("price", "age", "score", "level", "color", "city", "member", "active", "since", "day", "story", "notes")
        ],
    },
    "columns": COLUMNS,
    "targets": {"value": "target", "values": ["target", "second"], "label": "label"},
    "labels": {"label": "one_hot"},
}


def stored_table(
    folder: Path, frames: Mapping[str, pd.DataFrame], block_rows: int = BLOCK_ROWS, **fields: Any
) -> Table:
    write_raw(Table(frames, block_rows=block_rows, **fields), folder)
    raw = read_raw(folder)
    assert isinstance(raw, Table)
    return raw


def one_block(folder: Path, frames: Mapping[str, pd.DataFrame], **fields: Any) -> tuple[Table, Table]:
    """The same table of one block, in memory and as stored blocks."""
    rows = max(map(len, frames.values()))
    in_memory = stored_table(folder, frames, rows, **fields)
    splits = {
        name: StoredSplit(folder.name, block_files(folder, name, len(frame), rows), len(frame), rows)
        for name, frame in frames.items()
    }
    types = {str(name): str(dtype) for name, dtype in next(iter(frames.values())).dtypes.items()}
    return in_memory, replace(in_memory, frames=StoredFrames(splits, types))


def written_files(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}

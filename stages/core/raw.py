"""The canonical raw form: one folder a dataset, whatever its source was.

`meta.json` says what is in it; a table or a series is one Parquet file a split, images are two `.npy` files a
split. Formats end here: no stage after download knows another one.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from stages.core.reading import load_array, made_by
from stages.core.writing import whole_folder, write_json

ALL = "all"
META = "meta.json"


@dataclass(frozen=True)
class Table:
    """Rows and named columns; a series is a table whose order means something."""

    frames: Mapping[str, pd.DataFrame]
    kind: Literal["table", "series"] = "table"
    classes: Mapping[str, list[str]] = field(default_factory=dict)
    time: str | None = None
    source: Mapping[str, Any] = field(default_factory=dict)

    @property
    def columns(self) -> list[str]:
        return [str(c) for c in next(iter(self.frames.values())).columns]


@dataclass(frozen=True)
class Images:
    """Pictures as they came, one array a split, and the number of each picture's class."""

    images: Mapping[str, NDArray[Any]]
    labels: Mapping[str, NDArray[Any]]
    classes: list[str]
    source: Mapping[str, Any] = field(default_factory=dict)


Raw = Table | Images


def splits(raw: Raw) -> dict[str, int]:
    """How many rows each split has, in the order they came."""
    parts: Mapping[str, Any] = raw.frames if isinstance(raw, Table) else raw.images
    return {name: len(part) for name, part in parts.items()}


def write_raw(raw: Raw, target: Path) -> None:
    with whole_folder(target) as folder:
        meta = _write_table(raw, folder) if isinstance(raw, Table) else _write_images(raw, folder)
        files = {f.name: sha256_of(f) for f in sorted(folder.iterdir())}
        in_order = [[name, rows] for name, rows in splits(raw).items()]
        common = {"source": dict(raw.source), "splits": in_order, "files": files}
        write_json(folder / META, meta | common)


def read_raw(folder: Path) -> Raw:
    with made_by("download", folder.name, folder / META):
        meta = json.loads((folder / META).read_text(encoding="utf-8"))
        return _read_images(meta, folder) if meta["kind"] == "images" else _read_table(meta, folder)


def _write_table(table: Table, folder: Path) -> dict[str, Any]:
    for split, frame in table.frames.items():
        rows = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
        pq.write_table(rows, folder / f"{split}.parquet")
    first = next(iter(table.frames.values()))
    return {
        "kind": table.kind,
        "columns": {str(c): str(t) for c, t in first.dtypes.items()},
        "classes": dict(table.classes),
        "time": table.time,
    }


def _read_table(meta: Mapping[str, Any], folder: Path) -> Table:
    return Table(
        frames={s: _read_frame(folder / f"{s}.parquet") for s, _ in meta["splits"]},
        kind=meta["kind"],
        classes=meta["classes"],
        time=meta["time"],
        source=meta["source"],
    )


def _read_frame(path: Path) -> pd.DataFrame:
    with made_by("download", path.parent.name, path, pa.ArrowException), path.open("rb") as file:
        return pq.read_table(file).to_pandas()


def _write_images(raw: Images, folder: Path) -> dict[str, Any]:
    for split in raw.images:
        np.save(folder / f"{split}.images.npy", np.ascontiguousarray(raw.images[split]))
        np.save(folder / f"{split}.labels.npy", np.ascontiguousarray(raw.labels[split]))
    first = next(iter(raw.images.values()))
    return {
        "kind": "images",
        "shape": list(first.shape[1:]),
        "type": str(first.dtype),
        "classes": {"label": raw.classes},
    }


def _read_images(meta: Mapping[str, Any], folder: Path) -> Images:
    return Images(
        images={s: _read_array(folder / f"{s}.images.npy") for s, _ in meta["splits"]},
        labels={s: _read_array(folder / f"{s}.labels.npy") for s, _ in meta["splits"]},
        classes=meta["classes"]["label"],
        source=meta["source"],
    )


def _read_array(path: Path) -> NDArray[Any]:
    with made_by("download", path.parent.name, path):
        return load_array(path)


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

"""The canonical raw form: one folder a dataset, whatever its source was.

`meta.json` says what is in it; a table or a series is one Parquet file a split, images are two `.npy` files a
split, and tokens three. Formats end here: no stage after download knows another one.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, assert_never

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.read_outputs import load_array, reading_output_of
from stages.core.runtime.atomic_write import atomic_folder, write_json

if TYPE_CHECKING:  # pictures and texts do without
    import pandas as pd

ALL = "all"
META = "meta.json"
WORDS = "words.json"


@dataclass(frozen=True)
class Table:
    """Rows and named columns; a series is a table whose order means something."""

    frames: Mapping[str, "pd.DataFrame"]
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


@dataclass(frozen=True)
class Tokens:
    """Texts as numbers of words, one after another without padding, and the number of each text's class.

    Text i of a split is ids[offsets[i]:offsets[i + 1]]. `words` has a word for every id, "" for an id without one.
    """

    ids: Mapping[str, NDArray[Any]]
    offsets: Mapping[str, NDArray[np.int64]]
    labels: Mapping[str, NDArray[Any]]
    classes: list[str]
    words: list[str] | None = None
    source: Mapping[str, Any] = field(default_factory=dict)

    def texts(self, split: str) -> Iterator[NDArray[Any]]:
        """
        >>> offsets, labels = {"all": np.array([0, 2, 3])}, {"all": np.array([0, 0])}
        >>> tokens = Tokens({"all": np.array([1, 5, 1])}, offsets, labels, ["a"])
        >>> [text.tolist() for text in tokens.texts("all")]
        [[1, 5], [1]]
        """
        ids, offsets = self.ids[split], self.offsets[split]
        return (ids[begin:end] for begin, end in pairwise(offsets))


RawData = Table | Images | Tokens


def split_sizes(raw: RawData) -> dict[str, int]:
    """How many rows each split has, in the order they came."""
    match raw:
        case Table():
            return {name: len(frame) for name, frame in raw.frames.items()}
        case Images():
            return {name: len(images) for name, images in raw.images.items()}
        case Tokens():
            return {name: len(offsets) - 1 for name, offsets in raw.offsets.items()}
        case _:
            assert_never(raw)


def write_raw(raw: RawData, target: Path) -> None:
    with atomic_folder(target) as folder:
        meta = _write(raw, folder)
        files = {f.name: sha256_of(f) for f in sorted(folder.iterdir())}
        in_order = [[name, rows] for name, rows in split_sizes(raw).items()]
        common = {"source": dict(raw.source), "splits": in_order, "files": files}
        write_json(folder / META, meta | common)


def read_raw(folder: Path) -> RawData:
    with reading_output_of("download", folder.name, folder / META):
        meta = json.loads((folder / META).read_text(encoding="utf-8"))
        match meta["kind"]:
            case "images":
                return _read_images(meta, folder)
            case "tokens":
                return _read_tokens(meta, folder)
            case _:
                return _read_table(meta, folder)


def file_hashes(folder: Path) -> dict[str, str]:
    """The name and sha256 of each file: the same data, the same files."""
    with reading_output_of("download", folder.name, folder / META):
        files: dict[str, str] = json.loads((folder / META).read_text(encoding="utf-8"))["files"]
        return files


def _write(raw: RawData, folder: Path) -> dict[str, Any]:
    match raw:
        case Table():
            return _write_table(raw, folder)
        case Images():
            return _write_images(raw, folder)
        case Tokens():
            return _write_tokens(raw, folder)
        case _:
            assert_never(raw)


def _write_table(table: Table, folder: Path) -> dict[str, Any]:
    import pyarrow as pa
    import pyarrow.parquet as pq

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


def _read_frame(path: Path) -> "pd.DataFrame":
    import pyarrow as pa
    import pyarrow.parquet as pq

    with reading_output_of("download", path.parent.name, path, pa.ArrowException), path.open("rb") as file:
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


def _write_tokens(raw: Tokens, folder: Path) -> dict[str, Any]:
    largest = max((int(ids.max(initial=0)) for ids in raw.ids.values()), default=0)
    smallest_type = np.min_scalar_type(largest)
    for split, ids in raw.ids.items():
        np.save(folder / f"{split}.ids.npy", np.ascontiguousarray(ids, smallest_type))
        np.save(folder / f"{split}.offsets.npy", np.ascontiguousarray(raw.offsets[split], np.int64))
        np.save(folder / f"{split}.labels.npy", np.ascontiguousarray(raw.labels[split]))
    if raw.words is not None:
        write_json(folder / WORDS, {"words": raw.words})
    return {
        "kind": "tokens",
        "type": str(smallest_type),
        "largest": largest,
        "classes": {"label": raw.classes},
        "words": raw.words is not None,
    }


def _read_tokens(meta: Mapping[str, Any], folder: Path) -> Tokens:
    def arrays(part: str) -> dict[str, NDArray[Any]]:
        return {s: _read_array(folder / f"{s}.{part}.npy") for s, _ in meta["splits"]}

    return Tokens(
        ids=arrays("ids"),
        offsets=arrays("offsets"),
        labels=arrays("labels"),
        classes=meta["classes"]["label"],
        words=_read_words(folder / WORDS) if meta["words"] else None,
        source=meta["source"],
    )


def _read_words(path: Path) -> list[str]:
    with reading_output_of("download", path.parent.name, path):
        words: list[str] = json.loads(path.read_text(encoding="utf-8"))["words"]
        return words


def _read_array(path: Path) -> NDArray[Any]:
    with reading_output_of("download", path.parent.name, path):
        return load_array(path)


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

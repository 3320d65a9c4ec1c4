"""Raw data as files: `meta.json` and one or more arrays for each split.

A table or series is one Parquet file for each split, or for each block of rows of a larger split. Images are two
`.npy` files, tokens are three.
A column of pictures of a table is a `.npy` file with its pictures, and one for each split with the numbers of its rows'
pictures.
"""

import hashlib
import json
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, assert_never

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, SerializerFunctionWrapHandler, TypeAdapter, model_serializer

from stages.core.artefacts.raw.raw_data import ColumnPictures, Images, RawData, Table, Tokens, split_sizes
from stages.core.artefacts.raw.table_blocks import (
    StoredFrames,
    StoredSplit,
    block_files,
    default_block_rows,
    write_blocks,
)
from stages.core.artefacts.read_outputs import load_array, reading_output_of
from stages.core.artefacts.records.record import Record, short_validation_errors, write_record
from stages.core.files.atomic_write import write_json

if TYPE_CHECKING:
    import pandas as pd

META = "meta.json"
WORDS = "words.json"
PICTURES = "pictures"


class _Meta(Record):
    """What all kinds have: provenance, sizes of the splits in their order, and the sha256 of each file."""

    source: dict[str, Any]
    splits: list[tuple[str, int]]
    files: dict[str, str]


class TableMeta(_Meta):
    kind: Literal["table", "series"]
    columns: dict[str, str]
    classes: dict[str, list[str]]
    time: str | None
    private: list[str] = []
    # The columns of pictures, each with the height, width and channels of its pictures.
    pictures: list[tuple[str, list[int]]] = []
    # The rows of a block, if they are not as many as `default_block_rows` says.
    block_rows: int | None = None

    @model_serializer(mode="wrap")
    def _leave_out_defaults(self, serialize: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """`private` and `pictures` are written only if there are such columns, `block_rows` only if it was given."""
        content: dict[str, Any] = serialize(self)
        may_be_left_out = ("private", "pictures", "block_rows")
        return {name: value for name, value in content.items() if name not in may_be_left_out or value}

    @property
    def rows_of_block(self) -> int:
        return self.block_rows or default_block_rows(len(self.columns))


class ImagesMeta(_Meta):
    kind: Literal["images"]
    shape: list[int]
    type: str
    classes: dict[str, list[str]]


class TokensMeta(_Meta):
    kind: Literal["tokens"]
    type: str
    largest: int
    classes: dict[str, list[str]]
    words: bool


Meta = TableMeta | ImagesMeta | TokensMeta
_META: TypeAdapter[Meta] = TypeAdapter(Annotated[Meta, Field(discriminator="kind")])


def write_raw(raw: RawData, folder: Path) -> None:
    """Write the data into a folder, which is created if necessary."""
    folder.mkdir(parents=True, exist_ok=True)
    match raw:
        case Table():
            own = _write_table(raw, folder)
        case Images():
            own = _write_images(raw, folder)
        case Tokens():
            own = _write_tokens(raw, folder)
        case _:
            assert_never(raw)
    written = [file for file in sorted(folder.rglob("*")) if file.is_file() and file.name != META]
    files = {file.relative_to(folder).as_posix(): sha256_of(file) for file in written}
    common = {"source": dict(raw.source), "splits": list(split_sizes(raw).items()), "files": files}
    write_record(folder / META, _META.validate_python(own | common))


def read_raw(folder: Path) -> RawData:
    """Arrays are memory-mapped, and rows of a large table are read when they are needed."""
    match read_meta(folder):
        case TableMeta() as meta:
            return Table(
                frames=_read_frames(folder, meta),
                kind=meta.kind,
                classes=meta.classes,
                time=meta.time,
                source=meta.source,
                private=meta.private,
                pictures=_read_pictures(folder, meta),
                block_rows=meta.block_rows,
            )
        case ImagesMeta() as meta:
            return Images(
                images=_read_arrays(folder, meta, "images"),
                labels=_read_arrays(folder, meta, "labels"),
                classes=meta.classes["label"],
                source=meta.source,
            )
        case TokensMeta() as meta:
            return Tokens(
                ids=_read_arrays(folder, meta, "ids"),
                offsets=_read_arrays(folder, meta, "offsets"),
                labels=_read_arrays(folder, meta, "labels"),
                classes=meta.classes["label"],
                words=read_words(folder / WORDS) if meta.words else None,
                source=meta.source,
            )


def read_meta(folder: Path) -> Meta:
    with reading_output_of("download", folder.name, folder / META), short_validation_errors():
        return _META.validate_json((folder / META).read_bytes())


def file_hashes(folder: Path) -> dict[str, str]:
    """The name and sha256 of each file: the same data have the same hashes."""
    return read_meta(folder).files


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write_table(table: Table, folder: Path) -> dict[str, Any]:
    own: dict[str, Any] = {"kind": table.kind, "classes": dict(table.classes), "time": table.time}
    own |= {"private": table.private, "block_rows": table.block_rows, "pictures": _write_pictures(table, folder)}
    if isinstance(table.frames, StoredFrames):
        _copy_blocks(table.frames, folder)
        return own | {"columns": dict(table.frames.column_types)}
    _write_frames(table, folder)
    first = next(iter(table.frames.values()))
    return own | {"columns": {str(column): str(dtype) for column, dtype in first.dtypes.items()}}


def _write_frames(table: Table, folder: Path) -> None:
    import pyarrow as pa

    block_rows = table.block_rows or default_block_rows(len(table.columns))
    for split, frame in table.frames.items():
        rows = pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None)
        write_blocks([rows], block_files(folder, split, len(frame), block_rows), block_rows)


def _copy_blocks(frames: StoredFrames, folder: Path) -> None:
    """Nothing is copied if download wrote the blocks into this folder."""
    for split, stored in frames.splits.items():
        targets = block_files(folder, split, stored.rows, stored.block_rows)
        for source, target in zip(stored.files, targets, strict=True):
            if source != target:
                target.parent.mkdir(exist_ok=True)
                shutil.copyfile(source, target)


def _read_frames(folder: Path, meta: TableMeta) -> "Mapping[str, pd.DataFrame]":
    splits = {
        split: StoredSplit(folder.name, block_files(folder, split, rows, meta.rows_of_block), rows, meta.rows_of_block)
        for split, rows in meta.splits
    }
    meta = _with_columns_in_order(meta, splits)
    if all(len(stored.files) == 1 for stored in splits.values()):
        return {split: stored.read(0) for split, stored in splits.items()}
    return StoredFrames(splits, meta.columns)


def _with_columns_in_order(meta: TableMeta, splits: Mapping[str, StoredSplit]) -> TableMeta:
    """In meta.json they are sorted; in the blocks of a large table they are in the order of the source."""
    large = next((stored for stored in splits.values() if len(stored.files) > 1), None)
    if large is None:
        return meta
    return meta.model_copy(update={"columns": {name: meta.columns[name] for name in large.column_names()}})


def _write_pictures(table: Table, folder: Path) -> list[tuple[str, list[int]]]:
    """Files are named by the position of the column among those of pictures: its own name may be no file name."""
    for number, pictures in enumerate(table.pictures.values(), 1):
        np.save(folder / f"{PICTURES}_{number}.npy", np.ascontiguousarray(pictures.pixels, np.uint8))
        for split, numbers in pictures.numbers.items():
            np.save(folder / f"{split}.{PICTURES}_{number}.npy", np.ascontiguousarray(numbers, np.int32))
    return [(column, list(pictures.pixels.shape[1:])) for column, pictures in table.pictures.items()]


def _read_pictures(folder: Path, meta: TableMeta) -> dict[str, ColumnPictures]:
    found = {}
    for number, (column, _) in enumerate(meta.pictures, 1):
        path = folder / f"{PICTURES}_{number}.npy"
        with reading_output_of("download", folder.name, path):
            pixels = load_array(path)
        found[column] = ColumnPictures(pixels, _read_arrays(folder, meta, f"{PICTURES}_{number}"))
    return found


def _write_images(raw: Images, folder: Path) -> dict[str, Any]:
    for split in raw.images:
        np.save(folder / f"{split}.images.npy", np.ascontiguousarray(raw.images[split]))
        np.save(folder / f"{split}.labels.npy", np.ascontiguousarray(raw.labels[split]))
    _, *shape = (first := next(iter(raw.images.values()))).shape
    return {"kind": "images", "shape": shape, "type": str(first.dtype), "classes": {"label": raw.classes}}


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


def _read_arrays(folder: Path, meta: Meta, part: str) -> dict[str, NDArray[Any]]:
    arrays = {}
    for split, _ in meta.splits:
        path = folder / f"{split}.{part}.npy"
        with reading_output_of("download", folder.name, path):
            arrays[split] = load_array(path)
    return arrays


def read_words(path: Path) -> list[str]:
    with reading_output_of("download", path.parent.name, path):
        words: list[str] = json.loads(path.read_text(encoding="utf-8"))["words"]
        return words

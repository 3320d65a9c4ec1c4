"""The rows of a table in blocks, so that a table larger than memory is read a part at a time.

A split with more rows than a block is stored as one Parquet file for each block, and any other split as one file.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from stages.core.artefacts.raw.arrow_types import is_text
from stages.core.artefacts.read_outputs import reading_output_of

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq
    from numpy.typing import NDArray

# 64 MiB of numbers of 64 bits.
BLOCK_CELLS = 1 << 23
SMALLEST_BLOCK = 1 << 12
# Of the first rows of a block, so many are read at once.
FIRST_ROWS = 1 << 10


def default_block_rows(columns: int) -> int:
    """The largest power of two with at most BLOCK_CELLS values.

    >>> default_block_rows(1), default_block_rows(10), default_block_rows(100_000)
    (8388608, 524288, 4096)
    """
    return max(SMALLEST_BLOCK, 1 << ((BLOCK_CELLS // max(1, columns)).bit_length() - 1))


def block_bounds(rows: int, block_rows: int) -> list[range]:
    """The row numbers of each block of a split.

    >>> block_bounds(5, 2), block_bounds(2, 2), block_bounds(0, 2)
    ([range(0, 2), range(2, 4), range(4, 5)], [range(0, 2)], [range(0, 0)])
    """
    return [range(start, min(start + block_rows, rows)) for start in range(0, max(1, rows), block_rows)]


def block_files(folder: Path, split: str, rows: int, block_rows: int) -> list[Path]:
    """The Parquet files of a split.

    >>> [file.as_posix() for file in block_files(Path("iris"), "train", 5, 2)]
    ['iris/train/00000.parquet', 'iris/train/00001.parquet', 'iris/train/00002.parquet']
    >>> [file.as_posix() for file in block_files(Path("iris"), "test", 2, 2)]
    ['iris/test.parquet']
    """
    if rows <= block_rows:
        return [folder / f"{split}.parquet"]
    return [folder / split / f"{number:05}.parquet" for number in range(len(block_bounds(rows, block_rows)))]


def write_blocks(tables: "Iterable[pa.Table]", files: Sequence[Path], block_rows: int) -> None:
    """Write the rows of all tables, `block_rows` into each file and the others into the last one.

    The bytes do not depend on how the rows are divided into tables: each file is written from one piece of memory.
    """
    import pyarrow.parquet as pq

    for file, block in zip(files, blocks_of_rows(tables, block_rows), strict=True):
        file.parent.mkdir(parents=True, exist_ok=True)
        pq.write_table(block, file)


def blocks_of_rows(tables: "Iterable[pa.Table]", block_rows: int) -> "Iterator[pa.Table]":
    """Tables of `block_rows` rows, and one with the others. There is at least one table."""
    import pyarrow as pa

    waiting, is_first = None, True
    for table in tables:
        waiting = table if waiting is None else pa.concat_tables([waiting, table])
        while len(waiting) > block_rows:
            yield waiting.slice(0, block_rows).combine_chunks()
            waiting, is_first = waiting.slice(block_rows), False
    if waiting is not None and (len(waiting) or is_first):
        yield waiting.combine_chunks()


@dataclass(frozen=True)
class StoredSplit:
    """The files of a split, each with `block_rows` rows and the last one with the others."""

    key: str
    files: Sequence[Path]
    rows: int
    block_rows: int

    def read_arrow(
        self,
        block: int,
        columns: Sequence[str] | None = None,
        texts_as_dictionaries: bool = False,
        rows: int | None = None,
    ) -> "pa.Table":
        """A block with these columns, or with all of them, or at least its first rows.

        As a dictionary, each different text of a column is there once, which takes less time and memory to read.

        In one thread, since several blocks are read at once. `read_table` would import more of Arrow, and pandas.
        """
        import pyarrow as pa
        import pyarrow.parquet as pq

        path = self.files[block]
        with reading_output_of("download", self.key, path, pa.ArrowException), pa.OSFile(str(path)) as file:
            parquet = pq.ParquetFile(file)
            if texts_as_dictionaries:
                texts = [field.name for field in parquet.schema_arrow if is_text(field.type)]
                parquet = pq.ParquetFile(file, metadata=parquet.metadata, read_dictionary=texts)
            names = None if columns is None else list(columns)
            table = parquet.read(names, use_threads=False) if rows is None else _first_rows(parquet, rows, names)
            # A file has its columns in its own order.
            return table if names is None else table.select(names)

    def column_names(self) -> list[str]:
        """In the order of the source."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        path = self.files[0]
        with reading_output_of("download", self.key, path, pa.ArrowException), path.open("rb") as file:
            return [*pq.read_schema(file).names]

    def take(self, block: int, rows: "NDArray[np.int64]", columns: Sequence[str]) -> "pd.DataFrame":
        """Some rows of a block, which are counted from its first row."""
        return self.read_arrow(block, columns).take(rows).to_pandas()

    def read(self, block: int, columns: Sequence[str] | None = None) -> "pd.DataFrame":
        return self.read_arrow(block, columns).to_pandas()


def _first_rows(parquet: "pq.ParquetFile", rows: int, columns: list[str] | None) -> "pa.Table":
    import pyarrow as pa

    batches, missing = [], rows
    for batch in parquet.iter_batches(FIRST_ROWS, columns=columns, use_threads=False) if rows else ():
        batches.append(batch.slice(0, missing))
        missing -= len(batches[-1])
        if not missing:
            break
    return pa.Table.from_batches(batches) if batches else parquet.read_row_groups([], columns)


@dataclass(frozen=True)
class StoredFrames(Mapping[str, "pd.DataFrame"]):
    """The splits of a large table. `self[split]` reads all rows of a split, and keeps them in memory.

    `column_types` has pandas' name of the type of each column in the first split.
    """

    splits: Mapping[str, StoredSplit]
    column_types: Mapping[str, str]
    _read: dict[str, "pd.DataFrame"] = field(default_factory=dict)

    def __getitem__(self, split: str) -> "pd.DataFrame":
        if split not in self._read:
            stored = self.splits[split]
            self._read[split] = _concatenate([stored.read(number) for number in range(len(stored.files))])
        return self._read[split]

    def __iter__(self) -> Iterator[str]:
        return iter(self.splits)

    def __len__(self) -> int:
        return len(self.splits)


def _concatenate(frames: Sequence["pd.DataFrame"]) -> "pd.DataFrame":
    import pandas as pd

    return frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)

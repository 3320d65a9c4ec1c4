"""The rows of a table that is larger than memory, as blocks in which each column has the type that all rows give it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from stages.core.artefacts.raw.raw_data import Table
from stages.core.artefacts.raw.table_blocks import StoredFrames, StoredSplit
from stages.core.bounded_memory.map_blocks import map_blocks
from stages.validate.value_kind import value_kind


@dataclass(frozen=True)
class StoredBlock:
    """A block that each reader opens itself: a number with and without missing values has another type in pandas."""

    split: StoredSplit
    number: int
    start: int
    types: Mapping[str, Any]

    def read(self, columns: Sequence[str] | None = None) -> pd.DataFrame:
        table = self.split.read_arrow(self.number, None if columns is None else list(dict.fromkeys(columns)))
        # An array for each column is not copied, if none of its values is missing.
        frame: pd.DataFrame = table.to_pandas(split_blocks=True, self_destruct=True)
        del table
        other = {
            name: self.types[name] for name in frame if frame[name].dtype != self.types.get(name, frame[name].dtype)
        }
        frame = frame.astype(other) if other else frame
        frame.index = pd.RangeIndex(self.start, self.start + len(frame))
        return frame


@dataclass(frozen=True)
class StoredRows:
    """`kinds` has the kind of values of each column of each split."""

    split_sizes: Mapping[str, int]
    columns: Sequence[str]
    blocks: Sequence[StoredBlock]
    kinds: Mapping[str, Mapping[str, str]]
    private: frozenset[str] = frozenset()

    @cached_property
    def _starts(self) -> list[int]:
        return [block.start for block in self.blocks]

    def take(self, positions: Sequence[int], columns: Sequence[Any]) -> pd.DataFrame:
        wanted = np.asarray(positions, np.int64)
        block_numbers = np.searchsorted(self._starts, wanted, side="right") - 1
        parts = [
            self.blocks[number].read(columns).loc[np.unique(wanted[block_numbers == number])]
            for number in np.unique(block_numbers)
        ]
        empty = self.blocks[0].read(columns).iloc[:0]
        return (pd.concat(parts) if parts else empty).loc[wanted]


def stored_rows(table: Table) -> StoredRows:
    """Reads all rows once, to see the type and the kind of values of each column."""
    frames = table.frames
    assert isinstance(frames, StoredFrames)
    blocks, start = [], 0
    for split in (split for split in frames.splits.values() if split.rows):
        for number in range(len(split.files)):
            blocks.append(StoredBlock(split, number, start, {}))
            start += min(split.block_rows, split.rows - number * split.block_rows)
    described = list(map_blocks(describe_block, blocks))
    types = pd.concat([_empty_frame(types) for types, _ in described], ignore_index=True).dtypes.to_dict()
    names = {id(split): name for name, split in frames.splits.items()}
    kinds: dict[str, dict[str, set[str]]] = {split: {name: set() for name in table.columns} for split in frames.splits}
    for block, (_, block_kinds) in zip(blocks, described, strict=True):
        for column, kind in block_kinds.items():
            kinds[names[id(block.split)]][column].add(kind)
    return StoredRows(
        split_sizes=table.sizes,
        # As the files have them: meta.json sorts the names.
        columns=[str(name) for name in described[0][0]],
        blocks=[StoredBlock(block.split, block.number, block.start, types) for block in blocks],
        kinds={split: {name: join_kinds(found) for name, found in of.items()} for split, of in kinds.items()},
        private=frozenset(table.private),
    )


def join_kinds(kinds: Iterable[str]) -> str:
    """The kind of the values of several blocks.

    >>> join_kinds(["", "number"]), join_kinds(["text", "number", ""]), join_kinds([""])
    ('number', 'number and text', '')
    """
    return " and ".join(sorted(set(kinds) - {""}))


def describe_block(block: StoredBlock) -> tuple[dict[str, Any], dict[str, str]]:
    """The type of each column in pandas, and the kind of its values."""
    frame = block.read()
    return frame.dtypes.to_dict(), {str(name): value_kind(frame[name]) for name in frame}


def _empty_frame(types: Mapping[str, Any]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.Series(dtype=dtype) for name, dtype in types.items()})

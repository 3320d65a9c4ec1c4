"""Which split each row of a large table belongs to: a byte for each row, in a file."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import TEST, TRAIN, VALIDATION
from stages.core.artefacts.row_numbers import RowNumbers
from stages.core.bounded_memory.scratch_arrays import ScratchArray
from stages.preprocess.large_table.blocks.table_block import TableBlock

SPLITS = (TRAIN, VALIDATION, TEST)
# The number of a training row that was dropped.
DROPPED = len(SPLITS)
Codes = NDArray[np.uint8]


@dataclass(frozen=True)
class RowSplits:
    """`array` has the position in SPLITS of the split of each row, or DROPPED."""

    array: ScratchArray

    def of(self, block: TableBlock) -> Codes:
        """A view: what is written into it is kept."""
        codes: Codes = self.array.open()[block.start : block.start + block.rows]
        return codes

    def rows_of(self, block: TableBlock, split: str) -> NDArray[np.int64]:
        """The positions in the block of the rows of a split."""
        return np.flatnonzero(self.of(block) == SPLITS.index(split))

    def rows(self, blocks: Sequence[TableBlock]) -> dict[str, RowNumbers]:
        """The rows of each split that has some, of a split in order."""
        counts, found = self.counts(blocks), dict[str, RowNumbers]()
        for code, name in enumerate(SPLITS):
            with_rows = np.flatnonzero(counts[:, code])
            if not len(with_rows):
                continue
            first, last = blocks[with_rows[0]], blocks[with_rows[-1]]
            start = first.start + int(self.rows_of(first, name)[0])
            stop = last.start + int(self.rows_of(last, name)[-1]) + 1
            is_range = stop - start == counts[:, code].sum()
            found[name] = range(start, stop) if is_range else np.flatnonzero(self.array.open() == code)
        return found

    def counts(self, blocks: Sequence[TableBlock]) -> NDArray[np.int64]:
        """For each block the number of rows of each split, and of dropped rows."""
        return np.array([_count_codes(self.of(block)) for block in blocks], np.int64)


def _count_codes(codes: Codes) -> list[int]:
    # In a quarter of the time of np.bincount, which converts the codes.
    return [int(np.count_nonzero(codes == code)) for code in range(DROPPED + 1)]

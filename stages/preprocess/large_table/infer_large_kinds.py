"""The kinds of the columns of a large table that conf does not name, from the values of the training rows."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from stages.core.artefacts.processed import TRAIN
from stages.core.bounded_memory.map_blocks import map_blocks
from stages.core.columns.column_params import ColumnParams, InputParams, TextParams
from stages.core.columns.features.coded_values import CodedValues, ColumnValues
from stages.core.errors import ErrorList, UserError
from stages.preprocess.infer_kind import WORDS_OF_A_TEXT, infer_kind, kind_of_texts
from stages.preprocess.large_table.blocks.row_splits import RowSplits
from stages.preprocess.large_table.blocks.table_block import TableBlock

# More different texts than this are not held in memory.
MOST_TEXTS = 1_000_000


@dataclass
class _Texts:
    """The texts of a column so far. Of too many texts only the number of words is known."""

    counts: Counter[str] = field(default_factory=Counter)
    rows: int = 0
    words: int = 0
    too_many: bool = False

    def add(self, counts: Counter[str]) -> None:
        self.rows += counts.total()
        self.words += sum(len(text.split()) * count for text, count in counts.items())
        if not self.too_many:
            self.counts.update(counts)
            self.too_many = len(self.counts) > MOST_TEXTS
        if self.too_many:
            self.counts.clear()

    def kind(self, column: str) -> InputParams:
        if not self.too_many:
            return kind_of_texts(column, self.counts)
        if self.words >= WORDS_OF_A_TEXT * self.rows:
            return TextParams(kind="text")
        raise UserError(
            f"column {column}: more than {MOST_TEXTS:,} different texts in the training rows, so it may only name the "
            f"rows; write `{column}: ignore` in preprocess.columns, or the kind that it has"
        )


def infer_large_kinds(
    columns: Sequence[str], params: Mapping[str, ColumnParams], blocks: Sequence[TableBlock], splits: RowSplits
) -> dict[str, InputParams]:
    """The kinds of those of the columns that `params` does not name."""
    unknown = [column for column in columns if column not in params]
    if not unknown:
        return {}
    first = blocks[0].read_types(unknown)
    kinds: dict[str, InputParams] = {}
    of_texts = {column: _Texts() for column, values in first.items() if _has_texts(values)}
    errors = ErrorList()
    for column in unknown:
        if column not in of_texts:
            kinds[column] = infer_kind(column, np.asarray(first[column])[:0])
    if of_texts:
        for counts in map_blocks(partial(_count_texts, [*of_texts], splits), blocks):
            for column, of_block in counts.items():
                of_texts[column].add(of_block)
    for column, texts in of_texts.items():
        with errors.collect():
            kinds[column] = texts.kind(column)
    errors.raise_if_any()
    return kinds


def _has_texts(values: ColumnValues) -> bool:
    return isinstance(values, CodedValues) or values.dtype.kind == "O"


def _count_texts(columns: Sequence[str], splits: RowSplits, block: TableBlock) -> dict[str, Counter[str]]:
    rows, found = splits.rows_of(block, TRAIN), block.read(columns)
    return {column: _text_counts(values[rows]) for column, values in found.columns.items()}


def _text_counts(values: ColumnValues) -> Counter[str]:
    if not isinstance(values, CodedValues):
        return Counter(str(value) for value in values.tolist() if value is not None)
    counts: Counter[str] = Counter()
    for value, count in zip(values.values.tolist(), values.row_counts().tolist(), strict=True):
        if value is not None and count:
            counts[str(value)] += count
    return counts

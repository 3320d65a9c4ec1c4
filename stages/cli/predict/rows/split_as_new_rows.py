"""The raw rows of a split, in the form of new rows, block by block."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.cli.predict.rows.known_rows import known_rows
from stages.core.artefacts.processed import Fitted, ProcessedData
from stages.core.artefacts.raw.column_values import column_values
from stages.core.artefacts.raw.raw_data import Images, RawData, Table, Tokens
from stages.core.artefacts.raw.table_rows import rows_at_once
from stages.core.artefacts.row_numbers import as_array
from stages.inference.new_rows.raw_rows import RawRows
from stages.inference.new_rows.row_values import needed_columns
from stages.inference.new_rows.values_of_raw_rows import table_values
from stages.inference.predictor import Predictions, Predictor
from stages.inference.read.row_block import RowBlock
from stages.preprocess.inputs.read_columns import all_rows, image_values, text_values
from stages.preprocess.inputs.read_picture_inputs import picture_values

ROWS_IN_A_BLOCK = 8192
ROW = "row"
# Gives the values of the columns that a model needs, of some raw rows.
ReadValues = Callable[[NDArray[np.int64]], Mapping[str, Any]]


def split_blocks(raw: RawData, processed: ProcessedData, split: str) -> Iterator[RowBlock]:
    """The rows of the split in their order. The column `row` has their numbers in the raw data, from 0."""
    numbers, columns = processed.splits[split].rows, needed_columns(processed.fitted)
    large = raw if isinstance(raw, Table) and raw.is_large else None
    read = partial(table_values, large, columns) if large else _values_in_memory(raw_values(raw, columns))
    # The rows of a large table are read as many at once as a block of it has.
    at_once = max(ROWS_IN_A_BLOCK, rows_at_once(large)) if large else len(numbers)
    for first in range(0, len(numbers), max(1, at_once)):
        read_at_once = as_array(numbers[first : first + at_once])
        values = read(read_at_once)
        for start in range(0, len(read_at_once), ROWS_IN_A_BLOCK):
            of_block = read_at_once[start : start + ROWS_IN_A_BLOCK]
            rows = RawRows(
                {name: column[start : start + len(of_block)] for name, column in values.items()}, len(of_block)
            )
            positions: NDArray[np.int64] = np.arange(first + start, first + start + len(of_block)) + 1
            yield RowBlock(rows, positions, {ROW: of_block.tolist()})


def _values_in_memory(values: Mapping[str, Any]) -> ReadValues:
    return lambda rows: {name: column[rows] for name, column in values.items()}


def split_of_all_rows(
    predictor: Predictor, raw: RawData, processed: ProcessedData, split: str
) -> Iterator[tuple[RowBlock, Predictions]]:
    """The rows of the split, whose gaps can be filled with values of rows of an earlier split.

    Of a large table, as many are predicted at once as a block has rows.
    """
    numbers = processed.splits[split].rows
    large = raw if isinstance(raw, Table) and raw.is_large else None
    at_once = rows_at_once(large) if large else len(numbers)
    for start in range(0, len(numbers), max(1, at_once)):
        of_part = as_array(numbers[start : start + at_once])
        if large:
            rows, first = known_rows(large, processed.fitted, int(of_part.min()), int(of_part.max()))
        else:
            rows, first = _rows_until(raw, processed.fitted, int(of_part.max())), 0
        found = predictor.predict(rows)
        positions: NDArray[np.int64] = np.arange(start, start + len(of_part)) + 1
        block = RowBlock(RawRows({}, len(of_part)), positions, {ROW: of_part.tolist()})
        yield block, {name: prediction[of_part - first] for name, prediction in found.items()}


def _rows_until(raw: RawData, fitted: Fitted, last: int) -> RawRows:
    values = raw_values(raw, needed_columns(fitted))
    return RawRows({name: column[: last + 1] for name, column in values.items()}, last + 1)


def raw_values(raw: RawData, columns: Sequence[str]) -> Mapping[str, Any]:
    """The values of all splits, one split after another, as preprocess reads them."""
    match raw:
        case Images():
            return {"image": image_values(raw)}
        case Tokens():
            return {"text": text_values(raw)}
        case Table():
            frame, pictures = all_rows(raw), picture_values(raw)
            return {name: pictures[name] if name in pictures else column_values(frame[name]) for name in columns}

"""The raw rows of a split, in the form of new rows, block by block."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.column_values import column_values
from stages.core.artefacts.processed import ProcessedData
from stages.core.artefacts.raw_data import Images, RawData, Table, Tokens
from stages.core.artefacts.row_numbers import as_array
from stages.inference.column_values import needed_columns
from stages.inference.predictor import Predictions, Predictor
from stages.inference.raw_rows import RawRows
from stages.inference.read.row_block import RowBlock
from stages.preprocess.read_columns import all_rows, image_values, text_values
from stages.preprocess.read_picture_inputs import picture_values

ROWS_IN_A_BLOCK = 8192
ROW = "row"


def split_blocks(raw: RawData, processed: ProcessedData, split: str) -> Iterator[RowBlock]:
    """The rows of the split in their order. The column `row` has their numbers in the raw data, from 0."""
    values = raw_values(raw, needed_columns(processed.fitted))
    numbers = as_array(processed.splits[split].rows)
    for start in range(0, len(numbers), ROWS_IN_A_BLOCK):
        of_block = numbers[start : start + ROWS_IN_A_BLOCK]
        rows = RawRows({name: column[of_block] for name, column in values.items()}, len(of_block))
        positions: NDArray[np.int64] = np.arange(start, start + len(of_block)) + 1
        yield RowBlock(rows, positions, {ROW: of_block.tolist()})


def split_of_all_rows(
    predictor: Predictor, raw: RawData, processed: ProcessedData, split: str
) -> tuple[RowBlock, Predictions]:
    """The rows of the split, whose gaps can be filled with values of rows of an earlier split."""
    numbers = as_array(processed.splits[split].rows)
    values = raw_values(raw, needed_columns(processed.fitted))
    count = int(numbers.max()) + 1
    found = predictor.predict(RawRows({name: column[:count] for name, column in values.items()}, count))
    block = RowBlock(RawRows({}, len(numbers)), np.arange(1, len(numbers) + 1), {ROW: numbers.tolist()})
    return block, {name: prediction[numbers] for name, prediction in found.items()}


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

"""The split of the same rows in memory and in several blocks."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from stages.core.artefacts.raw.raw_data import Table
from stages.core.artefacts.row_numbers import as_array
from stages.core.bounded_memory.scratch_arrays import scratch_folder
from stages.core.columns.categories.class_labels import ClassLabels
from stages.preprocess.inputs.read_columns import read_targets
from stages.preprocess.large_table.blocks.table_block import blocks_of_table
from stages.preprocess.large_table.class_numbers import ClassNumbers
from stages.preprocess.large_table.split_large_table import split_large_table
from stages.preprocess.params import Preprocess
from stages.preprocess.split.split_columns import read_split_columns
from stages.preprocess.split.split_rows import split_rows
from tests.preprocess.large_table.example_table import stored_table

Rows = dict[str, list[int]]


def split_in_memory(frames: Mapping[str, pd.DataFrame], params: Preprocess, **fields: Any) -> Rows:
    table = Table(frames, **fields)
    targets = read_targets(table, params)
    return _lists(split_rows(params, table.sizes, targets, read_split_columns(table, params)))


def split_in_blocks(frames: Mapping[str, pd.DataFrame], params: Preprocess, block_rows: int, **fields: Any) -> Rows:
    with tempfile.TemporaryDirectory() as folder:
        table = stored_table(Path(folder) / "raw", frames, block_rows, **fields)
        assert table.is_large
        columns = {name: target.column for name, target in read_targets(Table(frames), params).items()}
        classes = {name: ClassNumbers(column) for name, column in columns.items() if isinstance(column, ClassLabels)}
        blocks = blocks_of_table(table)
        with scratch_folder(Path(folder)) as scratch:
            return _lists(split_large_table(table, blocks, params, classes, scratch).rows(blocks))


def _lists(rows: Mapping[str, Any]) -> Rows:
    return {name: np.asarray(as_array(part)).tolist() for name, part in rows.items()}

"""Rows of a large table that follow each other, with the earlier rows that fill their gaps."""

import numpy as np

from stages.core.artefacts.processed import Fitted
from stages.core.artefacts.raw.raw_data import Table
from stages.inference.new_rows.raw_rows import RawRows
from stages.inference.new_rows.row_problems import find_row_problems
from stages.inference.new_rows.row_values import needed_columns
from stages.inference.new_rows.values_of_raw_rows import table_values


def known_rows(raw: Table, fitted: Fitted, first: int, last: int) -> tuple[RawRows, int]:
    """The rows from `first` to `last`, and earlier ones as long as the first has a gap that an earlier value fills.

    Returns the number of the first row too.
    """
    columns, earlier = needed_columns(fitted), 1
    while True:
        rows = RawRows(table_values(raw, columns, np.arange(first, last + 1)), last + 1 - first)
        if first == 0 or not find_row_problems(fitted, rows):
            return rows, first
        first, earlier = max(0, first - earlier), 2 * earlier

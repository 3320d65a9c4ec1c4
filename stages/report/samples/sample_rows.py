"""Raw rows as text."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, islice, zip_longest
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import Fitted
from stages.core.artefacts.raw_data import RawData, Table, split_sizes
from stages.report.format_text import align_decimals, format_number, is_number

MAX_COLUMNS = 8
MAX_INPUTS = 4


@dataclass(frozen=True)
class TextTable:
    """`head` holds the name of each column and whether it is numeric.

    A transposed table has no head: the first cell of each row is the name of a column.
    """

    head: list[tuple[str, bool]]
    rows: list[list[str]]
    transposed: bool


def text_table(names: Sequence[str], rows: Sequence[Sequence[str]]) -> TextTable:
    """A table with the decimals aligned, transposed if it has more than eight columns.

    >>> text_table(["x", "name"], [["1.5", "a"], ["2", "b"]])
    TextTable(head=[('x', True), ('name', False)], rows=[['1.5', 'a'], ['2.0', 'b']], transposed=False)
    >>> text_table(list("abcdefghi"), [list("123456789")]).rows[:2]
    [['a', '1'], ['b', '2']]
    """
    if len(names) > MAX_COLUMNS:
        return TextTable([], [list(row) for row in zip(names, *rows, strict=True)], transposed=True)
    columns = [align_decimals(column) for column in zip(*rows, strict=True)]
    head = [(name, all(map(is_number, column))) for name, column in zip(names, columns, strict=True)]
    return TextTable(head, [list(row) for row in zip(*columns, strict=True)], transposed=False)


def sample_rows(table: Table, rows: Sequence[int]) -> TextTable:
    return text_table(table.columns, [list(format_row(table, row).values()) for row in rows])


def format_row(table: Table, row: int) -> dict[str, str]:
    """The cells of one raw row by column."""
    split, index = locate_row(table, row)
    frame = table.frames[split]
    return {str(name): format_cell(frame[name].iloc[index]) for name in frame.columns}


def locate_row(raw: RawData, row: int) -> tuple[str, int]:
    """The split of a raw row, and its index in the split; raw rows are numbered through all splits."""
    for split, length in split_sizes(raw).items():
        if row < length:
            return split, row
        row -= length
    raise IndexError("a row past the end of the raw data")


def format_cell(value: Any) -> str:
    """
    >>> import pandas as pd
    >>> [format_cell(value) for value in (5.0999999, np.int64(1200), pd.Timestamp("2004-08-19"), float("nan"), "a")]
    ['5.1', '1200', '2004-08-19', 'missing', 'a']
    """
    import pandas as pd

    if pd.isna(value):
        return "missing"
    if isinstance(value, float | np.floating):
        return format_number(float(value))
    return str(value).removesuffix(" 00:00:00")


def choose_samples(samples: int, classes: NDArray[Any] | None, most: int) -> list[int]:
    """Indices of samples to show: the first ones of each class in turn, or evenly distributed without classes.

    >>> choose_samples(6, np.array([1, 1, 1, 0, 0, 2]), 4), choose_samples(9, None, 3), choose_samples(2, None, 5)
    ([3, 0, 5, 4], [0, 4, 8], [0, 1])
    """
    if classes is None:
        return [round(index) for index in np.linspace(0, samples - 1, min(most, samples)).tolist()]
    by_class = [np.flatnonzero(classes == c)[:most].tolist() for c in np.unique(classes)]
    in_turn = chain.from_iterable(zip_longest(*by_class))
    return list(islice((index for index in in_turn if index is not None), most))


def input_cells(table: Table, fitted: Fitted, row: int) -> list[tuple[str, str]]:
    """The first inputs of a row as name and value; for a window, the time or the number of the predicted row."""
    cells = format_row(table, row)
    if fitted.window is not None:
        return [(table.time, cells[table.time])] if table.time else [("row", f"{row:,}")]
    columns = [column for name in sorted(fitted.inputs) for column in fitted.inputs[name].columns]
    return [(column, cells[column]) for column in columns[:MAX_INPUTS]]

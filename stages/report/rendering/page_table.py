"""Tables of text, to be shown on a page."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from stages.report.rendering.format_text import align_decimals, format_number, is_number

MAX_COLUMNS = 8
# Of a text in a cell.
MAX_CHARACTERS = 120


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


def format_cell(value: Any) -> str:
    """
    >>> import pandas as pd
    >>> [format_cell(value) for value in (5.0999999, np.int64(1200), pd.Timestamp("2004-08-19"), float("nan"), "a")]
    ['5.1', '1200', '2004-08-19', 'missing', 'a']
    >>> format_cell("word " * 50)[-11:]
    'word word …'
    """
    import pandas as pd

    if pd.isna(value):
        return "missing"
    if isinstance(value, float | np.floating):
        return format_number(float(value))
    text = str(value).removesuffix(" 00:00:00")
    return text if len(text) <= MAX_CHARACTERS else f"{text[:MAX_CHARACTERS].rstrip()} …"

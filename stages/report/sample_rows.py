"""Raw rows as a person reads them."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, islice, zip_longest
from typing import Any

import numpy as np
from numpy.typing import NDArray

from stages.core.artefacts.processed import Fitted
from stages.core.artefacts.raw import Images, RawData, Table, split_sizes
from stages.report.format_text import aligned, is_figure, number

WIDE = 8
MOST_INPUTS = 4


@dataclass(frozen=True)
class Grid:
    """A table of text; `turned` when there are more columns than fit, so that each becomes a line."""

    head: list[tuple[str, bool]]
    lines: list[list[str]]
    turned: bool


def grid(head: Sequence[str], lines: Sequence[Sequence[str]]) -> Grid:
    """`head` says of each column whether it holds figures.

    >>> grid(["x", "name"], [["1.5", "a"], ["2", "b"]])
    Grid(head=[('x', True), ('name', False)], lines=[['1.5', 'a'], ['2.0', 'b']], turned=False)
    >>> grid(list("abcdefghi"), [list("123456789")]).lines[:2]
    [['a', '1'], ['b', '2']]
    """
    if len(head) > WIDE:
        return Grid([], [list(line) for line in zip(head, *lines, strict=True)], turned=True)
    columns = [aligned(column) for column in zip(*lines, strict=True)]
    named = [(name, all(map(is_figure, column))) for name, column in zip(head, columns, strict=True)]
    return Grid(named, [list(line) for line in zip(*columns, strict=True)], turned=False)


def sample_rows(table: Table, rows: Sequence[int]) -> Grid:
    return grid(table.columns, [list(row_cells(table, row).values()) for row in rows])


def row_cells(table: Table, row: int) -> dict[str, str]:
    """One raw row, by column."""
    split, place = located(table, row)
    frame = table.frames[split]
    return {str(name): cell(frame[name].iloc[place]) for name in frame.columns}


def picture_at(raw: Images, row: int) -> NDArray[Any]:
    split, place = located(raw, row)
    return np.asarray(raw.images[split][place])


def label_at(raw: Images, row: int) -> str:
    split, place = located(raw, row)
    return raw.classes[int(raw.labels[split][place])]


def located(raw: RawData, row: int) -> tuple[str, int]:
    """Which split a row of the concatenation stands in, and where there."""
    for split, length in split_sizes(raw).items():
        if row < length:
            return split, row
        row -= length
    raise IndexError("a row past the end of the raw data")


def cell(value: Any) -> str:
    """
    >>> import pandas as pd
    >>> cell(5.0999999), cell(np.int64(1200)), cell(pd.Timestamp("2004-08-19")), cell(float("nan")), cell("setosa")
    ('5.1', '1200', '2004-08-19', 'missing', 'setosa')
    """
    import pandas as pd

    if pd.isna(value):
        return "missing"
    if isinstance(value, float | np.floating):
        return number(float(value))
    return str(value).removesuffix(" 00:00:00")


def spread(samples: int, classes: NDArray[Any] | None, many: int) -> list[int]:
    """Which samples to show: the first ones of each class in turn, or some at even distances.

    >>> spread(6, np.array([1, 1, 1, 0, 0, 2]), 4), spread(9, None, 3), spread(2, None, 5)
    ([3, 0, 5, 4], [0, 4, 8], [0, 1])
    """
    if classes is None:
        return [round(place) for place in np.linspace(0, samples - 1, min(many, samples)).tolist()]
    each = [np.flatnonzero(classes == c)[:many].tolist() for c in np.unique(classes)]
    turns = chain.from_iterable(zip_longest(*each))
    return list(islice((place for place in turns if place is not None), many))


def input_cells(table: Table, fitted: Fitted, row: int) -> list[tuple[str, str]]:
    """What a model was given for a row; where that is a window, when the predicted row was."""
    cells = row_cells(table, row)
    if fitted.window is not None:
        return [(table.time, cells[table.time])] if table.time else [("row", f"{row:,}")]
    used = [c for name in sorted(fitted.inputs) for c in fitted.inputs[name].columns]
    return [(column, cells[column]) for column in used[:MOST_INPUTS]]

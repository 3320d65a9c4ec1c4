"""Raw rows as text, and pictures where a column has them."""

from collections.abc import Sequence

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from stages.core.artefacts.processed import Fitted
from stages.core.artefacts.raw.raw_data import Table
from stages.core.artefacts.raw.table_rows import read_parts
from stages.core.columns.private_values import PRIVATE
from stages.core.pictures.no_picture import NO_PICTURE
from stages.report.rendering.page_table import TextTable, format_cell, text_table
from stages.report.samples.locate_row import locate_row
from stages.report.samples.sample_images import png_uri

MAX_INPUTS = 4


def sample_rows(table: Table, rows: Sequence[int]) -> TextTable:
    return text_table(table.columns, [list(cells.values()) for cells in format_rows(table, rows, table.columns)])


def format_rows(table: Table, rows: Sequence[int], columns: Sequence[str]) -> list[dict[str, str]]:
    """The cells of these columns of some raw rows, by column."""
    shown = [name for name in columns if name not in table.private]
    found = [dict.fromkeys(columns, PRIVATE) for _ in rows]
    for places, frame in read_parts(table, rows, shown):
        for position, place in enumerate(places.tolist()):
            found[place] |= {name: format_cell(frame[name].iloc[position]) for name in shown}
            found[place] |= _picture_cells(table, rows[place], shown)
    return found


def _picture_cells(table: Table, row: int, columns: Sequence[str]) -> dict[str, str]:
    split, index = locate_row(table, row)
    cells: dict[str, str] = {}
    for name in set(table.pictures).intersection(columns):
        pictures = table.pictures[name]
        number = int(pictures.numbers[split][index])
        if number != NO_PICTURE:
            cells[name] = picture_cell(pictures.pixels[number], f"{name} of row {row}")
    return cells


def picture_cell(pixels: NDArray[np.uint8], description: str) -> Markup:
    height, width, channels = pixels.shape
    uri = png_uri(pixels.reshape(height, width) if channels == 1 else pixels)
    return Markup('<img src="{}" alt="{}" style="width: 4rem">').format(uri, description)


def input_cells(table: Table, fitted: Fitted, row: int) -> list[tuple[str, str]]:
    """The first inputs of a row as name and value; for a window, the time or the number of the predicted row."""
    if fitted.window is not None:
        if table.time is None:
            return [("row", f"{row:,}")]
        columns = [table.time]
    else:
        columns = [column for name in sorted(fitted.inputs) for column in fitted.inputs[name].columns]
    shown = columns[:MAX_INPUTS]
    (cells,) = format_rows(table, [row], [*dict.fromkeys(shown)])
    return [(column, cells[column]) for column in shown]

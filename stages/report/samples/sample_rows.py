"""Raw rows as text, and pictures where a column has them."""

from collections.abc import Sequence

import numpy as np
from markupsafe import Markup
from numpy.typing import NDArray

from stages.core.artefacts.processed import Fitted
from stages.core.artefacts.raw_data import NO_PICTURE, Table
from stages.core.columns.private_values import PRIVATE
from stages.report.page_table import TextTable, format_cell, text_table
from stages.report.samples.locate_row import locate_row
from stages.report.samples.sample_images import png_uri

MAX_INPUTS = 4


def sample_rows(table: Table, rows: Sequence[int]) -> TextTable:
    return text_table(table.columns, [list(format_row(table, row).values()) for row in rows])


def format_row(table: Table, row: int) -> dict[str, str]:
    """The cells of one raw row by column."""
    split, index = locate_row(table, row)
    frame = table.frames[split]
    cells = {
        str(name): PRIVATE if name in table.private else format_cell(frame[name].iloc[index]) for name in frame.columns
    }
    for name, pictures in table.pictures.items():
        number = int(pictures.numbers[split][index])
        if name not in table.private and number != NO_PICTURE:
            cells[name] = picture_cell(pictures.pixels[number], f"{name} of row {row}")
    return cells


def picture_cell(pixels: NDArray[np.uint8], description: str) -> Markup:
    height, width, channels = pixels.shape
    uri = png_uri(pixels.reshape(height, width) if channels == 1 else pixels)
    return Markup('<img src="{}" alt="{}" style="width: 4rem">').format(uri, description)


def input_cells(table: Table, fitted: Fitted, row: int) -> list[tuple[str, str]]:
    """The first inputs of a row as name and value; for a window, the time or the number of the predicted row."""
    cells = format_row(table, row)
    if fitted.window is not None:
        return [(table.time, cells[table.time])] if table.time else [("row", f"{row:,}")]
    columns = [column for name in sorted(fitted.inputs) for column in fitted.inputs[name].columns]
    return [(column, cells[column]) for column in columns[:MAX_INPUTS]]

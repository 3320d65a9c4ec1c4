"""The names of the columns in the first row of a sheet."""

from typing import Any

from stages.core.columns.private_values import PRIVATE
from stages.core.errors import UserError, format_examples
from stages.download.formats.excel.sheet_rows import SheetRow
from stages.download.formats.typed_values.value_kinds import CellError, as_text
from stages.download.params.file_params import Files


def cell_name(column: int, row: int) -> str:
    """
    >>> cell_name(1, 7), cell_name(26, 1), cell_name(701, 2)
    ('B7', 'AA1', 'ZZ2')
    """
    letters = ""
    while column >= 0:
        column, letter = column // 26 - 1, column % 26
        letters = chr(ord("A") + letter) + letters
    return f"{letters}{row}"


def header_names(row: SheetRow, files: Files) -> dict[int, str]:
    """The name of each column, by its position from 0. Cells without a value name no column.

    Blanks around a name are left out. Whole numbers, such as years, may be names beside words.
    """
    cells = {column: value for column, value in row.values.items() if not _is_blank(value)}
    wrong = [(column, value) for column, value in cells.items() if not _may_be_name(value)]
    if files.columns is None and not any(isinstance(value, str) for value in cells.values()):
        wrong = list(cells.items())
    if wrong:
        # Which values are those of private columns is not known without names.
        texts = [PRIVATE if files.private else _cell_text(value) for _, value in wrong]
        names = [cell_name(column, row.number) for column, _ in wrong]
        examples = format_examples(map(" ".join, zip(names, texts, strict=True)))
        raise UserError(
            f"row {row.number} should have the names of the columns, but has values: {examples}; set header: false and "
            "names, or skip_lines to the number of rows before the names"
        )
    return {column: str(value).strip() for column, value in cells.items()}


def _is_blank(value: Any) -> bool:
    return isinstance(value, str) and not value.strip()


def is_header(row: SheetRow) -> bool:
    """Whether the row may have the names of columns: texts, or whole numbers beside them."""
    return all(map(_may_be_name, row.values.values())) and any(isinstance(value, str) for value in row.values.values())


def _may_be_name(value: Any) -> bool:
    return isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool))


def _cell_text(value: Any) -> str:
    return value.text if isinstance(value, CellError) else str(as_text(value))

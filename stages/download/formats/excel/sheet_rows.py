"""The rows of one sheet with the values of their cells, read by openpyxl row by row."""

import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import repeat
from typing import Any
from xml.etree.ElementTree import ParseError

from stages.core.errors import UserError, format_examples, suggest
from stages.download.formats.read_untrusted_files import OpenFile, explain_damage
from stages.download.formats.typed_values.value_kinds import CellError

# Of Excel. A damaged row number is larger.
MAX_ROWS = 1 << 20
NO_RESULT = CellError("a formula without a result")
FORMULA_TAGS = (b"<f>", b"<f ", b":f>", b":f ")
BLOCK = 1 << 20
# What openpyxl raises for a damaged workbook.
DAMAGE = (
    AssertionError, AttributeError, KeyError, IndexError, NotImplementedError, OverflowError, ParseError,
    RecursionError, RuntimeError, TypeError, ValueError, zipfile.BadZipFile,
)  # fmt: skip


@dataclass(frozen=True)
class SheetRow:
    """`number` is the one that Excel shows. `values` are those of the cells that are not empty, by column from 0."""

    number: int
    values: Mapping[int, Any]


def sheet_rows(open_file: OpenFile, sheet: str | None) -> Iterator[SheetRow]:
    """The rows that have a value. Hidden rows and columns are read like the others.

    Of merged cells only the first one has the value. The sheet is read a second time in parallel if it has formulas:
    where no result is stored, the cell looks empty to openpyxl.
    """
    with ExitStack() as stack, explain_damage("an Excel workbook", *DAMAGE):
        rows = _iterate(stack.enter_context(_open_sheet(open_file, sheet, with_results=True)))
        formulas: Iterator[Any] = repeat(None)
        if _has_formulas(open_file):
            formulas = _iterate(stack.enter_context(_open_sheet(open_file, sheet, with_results=False)))
        for number, (cells, formula_cells) in enumerate(zip(rows, formulas, strict=False), start=1):
            if number > MAX_ROWS:
                raise UserError(f"more than {MAX_ROWS:,} rows, which a sheet cannot have")
            if not cells:
                continue
            values = {column: _value(cell) for column, cell in enumerate(cells) if cell.value is not None}
            if formula_cells is not None:
                values |= dict.fromkeys(_without_result(cells, formula_cells), NO_RESULT)
            if any(value != "" for value in values.values()):
                yield SheetRow(number, values)


def sheet_names(open_file: OpenFile) -> list[str]:
    with explain_damage("an Excel workbook", *DAMAGE), _open_workbook(open_file, with_results=True) as workbook:
        return [sheet.title for sheet in workbook.worksheets]


def _iterate(sheet: Any) -> Iterator[Sequence[Any]]:
    # The declared size may be wrong.
    sheet.reset_dimensions()
    return iter(sheet.iter_rows())


def _value(cell: Any) -> Any:
    return CellError(str(cell.value)) if cell.data_type == "e" else cell.value


def _without_result(cells: Sequence[Any], formula_cells: Sequence[Any]) -> list[int]:
    """The columns of formulas without a stored result. An empty text as result has the type str."""
    return [
        column
        for column, (cell, formula_cell) in enumerate(zip(cells, formula_cells, strict=False))
        if formula_cell.data_type == "f" and cell.value is None and cell.data_type != "str"
    ]


@contextmanager
def _open_sheet(open_file: OpenFile, name: str | None, with_results: bool) -> Iterator[Any]:
    with _open_workbook(open_file, with_results) as workbook:
        sheets = {sheet.title: sheet for sheet in workbook.worksheets}
        if name is None and len(sheets) == 1:
            [name] = sheets
        if name is None:
            raise UserError(f"{len(sheets)} sheets; set format.sheet to one of {format_examples(map(repr, sheets))}")
        if name not in sheets:
            raise UserError(f"no sheet {name!r}; {suggest(name, list(sheets))}")
        yield sheets[name]


@contextmanager
def _open_workbook(open_file: OpenFile, with_results: bool) -> Iterator[Any]:
    try:
        from openpyxl import load_workbook
    except ModuleNotFoundError:
        raise UserError("Excel needs openpyxl, which is not installed; run `make setup EXTRAS=excel`") from None
    with open_file() as file, warnings.catch_warnings():
        # About parts of the workbook that are not read, such as conditional formats.
        warnings.simplefilter("ignore")
        workbook = load_workbook(file, read_only=True, data_only=with_results, keep_links=False)
        try:
            yield workbook
        finally:
            workbook.close()


def _has_formulas(open_file: OpenFile) -> bool:
    """Whether any sheet has one."""
    with open_file() as file, zipfile.ZipFile(file) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/") and name.endswith(".xml"):
                end = b""
                with archive.open(name) as part:
                    while block := part.read(BLOCK):
                        if any(tag in end + block for tag in FORMULA_TAGS):
                            return True
                        end = block[-2:]
    return False

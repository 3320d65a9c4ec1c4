"""A sheet of a workbook as rows. Messages name cells as Excel does, such as B7."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from itertools import chain, islice
from pathlib import Path

from stages.core.errors import MAX_EXAMPLES, ErrorList, UserError, format_examples
from stages.download.formats.excel.check_workbook import check_workbook
from stages.download.formats.excel.header_row import cell_name, header_names
from stages.download.formats.excel.sheet_rows import SheetRow, sheet_rows
from stages.download.formats.read_untrusted_files import OpenFile
from stages.download.formats.tables.table_columns import choose_columns
from stages.download.formats.tables.typed_rows import TypedRows
from stages.download.formats.typed_values.inspect_column import BLOCK_ROWS, ColumnValues
from stages.download.formats.typed_values.spilled_blocks import SpilledBlocks
from stages.download.params.excel_params import Excel
from stages.download.params.file_params import Files


def read_excel(open_file: OpenFile, params: Excel, files: Files, scratch: Path) -> TypedRows:
    check_workbook(open_file, files.limits)
    rows = (row for row in sheet_rows(open_file, params.sheet) if row.number > params.skip_lines)
    first = next(rows, None)
    if first is None:
        raise UserError("no row with a value; check format.sheet and format.skip_lines")
    if params.names is not None:
        # Those of the columns A, B, C and so on.
        return _Columns(dict(enumerate(params.names)), params, files).read(chain([first], rows), scratch)
    return _Columns(header_names(first, files), params, files).read(rows, scratch)


class _Columns:
    """The values of each column. `names` are those of the columns by position, from 0."""

    def __init__(self, names: Mapping[int, str], params: Excel, files: Files) -> None:
        self._names = names
        chosen = choose_columns(list(names.values()), files)
        self._positions = {name: position for position, name in names.items() if name in chosen}
        self._values = {name: ColumnValues(name, params, files) for name in chosen}
        self._unnamed_count = 0
        self._unnamed: list[str] = []

    def read(self, rows: Iterator[SheetRow], scratch: Path) -> TypedRows:
        blocks = SpilledBlocks(scratch)
        is_empty = True
        while block := list(islice(rows, BLOCK_ROWS)):
            is_empty = False
            numbers = [row.number for row in block]
            columns = zip(*map(self._pick, block), strict=True)
            added = {
                name: self._values[name].add(values, numbers)
                for name, values in zip(self._values, columns, strict=True)
            }
            blocks.add(added, len(block))
        if is_empty:
            raise UserError("no rows after the row with the names of the columns; check format.skip_lines")
        errors = ErrorList()
        self._check_unnamed(errors)
        found = {}
        for name, values_of_column in self._values.items():
            with errors.collect():
                found[name] = values_of_column.finish(partial(cell_name, self._positions[name]))
        errors.raise_if_any()
        return blocks.typed_rows(found)

    def _pick(self, row: SheetRow) -> Sequence[object]:
        """The values of the chosen columns. Values in columns without a name are counted."""
        if not row.values.keys() <= self._names.keys():
            for position in sorted(row.values.keys() - self._names.keys()):
                self._unnamed_count += row.values[position] != ""
                if row.values[position] != "" and len(self._unnamed) < MAX_EXAMPLES:
                    self._unnamed.append(cell_name(position, row.number))
        return [row.values.get(self._positions[name]) for name in self._values]

    def _check_unnamed(self, errors: ErrorList) -> None:
        errors.check(
            not self._unnamed_count,
            f"{self._unnamed_count:,} cells have a value in a column without a name: {format_examples(self._unnamed)}; "
            "give the column a name, or remove them",
        )

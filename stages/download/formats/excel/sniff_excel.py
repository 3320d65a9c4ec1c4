"""Proposes the parameters of a sheet of a workbook."""

from itertools import islice

from stages.core.errors import UserError, format_examples
from stages.download.formats.excel.check_workbook import check_workbook
from stages.download.formats.excel.header_row import is_header
from stages.download.formats.excel.sheet_rows import sheet_names, sheet_rows
from stages.download.formats.read_untrusted_files import OpenFile
from stages.download.params.excel_params import Excel
from stages.download.params.file_params import Limits

SAMPLE_ROWS = 50


def sniff_excel(open_file: OpenFile, sheet: str | None, limits: Limits) -> Excel:
    """The first row that has names for all columns is the header. `sheet` is required if there are several.

    A sheet without such a row gets the names column1, column2 and so on.
    """
    check_workbook(open_file, limits)
    names = sheet_names(open_file)
    if sheet is None and len(names) > 1:
        raise UserError(f"{len(names)} sheets; choose one with --sheet: {format_examples(names)}")
    rows = list(islice(sheet_rows(open_file, sheet), SAMPLE_ROWS))
    if not rows:
        raise UserError("no row with a value")
    width = max(len(row.values) for row in rows)
    header = next((index for index, row in enumerate(rows) if len(row.values) == width and is_header(row)), None)
    # `sheet` is written if the workbook has one sheet only too: another may be added.
    params = Excel(format="excel", sheet=sheet or names[0])
    if header is None:
        count = max(max(row.values) for row in rows) + 1
        return params.model_copy(update={"header": False, "names": [f"column{n + 1}" for n in range(count)]})
    return params.model_copy(update={"skip_lines": rows[header].number - 1}) if header else params

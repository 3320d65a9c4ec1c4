"""Whether a file is a workbook of Excel or has a JSON object in each line, and how it is read."""

from collections.abc import Sequence

from stages.core.errors import UserError
from stages.download.formats.excel.check_workbook import OLE_SIGNATURE
from stages.download.formats.excel.sniff_excel import sniff_excel
from stages.download.formats.json_lines.sniff_json_lines import looks_like_json_lines, sniff_json_lines
from stages.download.formats.read_untrusted_files import ZIP_SIGNATURE, OpenFile
from stages.download.params.excel_params import Excel
from stages.download.params.file_params import Limits
from stages.download.params.json_lines_params import JsonLines

SAMPLE_BYTES = 4096


def sniff_typed_format(
    open_file: OpenFile, sheet: str | None, limits: Limits
) -> tuple[JsonLines | Excel, Sequence[str] | None] | None:
    """The format and the columns to read, None for all columns; None for a file of another format."""
    with open_file() as opened:
        start = opened.read(SAMPLE_BYTES)
    if start.startswith((ZIP_SIGNATURE, OLE_SIGNATURE)):
        return sniff_excel(open_file, sheet, limits), None
    if sheet is not None:
        raise UserError("--sheet is for Excel workbooks, which this file is not")
    return sniff_json_lines(open_file) if looks_like_json_lines(start) else None

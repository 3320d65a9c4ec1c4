"""Small workbooks, written by openpyxl, and parts of them replaced."""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tests.download.sample_files import make_zip

Rows = Sequence[Sequence[Any]]
SHEET = "xl/worksheets/sheet1.xml"


def make_workbook(sheets: Mapping[str, Rows], change: Callable[[Any], None] | None = None) -> bytes:
    from openpyxl import Workbook

    workbook = Workbook()
    workbook.remove(workbook.active)
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
    if change:
        change(workbook)
    content = io.BytesIO()
    workbook.save(content)
    return content.getvalue()


def with_part(workbook: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    """The workbook with one part of its zip file changed."""
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    return make_zip(parts | {name: change(parts[name])})


def with_results(workbook: bytes, results: Mapping[str, str]) -> bytes:
    """The workbook with stored results of formulas, as Excel saves them, by formula."""

    def store(sheet: bytes) -> bytes:
        for formula, result in results.items():
            empty = f"<f>{formula}</f><v></v>".encode()
            assert empty in sheet.replace(b"<v />", b"<v></v>"), sheet
            sheet = sheet.replace(b"<v />", b"<v></v>").replace(empty, f"<f>{formula}</f><v>{result}</v>".encode())
        return sheet

    return with_part(workbook, SHEET, store)

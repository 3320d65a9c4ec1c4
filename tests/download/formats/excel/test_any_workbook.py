"""Damaged workbooks are read or refused in bounded memory and time, as in tests/download/test_any_bytes.py."""

from random import Random
from typing import Any

import pytest
from hypothesis import given

from tests.download.sample_files import LIMITS, read_table_content
from tests.download.test_any_bytes import BOUND, FILES_PER_SEED, damaged, seed_settings, seeds
from tests.resource_limits import check_bounded

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("traced")]
ROWS: list[list[Any]] = [["a", "b", "c"], [1, "x", True], [2.5, "=A2*2", None], ["#N/A", "y", False]]
PARTS = ("xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels")


def read(content: bytes) -> object:
    limits = {"members": 20, "bytes": LIMITS.bytes}
    options = {"format": "excel", "missing": ["#N/A"], "types": {"b": "text"}}
    return read_table_content(content, options, limits=limits)


@seed_settings
@given(seeds)
def test_damaged_workbooks_and_parts(seed: int) -> None:
    """Checksums of the zip file hide most damage, unless a part is damaged before packing."""
    from tests.download.formats.excel.workbooks import make_workbook, with_part

    intact = make_workbook({"S": ROWS})
    random = Random(seed)
    for _ in range(FILES_PER_SEED):
        check_bounded(BOUND, read, damaged(random, [intact]))
        for part in PARTS:
            check_bounded(BOUND, read, with_part(intact, part, lambda content: damaged(random, [content])))


def test_cells_far_to_the_right_take_little_memory() -> None:
    from tests.download.formats.excel.workbooks import SHEET, make_workbook, with_part

    def add_rows(sheet: bytes) -> bytes:
        rows = b"".join(b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>' % (n, n) for n in range(5, 100))
        return sheet.replace(b"</sheetData>", rows + b"</sheetData>")

    check_bounded(BOUND, read, with_part(make_workbook({"S": ROWS}), SHEET, add_rows))

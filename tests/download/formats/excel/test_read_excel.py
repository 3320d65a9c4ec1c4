"""Sheets as data frames. openpyxl is installed by `make servers`, so these tests are long."""

import struct
import zipfile
from collections.abc import Callable
from datetime import datetime, time, timedelta
from io import BytesIO
from typing import Any

import pandas as pd
import pytest

from tests.download.sample_files import error_message, make_zip, read_table_content

pytestmark = pytest.mark.long
JANUARY = datetime(2020, 1, 31)
ROWS: list[list[Any]] = [
    ["n", "x", "t", "b", "d"],
    [1, 1.5, "a", True, JANUARY],
    [2, 2, "", None, datetime(2020, 1, 31, 12, 30)],
    [],
    [3, None, "007", False, None],
]


def workbook(rows: Any = ROWS, **more: Any) -> bytes:
    from tests.download.formats.excel.workbooks import make_workbook

    return make_workbook({"Prices": rows, **more})


def read(content: bytes, options: dict[str, Any] | None = None, **files: Any) -> pd.DataFrame:
    return read_table_content(content, {"format": "excel"} | (options or {}), **files)


def refused(content: bytes, options: dict[str, Any] | None = None, **files: Any) -> str:
    return error_message(read, content, options, **files)


def changed_part(name: str, change: Callable[[bytes], bytes], content: bytes | None = None) -> bytes:
    from tests.download.formats.excel.workbooks import with_part

    return with_part(content or workbook(), name, change)


def test_each_kind_of_value() -> None:
    frame = read(workbook())
    assert frame.dtypes.astype(str).to_dict() == {
        "n": "int64", "x": "float64", "t": "str", "b": "object", "d": "datetime64[us]",
    }  # fmt: skip
    assert frame["n"].tolist() == [1, 2, 3]
    assert frame["x"].tolist()[:2] == [1.5, 2]
    assert frame["t"].isna().tolist() == [False, True, False]
    assert frame["b"].tolist() == [True, None, False]
    assert frame["d"].tolist()[:2] == [pd.Timestamp(2020, 1, 31), pd.Timestamp(2020, 1, 31, 12, 30)]
    assert frame.isna().sum().tolist() == [0, 1, 1, 1, 1]


def test_the_same_bytes_give_the_same_frame_by_columns_rename_and_classes() -> None:
    frame = read(workbook(), columns=["t", "n"], classes={"n": ["1", "2", "3"]})
    assert frame["n"].tolist() == ["1", "2", "3"]
    assert list(frame) == ["t", "n"]


def test_a_table_below_a_title_and_beside_empty_columns() -> None:
    rows = [["Prices of 2020"], [], [None, " a ", None, "b"], [None, 1, None, "x"], [None, 2, None, "y"], [], []]
    assert read(workbook(rows), {"skip_lines": 2}).to_dict("list") == {"a": [1, 2], "b": ["x", "y"]}
    assert "B3" in refused(workbook(rows))


def test_names_for_a_sheet_without_a_header() -> None:
    frame = read(workbook([[1, "x"], [2, "y"]]), {"header": False, "names": ["a", "b"]})
    assert frame.to_dict("list") == {"a": [1, 2], "b": ["x", "y"]}
    assert "C1" in refused(workbook([[1, "x", 3]]), {"header": False, "names": ["a", "b"]})


def test_years_are_names_beside_words() -> None:
    assert list(read(workbook([["town", 2020, 2021], ["Ulm", 1, 2]]))) == ["town", "2020", "2021"]
    assert "A1 2020, B1 2021" in refused(workbook([[2020, 2021], [1, 2]]))
    assert list(read(workbook([[2020, 2021], [1, 2]]), columns=["2020", "2021"])) == ["2020", "2021"]


def test_one_of_several_sheets() -> None:
    content = workbook(Notes=[["a"], [1]])
    assert read(content, {"sheet": "Notes"}).to_dict("list") == {"a": [1]}
    assert "2 sheets; set format.sheet to one of 'Prices', 'Notes'" in refused(content)
    assert "no sheet 'prices'; did you mean Prices?" in refused(content, {"sheet": "prices"})


def test_hidden_rows_and_columns_are_read_and_merged_cells_are_gaps() -> None:
    def change(book: Any) -> None:
        book.active.row_dimensions[2].hidden = True
        book.active.column_dimensions["A"].hidden = True
        book.active.merge_cells("B2:B3")

    from tests.download.formats.excel.workbooks import make_workbook

    frame = read(make_workbook({"S": [["a", "b"], [1, "x"], [2, "y"], [3, "z"]]}, change))
    assert frame["a"].tolist() == [1, 2, 3]
    assert frame["b"].isna().tolist() == [False, True, False]


def test_dates_that_count_from_1904() -> None:
    def change(part: bytes) -> bytes:
        return part.replace(b"<workbookPr ", b'<workbookPr date1904="1" ')

    read_dates = read(changed_part("xl/workbook.xml", change, workbook([["d"], [JANUARY]])))["d"]
    assert read_dates.tolist() == [pd.Timestamp(2024, 2, 1)]


def test_results_of_formulas() -> None:
    from tests.download.formats.excel.workbooks import with_results

    content = workbook([["a", "b"], [1, "=A2+1"], [2, "=A3*2.5"]])
    assert read(with_results(content, {"A2+1": "2", "A3*2.5": "5"})).b.tolist() == [2, 5]
    message = refused(with_results(content, {"A2+1": "2"}))
    assert "column 'b': errors in place of values: B3 'a formula without a result'" in message
    assert "saved" in message
    assert read(content, columns=["a"]).a.tolist() == [1, 2]


def test_a_wrong_size_of_the_sheet_is_ignored() -> None:
    content = changed_part("xl/worksheets/sheet1.xml", lambda part: part.replace(b'ref="A1:E5"', b'ref="A1"'))
    assert read(content).shape == (3, 5)


def test_numbers_in_texts() -> None:
    content = workbook([["a"], ["12"], [13], ["14.5"]])
    assert "2 texts, but also 1 number: A3 13" in refused(content)
    assert "{a: number}" in refused(content)
    assert read(content, {"types": {"a": "number"}}).a.tolist() == [12, 13, 14.5]
    assert read(workbook([["a"], ["012"], ["13"]])).a.tolist() == ["012", "13"]


def test_times_of_day_and_durations() -> None:
    content = workbook([["a"], [time(3, 4)], [timedelta(hours=30)]])
    assert "A2 '03:04:00'" in refused(content)
    assert read(content, {"types": {"a": "text"}}).a.tolist() == ["03:04:00", "1 day, 6:00:00"]


def test_errors_in_cells() -> None:
    content = workbook([["a", "b"], ["#DIV/0!", 1], ["#N/A", 2], [5, 3]])
    assert "column 'a': errors in place of values: A2 '#DIV/0!', A3 '#N/A'" in refused(content)
    assert read(content, {"missing": ["#DIV/0!", "#N/A"]}).a.isna().tolist() == [True, True, False]


def test_values_of_private_columns_are_not_shown() -> None:
    message = refused(workbook([["name"], ["ann"], [7], [8]]), private=["name"])
    assert "A2 private" in message
    assert "ann" not in message
    message = refused(workbook([["ann", 1.5], ["bob", 2]]), private=["name"])
    assert "B1 private" in message
    assert "1.5" not in message


NOT_READABLE = "not readable as an Excel workbook"
REFUSED: dict[str, tuple[list[list[Any]], list[str]]] = {
    "no rows": ([], ["no row with a value"]),
    "names alone": ([["a", "b"]], ["no rows after the row with the names"]),
    "a value beside the table": ([["a", "b"], [1, 2, None, "note"]], ["1 cells have a value in a column", "D2"]),
    "numbers and texts": ([["a"], [1], ["x"], [2]], ["column 'a': 2 numbers, but also 1 text: A3 'x'"]),
    "dates and texts": ([["d"], [JANUARY], ["soon"], [JANUARY]], ["2 dates, but also 1 text: A3 'soon'"]),
    "two columns of one name": ([["a", "a"], [1, 2]], ["column 'a' occurs 2 times"]),
    "values for names": ([["a", 1.5], ["x", 2]], ["row 1 should have the names", "B1 1.5"]),
}


@pytest.mark.error_case("files that cannot be read")
@pytest.mark.parametrize(("rows", "facts"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused(rows: list[list[Any]], facts: list[str]) -> None:
    message = refused(workbook(rows))
    assert [fact for fact in facts if fact not in message] == []


def sheet_part(change: Callable[[bytes], bytes]) -> bytes:
    return changed_part("xl/worksheets/sheet1.xml", change)


def with_doctype(part: bytes) -> bytes:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    return b'<?xml version="1.0"?>' + bomb + part.removeprefix(b'<?xml version="1.0"?>')


def encrypted() -> bytes:
    content = bytearray(make_zip({"xl/workbook.xml": b"<x/>"}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = content.find(signature) + offset
        content[start : start + 2] = struct.pack("<H", 1)
    return bytes(content)


def large_part() -> bytes:
    """3 MB of blanks in 3 kB."""
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b" " * 3_000_000)
    return content.getvalue()


HOSTILE: dict[str, tuple[Callable[[], bytes], str]] = {
    "xls": (lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "save it as .xlsx"),
    "xlsb": (lambda: make_zip({"xl/workbook.bin": b""}), ".xlsb workbook; save it as .xlsx"),
    "ods": (lambda: make_zip({"content.xml": b"<a/>"}), "an OpenDocument file"),
    "a zip file": (lambda: make_zip({"a.csv": b"a\n1\n"}), "a zip file without a workbook"),
    "csv": (lambda: b"a,b\n1,2\n", "not an Excel workbook"),
    "an encrypted part": (encrypted, NOT_READABLE),
    "a large part": (large_part, "3,000,000 bytes when unpacked; limits.bytes allows 1,000,000"),
    "many parts": (lambda: make_zip({"xl/workbook.xml": b"", **{f"{n}": b"" for n in range(20)}}), "holds 21 parts"),
    "entities": (lambda: sheet_part(with_doctype), "sheet1.xml declares a document type"),
    "entities in the workbook": (lambda: changed_part("xl/workbook.xml", with_doctype), "declares a document type"),
    "a row that no sheet has": (
        lambda: sheet_part(lambda p: p.replace(b'r="5"', b'r="9999999999"')),
        "1,048,576 rows",
    ),
    "a sheet that ends early": (lambda: sheet_part(lambda p: p[: len(p) // 2]), NOT_READABLE),
    "an unknown text": (
        lambda: sheet_part(lambda p: p.replace(b't="n"', b't="s"')),
        "not readable as an Excel workbook",
    ),
    "a word for a number": (
        lambda: sheet_part(lambda p: p.replace(b"<v>1.5<", b"<v>one<")),
        "not readable as an Excel",
    ),
}


@pytest.mark.error_case("files that cannot be read")
@pytest.mark.parametrize(("make", "fact"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_files(make: Callable[[], bytes], fact: str) -> None:
    assert fact in refused(make(), limits={"members": 20, "bytes": 1_000_000})

"""`restage new` on files whose values have types: JSON lines and sheets of Excel."""

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.cli.new.example_tables import flowers
from tests.cli.new.test_new import error, new, written


def write_json_lines(path: str, records: list[dict[str, Any]]) -> None:
    Path(path).write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")


def flower_records() -> list[dict[str, Any]]:
    return flowers().to_dict("records")


def test_json_lines(clone: Path) -> None:
    write_json_lines("flowers.jsonl", flower_records())
    new("flowers.jsonl", "--target", "kind")
    download = written("flowers")["download"]
    assert download["format"] == {"format": "jsonl"}
    assert download["files"]["all"]["path"] == "flowers.jsonl"
    assert written("flowers")["validate"]["columns"] == ["length", "width", "kind"]


def test_nested_objects_arrays_and_absent_keys(clone: Path) -> None:
    records = [{"size": {"length": r["length"]}, "tags": ["x"], "kind": r["kind"]} for r in flower_records()]
    records[3]["size"]["note"] = None
    records[4]["size"]["note"] = 1.5
    write_json_lines("flowers.jsonl", records)
    new("flowers.jsonl", "--target", "kind")
    conf = written("flowers")
    assert conf["download"]["format"] == {
        "format": "jsonl",
        "fields": {"size_length": "size.length", "size_note": "size.note"},
        "optional": ["size_note"],
    }
    assert conf["download"]["columns"] == conf["validate"]["columns"] == ["size_length", "kind", "size_note"]


def test_names_of_fields_that_are_taken(clone: Path) -> None:
    records = [{"a_b": r["length"], "a": {"b": r["width"]}, "kind": r["kind"]} for r in flower_records()]
    write_json_lines("flowers.jsonl", records)
    new("flowers.jsonl", "--target", "kind")
    assert written("flowers")["download"]["format"]["fields"] == {"a.b": "a.b"}


@pytest.mark.error_case("files that cannot become a dataset")
def test_broken_json_lines(clone: Path) -> None:
    Path("flowers.jsonl").write_text('{"length": 1}\n{"length": \n')
    assert "flowers.jsonl: line 2: Expecting value" in error("flowers.jsonl", "--target", "length")


@pytest.mark.error_case("files that cannot become a dataset")
def test_a_sheet_of_a_file_that_is_no_workbook(clone: Path) -> None:
    flowers().to_csv("flowers.csv", index=False)
    assert "--sheet is for Excel workbooks" in error("flowers.csv", "--target", "kind", "--sheet", "Prices")


@pytest.mark.error_case("files that cannot become a dataset")
def test_an_old_workbook(clone: Path) -> None:
    Path("flowers.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600))
    assert "flowers.xls: an .xls workbook, or one with a password; save it as .xlsx" in error("flowers.xls", "--yes")


def write_workbook(path: str, sheets: dict[str, pd.DataFrame], **options: Any) -> None:
    with pd.ExcelWriter(path) as writer:
        for name, frame in sheets.items():
            frame.to_excel(writer, sheet_name=name, index=False, **options)


@pytest.mark.long
def test_a_workbook(clone: Path) -> None:
    write_workbook("flowers.xlsx", {"Flowers": flowers()})
    new("flowers.xlsx", "--target", "kind")
    assert written("flowers")["download"]["format"] == {"format": "excel", "sheet": "Flowers"}


@pytest.mark.long
def test_one_of_several_sheets_below_a_title(clone: Path) -> None:
    from openpyxl import load_workbook

    write_workbook("book.xlsx", {"Notes": pd.DataFrame({"a": [1]}), "Flowers": flowers()}, startrow=2)
    workbook = load_workbook("book.xlsx")
    workbook["Flowers"]["A1"] = "Flowers of 2020"
    workbook.save("book.xlsx")
    assert "2 sheets; choose one with --sheet: Notes, Flowers" in error("book.xlsx", "--target", "kind")
    assert "no sheet 'flowers'; did you mean Flowers?" in error("book.xlsx", "--yes", "--sheet", "flowers")
    new("book.xlsx", "--target", "kind", "--sheet", "Flowers")
    assert written("book")["download"]["format"] == {"format": "excel", "sheet": "Flowers", "skip_lines": 2}


@pytest.mark.long
def test_a_sheet_without_names(clone: Path) -> None:
    write_workbook("sizes.xlsx", {"S": flowers()[["length", "width"]]}, header=False)
    new("sizes.xlsx", "--target", "column2")
    assert written("sizes")["download"]["format"] == {
        "format": "excel", "sheet": "S", "header": False, "names": ["column1", "column2"],
    }  # fmt: skip

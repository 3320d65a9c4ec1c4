"""The same file as training data and as new rows has the same values."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stages.inference.read.csv_text import csv_rows
from tests.inference.read.written_twice import (
    assert_same_values,
    download_params,
    downloaded,
    read_again,
    schema_of_frame,
)

TABLES: dict[str, tuple[str, dict[str, Any], dict[str, Any]]] = {
    "every type": (
        "whole,gaps,real,truth,truth gaps,text,text gaps,empty\n"
        "1,1,0.1,true,true,a,NA,\n-2,,1e-7,False,NA,b c,x,\n+3,3,-0,1,0,é,,\n".replace("+3", "3"),
        {},
        {},
    ),
    "large whole numbers": ("a,b\n9007199254740993,1e300\n-9223372036854775808,-1e-300\n", {}, {}),
    "digits that are text": ("a,b\n007,1\n010,2\n", {}, {}),
    "digits that are numbers": ("a,b\n007,1\n010,2\n", {"types": {"a": "number"}}, {}),
    "german": (
        "preis;text\n1.200,50 €;a\n-3 €;b\n€ 0,5;c;\n".replace("c;", "c"),
        {"separator": ";", "decimal": ",", "thousands": ".", "signs": ["€"]},
        {},
    ),
    "suffixes": ("a,b\n1.1k,1\n2 M,2\n-3,3\n", {"suffixes": {"k": 1000, "M": 1000000}}, {}),
    "parentheses": ("a,b\n(3),1\n2.5,2\n", {"negative_in_parentheses": True}, {}),
    "indian": ('a,b\n"12,34,567",1\n"1,000",2\n', {"thousands": ",", "grouping": "indian"}, {}),
    "minus signs": ("a,b\n\N{MINUS SIGN}3,1\n12.5-,2\n", {"typographic_minus": True, "trailing_minus": True}, {}),
    "missing texts": ("a,b\n1,x\n-,-\n3,none\n", {"missing": ["-", "none"]}, {}),
    "whitespace": ("a  b\n 1\t x\n 2   'y' \n", {"separator": "whitespace"}, {}),
    "long separator": ('a||b\n1||"x||y"\n2||z\n', {"separator": "||"}, {}),
    "trim": ("a , b\n 1 , x \n 2, y z\n", {"trim": True}, {}),
    "comments": ("# made by hand\na,b\n1,x\n# a line\n2,y\n", {"comment": "#"}, {}),
    "skipped lines": ("a title\nof two lines\na,b\n1,x\n2,y\n", {"skip_lines": 2}, {}),
    "no header": ("1,x\n2,y\n", {"header": False, "names": ["a", "b"]}, {}),
    "escape": ('a,b\n1,"x\\"y"\n2,z\n', {"escape": "\\"}, {}),
    "no quotes": ('a,b\n1,x"y\n2,"z\n', {"quote": "none"}, {}),
    "line breaks": ('a,b\n1,"x\ny"\n2,"z\r\n"\n', {"line_breaks": True}, {}),
    "renamed": ("A,B\n1,x\n2,y\n", {}, {"rename": {"A": "b", "B": "a"}}),
    "classes": ("a,b\n1,1\n2,0\n", {}, {"classes": {"b": ["0", "1"]}}),
    "iso times": ("t,a\n2020-01-31,1\n2020-02-29T10:30:00.5,2\n", {}, {"kind": "series", "time": "t"}),
    "times with offsets": (
        "t,a\n2020-01-31T00:30+01:00,1\n2020-02-29 10:30Z,2\n", {}, {"kind": "series", "time": "t"},
    ),
    "written times": (
        "t,a\n31.01.2020 10:30,1\n29.02.2020 00:00,2\n",
        {},
        {"kind": "series", "time": "t", "time_format": "%d.%m.%Y %H:%M"},
    ),
    "epochs": ("t,a\n0,1\n1577836800,2\n", {}, {"kind": "series", "time": "t", "time_format": "epoch_s"}),
    "milliseconds": ("t,a\n1,1\n1577836800123,2\n", {}, {"kind": "series", "time": "t", "time_format": "epoch_ms"}),
    "two-digit years": ("t,a\n1-01,1\n1-02,2\n", {}, {"kind": "series", "time": "t", "time_format": "%y-%m"}),
}  # fmt: skip


@pytest.mark.parametrize("name", TABLES)
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_csv(name: str, ends: str) -> None:
    text, table_format, options = TABLES[name]
    content = text.replace("\r\n", "\n").replace("\n", ends).encode()
    params = download_params({"format": "csv", **table_format}, **options)
    frame = downloaded(content, params)
    block = read_again(content, schema_of_frame(frame, params))
    assert assert_same_values(block, frame) == frame.size > 0


@pytest.mark.parametrize("encoding", ["utf-8-sig", "latin-1", "cp1252", "utf-16", "utf-16-le"])
def test_encodings(encoding: str) -> None:
    content = "a,b\n1,é\n2,ü\n".encode(encoding)
    params = download_params({"format": "csv", "encoding": encoding.removesuffix("-sig")})
    frame = downloaded(content, params)
    assert_same_values(read_again(content, schema_of_frame(frame, params)), frame)


@pytest.mark.parametrize("rows", [1, 7])
def test_blocks_have_the_values_of_the_whole_file(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The type of a column does not depend on the values beside it but where a gap makes numbers floats."""
    monkeypatch.setattr(csv_rows, "SLICE_ROWS", rows)
    monkeypatch.setattr(csv_rows, "BLOCK_LINES", 2 * rows)
    numbers = pd.DataFrame({"whole": range(100), "text": [f"a{n % 7}" for n in range(100)]})
    numbers["gaps"] = [None if n % 3 else n for n in range(100)]
    numbers["truths"] = [None if n % 5 else n % 2 == 0 for n in range(100)]
    content = numbers.to_csv(index=False).encode()
    params = download_params({"format": "csv"})
    frame = downloaded(content, params)
    assert_same_values(read_again(content, schema_of_frame(frame, params)), frame)


numbers = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False).map(repr), st.integers(-(2**63), 2**63 - 1).map(str)
)
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\r"), max_size=8)
columns = st.one_of(
    st.tuples(*[numbers] * 4),
    st.tuples(*[st.one_of(numbers, st.sampled_from(["", "NA"]))] * 4),
    st.tuples(*[st.sampled_from(["true", "false", "True", "FALSE", ""])] * 4),
    st.tuples(*[texts] * 4),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(columns, min_size=1, max_size=4), st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]))
def test_any_table_of_csv(table: list[tuple[str, ...]], quoting: Any) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n", quoting=quoting)
    writer.writerow([f"c{n}" for n in range(len(table))])
    writer.writerows(zip(*table, strict=True))
    content = text.getvalue().encode()
    params = download_params({"format": "csv", "line_breaks": True})
    frame = downloaded(content, params)
    assert_same_values(read_again(content, schema_of_frame(frame, params)), frame)


def test_json_lines() -> None:
    records = [
        {"id": 1, "size": 0.1, "name": "a", "ok": True, "item": {"price": 2}, "left": None},
        {"id": 2, "size": 3, "name": "NA", "ok": False, "item": {"price": None}},
        {"id": 3, "size": -0.0, "name": "", "ok": True, "item": None, "left": "x"},
    ]
    content = "\n".join(json.dumps(record) for record in records).encode()
    params = download_params({"format": "jsonl", "fields": {"price": "item.price"}, "optional": ["left", "price"]})
    frame = downloaded(content, params)
    schema = schema_of_frame(frame, params)
    assert_same_values(read_again(content, schema), frame)
    assert_same_values(read_again(json.dumps(records).encode(), schema), frame)


def test_parquet(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "i": np.array([1, 2, 3], np.int64),
            "f": np.array([0.1, np.nan, 3], np.float64),
            "single": np.array([0.1, 0.2, 0.3], np.float32),
            "b": [True, False, True],
            "t": pd.to_datetime(["2020-01-01T00:00", "2020-01-02T10:00", "1960-01-01T00:00"]),
            "s": ["a", None, "c"],
            "d": pd.Categorical(["x", "y", "x"]),
            "gaps": pd.array([1, None, 3], "Int64"),
        }
    )
    path = tmp_path / "new.parquet"
    frame.to_parquet(path)
    params = download_params({"format": "parquet"})
    raw = downloaded(path.read_bytes(), params)
    schema = schema_of_frame(raw, params)
    assert_same_values(read_again(path, schema), raw)
    assert_same_values(read_again(path.read_bytes(), schema), raw)
    # The same values written as CSV.
    assert_same_values(read_again(frame.to_csv(index=False).encode(), schema), raw)

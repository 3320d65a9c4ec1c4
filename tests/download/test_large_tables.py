"""A table of several blocks has the same bytes whatever the pieces that it is read in, and those of rows in memory."""

import itertools
import json
import random
import sqlite3
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from stages.core.artefacts.raw.raw_data import Table
from stages.core.artefacts.raw.raw_files import read_raw, write_raw
from stages.core.artefacts.raw.table_blocks import StoredFrames
from stages.download.databases.load_sql import load_sql
from stages.download.databases.snapshots import snapshot_hash
from stages.download.fetch.verified_files import verify_local
from stages.download.formats.csv_text import row_chunks
from stages.download.formats.json_lines import read_json_lines
from stages.download.formats.tables import parquet_rows
from stages.download.formats.typed_values import spilled_blocks
from stages.download.load_source import read_files
from stages.download.params.file_params import File
from stages.download.params.sql.sql_params import Sql
from stages.download.resampling import resample_blocks
from tests.download.sample_files import error_message, make_tar, make_zip, sha256

PIECES = [1, 100, 1 << 24]
ROWS = 60
NUMBERS = [f"{n}" for n in range(ROWS)]
DAYS = [str(day.date()) for day in pd.date_range("2024-01-01", periods=ROWS)]


def set_pieces(monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    """`size` is in bytes, and in values for formats that are read by values."""
    monkeypatch.setattr(row_chunks, "CHUNK_BYTES", size)
    monkeypatch.setattr(read_json_lines, "BLOCK_ROWS", size)
    monkeypatch.setattr(spilled_blocks, "MEMORY_BYTES", size)
    monkeypatch.setattr(parquet_rows, "BATCH_CELLS", size)
    monkeypatch.setattr(resample_blocks, "PERIODS_AT_ONCE", size)


def csv(columns: dict[str, list[str]], end: str = "\n") -> bytes:
    rows = zip(*columns.values(), strict=True)
    return "".join(",".join(row) + end for row in [tuple(columns), *rows]).encode()


def late(value: str, rest: str = "5") -> list[str]:
    """A column whose last value says what the column is."""
    return [rest] * (ROWS - 1) + [value]


# Columns whose type only some of the rows tell, as texts of CSV, and pandas' name of the type.
COLUMNS = {
    "whole": (NUMBERS, "int64"),
    "late_text": (late("x"), "str"),
    "late_fraction": (late("0.5"), "float64"),
    "late_code": (late("007"), "str"),
    "late_minus": (late("-1", "05"), "int64"),
    "late_gap": (late(""), "float64"),
    "late_value": (late("3", ""), "float64"),
    "late_word": (late("w", ""), "str"),
    "no_value": ([""] * ROWS, "float64"),
    "truth": (late("false", "true"), "bool"),
    "truth_with_gaps": (late("", "true"), "object"),
    "digits_then_truth": (late("true", "1"), "bool"),
    "numbers_then_truth": (late("true"), "str"),
    "truth_then_fraction": (late("0.5", "true"), "str"),
    "fraction_then_truth": (late("true", "0.5"), "str"),
    "zero_then_fraction": (late("0.5", "0"), "float64"),
    "hexadecimal": (late("0x10"), "int64"),
    "hexadecimal_and_fraction": (late("0.5", "0x10"), "str"),
    "days": (DAYS, "str"),
    "days_then_time": (late("2024-01-01 10:00:00", "2024-01-01"), "str"),
    "number_then_day": (late("2024-01-01"), "str"),
    "large": (late("9007199254740993"), "int64"),
    "large_and_gap": (["", *late("9007199254740993")[1:]], "str"),
    "huge": (late("99999999999999999999"), "str"),
    "huge_fraction": (["1.5", *late("99999999999999999999")[1:]], "float64"),
    "plus": (late("+5"), "float64"),
    "infinite": (late("inf"), "float64"),
}


# Numbers as format describes them, with _ for the decimal comma.
NOTATION = {
    "price": late("1.200_50 €", "5 €"),
    "whole_price": late("1.200 €", "5 €"),
    "suffix": late("1_1k", "5"),
    "minus": late("5-"),
    "truth": late("true", "1"),
    "code": late("007"),
    "huge": late("99.999.999.999.999.999.999"),
    "text": ["x", "5"] * (ROWS // 2),
    "gap": late(""),
}


def table_of_columns() -> bytes:
    return csv({name: texts for name, (texts, _) in COLUMNS.items()})


QUOTED = "".join(
    f'{n},"a ""{"b" * (n % 7)}""\r\n{n}","x,{n}"{end}'
    for n, end in zip(range(ROWS), itertools.cycle(["\n", "\r\n"]), strict=False)
)
JSON_ROWS = [
    {"n": n, "late": "x" if n == ROWS - 1 else None, "f": n / 2 if n == ROWS - 1 else n, "t": n % 2 == 0, "o": f"w{n}"}
    for n in range(ROWS)
]
for _row in JSON_ROWS[:-1]:
    del _row["o"]
JSON_LINES = "\n\n".join(map(json.dumps, JSON_ROWS)).encode()


def parquet() -> bytes:
    columns: dict[str, Any] = {
        "i": pa.array([None, *range(ROWS - 1)], pa.int32()),
        "f": pa.array([float("nan"), *range(ROWS - 1)], pa.float32()),
        "t": pa.array(["a", None] * (ROWS // 2)).dictionary_encode(),
        "b": pa.array([True] * (ROWS - 1) + [None]),
        "d": pa.array([pd.Timestamp(day).date() for day in DAYS]),
    }
    content = BytesIO()
    pa.parquet.write_table(pa.table(columns), content, row_group_size=7)
    return content.getvalue()


# Rows at irregular times, some of them equal, with days without rows. Types and gaps are known at the end.
TIMES = [str(time) for time in pd.Timestamp("2024-02-25") + pd.to_timedelta([n * n % 90 * 7 for n in range(ROWS)], "h")]
OBSERVED = {
    "n": NUMBERS,
    "time": TIMES,
    "price": [f"{n / 7}" if n % 3 else "" for n in range(ROWS)],
    "count": late("", "7"),
    "large": late("9007199254740993", "1"),
    "open": ["true" if n % 2 else "false" for n in range(ROWS)],
    "closed": ["", "true", "false"] * (ROWS // 3),
    "town": ["", "Ulm", "Köln", "Bonn"] * (ROWS // 4),
    "empty": [""] * ROWS,
}
RESAMPLED = {"kind": "series", "time": "time", "sort": True}
IN_ORDER = dict(
    zip(OBSERVED, zip(*sorted(zip(*OBSERVED.values(), strict=True), key=lambda row: row[1]), strict=True), strict=True)
)
SHUFFLED = random.Random(0).sample(DAYS, ROWS)
SERIES = {"kind": "series", "time": "day"}
# The format, the content of each file, and options.
SOURCES: dict[str, tuple[dict[str, Any], dict[str, bytes], dict[str, Any]]] = {
    "types": ({"format": "csv"}, {"all": table_of_columns()}, {}),
    "another notation": (
        {"format": "csv", "decimal": ",", "thousands": ".", "signs": ["€"], "suffixes": {"k": 1000},
         "trailing_minus": True, "separator": "\t"},
        {"all": csv(NOTATION).replace(b",", b"\t").replace(b"_", b",")},
        {},
    ),
    "forced types": (
        {"format": "csv", "types": {"late_code": "number", "whole": "text", "late_gap": "number"}},
        {"all": table_of_columns()},
        {},
    ),
    "splits": (
        {"format": "csv"},
        {"train": csv({"n": NUMBERS, "c": late("x")}), "test": csv({"n": late("0.5"), "c": late("007")})},
        {"rename": {"n": "number"}, "columns": ["c", "n"], "classes": {"c": ["5", "x", "007"]}, "private": ["n"]},
    ),
    "one large split": ({"format": "csv"}, {"train": csv({"n": NUMBERS}), "test": b"n\n1\n2\n"}, {}),
    "carriage returns": ({"format": "csv"}, {"all": csv({"n": NUMBERS, "t": late("x")}, "\r\n")}, {}),
    "carriage returns alone": ({"format": "csv"}, {"all": csv({"n": NUMBERS, "t": late("x")}, "\r")}, {}),
    "line breaks": (
        {"format": "csv", "line_breaks": True, "header": False, "names": ["n", "t", "u"]},
        {"all": QUOTED.encode()},
        {},
    ),
    "escapes and line breaks": (
        {"format": "csv", "line_breaks": True, "escape": "\\", "header": False, "names": ["n", "t", "u"]},
        {"all": QUOTED.replace('""', '\\"').encode()},
        {},
    ),
    "encoding": ({"format": "csv", "encoding": "utf-16"}, {"all": csv({"é": late("à")}).decode().encode("utf-16")}, {}),
    "mark": ({"format": "csv"}, {"all": b"\xef\xbb\xbf" + csv({"é": late("à")})}, {}),
    "blank lines and comments": (
        {"format": "csv", "comment": "#", "trim": True},
        {"all": b"\n# c\n" + csv({"n": NUMBERS, "t": late(" x ")}).replace(b"\n", b"\n\n#\n\n")},
        {},
    ),
    "json lines": ({"format": "jsonl", "optional": ["o"]}, {"all": JSON_LINES}, {"rename": {"o": "only_last"}}),
    "parquet": ({"format": "parquet"}, {"all": parquet()}, {"classes": {"t": ["a"]}}),
    "zip member": ({"format": "csv"}, {"all": make_zip({"a.csv": csv({"n": late("x")}), "b.csv": b"z\n"})}, {}),
    "tar member": ({"format": "csv"}, {"all": make_tar({"a.csv": csv({"n": late("x")}), "b.csv": b"z\n"})}, {}),
    "series": ({"format": "csv"}, {"all": csv({"day": DAYS, "n": NUMBERS})}, SERIES),
    "sorted series": (
        {"format": "csv"},
        {"all": csv({"n": late("x"), "day": SHUFFLED})},
        {**SERIES, "sort": True, "rename": {"day": "date"}},
    ),
    "sorted splits": (
        {"format": "jsonl"},
        {
            split: "".join(json.dumps({"day": day, "n": n}) + "\n" for n, day in enumerate(days)).encode()
            for split, days in (("train", SHUFFLED), ("test", DAYS[::-1]))
        },
        {**SERIES, "sort": True, "time_format": "%Y-%m-%d"},
    ),
    "resampled, filled forward": (
        {"format": "csv"},
        {"all": csv(OBSERVED)},
        {**RESAMPLED, "resample": {"every": "7h", "gaps": "forward"}, "rename": {"time": "date", "n": "number"}},
    ),
    "resampled with gaps": (
        {"format": "csv"},
        {"all": csv(OBSERVED)},
        {**RESAMPLED, "resample": {"every": "8h", "gaps": "missing", "how": {"n": "sum", "open": "first"}}},
    ),
    "resampled to fewer rows": (
        {"format": "csv"},
        {"all": csv({name: [*map(str, texts)] for name, texts in IN_ORDER.items()})},
        {"kind": "series", "time": "time", "resample": {"every": "2D", "how": "mean"}},
    ),
    "resampled splits": (
        {"format": "jsonl"},
        {
            split: "".join(json.dumps({"n": n, "day": day, "t": str(n)}) + "\n" for n, day in enumerate(days)).encode()
            for split, days in (("train", SHUFFLED), ("test", SHUFFLED[:6]))
        },
        {"kind": "series", "time": "day", "sort": True, "resample": {"every": "12h", "gaps": "forward", "how": "max"}},
    ),
}  # fmt: skip


def file_source(name: str, folder: Path, block_rows: int, **more: Any) -> File:
    table_format, contents, options = SOURCES[name]
    files = {}
    for split, content in contents.items():
        (folder / split).write_bytes(content)
        member = {"member": "a.csv"} if "member" in name else {}
        files[split] = {"path": str(folder / split), "sha256": sha256(content)} | member
    return File.model_validate(
        {"source": "file", "format": table_format, "files": files, "block_rows": block_rows} | options | more
    )


def contents_of(folder: Path) -> dict[str, bytes]:
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def written(source: File, folder: Path, in_memory: bool = False) -> dict[str, bytes]:
    folder.mkdir()
    raw = read_files(source, verify_local(source.files), folder=None if in_memory else folder)
    assert isinstance(raw, Table)
    assert isinstance(raw.frames, StoredFrames) != in_memory
    write_raw(raw, folder)
    return contents_of(folder)


@pytest.fixture
def folders(tmp_path: Path) -> Iterator[Path]:
    return (tmp_path / str(number) for number in itertools.count())


@pytest.mark.parametrize("name", SOURCES)
def test_pieces_and_memory_leave_no_trace(
    name: str, tmp_path: Path, folders: Iterator[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    for block_rows in (7, ROWS - 1):
        source = file_source(name, tmp_path, block_rows)
        expected = written(source, next(folders), in_memory=True)
        assert any("/" in file for file in expected) or (name == "resampled to fewer rows" and block_rows > 7)
        for size in PIECES:
            set_pieces(monkeypatch, size)
            assert written(source, next(folders)) == expected, size


@pytest.mark.parametrize("name", SOURCES)
def test_a_small_table_has_the_same_bytes_in_pieces(
    name: str, tmp_path: Path, folders: Iterator[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    source = file_source(name, tmp_path, ROWS)
    expected = written(source, next(folders), in_memory=True)
    set_pieces(monkeypatch, 1)
    assert written(source, next(folders), in_memory=True) == expected


@pytest.mark.parametrize("size", PIECES)
def test_the_types_are_those_of_the_whole_file(size: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    set_pieces(monkeypatch, size)
    written(file_source("types", tmp_path, 7), tmp_path / "raw")
    raw = read_raw(tmp_path / "raw")
    assert isinstance(raw, Table)
    assert json.loads((tmp_path / "raw/meta.json").read_text())["columns"] == {
        name: dtype for name, (_, dtype) in COLUMNS.items()
    }
    assert raw.frames["all"]["late_code"].tolist() == late("007")
    assert raw.frames["all"]["digits_then_truth"].all()


def test_a_query_has_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with sqlite3.connect(tmp_path / "shop.db") as database:
        database.execute("create table orders (id integer, price real, town text)")
        database.executemany("insert into orders values (?, ?, ?)", [(n, n / 2, None) for n in range(ROWS)])
    monkeypatch.setenv("SHOP", f"sqlite:///{tmp_path / 'shop.db'}")
    query = {"source": "sql", "url_env": "SHOP", "query": "select * from orders order by id", "key": ["id"]}
    source = Sql.model_validate({**query, "sha256": "0" * 64, "block_rows": 7})
    cache = tmp_path / "cache"
    cache.mkdir()
    source = source.model_copy(update={"sha256": snapshot_hash(source, cache)})
    for name, folder in (("memory", None), ("blocks", tmp_path / "blocks")):
        (tmp_path / name).mkdir()
        write_raw(load_sql(source, cache, folder), tmp_path / name)
    assert contents_of(tmp_path / "blocks") == contents_of(tmp_path / "memory")


# A content, options, and how the message goes on after the name of the file.
MISTAKES: dict[str, tuple[bytes, dict[str, Any], str]] = {
    "ragged": (csv({"a": NUMBERS, "b": NUMBERS}) + b"1\n2,3,4\n", {}, "rows: 2 do not have 2 fields"),
    "bytes": (csv({"a": NUMBERS}) + b"\xff\n", {}, "line 62: byte 0xff is not utf-8"),
    "numbers": (
        csv({"a": late("x"), "b": late("y")}),
        {"format": {"format": "csv", "types": {"a": "number", "b": "number"}}},
        "column 'a': 1 of 60 values are not numbers as format describes them: row 60 'x'",
    ),
    "order": (
        csv({"day": [*DAYS[:40], DAYS[3], *DAYS[41:]]}),
        SERIES,
        "column 'day': each time must be later than the one before; 1 are not: row 41 2024-01-04",
    ),
    "repeated": (
        csv({"day": [DAYS[0], *DAYS[:-1]]}),
        SERIES | {"sort": True},
        "column 'day': each time must be later than the one before; 1 are not: row 2 2024-01-01 00:00:00 after",
    ),
    "times": (
        csv({"day": late("soon", "13.01.2024")}),
        SERIES,
        "column 'day': 60 values are not ISO 8601 dates: row 1 '13.01.2024', row 2",
    ),
    "times of periods": (
        csv({"day": [*DAYS[:40], DAYS[3], *DAYS[41:]]}),
        SERIES | {"resample": {"every": "1D"}},
        "column 'day': each time must be later than the one before; 1 are not: row 41 2024-01-04 00:00:00 after "
        "2024-02-09 00:00:00; sort: true sorts the rows",
    ),
    "periods without rows": (
        csv({"day": DAYS[:9] + DAYS[20:30] + DAYS[33:]}),
        SERIES | {"resample": {"every": "1D"}},
        "resample: every 1D leaves 14 periods without rows: 2024-01-10 00:00:00, 2024-01-11 00:00:00, "
        "2024-01-12 00:00:00, 2024-01-13 00:00:00, 2024-01-14 00:00:00 and 9 more; gaps: forward takes",
    ),
    "too many periods": (
        csv({"day": [*DAYS, "2030-01-01"]}),
        SERIES | {"resample": {"every": "1s"}},
        "resample: every 1s makes 189,388,801 rows of 61; choose longer periods",
    ),
    "how": (
        csv({"day": DAYS, "text": late("x")}),
        SERIES | {"resample": {"every": "1D", "how": {"text": "mean"}}},
        "resample.how: column 'text' has no numbers, so that mean cannot be; take last or first",
    ),
    "time format": (
        csv({"day": late("12.01.2024", "13.01.2024")}),
        SERIES,
        "column 'day': 60 values are not ISO 8601 dates: row 1 '13.01.2024', row 2 '13.01.2024', row 3 '13.01.2024', "
        "row 4 '13.01.2024', row 5 '13.01.2024' and 55 more; all values fit time_format: '%d.%m.%Y'",
    ),
}  # fmt: skip


@pytest.mark.error_case("download")
@pytest.mark.parametrize("name", MISTAKES)
def test_mistakes_are_named_alike(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content, options, expected = MISTAKES[name]
    (tmp_path / "a.csv").write_bytes(content)
    files = {"all": {"path": str(tmp_path / "a.csv"), "sha256": sha256(content)}}
    params = {"source": "file", "format": {"format": "csv"}, "files": files, "block_rows": 7} | options
    source = File.model_validate(params)
    message = error_message(read_files, source, verify_local(source.files))
    assert message.startswith(f"{tmp_path / 'a.csv'}: {expected}")
    for size in PIECES:
        set_pieces(monkeypatch, size)
        assert error_message(read_files, source, verify_local(source.files), folder=tmp_path) == message
    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == ["a.csv"]

"""The text of a snapshot, and what is read from it."""

import datetime
import json
from decimal import Decimal

import pytest

from stages.core.errors import UserError
from stages.download.databases.query_result import QueryResult
from stages.download.databases.snapshot_file import read_snapshot, snapshot_types, write_snapshot

EAST = datetime.timezone(datetime.timedelta(hours=2))
TYPED = [
    ("integer", 2**60, 2**60, 2**60),
    ("real", 0.1, 0.1, 0.1),
    ("numeric", Decimal("12.30"), "12.30", "12.30"),
    ("numeric", Decimal("1E+3"), "1000", "1000"),
    ("boolean", True, True, True),
    ("text", 'Köln \u2028 "x"\n', 'Köln \u2028 "x"\n', 'Köln \u2028 "x"\n'),
    ("date", datetime.date(24, 1, 31), "0024-01-31", datetime.datetime(24, 1, 31)),
    (
        "timestamp",
        datetime.datetime(2024, 1, 31, 12, 0, 0, 5),
        "2024-01-31T12:00:00.000005",
        datetime.datetime(2024, 1, 31, 12, 0, 0, 5),
    ),
    (
        "timestamp with time zone",
        datetime.datetime(2024, 1, 1, 1, tzinfo=EAST),
        "2023-12-31T23:00:00+00:00",
        datetime.datetime(2023, 12, 31, 23),
    ),
]


def write(tmp_path, names, types, *blocks):
    path = tmp_path / "snapshot"
    assert write_snapshot(QueryResult(names, types, iter(blocks)), path) == sum(map(len, blocks))
    return path


@pytest.mark.parametrize(("column_type", "value", "written", "read"), TYPED)
def test_every_type_is_written_exactly_and_read_back(tmp_path, column_type, value, written, read):
    path = write(tmp_path, ["a"], [column_type], [(value,), (None,)])
    header, *rows = path.read_text(encoding="utf-8").split("\n")[:-1]
    assert json.loads(header)["columns"] == [["a", column_type]]
    assert [json.loads(row) for row in rows] == [[written], [None]]
    assert read_snapshot(path, path.parent).table()["a"].to_pylist() == [read, None]


def test_the_text_of_a_small_result(tmp_path):
    path = write(tmp_path, ["id", "x"], None, [(1, 0.5), (2, None)], [(3, 2.0)])
    assert path.read_bytes() == b'{"version":1,"columns":[["id","integer"],["x","real"]]}\n[1,0.5]\n[2,null]\n[3,2.0]\n'


def test_the_text_does_not_depend_on_the_blocks(tmp_path):
    rows = [(n, f"n{n}") for n in range(7)]
    whole = write(tmp_path, ["a", "b"], None, rows).read_bytes()
    assert write(tmp_path, ["a", "b"], None, rows[:3], rows[3:]).read_bytes() == whole


def test_values_without_declared_types_have_those_of_all_rows(tmp_path):
    path = write(tmp_path, ["a", "b", "c"], None, [(1, None, None)], [(2.5, None, "x")])
    assert snapshot_types(path) == {"a": "real", "b": "unknown", "c": "text"}
    table = read_snapshot(path, path.parent).table()
    assert table["a"].to_pylist() == [1.0, 2.5]
    assert table["b"].to_pylist() == [None, None]


@pytest.mark.error_case("databases")
@pytest.mark.parametrize(
    ("names", "types", "rows", "messages"),
    [
        (["a", "b", "a"], None, [(1, 2, 3)], ["column 'a' occurs 2 times; rename all but one, such as a as a_2"]),
        (["a"], None, [], ["the query gives no rows"]),
        ([], [], [()], ["the query gives no columns"]),
        (
            ["a"],
            None,
            [(1,), ("x",)],
            ["column 'a' has integer and text values; write cast(a as text) as a, or as real"],
        ),
        (
            ["a", "b"],
            None,
            [(1, 1.0), (b"x", float("inf"))],
            [
                "column 'a' has bytes in row 2; leave it out, or write hex(a) as a",
                "column 'b' has inf in row 2; leave such rows out, or select null instead",
            ],
        ),
        (
            ["a"],
            ["numeric"],
            [(Decimal("NaN"),)],
            ["column 'a' has NaN in row 1; leave such rows out, or select null instead"],
        ),
    ],
)
def test_what_the_text_cannot_hold_is_named(tmp_path, names, types, rows, messages):
    with pytest.raises(UserError) as caught:
        write_snapshot(QueryResult(names, types, iter([rows] if rows else [])), tmp_path / "snapshot")
    assert list(caught.value.messages) == messages

import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stages.core.text_values.csv_line import closed_line_pattern, split_line
from stages.core.text_values.prepared_lines import prepare_lines
from stages.download.formats.csv_text.check_text import reader_options
from stages.download.params.csv_params import Csv
from tests.download.sample_files import read_table_content

DIALECTS: list[dict[str, Any]] = [{}, {"separator": "\t"}, {"quote": "'", "separator": ";"}, {"escape": "\\"}]
values = st.text(st.sampled_from("ab ,;\t\"'\\x#"), min_size=1, max_size=6).filter(lambda value: value == value.strip())
rows = st.lists(st.tuples(values, values), min_size=1, max_size=4)


def dialect(**options: Any) -> Csv:
    return Csv.model_validate({"format": "csv"} | options)


def write(table: list[tuple[str, str]], params: Csv, ends: str = "\n") -> str:
    """As Python's csv module writes it."""
    text = io.StringIO()
    options = reader_options(params) | {"doublequote": params.escape is None}
    csv.writer(text, lineterminator=ends, **options).writerows(table)
    return text.getvalue()


@given(rows, st.sampled_from(DIALECTS), st.sampled_from(["\n", "\r\n"]))
def test_what_the_csv_module_writes_is_read_back(
    table: list[tuple[str, str]], options: dict[str, Any], ends: str
) -> None:
    params = dialect(**options)
    text = write(table, params, ends)
    for line in text.splitlines(keepends=True):
        assert closed_line_pattern(params).fullmatch(line.rstrip("\r\n"))
        assert len(split_line(line, params) or []) == 2
    described = options | {"header": False, "names": ["a", "b"], "missing": [], "types": {"a": "text", "b": "text"}}
    frame = read_table_content(text.encode(), {"format": "csv"} | described, columns=["a", "b"])
    assert list(frame.itertuples(index=False, name=None)) == table


@given(rows, st.sampled_from(DIALECTS), st.sampled_from(["", " ", "  "]))
def test_trim_removes_blanks_around_values_and_none_inside(
    table: list[tuple[str, str]], options: dict[str, Any], blanks: str
) -> None:
    params = dialect(**options)
    lines = write(table, params).splitlines(keepends=True)
    spaced = [
        params.separator.join(f"{blanks}{field}{blanks}" for field in split_line(line, params) or []) + "\n"
        for line in lines
    ]
    assert list(prepare_lines(spaced, dialect(**options, trim=True))) == lines


@pytest.mark.parametrize(
    ("line", "options", "fields"),
    [
        ('a,"b,c",d\n', {}, ["a", '"b,c"', "d"]),
        ('"a" ,b\r\n', {}, ['"a" ', "b"]),
        ('5" disk,x\n', {}, ['5" disk', "x"]),
        ('"a"b,c\n', {}, None),
        ('a,"b\n', {}, None),
        ('a,"b\n', {"quote": "none"}, ["a", '"b']),
        ('"say \\"a, b\\"",c\n', {"escape": "\\"}, ['"say \\"a, b\\""', "c"]),
        ("a\\,b,c\n", {"escape": "\\"}, ["a\\,b", "c"]),
        ("a,b\\\n", {"escape": "\\"}, None),
        ("a,,\n", {}, ["a", "", ""]),
    ],
)
def test_the_fields_of_a_line(line: str, options: dict[str, Any], fields: list[str] | None) -> None:
    assert split_line(line, dialect(**options)) == fields

import gzip
import io
import json
import time
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from stages.core.errors import UserError
from stages.inference.input_schema import InputColumn, InputSchema
from stages.inference.new_rows.raw_rows import RawRows
from stages.inference.new_rows.row_problems import RowProblem
from stages.inference.read.read_rows import read_rows
from tests.inference.read.example_schema import COLUMNS, example_schema, problems, read, values

SCHEMA = example_schema()
ROWS = b"size,count,color,new\n1.5,2,red,true\n,3,NA,false\n"
EXPECTED: dict[str, list[Any]] = {"size": [1.5, None], "count": [2, 3], "color": ["red", None], "new": [True, False]}


def found(block: Any) -> dict[str, list[Any]]:
    return {name: [None if value != value else value for value in column] for name, column in values(block).items()}


def npz_with(content: bytes) -> bytes:
    """A file whose array is damaged."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("size.npy", content)
    return file.getvalue()


def header_of(rows: int) -> bytes:
    """The header of an array with so many numbers, which do not follow."""
    file = io.BytesIO()
    np.lib.format.write_array_header_1_0(file, {"descr": "<f8", "fortran_order": False, "shape": (rows,)})
    return file.getvalue()


def npz(**arrays: Any) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


@pytest.mark.parametrize(
    "content",
    [
        ROWS,
        b"\xef\xbb\xbf" + ROWS,
        ROWS.replace(b"\n", b"\r\n"),
        ROWS.replace(b"\n", b"\n\n"),
        ROWS.rstrip(b"\n"),
        ROWS.replace(b",", b";"),
        ROWS.replace(b",", b"\t"),
        ROWS.replace(b",", b"|"),
        ROWS.replace(b"size,count,color,new", b"size , count,color, new"),
        ROWS.decode().encode("utf-16"),
        gzip.compress(ROWS, mtime=0),
        b'"new","color","count","size"\ntrue,"red",2,1.5\nfalse,"NA",3,""\n',
        b'{"size": 1.5, "count": 2, "color": "red", "new": true}\n\n'
        b'{"size": null, "count": 3, "color": null, "new": false}',
        b'[{"size": 1.5, "count": 2, "color": "red", "new": true},\n'
        b' {"size": null, "count": 3, "color": null, "new": false}]',
        npz(size=[1.5, np.nan], count=[2, 3], color=["red", ""], new=[True, False]),
    ],
)  # fmt: skip
def test_the_same_rows_in_every_form(content: bytes) -> None:
    schema = SCHEMA.model_copy(update={"json_notation": SCHEMA.json_notation.model_copy(update={"missing": [""]})})
    assert found(read(content, schema)) == EXPECTED


def test_by_the_name_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "new.csv").write_bytes(ROWS)
    (tmp_path / "new.CSV.gz").write_bytes(gzip.compress(ROWS, mtime=0))
    for path in tmp_path.iterdir():
        [block] = read_rows(path, SCHEMA)
        assert found(block) == EXPECTED


def test_other_columns_are_carried_along_as_they_are_written() -> None:
    block = read(b'id,size,,count,color,new,id\n 007 ,1,"a\nb",2,red,1,NA\n', SCHEMA)
    assert block.carried == {"id": [" 007 "], "": ["a\nb"], "id_2": ["NA"]}
    lines = b'{"id": 1, "size": 1, "count": 2, "color": "red", "new": true, "more": {"a": [1]}}'
    assert read(lines, SCHEMA).carried == {"id": [1], "more": [{"a": [1]}]}


def test_problems_of_rows_are_collected_and_the_rows_left_out() -> None:
    content = (
        b"id,size,count,color,new\n"
        b"a,1.5,2,red,true\n"
        b"b,big,2,red,maybe\n"
        b"c,1.5,2\n"
        b"\n"
        b'd,1.5,2,"red"x,true\n'
        b"e,1e999,2,red,true\n"
        b"f,1.5,2,red,false\n"
    )
    block = read(content, SCHEMA)
    assert block.numbers.tolist() == [1, 6]
    assert block.carried == {"id": ["a", "f"]}
    assert values(block)["new"] == [True, False]
    assert problems(block) == [(2, "size"), (2, "new"), (3, ""), (4, ""), (5, "size")]
    assert list(block.left_out) == [2, 3, 4, 5]
    assert block.left_out[2] == {"id": "b", "size": "big", "count": "2", "color": "red", "new": "maybe"}
    assert block.left_out[3] == {"id": "c", "size": "1.5", "count": "2"}


def test_a_quote_that_is_not_closed_takes_no_other_row_with_it() -> None:
    content = b'size,count,color,new\n1,1,red,true\n1,2,"red,true\n1,3,red,true\n1,4,"blue",true\n'
    block = read(content, SCHEMA)
    assert block.numbers.tolist() == [1, 3, 4]
    assert values(block)["count"] == [1, 3, 4]
    assert problems(block) == [(2, "")]


def test_a_quote_that_is_never_closed() -> None:
    content = b'size,count,color,new\n1,1,red,true\n1,2,"red,true\n' + b"1,3,red,true\n" * 50_000
    block = read(content, SCHEMA)
    assert len(block) == 50_001
    assert problems(block) == [(2, "")]


def test_a_check_of_the_caller_leaves_rows_out() -> None:
    def refuse_large(rows: RawRows) -> list[RowProblem]:
        sizes = np.asarray(rows.columns["size"])
        return [RowProblem(n + 1, "size", "too large") for n in np.flatnonzero(sizes > 10).tolist()]

    content = b"id,size,count,color,new\na,x,1,red,1\nb,11,1,red,1\nc,3,1,red,1\nd,99,1,red,1\n"
    block = read(content, SCHEMA, check=refuse_large)
    assert block.carried == {"id": ["c"]}
    assert block.numbers.tolist() == [3]
    assert problems(block) == [(1, "size"), (2, "size"), (4, "size")]
    assert list(block.left_out) == [1, 2, 4]


def test_values_of_private_columns_are_in_no_message() -> None:
    columns = [InputColumn(name="size", type="number", private=True), InputColumn(name="color", type="text")]
    schema = example_schema(columns)
    block = read(b"id,size,color\n1,secret1,red\n2,secret2\n3,4,red\n", schema)
    assert problems(block) == [(1, "size"), (2, "")]
    assert "secret" not in f"{block.problems} {block.left_out}"
    assert block.left_out[1] == {"id": "1", "size": "private", "color": "red"}
    block = read(b'{"id": 1, "size": "secret1", "color": "red"}\n{"size": "secret2"}', schema)
    assert "secret" not in f"{block.problems} {block.left_out}"


def test_all_missing_columns_are_in_one_message_with_near_names() -> None:
    with pytest.raises(UserError, match=r"'size'.*'Size'.*'color'.*'new'") as error:
        read(b"Size,count,x\n1,2,3\n", SCHEMA)
    assert len(error.value.messages) == 1
    with pytest.raises(UserError, match="'size' occurs 2 times"):
        read(b"size,size,count,color,new\n1,1,2,3,4\n", SCHEMA)


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"size,count,color,new\n", "no rows"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "no text"),
        (bytes(range(256)) * 20, "no text"),
        (b"PAR1 and nothing more", "not readable as Parquet"),
        (b"PK\x03\x04 and nothing more", "not readable as npz"),
        (b"\x1f\x8b and nothing more", "cannot be unpacked"),
        (gzip.compress(ROWS * 1000, mtime=0)[:50], "cannot be unpacked"),
        (b"size,count,color,new\n1,2,caf\xe9,true\n", "byte 0xe9 is not utf-8"),
        (b"size,count,color,new,caf\xe9\n1,2,3,4,5\n", "byte 0xe9 is not utf-8"),
        (b"[", "line 1, character"),
        (b"[1]", "received a number in an array"),
        (b'[{"size": 1, "size": 2}]', "'size' occurs twice"),
        (b"[]", "no rows"),
        (b'{"a": 1}', "no column 'size'"),
        (npz(a=[1]), "no column 'size'"),
        (npz_with(header_of(10**13)), "not readable as npz: Unable to allocate"),
        (npz_with(b"\x93NUMPY\x01\x00\x05\x00{abc\n"), "not readable as npz"),
        (npz(size=[1, 2], count=[1], color=["a"], new=[True]), "different lengths"),
        (npz(x=np.zeros((2, 3))), "has 3 columns; 4 are expected"),
        (npz(x=np.array([{}], object)), "not readable as npz"),
    ],
)
def test_inputs_that_cannot_be_read(content: bytes, expected: str) -> None:
    with pytest.raises(UserError, match=expected) as error:
        read(content, SCHEMA)
    assert all(message.startswith("standard input: ") for message in error.value.messages)


def test_files_that_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such file") as error:
        list(read_rows(tmp_path / "new.csv", SCHEMA))
    assert error.value.messages == (f"{tmp_path / 'new.csv'}: no such file",), "the path is named once"
    with pytest.raises(UserError, match="a folder") as error:
        list(read_rows(tmp_path, SCHEMA))
    assert str(error.value).count(str(tmp_path)) == 1


@pytest.mark.parametrize("name", ["new.xlsx", "new.XLS", "new.ods"])
def test_a_workbook_is_refused_with_what_to_do(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"PK\x03\x04")
    with pytest.raises(UserError, match=r"workbooks are not read; save the sheet as CSV"):
        list(read_rows(tmp_path / name, SCHEMA))


def test_a_column_that_the_model_needs_is_not_proposed_for_another() -> None:
    schema = example_schema(columns=[InputColumn(name=name, type="number") for name in ("petal_width", "petal_length")])
    with pytest.raises(UserError) as error:
        read(b"petal_length\n1\n", schema)
    assert "is it" not in str(error.value)


def test_a_very_long_line() -> None:
    start = time.process_time()
    block = read(b"size,count,color,new\n1,2," + b"x" * 10_000_000 + b",true\n1,2,red,true\n", SCHEMA)
    assert block.numbers.tolist() == [2]
    assert problems(block) == [(1, "")]
    assert len(str(block.problems[0])) < 200
    block = read(b"size,count,color,new\n" + b"," * 10_000_000 + b"\n1,2,red,true\n", SCHEMA)
    assert problems(block) == [(1, "")]
    assert time.process_time() - start < 20


def test_lines_that_are_no_objects_are_problems_of_their_rows() -> None:
    good = json.dumps({"size": 1, "count": 2, "color": "red", "new": True})
    lines = [good, "{", "[]", '{"size": 1}', good, '{"size": NaN}']
    block = read("\n".join(lines).encode(), SCHEMA)
    assert block.numbers.tolist() == [1, 5]
    assert {row for row, _ in problems(block)} == {2, 3, 4, 6}
    assert (4, "color") in problems(block)


def test_a_matrix_has_the_columns_of_the_schema_in_their_order() -> None:
    schema = example_schema(COLUMNS[:2])
    block = read(npz(x=np.array([[1.5, 2], [3, 4]])), schema)
    assert found(block) == {"size": [1.5, 3], "count": [2, 4]}


def test_a_file_without_a_header_as_the_source_has_none() -> None:
    schema = example_schema(names=["size", "count", "color", "new", "target"])
    assert found(read(b"1.5,2,red,true,x\n,3,NA,false,y\n", schema)) == EXPECTED
    assert found(read(ROWS, schema)) == EXPECTED
    with pytest.raises(UserError, match="4 values in the first line"):
        read(b"1.5,2,red,true\n", schema)


def test_lines_that_the_source_skips_may_be_absent() -> None:
    schema = example_schema(skip_lines=2)
    assert found(read(ROWS, schema)) == EXPECTED
    assert found(read(b"a title\nsize of things\n" + ROWS, schema)) == EXPECTED


def test_the_names_after_rename_are_accepted_too() -> None:
    columns = [column.model_copy(update={"source_name": f"{column.name}_in_file"}) for column in COLUMNS]
    schema = example_schema(columns)
    assert found(read(ROWS, schema)) == EXPECTED
    written = b"size_in_file,count_in_file,color_in_file,new_in_file" + ROWS[ROWS.index(b"\n") :]
    assert found(read(written, schema)) == EXPECTED


def test_values_of_private_columns_that_the_model_does_not_need_are_in_no_file_of_bad_rows() -> None:
    schema = InputSchema(
        key="k", kind="table", columns=[InputColumn(name="size", type="number")], other_private=["Owner", "owner"]
    )
    for header in ("size,Owner", "size,owner"):
        block = read(f"{header}\nbig,Smith\n1,Miller,3\n".encode(), schema)
        assert "Smith" not in str(block.left_out)
        assert "Miller" not in str(block.left_out)


@pytest.mark.error_case("new rows")
def test_a_first_row_in_place_of_the_header_is_not_shown_if_columns_are_private() -> None:
    schema = InputSchema(
        key="k", kind="table", columns=[InputColumn(name="size", type="number")], other_private=["owner"]
    )
    with pytest.raises(UserError) as raised:
        read(b"1,Smith\n2,Miller\n", schema)
    assert str(raised.value) == "standard input: no column 'size'"


def test_lines_that_are_all_no_objects_are_left_out_rows() -> None:
    schema = InputSchema(key="k", kind="table", columns=[InputColumn(name="size", type="number")])
    block = read(b'{"size": 1, "size": 2}\n[1]\n', schema, "jsonl")
    assert [problem.row for problem in block.problems] == [1, 2]
    assert block.left_out == {1: {}, 2: {}}

import pytest

from stages.inference.input_schema import InputColumn, InputSchema
from stages.inference.new_rows.row_problems import RowProblem
from stages.inference.read import divide_rows
from stages.inference.read.build_block import WrittenRows

BROKEN = [2, 3, 6, 7]
PROBLEMS = [RowProblem(number, "", "broken") for number in BROKEN]
BLOCK = WrittenRows(
    [1, 4, 5], {"photo": ["a", "b", "c"]}, {"id": [1, 4, 5]}, PROBLEMS, {number: {"id": number} for number in BROKEN}
)


def schema(**options):
    return InputSchema(key="new", kind="table", columns=[InputColumn(name="photo", **options)])


@pytest.mark.parametrize("rows", [1, 2, 3, 4])
def test_every_row_is_in_one_part_in_order(monkeypatch, rows):
    monkeypatch.setattr(divide_rows, "rows_in_block", lambda _: rows)
    parts = list(divide_rows.split_rows([BLOCK], schema(type="picture", shape=[2, 2, 3])))
    assert [len(part.numbers) for part in parts] == {1: [1, 1, 1], 2: [2, 1], 3: [3], 4: [3]}[rows]
    assert [number for part in parts for number in part.numbers] == BLOCK.numbers
    assert [value for part in parts for value in part.needed["photo"]] == ["a", "b", "c"]
    assert [value for part in parts for value in part.carried["id"]] == [1, 4, 5]
    assert [problem for part in parts for problem in part.problems] == PROBLEMS
    assert {number: row for part in parts for number, row in part.left_out.items()} == BLOCK.left_out


def test_a_block_without_usable_rows_keeps_its_problems():
    block = WrittenRows([], {"photo": []}, {}, PROBLEMS[:1], {2: {}})
    [part] = divide_rows.split_rows([block], schema(type="picture", shape=[2, 2, 3]))
    assert (part.problems, part.left_out) == (PROBLEMS[:1], {2: {}})


def test_rows_without_pictures_are_not_split():
    assert list(divide_rows.split_rows([BLOCK], schema(type="text"))) == [BLOCK]

import pytest

from stages.core.errors import UserError
from stages.inference.input_schema import JsonNotation
from stages.inference.read.formats.records import record_from_arguments, rows_from_records
from tests.inference.read.example_schema import COLUMNS, example_schema, problems, values

SCHEMA = example_schema()
RECORD = {"size": 1.5, "count": 2, "color": "red", "new": True}


def test_values_of_json_and_texts_are_read_alike() -> None:
    block = rows_from_records([RECORD, {"size": "1.5", "count": "2", "color": "red", "new": "true"}], SCHEMA)
    assert values(block) == {"size": [1.5, 1.5], "count": [2, 2], "color": ["red"] * 2, "new": [True] * 2}


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("size", "big"),
        ("size", True),
        ("size", [1]),
        ("size", 10**400),
        ("count", {}),
        ("color", True),
        ("color", ["red"]),
        ("color", "\ud800"),
        ("new", "maybe"),
        ("new", 2),
    ],
)
def test_a_value_of_another_kind_is_a_problem_of_its_row(column: str, value: object) -> None:
    block = rows_from_records([RECORD, RECORD | {column: value}], SCHEMA)
    assert problems(block) == [(2, column)]
    assert block.numbers.tolist() == [1]


def test_numbers_are_texts_where_a_text_is_needed() -> None:
    block = rows_from_records([RECORD | {"color": 3.0}, RECORD | {"color": 12}], SCHEMA)
    assert values(block)["color"] == ["3", "12"]


def test_a_key_that_is_absent_is_a_problem_unless_it_is_optional() -> None:
    without = {name: value for name, value in RECORD.items() if name != "size"}
    assert problems(rows_from_records([RECORD, without], SCHEMA)) == [(2, "size")]
    columns = [c.model_copy(update={"optional": c.name == "size"}) for c in COLUMNS]
    block = rows_from_records([without], example_schema(columns))
    assert not block.problems
    with pytest.raises(UserError, match="'size'"):
        rows_from_records([without], SCHEMA)


def test_values_of_nested_objects() -> None:
    schema = SCHEMA.model_copy(update={"json_notation": JsonNotation(fields={"size": "item.size"})})
    nested = {name: value for name, value in RECORD.items() if name != "size"} | {"item": {"size": 7}}
    block = rows_from_records([nested, RECORD, nested | {"item": 3}], schema)
    assert values(block)["size"] == [7, 1.5]
    assert problems(block) == [(3, "")]


def test_arguments_that_are_no_values() -> None:
    with pytest.raises(UserError) as error:
        record_from_arguments(["size", "count"])
    assert len(error.value.messages) == 2
    with pytest.raises(UserError, match="more than once"):
        record_from_arguments(["a=1", "a=2"])

from typing import Any

import pytest

from stages.core.pictures.picture_decoding import PictureDecoding
from stages.inference.input_schema import InputColumn, InputSchema, NumberRange
from stages.inference.serve.open_api import column_schema, example_row, request_body, row_schema

RANGE = NumberRange(minimum=1, median=2.5, maximum=4)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"type": "number"}, {"type": "number"}),
        (
            {"type": "number", "can_be_missing": True, "range": RANGE},
            {"type": ["number", "null"], "description": "Training values: 1 to 4, median 2.5. Can be null."},
        ),
        ({"type": "text", "choices": ["a", "b"]}, {"type": "string", "enum": ["a", "b"]}),
        ({"type": "number", "choices": ["1", "2.5"]}, {"type": "number", "enum": [1, 2.5]}),
        ({"type": "boolean", "choices": ["True", "False"]}, {"type": "boolean", "enum": [True, False]}),
        (
            {"type": "text", "choices": ["a"], "can_be_missing": True},
            {"type": ["string", "null"], "enum": ["a", None], "description": "Can be null."},
        ),
        ({"type": "time"}, {"type": "string", "description": "Format: ISO 8601."}),
        ({"type": "time", "date_format": "%d.%m.%Y"}, {"type": "string", "description": "Format: %d.%m.%Y."}),
        ({"type": "text", "date_format": "ISO 8601"}, {"type": "string", "description": "Format: ISO 8601."}),
        ({"type": "words"}, {"type": "string"}),
        (
            {"type": "picture", "shape": [2, 3, 1], "decoding": PictureDecoding(size=[2, 3])},
            {
                "type": "string",
                "contentEncoding": "base64",
                "contentMediaType": "image/*",
                "description": "Becomes 2x3 pixels.",
            },
        ),
        (
            {"type": "picture", "shape": [2, 3, 1]},
            {"type": "array", "description": "Numbers in lists of shape 2 x 3 x 1."},
        ),
    ],
)
def test_a_column_becomes_json_schema(facts: dict[str, Any], expected: dict[str, Any]) -> None:
    assert column_schema(InputColumn(name="x", **facts)) == expected


def test_only_optional_columns_may_be_left_out() -> None:
    columns = [
        InputColumn(name="a", type="number"),
        InputColumn(name="b", type="number", can_be_missing=True),
        InputColumn(name="c", type="number", can_be_missing=True, optional=True),
    ]
    assert row_schema(InputSchema(key="k", kind="table", columns=columns))["required"] == ["a", "b"]


@pytest.mark.parametrize(
    ("date_format", "expected"), [("ISO 8601", "2024-01-31"), ("%d.%m.%Y", "31.01.2024"), (None, "a text")]
)
def test_the_example_of_a_text_that_is_read_as_a_date(date_format: str | None, expected: str) -> None:
    schema = InputSchema(key="k", kind="table", columns=[InputColumn(name="x", type="text", date_format=date_format)])
    assert example_row(schema) == {"x": expected}


def test_an_example_has_a_value_of_each_type() -> None:
    columns = [
        InputColumn(name="a", type="number", range=RANGE),
        InputColumn(name="b", type="text", choices=["red"]),
        InputColumn(name="c", type="boolean"),
    ]
    assert example_row(InputSchema(key="k", kind="table", columns=columns)) == {"a": 2.5, "b": "red", "c": True}


def test_pictures_are_a_body_where_they_are_the_only_column() -> None:
    picture = InputColumn(name="p", type="picture", shape=[2, 2, 1], decoding=PictureDecoding(size=[2, 2]))
    alone = request_body(InputSchema(key="k", kind="images", columns=[picture]))["content"]
    beside = request_body(InputSchema(key="k", kind="table", columns=[picture, InputColumn(name="n", type="number")]))[
        "content"
    ]
    table = request_body(InputSchema(key="k", kind="table", columns=[InputColumn(name="n", type="number")]))["content"]
    assert list(alone) == ["application/json", "image/*"]
    assert list(beside) == ["application/json"]
    assert list(table) == ["application/json", "text/csv"]

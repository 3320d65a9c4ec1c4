"""The columns of the model as JSON Schema, for OpenAPI."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np

from stages.inference.input_schema import ISO_8601, InputColumn, InputSchema

PROBLEM = {
    "type": "object",
    "properties": {"row": {"type": "integer"}, "column": {"type": "string"}, "message": {"type": "string"}},
}
ERROR = {
    "type": "object",
    "required": ["errors"],
    "properties": {
        "errors": {"type": "array", "items": {"type": "string"}},
        "problems": {"type": "array", "items": PROBLEM},
    },
}
EXAMPLE_TEXTS = {"text": "a text", "words": "some words", "picture": "iVBORw0KGgo..."}
EXAMPLE_TIME = datetime(2024, 1, 31, 12, tzinfo=UTC)


def row_schema(schema: InputSchema) -> dict[str, Any]:
    """One row as a JSON object."""
    return {
        "type": "object",
        "title": "Row",
        "required": [column.name for column in schema.columns if not column.optional],
        "properties": {column.name: column_schema(column) for column in schema.columns},
        "examples": [example_row(schema)],
    }


def column_schema(column: InputColumn) -> dict[str, Any]:
    found: dict[str, Any] = {}
    types = [_JSON_TYPES[column.type]] + (["null"] if column.can_be_missing else [])
    found["type"] = types[0] if len(types) == 1 else types
    if is_pixels(column):
        found["type"] = "array"
    elif column.type == "picture":
        found |= {"contentEncoding": "base64", "contentMediaType": "image/*"}
    if column.choices is not None:
        choices: Sequence[Any] = [choice_value(column, choice) for choice in column.choices]
        found["enum"] = [*choices, None] if column.can_be_missing else choices
    if text := describe_column(column):
        found["description"] = text
    return found


_JSON_TYPES = {
    "number": "number",
    "boolean": "boolean",
    "text": "string",
    "time": "string",
    "picture": "string",
    "words": "string",
}


def choice_value(column: InputColumn, choice: str) -> Any:
    """The category as a value of the raw data: a category can be a number."""
    match column.type:
        case "number":
            number = float(choice)
            return int(number) if number.is_integer() else number
        case "boolean":
            return choice.lower() == "true"
        case _:
            return choice


def is_pixels(column: InputColumn) -> bool:
    """Whether no file can be a picture of the column: its pixels are other numbers than bytes."""
    return column.type == "picture" and column.shape is not None and column.decoding is None


def describe_column(column: InputColumn) -> str:
    """Sentences about the values.

    >>> from stages.inference.input_schema import NumberRange
    >>> describe_column(InputColumn(name="x", type="number", range=NumberRange(minimum=0, median=1.5, maximum=4)))
    'Training values: 0 to 4, median 1.5.'
    """
    sentences = []
    if column.range is not None:
        low, middle, high = column.range.minimum, column.range.median, column.range.maximum
        sentences.append(f"Training values: {low:.6g} to {high:.6g}, median {middle:.6g}.")
    if column.is_time:
        sentences.append(f"Format: {column.date_format or ISO_8601}.")
    if is_pixels(column):
        sentences.append(f"Numbers in lists of shape {' x '.join(map(str, column.shape or []))}.")
    elif column.shape:
        sentences.append(f"Becomes {column.shape[0]}x{column.shape[1]} pixels.")
    if column.can_be_missing:
        sentences.append("Can be null.")
    return " ".join(sentences)


def example_row(schema: InputSchema) -> dict[str, Any]:
    return {column.name: _example(column) for column in schema.columns}


def _example(column: InputColumn) -> Any:
    if is_pixels(column):
        return np.zeros(column.shape or []).tolist()
    if column.choices:
        return choice_value(column, column.choices[0])
    if column.is_time:
        return _example_time(column)
    match column.type:
        case "number":
            return column.range.median if column.range is not None else 0.0
        case "boolean":
            return True
        case _:
            return EXAMPLE_TEXTS[column.type]


def _example_time(column: InputColumn) -> str:
    iso = column.date_format in (None, ISO_8601)
    return EXAMPLE_TIME.strftime("%Y-%m-%d" if iso else str(column.date_format))


def request_body(schema: InputSchema) -> dict[str, Any]:
    row = row_schema(schema)
    rows = {"type": "array", "items": row, "minItems": 1}
    content: dict[str, Any] = {
        "application/json": {
            "schema": {
                "anyOf": [row, rows, {"type": "object", "required": ["rows"], "properties": {"rows": rows}}],
            },
            "example": example_row(schema) if schema.kind != "series" else [example_row(schema)] * 2,
        }
    }
    pictures = [column for column in schema.columns if column.type == "picture"]
    if not pictures:
        content["text/csv"] = {"schema": {"type": "string"}, "example": ",".join(schema.names) + "\n"}
    elif len(schema.columns) == 1:
        content["image/*"] = {"schema": {"type": "string", "format": "binary"}}
    return {"required": True, "content": content}

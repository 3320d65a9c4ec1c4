"""A small schema and rows of it."""

import io
from typing import Any

from stages.inference.input_schema import InputColumn, InputSchema, TextNotation
from stages.inference.read.formats.file_formats import FileFormat
from stages.inference.read.read_rows import read_rows
from stages.inference.read.row_block import RowBlock, concatenate_blocks

COLUMNS = [
    InputColumn(name="size", type="number"),
    InputColumn(name="count", type="number", whole=True),
    InputColumn(name="color", type="text"),
    InputColumn(name="new", type="boolean"),
]


def example_schema(columns: list[InputColumn] = COLUMNS, **notation: Any) -> InputSchema:
    return InputSchema(key="key", kind="table", columns=columns, notation=TextNotation(**notation))


def read(content: bytes, schema: InputSchema, file_format: FileFormat | None = None, **options: Any) -> RowBlock:
    return concatenate_blocks(read_rows(io.BytesIO(content), schema, file_format, **options))


def values(block: RowBlock) -> dict[str, list[Any]]:
    return {name: list(column) for name, column in block.rows.columns.items()}  # type: ignore[arg-type]


def problems(block: RowBlock) -> list[tuple[int, str]]:
    return [(problem.row, problem.column) for problem in block.problems]

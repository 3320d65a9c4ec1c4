"""Reads the new rows of a file or stream, block by block."""

from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO, assert_never

from stages.core.errors import UserError, prefix_errors
from stages.core.files.check_is_file import check_is_file
from stages.inference.input_schema import InputSchema
from stages.inference.read.build_block import BlockBuilder, RowCheck, WrittenRows
from stages.inference.read.csv_text.csv_rows import CsvRows
from stages.inference.read.divide_rows import split_rows
from stages.inference.read.files.named_files import NamedFiles
from stages.inference.read.formats.array_rows import array_blocks
from stages.inference.read.formats.file_formats import FileFormat, check_no_workbook, format_of_bytes, format_of_path
from stages.inference.read.formats.json_rows import json_blocks, json_lines_blocks
from stages.inference.read.formats.records import rows_from_records
from stages.inference.read.open_input import (
    as_buffered,
    as_text,
    explain_read_errors,
    first_bytes,
    input_name,
    open_input,
)
from stages.inference.read.pictures.open_pictures import open_pictures
from stages.inference.read.row_block import RowBlock
from stages.inference.read.sample_blocks import sample_blocks

__all__ = ["read_rows", "rows_from_records"]


def read_rows(
    source: Path | BinaryIO,
    schema: InputSchema,
    file_format: FileFormat | None = None,
    check: RowCheck | None = None,
    pictures: Path | None = None,
) -> Iterator[RowBlock]:
    """The rows in blocks; an input without a row is an error.

    Without `file_format`, the name of the file says what it is, or its first bytes. `check` finds what is wrong in rows
    whose values were read. The paths in a column of pictures are relative to the folder or zip `pictures`, which is the
    folder of the file if it is not given. Raises UserError if a column is missing, or if the input as a whole cannot be
    read.
    """
    buffered = source if isinstance(source, Path) else as_buffered(source)
    if (blocks := sample_blocks(buffered, schema, file_format)) is not None:
        yield from blocks
        return
    name = input_name(source)
    if isinstance(source, Path):
        check_is_file(source)
        check_no_workbook(source)
    with (
        open_pictures(pictures or (source.parent if isinstance(source, Path) else None), schema) as files,
        prefix_errors(name),
        explain_read_errors(),
        open_input(buffered) as file,
    ):
        found = file_format or (format_of_path(source) if isinstance(source, Path) else None)
        count = 0
        for block in _blocks(file, schema, found or format_of_bytes(first_bytes(file)), check, files):
            count += len(block) + len(block.left_out)
            yield block
        if not count:
            raise UserError("no rows")


def _blocks(
    file: BufferedReader,
    schema: InputSchema,
    file_format: FileFormat,
    check: RowCheck | None,
    files: NamedFiles | None,
) -> Iterator[RowBlock]:
    missing = schema.notation.missing if file_format == "csv" else schema.json_notation.missing
    builder = BlockBuilder(schema, missing, check, files)
    yield from map(builder.build, split_rows(_written_rows(file, schema, file_format), schema))


def _written_rows(file: BufferedReader, schema: InputSchema, file_format: FileFormat) -> Iterator[WrittenRows]:
    match file_format:
        case "csv":
            return CsvRows(as_text(file, schema.notation.encoding), schema).blocks()
        case "jsonl":
            return json_lines_blocks(as_text(file, "utf-8"), schema)
        case "json":
            return json_blocks(as_text(file, "utf-8"), schema)
        case "parquet":
            from stages.inference.read.formats.read_parquet import parquet_blocks

            return parquet_blocks(file, schema)
        case "npz":
            return array_blocks(file, schema)
        case _:
            assert_never(file_format)

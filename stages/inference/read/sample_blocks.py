"""Inputs that are no tables: pictures, images, texts, word numbers."""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from stages.inference.input_schema import InputSchema
from stages.inference.read.formats.file_formats import FileFormat, format_of_path
from stages.inference.read.open_input import first_bytes
from stages.inference.read.row_block import RowBlock
from stages.inference.read.texts.text_rows import read_texts

# Of tables, by the names of their files. A .txt file is a table too, but of a dataset of texts it has a text in a line.
TABLES: set[FileFormat] = {"csv", "jsonl", "json", "parquet"}
TEXT_SUFFIX = ".txt"
JSON_STARTS = {"images": (b"{", b"["), "tokens": (b"{",)}


def sample_blocks(
    source: Path | BinaryIO, schema: InputSchema, file_format: FileFormat | None
) -> Iterator[RowBlock] | None:
    """The rows of an input of a dataset of pictures or of word numbers; None if the input is a table."""
    if schema.kind not in JSON_STARTS or file_format in TABLES:
        return None
    if file_format is None and _is_table(source, schema.kind):
        return None
    if schema.kind == "tokens":
        return read_texts(source, schema)
    from stages.inference.read.pictures.picture_rows import read_pictures  # Pillow is for pictures alone

    return read_pictures(source, schema)


def _is_table(source: Path | BinaryIO, kind: str) -> bool:
    if isinstance(source, Path):
        if source.is_dir() or (kind == "tokens" and source.suffix.lower() == TEXT_SUFFIX):
            return False
        return format_of_path(source) in TABLES
    return first_bytes(cast("io.BufferedReader", source)).lstrip().startswith(JSON_STARTS[kind])

"""New rows of a dataset of word numbers."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from stages.core.errors import prefix_errors
from stages.inference.input_schema import InputSchema
from stages.inference.read.files.array_files import is_npz
from stages.inference.read.files.named_files import FolderFiles
from stages.inference.read.files.seekable_file import first_bytes, open_seekable, source_name
from stages.inference.read.files.zip_files import SIGNATURE as ZIP_SIGNATURE
from stages.inference.read.files.zip_files import ZipFiles, open_zip
from stages.inference.read.row_block import RowBlock
from stages.inference.read.texts.text_blocks import blocks_of_texts, texts_of_files, texts_of_lines
from stages.inference.read.texts.token_array_blocks import blocks_of_tokens


def read_texts(source: Path | BinaryIO, schema: InputSchema) -> Iterator[RowBlock]:
    """A text for each line of a file, for each .txt file of a folder or zip, or of word numbers in an npz file.

    Raises UserError if nothing of it can be read.
    """
    if isinstance(source, Path) and source.is_dir():
        with prefix_errors(source_name(source)):
            yield from blocks_of_texts(texts_of_files(FolderFiles(source)), schema)
    else:
        with open_seekable(source) as file, prefix_errors(source_name(source)):
            yield from _blocks_of_file(file, schema)


def _blocks_of_file(file: BinaryIO, schema: InputSchema) -> Iterator[RowBlock]:
    if not first_bytes(file).startswith(ZIP_SIGNATURE):
        yield from blocks_of_texts(texts_of_lines(file), schema)
        return
    with open_zip(file) as opened:
        if is_npz(opened):
            [column] = schema.names
            yield from blocks_of_tokens(opened, column)
        else:
            yield from blocks_of_texts(texts_of_files(ZipFiles(opened)), schema)

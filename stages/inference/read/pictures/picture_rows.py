"""New rows of a dataset of pictures."""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from stages.core.errors import prefix_errors
from stages.inference.input_schema import InputColumn, InputSchema
from stages.inference.read.files.array_files import SIGNATURE, is_npz
from stages.inference.read.files.named_files import MAX_BYTES, FolderFiles, OneFile
from stages.inference.read.files.seekable_file import first_bytes, open_seekable, source_name
from stages.inference.read.files.zip_files import SIGNATURE as ZIP_SIGNATURE
from stages.inference.read.files.zip_files import ZipFiles, open_zip
from stages.inference.read.pictures.image_array_blocks import blocks_of_npy, blocks_of_npz
from stages.inference.read.pictures.picture_blocks import blocks_of_files
from stages.inference.read.row_block import RowBlock


def read_pictures(source: Path | BinaryIO, schema: InputSchema) -> Iterator[RowBlock]:
    """The rows of one picture, of a folder or zip of pictures, or of an npy or npz file with an array of images.

    The content says which of these it is. Raises UserError if nothing of it can be read.
    """
    column = picture_column(schema)
    if isinstance(source, Path) and source.is_dir():
        with prefix_errors(source_name(source)):
            yield from blocks_of_files(FolderFiles(source), column)
    else:
        with open_seekable(source) as file, prefix_errors(source_name(source)):
            yield from _blocks_of_file(file, source, column)


def _blocks_of_file(file: BinaryIO, source: Path | BinaryIO, column: InputColumn) -> Iterator[RowBlock]:
    start = first_bytes(file)
    if start.startswith(SIGNATURE):
        yield from blocks_of_npy(file, column)
    elif start.startswith(ZIP_SIGNATURE):
        with open_zip(file) as opened:
            yield from _blocks_of_zip(opened, column)
    else:
        name = source.name if isinstance(source, Path) else "picture"
        yield from blocks_of_files(OneFile(name, file.read(MAX_BYTES + 1)), column)


def _blocks_of_zip(opened: zipfile.ZipFile, column: InputColumn) -> Iterator[RowBlock]:
    if is_npz(opened):
        yield from blocks_of_npz(opened, column)
    else:
        yield from blocks_of_files(ZipFiles(opened), column)


def picture_column(schema: InputSchema) -> InputColumn:
    """The one column of a dataset of pictures."""
    [column] = schema.columns
    return column

"""Schemas of datasets of pictures and of word numbers, and what their new rows look like."""

import io
import zipfile
from typing import Any

import numpy as np

from stages.core.pictures.picture_decoding import PictureDecoding
from stages.inference.input_schema import InputColumn, InputSchema, WordNumbers
from stages.inference.read.row_block import RowBlock
from stages.inference.schema.image_column import decoding_of_arrays


def picture_schema(height=2, width=3, channels=3, pixel_type="uint8", **options):
    """`options` are those of the decoding."""
    decoding = decoding_of_arrays([height, width, channels], pixel_type)
    if options:
        assert decoding is not None
        decoding = PictureDecoding.model_validate(decoding.model_dump() | options)
    column = InputColumn(
        name="image", type="picture", shape=[height, width, channels], pixel_type=pixel_type, decoding=decoding
    )
    return InputSchema(key="pets", kind="images", columns=[column])


def word_schema(words=("", "<start>", "<unknown>", "the", "profit", "company's"), start=1):
    column = InputColumn(name="text", type="words")
    numbers = None if words is None else WordNumbers(words=list(words), start=start)
    return InputSchema(key="wires", kind="tokens", columns=[column], word_numbers=numbers)


def zip_of(contents, **options):
    """The bytes of a zip with these contents by name."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", **options) as opened:
        for name, content in contents.items():
            opened.writestr(name, content)
    return file.getvalue()


def npz_of(**arrays):
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def write_files(folder, contents):
    for name, content in contents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def values_of(block: RowBlock, column: str) -> Any:
    return block.rows.columns[column]


def messages(blocks):
    return [str(problem) for block in blocks for problem in block.problems]

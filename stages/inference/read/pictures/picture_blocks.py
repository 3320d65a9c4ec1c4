"""Pictures become blocks of rows of a dataset of pictures."""

import math
from collections.abc import Iterator, Sequence

import numpy as np

from stages.core.errors import UserError
from stages.core.pictures.decode_picture import decode_picture
from stages.core.pictures.picture_decoding import PictureDecoding
from stages.inference.input_schema import InputColumn
from stages.inference.new_rows.raw_rows import RawRows
from stages.inference.new_rows.row_problems import RowProblem
from stages.inference.read.divide_rows import rows_in_block
from stages.inference.read.files.named_files import NamedFiles
from stages.inference.read.pictures.decode_new_picture import check_can_be_decoded
from stages.inference.read.row_block import RowBlock

# The column with the name of each picture's file.
FILE = "file"


def blocks_of_files(files: NamedFiles, column: InputColumn) -> Iterator[RowBlock]:
    """A row for each file. A file that is no picture, or no usable one, is a problem of its row."""
    names = files.names()
    if not names:
        raise UserError("no pictures")
    decoding = check_can_be_decoded(column)
    rows = rows_in_block(math.prod(decoding.shape))
    for start in range(0, len(names), rows):
        yield _decode_block(files, names[start : start + rows], start + 1, column.name, decoding)


def _decode_block(
    files: NamedFiles, names: Sequence[str], first: int, column: str, decoding: PictureDecoding
) -> RowBlock:
    pixels = np.empty((len(names), *decoding.shape), np.uint8)
    used: list[int] = []
    problems = []
    for position, name in enumerate(names):
        try:
            pixels[len(used)] = decode_picture(files.read(name), decoding)
        except UserError as error:
            problems.append(RowProblem(first + position, column, f"{name}: {error}"))
        else:
            used.append(position)
    wrong = {problem.row: {FILE: names[problem.row - first]} for problem in problems}
    numbers = np.array(used, np.int64) + first
    rows = RawRows({column: pixels[: len(used)]}, len(used))
    return RowBlock(rows, numbers, {FILE: [names[position] for position in used]}, problems, wrong)

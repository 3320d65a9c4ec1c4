"""Pictures become blocks of rows of a dataset of pictures."""

import math
from collections.abc import Iterator, Sequence

import numpy as np

from stages.core.errors import UserError
from stages.inference.input_schema import InputColumn
from stages.inference.raw_rows import RawRows
from stages.inference.read.files.named_files import NamedFiles
from stages.inference.read.pictures.decode_new_picture import check_can_be_decoded, picture_from_bytes
from stages.inference.read.row_block import RowBlock
from stages.inference.row_problems import RowProblem

# The column with the name of each picture's file.
FILE = "file"
# A model takes 256 rows at once, so that fewer in a block would take as long.
MIN_ROWS, MAX_ROWS = 256, 4096
MAX_BYTES = 1 << 26


def rows_in_block(bytes_of_row: int) -> int:
    """
    >>> rows_in_block(28 * 28), rows_in_block(150_528), rows_in_block(3_000_000)
    (4096, 256, 256)
    """
    fitting = MAX_BYTES // max(1, bytes_of_row) // MIN_ROWS * MIN_ROWS
    return min(max(fitting, MIN_ROWS), MAX_ROWS)


def blocks_of_files(files: NamedFiles, column: InputColumn) -> Iterator[RowBlock]:
    """A row for each file. A file that is no picture, or no usable one, is a problem of its row."""
    names = files.names()
    if not names:
        raise UserError("no pictures")
    rows = rows_in_block(math.prod(check_can_be_decoded(column).shape))
    for start in range(0, len(names), rows):
        yield _decode_block(files, names[start : start + rows], start + 1, column)


def _decode_block(files: NamedFiles, names: Sequence[str], first: int, column: InputColumn) -> RowBlock:
    pixels = np.empty((len(names), *check_can_be_decoded(column).shape), np.uint8)
    used: list[int] = []
    problems = []
    for position, name in enumerate(names):
        try:
            pixels[len(used)] = picture_from_bytes(files.read(name), column)
        except UserError as error:
            problems.append(RowProblem(first + position, column.name, f"{name}: {error}"))
        else:
            used.append(position)
    wrong = {problem.row: {FILE: names[problem.row - first]} for problem in problems}
    numbers = np.array(used, np.int64) + first
    rows = RawRows({column.name: pixels[: len(used)]}, len(used))
    return RowBlock(rows, numbers, {FILE: [names[position] for position in used]}, problems, wrong)

"""Reads and checks the rows of an input by what was fitted: together, where a row depends on those before it."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import BinaryIO

from stages.core.artefacts.processed import Fitted
from stages.inference.input_schema import InputSchema
from stages.inference.new_rows.row_problems import find_row_problems
from stages.inference.new_rows.row_values import rows_depend_on_others
from stages.inference.read.build_block import RowCheck
from stages.inference.read.formats.file_formats import FileFormat
from stages.inference.read.read_rows import read_rows
from stages.inference.read.row_block import RowBlock, concatenate_blocks


def read_checked_rows(
    source: Path | BinaryIO,
    schema: InputSchema,
    fitted: Fitted,
    file_format: FileFormat | None = None,
    pictures: Path | None = None,
) -> Iterator[RowBlock]:
    """As read_rows gives them, in one block if rows depend on others. Raises what read_rows raises."""
    check = partial(find_row_problems, fitted)
    if rows_depend_on_others(fitted):
        yield join_blocks(read_rows(source, schema, file_format, None, pictures), check)
    else:
        yield from read_rows(source, schema, file_format, check, pictures)


def join_blocks(blocks: Iterable[RowBlock], check: RowCheck | None) -> RowBlock:
    """All rows as one block. Rows that `check` refuses stay in it, since others may depend on them."""
    block = concatenate_blocks(blocks)
    if check is None or not len(block):
        return block
    found = [replace(problem, row=int(block.numbers[problem.row - 1])) for problem in check(block.rows)]
    return replace(block, problems=sorted([*block.problems, *found], key=lambda problem: problem.row))

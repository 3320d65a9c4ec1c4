"""Calls a function for each block of a table, and reports what is wrong in all of them together."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import TypeVar

from stages.core.bounded_memory.map_blocks import map_blocks
from stages.core.errors import UserError, format_examples
from stages.preprocess.large_table.blocks.table_block import TableBlock

Result = TypeVar("Result")


def map_checked(function: Callable[[TableBlock], Result], blocks: Sequence[TableBlock]) -> Iterator[Result]:
    """As `map_blocks`, but a UserError of the function is raised after the last block, with those of all blocks.

    There is a message for each column: that of the first block in which it is wrong, and the names of the others.
    """
    first: dict[str, str] = {}
    wrong_blocks: dict[str, list[TableBlock]] = {}
    for block, found in zip(blocks, map_blocks(partial(_result_or_error, function), blocks), strict=True):
        if not isinstance(found, UserError):
            yield found
            continue
        for message in found.messages:
            # Messages begin with the column, as in `column width: missing in 2 rows`.
            column = message.partition(": ")[0]
            first.setdefault(column, message)
            wrong_blocks.setdefault(column, []).append(block)
    if first:
        raise UserError(*(_message(text, wrong_blocks[column]) for column, text in first.items()))


def _message(text: str, blocks: Sequence[TableBlock]) -> str:
    first, *others = blocks
    more = f"; also wrong in {format_examples(block.name for block in others)}" if others else ""
    return f"{first.name} (row 0 in this message is row {first.start:,}): {text}{more}"


def _result_or_error(function: Callable[[TableBlock], Result], block: TableBlock) -> Result | UserError:
    try:
        return function(block)
    except UserError as error:
        return error

"""Rows of JSON: an object in each line, an array of objects, or one object."""

from collections.abc import Iterator
from typing import Any, TextIO

from stages.core.errors import UserError
from stages.core.text_values.json_object import parse_object, parse_objects
from stages.inference.input_schema import InputSchema
from stages.inference.new_rows.row_problems import RowProblem
from stages.inference.read.build_block import WrittenRows
from stages.inference.read.formats.records import RecordRows

BLOCK_ROWS, BLOCK_CHARACTERS = 4096, 1 << 26
MAX_LINE_CHARACTERS = 1 << 26
MAX_DOCUMENT_CHARACTERS = 1 << 28
# The blanks of JSON.
BLANKS = " \t\r\n"


def json_lines_blocks(lines: TextIO, schema: InputSchema) -> Iterator[WrittenRows]:
    """A line that is no object is a problem of its row."""
    rows = RecordRows(schema)
    number = 0
    while block := _block(_lines(lines)):
        records: dict[int, dict[str, Any]] = {}
        problems: list[RowProblem] = []
        for number, line in enumerate(block, number + 1):  # noqa: B020
            try:
                records[number] = parse_object(line)
            except UserError as error:
                problems.append(RowProblem(number, "", str(error)))
        yield rows.written(records, problems)


def _block(lines: Iterator[str]) -> list[str]:
    """The next lines, fewer of them where they are long, as those with pictures are."""
    block: list[str] = []
    characters = 0
    for line in lines:
        block.append(line)
        characters += len(line)
        if len(block) == BLOCK_ROWS or characters > BLOCK_CHARACTERS:
            break
    return block


def _lines(lines: TextIO) -> Iterator[str]:
    """The lines that are not blank."""
    while line := lines.readline(MAX_LINE_CHARACTERS):
        if len(line) == MAX_LINE_CHARACTERS:
            raise UserError(f"a line of {MAX_LINE_CHARACTERS:,} characters or more; one JSON object a line is expected")
        if line.strip(BLANKS):
            yield line


def json_blocks(text: TextIO, schema: InputSchema) -> Iterator[WrittenRows]:
    """The whole text is in memory, so it is limited."""
    content = text.read(MAX_DOCUMENT_CHARACTERS + 1)
    if len(content) > MAX_DOCUMENT_CHARACTERS:
        raise UserError(f"more than {MAX_DOCUMENT_CHARACTERS:,} characters of JSON; write one object a line (.jsonl)")
    if not content.strip(BLANKS):
        raise UserError("empty; an array of JSON objects is expected")
    records, rows = parse_objects(content), RecordRows(schema)
    for start in range(0, len(records), BLOCK_ROWS):
        yield rows.written(dict(enumerate(records[start : start + BLOCK_ROWS], start + 1)))

"""Files of texts become blocks of rows of a dataset of word numbers."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from stages.core.errors import UserError, prefix_errors
from stages.inference.input_schema import InputSchema
from stages.inference.new_rows.raw_rows import RawRows
from stages.inference.new_rows.row_problems import RowProblem
from stages.inference.read.files.named_files import NamedFiles
from stages.inference.read.row_block import RowBlock
from stages.inference.read.texts.word_values import tokens_from_texts

# The column with the name of each text's file.
FILE = "file"
TEXT_SUFFIX = ".txt"
MAX_BYTES = 1 << 24
# Of one block.
MAX_ROWS, MAX_CHARACTERS = 4096, 1 << 24


@dataclass(frozen=True)
class FoundText:
    """`carried` has the values that go into the output beside the prediction. One of `text` and `problem` is empty."""

    number: int
    carried: Mapping[str, str]
    text: str = ""
    problem: str = ""


def texts_of_lines(file: BinaryIO) -> Iterator[FoundText]:
    """A text for each line. An empty line is no text."""
    number = 0
    while line := file.readline(MAX_BYTES + 1):
        number += 1
        with prefix_errors(f"line {number}"):
            found = _found_text(number, line, {})
        yield found


def texts_of_files(files: NamedFiles) -> Iterator[FoundText]:
    """A text for each file whose name ends with .txt."""
    for number, name in enumerate(files.names(), 1):
        carried = {FILE: name}
        if not name.lower().endswith(TEXT_SUFFIX):
            yield FoundText(number, carried, problem=f"{name}: not a {TEXT_SUFFIX} file")
            continue
        try:
            found = _found_text(number, files.read(name), carried)
        except UserError as error:
            found = FoundText(number, carried, problem=str(error))
        yield FoundText(number, carried, found.text, f"{name}: {found.problem}" if found.problem else "")


def blocks_of_texts(texts: Iterable[FoundText], schema: InputSchema) -> Iterator[RowBlock]:
    """Raises UserError if there are no texts."""
    [column] = schema.names
    block: list[FoundText] = []
    characters = count = 0
    for text in texts:
        block.append(text)
        characters += len(text.text)
        count += 1
        if len(block) == MAX_ROWS or characters > MAX_CHARACTERS:
            yield _block(block, column, schema)
            block, characters = [], 0
    if not count:
        raise UserError("no texts")
    if block:
        yield _block(block, column, schema)


def _found_text(number: int, content: bytes, carried: Mapping[str, str]) -> FoundText:
    if len(content) > MAX_BYTES:
        raise UserError(f"a text of more than {MAX_BYTES:,} bytes")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return FoundText(number, carried, problem="not UTF-8")
    return FoundText(number, carried, text) if text.strip() else FoundText(number, carried, problem="no text")


def _block(found: Sequence[FoundText], column: str, schema: InputSchema) -> RowBlock:
    usable = [text for text in found if not text.problem]
    wrong = [text for text in found if text.problem]
    names = list(found[0].carried)
    return RowBlock(
        RawRows({column: tokens_from_texts([text.text for text in usable], schema)}, len(usable)),
        np.array([text.number for text in usable], np.int64),
        {name: [text.carried[name] for text in usable] for name in names},
        [RowProblem(text.number, column, text.problem) for text in wrong],
        {text.number: text.carried for text in wrong},
    )

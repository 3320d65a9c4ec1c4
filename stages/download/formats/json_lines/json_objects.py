"""The JSON object of each line. A line that holds something else is an error with its number."""

from collections.abc import Iterator
from typing import Any

from stages.core.errors import MAX_EXAMPLES, UserError
from stages.core.text_values.json_object import parse_object
from stages.download.formats.read_untrusted_files import GZIP_SIGNATURE, OpenFile, first_bytes
from stages.download.formats.text_encoding import find_undecodable, open_as_text

# The blanks of JSON.
BLANKS = " \t\r\n"
MAX_LINE_CHARACTERS = 1 << 26
ONE_OBJECT_A_LINE = "format: jsonl needs one JSON object in each line, such as `jq -c '.[]'` writes for an array"


def json_objects(open_file: OpenFile, encoding: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The number of each line that is not blank, and its object. All broken lines are reported at the end."""
    if first_bytes(open_file).startswith(GZIP_SIGNATURE):
        raise UserError("a gzip file; unpack it, and name the file in it")
    broken: list[str] = []
    count = 0
    for number, line in _lines(open_file, encoding):
        try:
            yield number, parse_object(line)
        except UserError as error:
            count += 1
            if len(broken) < MAX_EXAMPLES:
                broken.append(f"line {number}: {error}")
                broken += [ONE_OBJECT_A_LINE] if _begins_a_document(line) and number == 1 else []
    if broken:
        more = [f"{count:,} lines are not JSON objects"] if count > MAX_EXAMPLES else []
        raise UserError(*more, *broken)


def _begins_a_document(line: str) -> bool:
    """Whether this may be the first line of an array, or of an object on several lines."""
    return line.lstrip(BLANKS).startswith("[") or line.strip(BLANKS) == "{"


def _lines(open_file: OpenFile, encoding: str) -> Iterator[tuple[int, str]]:
    """The lines that are not blank, with their numbers. Only a line feed ends a line."""
    number = 0
    try:
        with open_as_text(open_file, encoding, newline="\n") as file:
            while line := file.readline(MAX_LINE_CHARACTERS):
                number += 1
                if len(line) == MAX_LINE_CHARACTERS:
                    raise UserError(f"line {number}: {MAX_LINE_CHARACTERS:,} characters or more; {ONE_OBJECT_A_LINE}")
                if line.strip(BLANKS):
                    yield number, line
    except UnicodeError as error:
        raise UserError(find_undecodable(open_file, encoding) or f"not readable as {encoding}: {error}") from None

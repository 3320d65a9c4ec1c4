"""A CSV file in pieces that end at the end of a row."""

import codecs
import re
from collections.abc import Callable, Iterator

import numpy as np

from stages.core.errors import UserError
from stages.core.text_values.csv_line import quoted_pattern
from stages.download.formats.read_untrusted_files import OpenFile
from stages.download.params.csv_params import Csv

# Bytes that are parsed at once. A source that is not longer is parsed in one piece, and as a rule once.
CHUNK_BYTES = 1 << 24
MAX_ROW_BYTES = 1 << 26


def row_chunks(open_file: OpenFile, params: Csv) -> Iterator[bytes]:
    """The file, which is UTF-8, in pieces of about CHUNK_BYTES. Pieces of blank lines are left out."""
    find_end = _end_of_rows(params) if params.line_breaks else _end_of_lines
    waiting = b""
    with open_file() as file:
        while block := file.read(max(1, CHUNK_BYTES - len(waiting))):
            waiting += block
            if len(waiting) < CHUNK_BYTES:
                continue
            end = find_end(waiting)
            if not end and len(waiting) > MAX_ROW_BYTES:
                raise UserError(
                    f"a row of more than {MAX_ROW_BYTES:,} bytes, which begins with {waiting[:40]!r}; is a quote not "
                    "closed?"
                )
            if not _is_blank(waiting[:end]):
                yield waiting[:end]
            waiting = waiting[end:]
    if not _is_blank(waiting):
        yield waiting


def _is_blank(content: bytes) -> bool:
    return not content.removeprefix(codecs.BOM_UTF8).strip(b"\r\n")


def _end_of_lines(content: bytes, stop: int | None = None) -> int:
    """The end of the last line before `stop`; 0 if there is none. A carriage return may be half of a line end."""
    stop = len(content) if stop is None else stop
    if end := content.rfind(b"\n", 0, stop) + 1:
        return end
    return content.rfind(b"\r", 0, stop - 1) + 1


def _end_of_rows(params: Csv) -> Callable[[bytes], int]:
    """Quoted values may have line breaks. A quote is one only at the beginning of a value, as for Arrow."""
    rows = _rows_pattern(params)

    def find_end(content: bytes) -> int:
        end = None if params.escape else _end_by_counting(content, params)
        return rows.match(content).end() if end is None else end  # type: ignore[union-attr]

    return find_end


def _end_by_counting(content: bytes, params: Csv) -> int | None:
    """The last line end with an even number of quotes before it. None if a quote is an ordinary character."""
    characters = np.frombuffer(content, np.uint8)
    quotes = np.flatnonzero(characters == ord(params.quote))
    before = characters[quotes[::2] - 1]
    opening = np.isin(before, np.frombuffer(f"{params.separator}\r\n{params.quote}".encode(), np.uint8))
    if not opening[quotes[::2] > 0].all():
        return None
    end = _end_of_lines(content)
    while end and np.searchsorted(quotes, end) % 2:
        end = _end_of_lines(content, end - 1)
    return end


def _rows_pattern(params: Csv) -> re.Pattern[bytes]:
    separator, quote, escape = (re.escape(c or "") for c in (params.separator, params.quote, params.escape))
    plain = rf"[^{separator}\r\n{escape}]*+" + (rf"(?:{escape}.[^{separator}\r\n{escape}]*+)*+" if escape else "")
    value = rf"(?:{quoted_pattern(params.quote, params.escape)}{plain}|(?!{quote}){plain})"
    return re.compile(rf"(?:{value}(?:{separator}{value})*+(?:\r\n|\n|\r(?=[^\n])))*+".encode(), re.DOTALL)

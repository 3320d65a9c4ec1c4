"""Proposes the parameters of a file of text with separated columns."""

import csv
import re
from collections.abc import Sequence
from itertools import islice

from stages.core.text_values.csv_line import LINE_ENDS, WHITESPACE
from stages.core.text_values.prepared_lines import prepare_lines
from stages.download.formats.csv_text.header_names import numbered_rows
from stages.download.formats.csv_text.prepared_file import BYTE_ORDER_MARK
from stages.download.formats.csv_text.sniff_dialect import sniff_dialect
from stages.download.formats.csv_text.sniff_encoding import sniff_encoding
from stages.download.formats.csv_text.sniff_values import has_header, sniff_numbers
from stages.download.formats.read_untrusted_files import OpenFile
from stages.download.params.csv_params import Csv

LINE = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
# The values of these rows say how numbers are written.
SAMPLE_ROWS = 2000
ROW_NAME = "row"


def sniff_csv(open_file: OpenFile) -> Csv:
    """The parameters with which the file can be read, as far as its content tells.

    All lines are looked at for the encoding, the separator and quotes; the first ones for the header and for how
    numbers are written. The same bytes give the same parameters. A file without a header gets the names column1,
    column2 and so on, or those of a comment before the first row.
    """
    with open_file() as file:
        content = file.read()
    encoding = sniff_encoding(content)
    lines = LINE.findall(content.decode(encoding).removeprefix(BYTE_ORDER_MARK))
    dialect = sniff_dialect(lines).model_copy(update={"encoding": encoding})
    rows = _first_rows(lines, dialect)
    if not rows:
        return dialect
    options: dict[str, object] = {}
    if dialect.separator != WHITESPACE and not dialect.line_breaks and _has_outer_blanks(rows):
        options["trim"] = True
        rows = [[value.strip() for value in row] for row in rows]
    header = has_header(rows[0], _columns(rows[1:])) if len(rows) > 1 else True
    if not header:
        names = _names_before(lines, dialect, len(rows[0])) or [f"column{n + 1}" for n in range(len(rows[0]))]
        options |= {"header": False, "names": names}
    body = _columns(rows[1:] if header else rows)
    return Csv.model_validate(dialect.model_dump() | options | sniff_numbers(body, dialect.separator))


def _first_rows(lines: Sequence[str], dialect: Csv) -> list[list[str]]:
    rows = (row for _, row in numbered_rows(prepare_lines(lines, dialect), dialect))
    try:
        sample = list(islice(rows, SAMPLE_ROWS))
    except csv.Error:  # a value is longer than csv.field_size_limit
        return []
    return [row for row in sample if len(row) == len(sample[0])]


def _columns(rows: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    return list(zip(*rows, strict=True))


def _has_outer_blanks(rows: Sequence[Sequence[str]]) -> bool:
    """Arrow ignores blanks around numbers, but not around text and names."""
    return any(value != value.strip() for row in rows for value in row)


def _names_before(lines: Sequence[str], dialect: Csv, width: int) -> list[str] | None:
    """The names in the last line before the first row, if it is a comment or lacks a name for the first column."""
    prepared = list(islice(prepare_lines(lines, dialect), SAMPLE_ROWS))
    first = next((n for n, line in enumerate(prepared) if line.strip(LINE_ENDS)), 0)
    before = [line for line in lines[:first] if line.strip()]
    if not before:
        return None
    is_comment = dialect.comment is not None and before[-1].lstrip().startswith(dialect.comment)
    text = before[-1].lstrip().removeprefix(dialect.comment or "").strip() if is_comment else before[-1]
    plain = dialect.model_copy(update={"comment": None, "skip_lines": 0})
    names = [name.strip() for name in next(numbered_rows(prepare_lines([text], plain), plain))[1]]
    if len(names) == width - 1 and not is_comment:
        names = [ROW_NAME, *names]
    is_words = all(re.match(r"[^\W\d]", name) for name in names)
    return names if len(names) == len(set(names)) == width and is_words else None

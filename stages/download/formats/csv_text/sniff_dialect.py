"""The separator, the quote, comments and lines before the header, told from lines of a file."""

import csv
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from stages.core.text_values.csv_line import LINE_ENDS, NO_QUOTE, UNIT_SEPARATOR, WHITESPACE, split_line
from stages.core.text_values.prepared_lines import prepare_lines
from stages.download.formats.csv_text.check_text import reader_options
from stages.download.formats.csv_text.sniff_values import MISSING, is_number_or_time
from stages.download.params.csv_params import Csv

SEPARATORS = ("\t", ";", "|", ",", WHITESPACE, "^", "~", ":", "\x01", "\x1f")
SEPARATORS_OF_SEVERAL_CHARACTERS = ("||", "::", ";;", "~|~", "^|^", "|~|", "@@", "##", "$$")
SEPARATORS_OF_ONE_CHARACTER = (",", ";", "\t", "|", "^", "~", "\x01", "\x1f")
COMMENTS = ("#", "%", "//", "!", "--")
# The first of several that fit equally is taken.
QUOTES: tuple[dict[str, object], ...] = ({}, {"escape": "\\"}, {"trim": True}, {"quote": "none"}, {"quote": "'"})
SAMPLE_LINES = 500
# A file may begin with a title and other lines that are no rows.
MAX_SKIPPED = 30
COST_OF_SKIPPING = 0.1
MOST_LINES = 0.9
QUOTE_CHARACTERS = "\"'"


@dataclass(frozen=True)
class Dialect:
    """`width` is the number of columns. `score` says how much the values look like values of a table."""

    params: Csv
    width: int
    score: float


def sniff_dialect(lines: Sequence[str]) -> Csv:
    """The parameters with which all lines have the same number of fields, and most values are numbers, times or words.

    If there are none, quoted values may have line breaks, a few lines may be damaged, or the file has one column.
    """
    comment = _sniff_comment(lines)
    fitting = [d for params in _candidates(comment, lines) if (d := _fit(lines[:SAMPLE_LINES], params))]
    # The sample rules out most candidates, and all lines decide.
    for dialect in sorted(fitting, key=lambda dialect: -dialect.score):
        skipped = _lines_before_rows(lines, dialect.params, dialect.width)
        if skipped is not None:
            return dialect.params.model_copy(update={"skip_lines": skipped})
    return (
        _with_line_breaks(lines, comment)
        or _with_damaged_lines(lines[:SAMPLE_LINES], comment)
        or _one_column(lines, comment)
    )


def _candidates(comment: dict[str, str], lines: Sequence[str]) -> Iterator[Csv]:
    for separator, quote in product((*SEPARATORS, *_long_separators(lines)), QUOTES):
        if separator == WHITESPACE and "trim" in quote:
            continue
        yield Csv.model_validate({"format": "csv", "separator": separator} | quote | comment)


def _long_separators(lines: Sequence[str]) -> list[str]:
    """Those that most lines have. Where lines have the character that would take their place, there are none."""
    if any(UNIT_SEPARATOR in line for line in lines):
        return []
    sample = [line for line in lines[:SAMPLE_LINES] if line.strip()]
    return [s for s in SEPARATORS_OF_SEVERAL_CHARACTERS if sum(s in line for line in sample) * 2 > len(sample)]


def _sniff_comment(lines: Sequence[str]) -> dict[str, str]:
    """The comment that some lines begin with, and fewer than half."""
    sample = [line.lstrip() for line in lines[:SAMPLE_LINES] if line.strip()]
    counts = {comment: sum(line.startswith(comment) for line in sample) for comment in COMMENTS}
    found = [comment for comment, count in counts.items() if 0 < count * 2 < len(sample)]
    return {"comment": found[0]} if found else {}


def _fit(lines: Sequence[str], params: Csv) -> Dialect | None:
    """The dialect, if all lines after the first ones have the same number of fields, which is more than one."""
    rows = [split_line(line, params) for line in prepare_lines(lines, params) if line.strip(LINE_ENDS)]
    if not rows or (last := rows[-1]) is None or len(last) == 1:
        return None
    width = len(last)
    if (skipped := _lines_before_rows(lines, params, width)) is None:
        return None
    table = [row for row in rows if row is not None and len(row) == width]
    values = [value for row in (table[1:] or table) for value in row]
    score = sum(_value_score(value, params) for value in values) / len(values)
    return Dialect(params, width, score - COST_OF_SKIPPING * (skipped > 0))


def _lines_before_rows(lines: Sequence[str], params: Csv, width: int) -> int | None:
    """The number of the last line that has not `width` fields, or None if that line and others are no title of rows.

    Blank lines and comments are no rows.
    """
    last = wrong = rows = 0
    for number, line in enumerate(prepare_lines(lines, params), start=1):
        if not line.strip(LINE_ENDS):
            continue
        fields = split_line(line, params)
        rows += 1
        if fields is None or len(fields) != width:
            last, wrong = number, rows
            if wrong > MAX_SKIPPED:
                return None
    return last if wrong <= rows - wrong else None


def _value_score(field: str, params: Csv) -> float:
    """A quote that is left in a value, or a separator that is not in quotes, is a sign of another dialect."""
    text = field.strip()
    if text in MISSING:
        return 0.5
    if text[0] == params.quote:
        return 1.0 if is_number_or_time(text[1:-1]) else 0.7
    if is_number_or_time(text):
        return 1.0
    others = sum(separator in text for separator in ("\t", ";", "|", ","))
    return 0.6 / (1 + others) - 0.1 * (" " in text) - 0.2 * (text[0] in QUOTE_CHARACTERS)


def _with_line_breaks(lines: Sequence[str], comment: dict[str, str]) -> Csv | None:
    if comment or not any('"' in line for line in lines):
        return None
    for separator in SEPARATORS_OF_ONE_CHARACTER:
        params = Csv(format="csv", separator=separator, line_breaks=True)
        try:
            widths = {len(row) for row in csv.reader(lines, strict=True, **reader_options(params)) if row}
        except csv.Error:
            continue
        if len(widths) == 1 and widths != {1}:
            return params
    return None


def _with_damaged_lines(lines: Sequence[str], comment: dict[str, str]) -> Csv | None:
    """The parameters that fit nearly all lines, so that reading the file names the others."""
    for params in _candidates(comment, lines):
        rows = [split_line(line, params) for line in prepare_lines(lines, params) if line.strip(LINE_ENDS)]
        widths = Counter(len(row) for row in rows if row is not None)
        if widths and (width := widths.most_common(1)[0][0]) > 1 and widths[width] >= MOST_LINES * len(rows):
            return params
    return None


def _one_column(lines: Sequence[str], comment: dict[str, str]) -> Csv:
    """A separator that no line has, and no quotes unless they enclose values."""
    separator = next((s for s in SEPARATORS_OF_ONE_CHARACTER if not any(s in line for line in lines)), ",")
    params = Csv.model_validate({"format": "csv", "separator": separator} | comment)
    is_closed = all(split_line(line, params) is not None for line in prepare_lines(lines, params))
    return params if is_closed else params.model_copy(update={"quote": NO_QUOTE})

"""The separator, the quote, comments and lines before the header, told from lines of a file."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

from stages.download.formats.csv_text.line_pattern import LINE_ENDS, split_line, split_values
from stages.download.formats.csv_text.prepared_lines import prepare_lines
from stages.download.formats.csv_text.sniff_values import MISSING, is_number_or_time
from stages.download.params.csv_params import WHITESPACE, Csv

SEPARATORS = ("\t", ";", "|", ",", WHITESPACE, "^", "~", ":", "\x01", "\x1f")
COMMENTS = ("#", "%", "//", "!", "--")
QUOTES: tuple[dict[str, str], ...] = ({}, {"escape": "\\"}, {"quote": "none"}, {"quote": "'"})
SAMPLE_LINES = 500
# A file may begin with a title and other lines that are no rows.
MAX_SKIPPED = 30
QUOTE_CHARACTERS = "\"'"


@dataclass(frozen=True)
class Dialect:
    """`width` is the number of columns. `score` says how much the values look like values of a table."""

    params: Csv
    width: int
    score: float


def sniff_dialect(lines: Sequence[str]) -> Csv:
    """The parameters with which all lines have the same number of fields, and most values are numbers, times or words.

    A file of one column, or one in which nothing fits, has the default separator.
    """
    comment = _sniff_comment(lines)
    candidates = _candidates(comment)
    # A sample rules out most candidates, and all lines decide.
    remaining = [d for params in candidates if (d := _fit(lines[:SAMPLE_LINES], params))]
    best = sorted(remaining, key=lambda dialect: -dialect.score)
    found = next((whole for d in best if (whole := _fit(lines, d.params))), None)
    if found is None:
        return Csv(format="csv", **comment)
    return _with_skipped_lines(lines, found)


def _candidates(comment: dict[str, str]) -> Iterator[Csv]:
    for separator, quote in product(SEPARATORS, QUOTES):
        yield Csv(format="csv", separator=separator, **quote, **comment)  # type: ignore[arg-type]


def _sniff_comment(lines: Sequence[str]) -> dict[str, str]:
    """The comment that some lines begin with, and fewer than half."""
    sample = [line.lstrip() for line in lines[:SAMPLE_LINES] if line.strip()]
    counts = {comment: sum(line.startswith(comment) for line in sample) for comment in COMMENTS}
    found = [comment for comment, count in counts.items() if 0 < count * 2 < len(sample)]
    return {"comment": found[0]} if found else {}


def _fit(lines: Sequence[str], params: Csv) -> Dialect | None:
    """The dialect, if all lines after the first ones have the same number of fields, which is more than one."""
    rows = [split_line(line, params) for line in prepare_lines(lines, params) if line.strip(LINE_ENDS)]
    if not rows or (last := rows[-1]) is None or len(last) < 2:
        return None
    width = len(last)
    first = next((n for n in range(len(rows), 0, -1) if (row := rows[n - 1]) is None or len(row) != width), 0)
    table = [row for row in rows[first:] if row is not None]
    if first > min(MAX_SKIPPED, len(table)):
        return None
    values = [value for row in (table[1:] or table) for value in row]
    return Dialect(params, width, sum(_value_score(value, params) for value in values) / len(values) - 0.01 * first)


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


def _with_skipped_lines(lines: Sequence[str], found: Dialect) -> Csv:
    """Lines before the first row are skipped, unless they are blank or comments."""
    prepared = list(prepare_lines(lines, found.params))
    counts = [None if (row := split_values(line, found.params)) is None else len(row) for line in prepared]
    wrong = [n for n, line in enumerate(prepared, 1) if line.strip(LINE_ENDS) and counts[n - 1] != found.width]
    return found.params.model_copy(update={"skip_lines": wrong[-1]}) if wrong else found.params

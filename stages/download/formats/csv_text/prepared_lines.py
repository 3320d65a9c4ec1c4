"""Lines that are skipped, comments, and blanks between or around values, before the columns are read."""

import io
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TextIO

from stages.core.errors import UserError
from stages.download.formats.csv_text.line_pattern import (
    LINE_ENDS,
    UNIT_SEPARATOR,
    has_special_characters,
    quoted_pattern,
    separator_between_fields,
    split_at,
    unquoted_pattern,
)
from stages.download.formats.read_untrusted_files import OpenFile
from stages.download.formats.text_encoding import open_as_text
from stages.download.params.csv_params import NO_QUOTE, WHITESPACE, Csv

BLANKS = " \t"
BYTE_ORDER_MARK = "\ufeff"


def prepare_file(open_file: OpenFile, params: Csv) -> tuple[OpenFile, Csv]:
    """The file with its lines prepared, and the parameters that describe it then.

    A file of which no line must be changed is not read.
    """
    is_changed = params.separator == WHITESPACE or params.has_long_separator
    if not (params.skip_lines or params.comment or params.trim or is_changed):
        return open_file, params
    if params.has_long_separator:
        _check_no_unit_separator(open_file, params)
    with open_text(open_file, params) as file:
        content = "".join(prepare_lines(file, params)).encode()
    prepared = {"separator": separator_between_fields(params), "encoding": "utf-8"}
    done = {"skip_lines": 0, "comment": None, "trim": False}
    return partial(io.BytesIO, content), params.model_copy(update=prepared | done)


def open_text(open_file: OpenFile, params: Csv) -> TextIO:
    """The file with its line ends and without a byte order mark."""
    return open_as_text(open_file, params.encoding)


def _check_no_unit_separator(open_file: OpenFile, params: Csv) -> None:
    with open_text(open_file, params) as file:
        for number, line in enumerate(file, start=1):
            if UNIT_SEPARATOR in line:
                raise UserError(
                    f"line {number}: the character 0x1F, which takes the place of the separator {params.separator!r}; "
                    "take it out"
                )


def prepare_lines(lines: Iterable[str], params: Csv) -> Iterator[str]:
    """A line to ignore becomes a blank line, so that lines keep their numbers."""
    rewrite = _rewriter(params)
    for number, line in enumerate(lines, start=1):
        is_comment = params.comment is not None and line.lstrip(BLANKS).startswith(params.comment)
        if number <= params.skip_lines or is_comment:
            yield "\n"
        else:
            yield rewrite(line) if rewrite else line


def _rewriter(params: Csv) -> Callable[[str], str] | None:
    if params.separator == WHITESPACE:
        return _join_by_tabs(params)
    if params.trim:
        return _trim_values(params)
    return _shorten_separators(params) if params.has_long_separator else None


def _shorten_separators(params: Csv) -> Callable[[str], str]:
    """
    >>> _shorten_separators(Csv(format="csv", separator="::"))('a::"b::c"::d\\n')
    'a\\x1f"b::c"\\x1fd\\n'
    """

    def shorten(line: str) -> str:
        line = line.rstrip(LINE_ENDS)
        # A quote that is not closed is reported by check_quotes.
        fields = split_at(params.separator, line, params) or line.split(params.separator)
        return UNIT_SEPARATOR.join(fields) + "\n"

    return shorten


def _join_by_tabs(params: Csv) -> Callable[[str], str]:
    """
    >>> _join_by_tabs(Csv(format="csv", separator="whitespace"))("  1 \\t 'a'  \\"b  c\\" \\n")
    '1\\t\\'a\\'\\t"b  c"\\n'
    """
    blanks = r"(?P<blanks>[ \t]+)"
    quoted = rf"(?<![^ \t]){quoted_pattern(params)}(?![^ \t])|" if params.quote != NO_QUOTE else ""
    pattern = re.compile(quoted + blanks)
    return lambda line: pattern.sub(_tab_for_blanks, line.strip(BLANKS + LINE_ENDS)) + "\n"


def _tab_for_blanks(found: re.Match[str]) -> str:
    return "\t" if found["blanks"] else found[0]


def _trim_values(params: Csv) -> Callable[[str], str]:
    """
    >>> _trim_values(Csv(format="csv", trim=True))(' a b ,  1,"x, y" , z\\n')
    'a b,1,"x, y",z\\n'
    """
    separator, ends = params.separator, " " if params.separator == "\t" else BLANKS
    joined_by = separator_between_fields(params)
    quoted = f"{quoted_pattern(params)}[{ends}]*+|" if params.quote != NO_QUOTE else ""
    field = re.compile(f"[{ends}]*+({quoted}{unquoted_pattern(separator, params.escape)})({re.escape(separator)}|$)")

    def trim(line: str) -> str:
        line = line.rstrip(LINE_ENDS)
        if not has_special_characters(line, params):
            return joined_by.join([value.strip(ends) for value in line.split(separator)]) + "\n"
        values = []
        for value, end in field.findall(line):
            values.append(value.strip(ends))
            if not end:
                break
        return joined_by.join(values) + "\n"

    return trim

"""Lines that are skipped, comments, and blanks between or around values, before the columns are read."""

import re
from collections.abc import Callable, Iterable, Iterator

from stages.core.text_values.csv_line import (
    LINE_ENDS,
    NO_QUOTE,
    UNIT_SEPARATOR,
    WHITESPACE,
    LineOptions,
    has_long_separator,
    has_special_characters,
    quoted_pattern,
    separator_between_fields,
    split_at,
    unquoted_pattern,
)

BLANKS = " \t"


def prepare_lines(lines: Iterable[str], params: LineOptions) -> Iterator[str]:
    """A line to ignore becomes a blank line, so that lines keep their numbers."""
    rewrite = _rewriter(params)
    for number, line in enumerate(lines, start=1):
        is_comment = params.comment is not None and line.lstrip(BLANKS).startswith(params.comment)
        if number <= params.skip_lines or is_comment:
            yield "\n"
        else:
            yield rewrite(line) if rewrite else line


def _rewriter(params: LineOptions) -> Callable[[str], str] | None:
    if params.separator == WHITESPACE:
        return _join_by_tabs(params)
    if params.trim:
        return _trim_values(params)
    return _shorten_separators(params) if has_long_separator(params.separator) else None


def _shorten_separators(params: LineOptions) -> Callable[[str], str]:
    """
    >>> from types import SimpleNamespace
    >>> _shorten_separators(SimpleNamespace(separator="::", quote='"', escape=None))('a::"b::c"::d\\n')
    'a\\x1f"b::c"\\x1fd\\n'
    """

    def shorten(line: str) -> str:
        line = line.rstrip(LINE_ENDS)
        # A quote that is not closed is reported by check_quotes.
        fields = split_at(params.separator, line, params) or line.split(params.separator)
        return UNIT_SEPARATOR.join(fields) + "\n"

    return shorten


def _join_by_tabs(params: LineOptions) -> Callable[[str], str]:
    """
    >>> from types import SimpleNamespace
    >>> _join_by_tabs(SimpleNamespace(quote='"', escape=None))("  1 \\t 'a'  \\"b  c\\" \\n")
    '1\\t\\'a\\'\\t"b  c"\\n'
    """
    blanks = r"(?P<blanks>[ \t]+)"
    quoted = rf"(?<![^ \t]){quoted_pattern(params.quote, params.escape)}(?![^ \t])|" if params.quote != NO_QUOTE else ""
    pattern = re.compile(quoted + blanks)
    return lambda line: pattern.sub(_tab_for_blanks, line.strip(BLANKS + LINE_ENDS)) + "\n"


def _tab_for_blanks(found: re.Match[str]) -> str:
    return "\t" if found["blanks"] else found[0]


def _trim_values(params: LineOptions) -> Callable[[str], str]:
    """
    >>> from types import SimpleNamespace
    >>> _trim_values(SimpleNamespace(separator=",", quote='"', escape=None))(' a b ,  1,"x, y" , z\\n')
    'a b,1,"x, y",z\\n'
    """
    separator, ends = params.separator, " " if params.separator == "\t" else BLANKS
    joined_by = separator_between_fields(params)
    quoted = f"{quoted_pattern(params.quote, params.escape)}[{ends}]*+|" if params.quote != NO_QUOTE else ""
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

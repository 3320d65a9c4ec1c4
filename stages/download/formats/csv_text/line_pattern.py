"""The fields of one line of text with separated columns."""

import re
from functools import cache

from stages.download.params.csv_params import NO_QUOTE, WHITESPACE, Csv

LINE_ENDS = "\r\n"


def separator_between_fields(params: Csv) -> str:
    """The separator in prepared lines, in which a tab stands for any number of blanks."""
    return "\t" if params.separator == WHITESPACE else params.separator


def quoted_pattern(params: Csv) -> str:
    """A quoted value. A quote that belongs to the value is doubled, or follows the escape character."""
    quote, escape = re.escape(params.quote), params.escape and re.escape(params.escape)
    escaped = f"|{escape}." if escape else ""
    return f"{quote}(?:[^{quote}{escape or ''}]|{quote}{quote}{escaped})*+{quote}"


@cache
def _field(quote: str, escape: str | None, separator: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    params = Csv(format="csv", quote=quote, escape=escape, separator=separator)
    end, escaped = re.escape(separator), escape and re.escape(escape)
    plain = f"(?:[^{end}{escaped or ''}]" + (f"|{escaped}.)*+" if escaped else ")*+")
    if quote == NO_QUOTE:
        field = f"({plain})"
    else:
        # Blanks after a closing quote are accepted, as in "a" ,1.
        blank = " " if separator == "\t" else r"[ \t]"
        field = f"({quoted_pattern(params)}{blank}*+(?={end}|$)|(?!{re.escape(quote)}){plain})"
    return re.compile(f"{field}({end}|$)"), re.compile(f"{field.replace('(', '(?:', 1)}(?:{end}{field})*+")


def line_is_closed(line: str, params: Csv) -> bool:
    """Whether every quote that opens in the line is closed in it, at the end of the field."""
    pattern = _field(params.quote, params.escape, separator_between_fields(params))[1]
    return pattern.fullmatch(line.rstrip(LINE_ENDS)) is not None


def split_line(line: str, params: Csv) -> list[str] | None:
    """The fields with their quotes, or None if a quote is not closed at the end of its field."""
    pattern = _field(params.quote, params.escape, separator_between_fields(params))[0]
    line, position = line.rstrip(LINE_ENDS), 0
    fields: list[str] = []
    while found := pattern.match(line, position):
        fields.append(found[1])
        position = found.end()
        if not found[2]:
            return fields
    return None

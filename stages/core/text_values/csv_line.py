"""The fields of one line of text with separated columns."""

import re
from functools import cache
from typing import Protocol

WHITESPACE, NO_QUOTE = "whitespace", "none"
LINE_ENDS = "\r\n"
# Stands for a separator of several characters.
UNIT_SEPARATOR = "\x1f"


class LineOptions(Protocol):
    """The options of a file that say what is done to its lines, by the names that they have in conf."""

    @property
    def separator(self) -> str: ...
    @property
    def quote(self) -> str: ...
    @property
    def escape(self) -> str | None: ...
    @property
    def trim(self) -> bool: ...
    @property
    def skip_lines(self) -> int: ...
    @property
    def comment(self) -> str | None: ...


def has_long_separator(separator: str) -> bool:
    """Whether it is several characters."""
    return len(separator) > 1 and separator != WHITESPACE


def separator_between_fields(params: LineOptions) -> str:
    """The separator in prepared lines, in which one character stands for any number of blanks, or for several."""
    if params.separator == WHITESPACE:
        return "\t"
    return UNIT_SEPARATOR if has_long_separator(params.separator) else params.separator


def quoted_pattern(quote: str, escape: str | None) -> str:
    """A quoted value. A quote that belongs to the value is doubled, or follows the escape character."""
    quote, escape = re.escape(quote), escape and re.escape(escape)
    escaped = f"|{escape}." if escape else ""
    return f"{quote}(?:[^{quote}{escape or ''}]|{quote}{quote}{escaped})*+{quote}"


def unquoted_pattern(separator: str, escape: str | None) -> str:
    end = re.escape(separator)
    if len(separator) > 1:
        escaped = f"|{re.escape(escape)}." if escape else ""
        return rf"(?:(?!{end}{f'|{re.escape(escape)}' if escape else ''}).{escaped})*+"
    if escape is None:
        return f"[^{end}]*+"
    return rf"(?:[^{end}{re.escape(escape)}]|{re.escape(escape)}.)*+"


def special_characters(params: LineOptions) -> list[str]:
    """The quote and the escape character, if there are any."""
    return [c for c in (params.quote if params.quote != NO_QUOTE else None, params.escape) if c]


def has_special_characters(line: str, params: LineOptions) -> bool:
    return any(character in line for character in special_characters(params))


@cache
def _field(quote: str, escape: str | None, separator: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """The patterns of one field and of a line of them."""
    end, plain = re.escape(separator), unquoted_pattern(separator, escape)
    if quote != NO_QUOTE:
        # Blanks after a closing quote are accepted, as in "a" ,1.
        blank = " " if separator == "\t" else r"[ \t]"
        plain = f"(?:{quoted_pattern(quote, escape)}{blank}*+(?={end}|$)|(?!{re.escape(quote)}){plain})"
    return re.compile(f"({plain})({end}|$)"), re.compile(f"{plain}(?:{end}{plain})*+")


def closed_line_pattern(params: LineOptions) -> re.Pattern[str]:
    """Matches a whole line, without its line end, if every quote that opens in it is closed at the end of its field."""
    return _field(params.quote, params.escape, separator_between_fields(params))[1]


def split_line(line: str, params: LineOptions) -> list[str] | None:
    """The fields with their quotes, or None if a quote is not closed at the end of its field."""
    return split_at(separator_between_fields(params), line.rstrip(LINE_ENDS), params)


def split_at(separator: str, line: str, params: LineOptions) -> list[str] | None:
    """As `split_line`, for a line without its line end and with this separator."""
    if not has_special_characters(line, params):
        return line.split(separator)
    pattern = _field(params.quote, params.escape, separator)[0]
    fields: list[str] = []
    position = 0
    while found := pattern.match(line, position):
        fields.append(found[1])
        position = found.end()
        if not found[2]:
            return fields
    return None

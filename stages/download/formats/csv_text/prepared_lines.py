"""Lines that are skipped, comments, and blanks between or around values, before the columns are read."""

import codecs
import io
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import BinaryIO, TextIO, cast

from stages.download.formats.csv_text.line_pattern import LINE_ENDS, quoted_pattern
from stages.download.formats.read_untrusted_files import OpenFile
from stages.download.params.csv_params import NO_QUOTE, WHITESPACE, Csv

LINES_PER_BLOCK = 4096
BLANKS = " \t"
BYTE_ORDER_MARK = "\ufeff"


class _LineStream(io.RawIOBase):
    """The lines as a binary file in UTF-8."""

    def __init__(self, file: TextIO, lines: Iterator[str]) -> None:
        self._file, self._lines, self._unread = file, lines, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if not self._unread:
            self._unread = "".join(islice(self._lines, LINES_PER_BLOCK)).encode()
        block, self._unread = self._unread[: len(buffer)], self._unread[len(buffer) :]
        buffer[: len(block)] = block
        return len(block)

    def close(self) -> None:
        self._file.close()
        super().close()


def is_prepared(params: Csv) -> bool:
    """Whether the lines must be changed before the columns can be read."""
    return bool(params.skip_lines or params.comment or params.trim or params.separator == WHITESPACE)


def open_prepared(open_file: OpenFile, params: Csv) -> BinaryIO:
    """The file with its encoding, or its prepared lines in UTF-8 if they must be changed."""
    if not is_prepared(params):
        return open_file()
    file = open_text(open_file, params)
    return cast("BinaryIO", _LineStream(file, prepare_lines(file, params)))


def prepared_encoding(params: Csv) -> str:
    return "utf-8" if is_prepared(params) else params.encoding


def open_text(open_file: OpenFile, params: Csv) -> TextIO:
    """The file as it is, with its line ends and without a byte order mark."""
    without_mark = "utf-8-sig" if codecs.lookup(params.encoding).name == "utf-8" else params.encoding
    return io.TextIOWrapper(open_file(), encoding=without_mark, newline="")


def open_prepared_lines(open_file: OpenFile, params: Csv) -> tuple[TextIO, Iterator[str]]:
    """The file to close, and its prepared lines."""
    file = open_text(open_file, params)
    return file, prepare_lines(file, params) if is_prepared(params) else iter(file)


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
    return _trim_values(params) if params.trim else None


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
    blanks = r"(?<![ \t])[ \t]*+" if params.separator != "\t" else "(?<! ) *+"
    after = blanks.partition(")")[2]
    quoted = f"({quoted_pattern(params)})?" if params.quote != NO_QUOTE else "()"
    pattern = re.compile(f"(?:{blanks}({re.escape(params.separator)})|^){after}{quoted}")
    ends = BLANKS if params.separator != "\t" else " "
    return lambda line: pattern.sub(r"\1\2", line.rstrip(LINE_ENDS).strip(ends)) + "\n"

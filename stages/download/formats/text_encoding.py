"""Files of text in any encoding: the byte order mark, and bytes that are no text."""

import codecs
import io
from typing import TextIO

from stages.download.formats.read_untrusted_files import OpenFile

BLOCK = 1 << 20


def open_as_text(open_file: OpenFile, encoding: str, newline: str = "") -> TextIO:
    """The file without a byte order mark. `newline` is that of `open`."""
    without_mark = "utf-8-sig" if codecs.lookup(encoding).name == "utf-8" else encoding
    return io.TextIOWrapper(open_file(), encoding=without_mark, newline=newline)


def is_utf8(encoding: str) -> bool:
    return codecs.lookup(encoding).name in ("utf-8", "utf-8-sig")


def find_undecodable(open_file: OpenFile, encoding: str) -> str | None:
    """A message about the first byte that cannot be decoded, if there is one."""
    try:
        found = _first_undecodable(open_file, encoding)
        if found is None:
            return None
        position, byte = found
        line = 1 + _count_line_feeds(open_file, encoding, position)
    except UnicodeError:  # UTF-16 without a byte order mark
        return None
    return f"line {line}: byte 0x{byte:02x} is not {encoding}; set format.encoding, for example latin-1"


def _first_undecodable(open_file: OpenFile, encoding: str) -> tuple[int, int] | None:
    """The position of the byte, and the byte."""
    decoder, before = codecs.getincrementaldecoder(encoding)(), 0
    with open_file() as file:
        while True:
            block = file.read(BLOCK)
            try:
                decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                # The decoder kept the last bytes of the block before.
                kept = len(error.object) - len(block)
                return before - kept + error.start, error.object[error.start]
            if not block:
                return None
            before += len(block)


def _count_line_feeds(open_file: OpenFile, encoding: str, stop: int) -> int:
    decoder, count = codecs.getincrementaldecoder(encoding)("replace"), 0
    with open_file() as file:
        while stop and (block := file.read(min(BLOCK, stop))):
            count += decoder.decode(block).count("\n")
            stop -= len(block)
    return count

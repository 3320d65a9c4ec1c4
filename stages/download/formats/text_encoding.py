"""Files of text in any encoding: the byte order mark, and bytes that are no text."""

import codecs
import io
from typing import TextIO

from stages.download.formats.read_untrusted_files import OpenFile


def open_as_text(open_file: OpenFile, encoding: str, newline: str = "") -> TextIO:
    """The file without a byte order mark. `newline` is that of `open`."""
    without_mark = "utf-8-sig" if codecs.lookup(encoding).name == "utf-8" else encoding
    return io.TextIOWrapper(open_file(), encoding=without_mark, newline=newline)


def find_undecodable(open_file: OpenFile, encoding: str) -> str | None:
    """A message about the first byte that cannot be decoded, if there is one."""
    with open_file() as file:
        content = file.read()
    try:
        content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content[: error.start].decode(encoding, "replace").count("\n") + 1
        byte = content[error.start]
        return f"line {line}: byte 0x{byte:02x} is not {encoding}; set format.encoding, for example latin-1"
    return None

"""Opens an input: a file or a stream, packed by gzip or not, as bytes or as text."""

import codecs
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, TextIO, cast

from stages.core.errors import UserError
from stages.inference.read.formats.file_formats import GZIP_SIGNATURE

STREAM_NAME = "standard input"
FIRST_BYTES = 4096
ENCODINGS_OF_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}


def input_name(source: Path | BinaryIO) -> str:
    """How messages name the input."""
    return str(source) if isinstance(source, Path) else STREAM_NAME


@contextmanager
def open_input(source: Path | BinaryIO) -> Iterator[io.BufferedReader]:
    """The bytes of the input, unpacked. Raises UserError if there is no such file, or if it cannot be unpacked.

    The messages do not name the input.
    """
    if not isinstance(source, Path):
        yield _unpacked(as_buffered(source))
        return
    try:
        with source.open("rb") as file:
            yield _unpacked(file)
    except FileNotFoundError:
        raise UserError("no such file") from None
    except PermissionError:
        raise UserError("cannot be read; change its permissions") from None


def as_buffered(stream: BinaryIO) -> io.BufferedReader:
    """The stream with bytes that can be looked at and stay to be read."""
    return stream if isinstance(stream, io.BufferedReader) else io.BufferedReader(cast("io.RawIOBase", stream))


def _unpacked(file: io.BufferedReader) -> io.BufferedReader:
    if not file.peek(2).startswith(GZIP_SIGNATURE):
        return file
    return io.BufferedReader(cast("io.RawIOBase", gzip.GzipFile(fileobj=file)))


def first_bytes(file: io.BufferedReader) -> bytes:
    """The first bytes, which stay to be read."""
    return file.peek(FIRST_BYTES)[:FIRST_BYTES]


def as_text(file: io.BufferedReader, encoding: str) -> TextIO:
    """The text with its line ends. A byte order mark says which encoding it is, and is left out."""
    start = first_bytes(file)
    found = next((name for mark, name in ENCODINGS_OF_MARKS.items() if start.startswith(mark)), encoding)
    if b"\0" in start and not codecs.lookup(found).name.startswith(("utf-16", "utf-32")):
        raise UserError("a zero byte, which is no text; is it another format, or UTF-16 without a byte order mark?")
    return io.TextIOWrapper(file, encoding=found, newline="")


@contextmanager
def explain_read_errors() -> Iterator[None]:
    """Turn errors of unpacking and of decoding into a UserError."""
    try:
        yield
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise UserError(f"cannot be unpacked ({error}); is the file complete?") from None
    except UnicodeDecodeError as error:
        raise UserError(undecodable(error)) from None


def undecodable(error: UnicodeDecodeError) -> str:
    """The first byte that is no text."""
    return f"byte 0x{error.object[error.start]:02x} is not {error.encoding}; save the file in this encoding"

"""What readers read from: a content that can be opened again and is never larger than it may be."""

import gzip
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import BinaryIO, cast

from stages.core.errors import UserError

Opens = Callable[[], BinaryIO]

GZIP = b"\x1f\x8b"
ZIP = b"PK"


class Counted:
    """Counts on what really comes out of a stream: what a header says may be a lie."""

    def __init__(self, stream: BinaryIO, limit: int, count: int = 0) -> None:
        self.stream = stream
        self.limit = limit
        self.count = count

    def read(self, size: int = -1) -> bytes:
        """One byte more than allowed is enough to know."""
        room = self.limit - self.count + 1
        content = self.stream.read(room if size < 0 else min(size, room))
        self.count += len(content)
        if self.count > self.limit:
            raise UserError(f"holds more than {self.limit:,} bytes; limits.bytes allows no more")
        return content


def starts(content: Opens) -> bytes:
    with content() as file:
        return file.read(4)


@contextmanager
def unpacked(content: Opens, limit: int) -> Iterator[Counted]:
    """The content, taken out of its gzip if it is in one."""
    with content() as packed, sound("gzip"):
        if starts(content).startswith(GZIP):
            with gzip.GzipFile(fileobj=packed) as file:
                yield Counted(cast("BinaryIO", file), limit)
        else:
            yield Counted(packed, limit)


@contextmanager
def sound(kind: str, *also: type[Exception]) -> Iterator[None]:
    """`also` is what the library of this kind says of a file that is damaged."""
    damage: tuple[type[Exception], ...] = (EOFError, OSError, zlib.error, *also)
    try:
        yield
    except damage as error:
        told = " ".join(str(error).split()) or "ends too early"
        raise UserError(f"not readable as {kind}: {told}") from None

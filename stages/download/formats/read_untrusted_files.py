"""Bounded reading of files whose declared sizes cannot be trusted."""

import gzip
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from math import prod
from typing import Any, BinaryIO, cast

import numpy as np
from numpy.typing import NDArray

from stages.core.errors import UserError, format_examples
from stages.core.parameters.validation_errors import format_value

OpenFile = Callable[[], BinaryIO]
Array = NDArray[Any]

GZIP_SIGNATURE = b"\x1f\x8b"
ZIP_SIGNATURE = b"PK"
LARGER_FILES = "; if you trust the file, set a larger one, such as limits: {bytes: 20000000000}"
MAX_DIMENSIONS = 8
MAX_LENGTH = 1 << 62
MAX_REASON = 200


@dataclass
class BoundedStream:
    """Counts the bytes that are read from a stream, and refuses more than `limit`."""

    stream: BinaryIO
    limit: int
    count: int = 0

    def read(self, size: int = -1) -> bytes:
        # One byte more than the limit is enough to see that there are more.
        available = self.limit - self.count + 1
        content = self.stream.read(available if size < 0 else min(size, available))
        self.count += len(content)
        if self.count > self.limit:
            raise UserError(f"holds more than {self.limit:,} bytes; limits.bytes allows no more{LARGER_FILES}")
        return content


def first_bytes(open_file: OpenFile) -> bytes:
    with open_file() as file:
        return file.read(4)


@contextmanager
def open_unzipped(open_file: OpenFile, limit: int) -> Iterator[BoundedStream]:
    """The content of the file, decompressed if it is gzipped."""
    with open_file() as file, explain_damage("gzip"):
        if first_bytes(open_file).startswith(GZIP_SIGNATURE):
            with gzip.GzipFile(fileobj=file) as unzipped:
                yield BoundedStream(cast("BinaryIO", unzipped), limit)
        else:
            yield BoundedStream(file, limit)


@contextmanager
def explain_damage(format_name: str, *exceptions: type[Exception]) -> Iterator[None]:
    """Report a damaged file as a UserError. `exceptions` are those that the library of this format raises for one."""
    damage: tuple[type[Exception], ...] = (EOFError, OSError, zlib.error, *exceptions)
    try:
        yield
    except damage as error:
        # zipfile shows a name that is thousands of bytes long.
        reason = " ".join(str(error).split())[:MAX_REASON] or "ends too early"
        raise UserError(f"not readable as {format_name}: {reason}") from None


def array_from_bytes(content: bytes, dtype: np.dtype[Any], shape: Sequence[int], fortran_order: bool) -> Array:
    """The array in these bytes, without a copy. Raises a ValueError if the shape does not fit the number of bytes."""
    if len(shape) > MAX_DIMENSIONS or not all(0 <= length <= MAX_LENGTH for length in shape):
        raise ValueError(f"not a valid shape: {format_examples(map(format_value, shape))}")
    expected = prod(shape) * dtype.itemsize
    if expected != len(content):
        raise ValueError(f"{dtype} of shape {tuple(shape)} is {expected:,} bytes, not {len(content):,}")
    return np.frombuffer(content, dtype).reshape(shape, order="F" if fortran_order else "C")

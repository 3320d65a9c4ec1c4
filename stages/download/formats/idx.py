"""IDX, the format of MNIST: a type, the sides, then the numbers, high byte first; often gzipped."""

import struct
from math import prod
from typing import Any

import numpy as np

from stages.core.errors import UserError
from stages.download.formats.bounded_reading import Counted, Opens, unpacked
from stages.download.formats.check_images import Array
from stages.download.params import Limits

TYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
CHUNK = 1 << 20


def read_idx(content: Opens, limits: Limits) -> Array:
    """Unpacked straight into the array, so that memory holds it once."""
    with unpacked(content, limits.bytes) as file:
        kind, sides = _header(file)
        needed = prod(sides) * kind.itemsize
        if needed > limits.bytes:
            raise UserError(f"{_told(sides)} need {needed:,} bytes; limits.bytes allows {limits.bytes:,}")
        numbers = np.empty(needed, np.uint8)
        received = _fill(numbers, file)
        if received != needed or file.read(1):
            more = "more" if received == needed else f"{received:,}"
            raise UserError(f"wrong length: expected {needed:,} bytes for {_told(sides)}, received {more}")
    array = numbers.view(kind).reshape(sides)
    return array.astype(kind.newbyteorder("="), copy=False)


def _header(file: Counted) -> tuple[np.dtype[Any], list[int]]:
    beginning = _exactly(file, 4)
    zeros, code, count = beginning[:2], beginning[2], beginning[3]
    if zeros != b"\0\0" or code not in TYPES or not 1 <= count <= 4:
        raise UserError(f"not an idx file; it begins with {beginning!r}")
    return np.dtype(TYPES[code]), list(struct.unpack(f">{count}I", _exactly(file, 4 * count)))


def _exactly(file: Counted, count: int) -> bytes:
    content = file.read(count)
    if len(content) < count:
        raise UserError(f"not an idx file; it ends after {file.count} bytes")
    return content


def _fill(numbers: Array, file: Counted) -> int:
    at = 0
    while at < len(numbers) and (chunk := file.read(min(CHUNK, len(numbers) - at))):
        numbers[at : at + len(chunk)] = np.frombuffer(chunk, np.uint8)
        at += len(chunk)
    return at


def _told(sides: list[int]) -> str:
    return " x ".join(map(str, sides)) + " numbers"

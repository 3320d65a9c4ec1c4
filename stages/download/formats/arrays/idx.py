"""The idx format of MNIST: an element type, the shape, then the numbers in big-endian order, often gzipped."""

import struct
from math import prod

import numpy as np

from stages.core.errors import UserError
from stages.download.formats.read_untrusted_files import Array, BoundedStream, OpenFile, open_unzipped
from stages.download.params.file_params import Limits

DTYPES = {0x08: "u1", 0x09: "i1", 0x0B: ">i2", 0x0C: ">i4", 0x0D: ">f4", 0x0E: ">f8"}
CHUNK = 1 << 20


def read_idx(open_file: OpenFile, limits: Limits) -> Array:
    """The numbers are decompressed directly into the array, so that memory holds them once."""
    with open_unzipped(open_file, limits.bytes) as stream:
        start = _read_exactly(stream, 4)
        zeros, type_code, dimensions = start[:2], start[2], start[3]
        if zeros != b"\0\0" or type_code not in DTYPES or not 1 <= dimensions <= 4:
            raise UserError(f"not an idx file; it begins with {start!r}")
        dtype = np.dtype(DTYPES[type_code])
        shape = struct.unpack(f">{dimensions}I", _read_exactly(stream, 4 * dimensions))
        expected = prod(shape) * dtype.itemsize
        numbers = f"{' x '.join(map(str, shape))} numbers"
        if expected > limits.bytes:
            raise UserError(f"{numbers} need {expected:,} bytes; limits.bytes allows {limits.bytes:,}")
        content = np.empty(expected, np.uint8)
        received = _read_into(content, stream)
        if received != expected or stream.read(1):
            more = "more" if received == expected else f"{received:,}"
            raise UserError(f"wrong length: expected {expected:,} bytes for {numbers}, received {more}")
    array = content.view(dtype).reshape(shape)
    return array.astype(dtype.newbyteorder("="), copy=False)


def _read_exactly(stream: BoundedStream, size: int) -> bytes:
    content = stream.read(size)
    if len(content) < size:
        raise UserError(f"not an idx file; it ends after {stream.count} bytes")
    return content


def _read_into(content: Array, stream: BoundedStream) -> int:
    position = 0
    while position < len(content) and (chunk := stream.read(min(CHUNK, len(content) - position))):
        content[position : position + len(chunk)] = np.frombuffer(chunk, np.uint8)
        position += len(chunk)
    return position

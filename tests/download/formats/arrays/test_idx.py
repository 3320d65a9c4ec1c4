import gzip
import struct
import tracemalloc

import numpy as np
import pytest

from stages.download.formats.arrays.idx import read_idx
from stages.download.params.file_params import Limits
from tests.download.sample_files import LIMITS, error_message, make_idx, opener

IMAGES = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)


def test_the_header_of_mnist():
    """Two labels: the number 2049, a count, then the labels."""
    assert read_idx(opener(b"\x00\x00\x08\x01\x00\x00\x00\x02\x07\x02"), LIMITS).tolist() == [7, 2]


@pytest.mark.parametrize("dtype", ["u1", "i1", "i2", "i4", "f4", "f8"])
@pytest.mark.parametrize("gzipped", [True, False])
def test_arrays_are_read_as_written_in_the_native_byte_order(dtype, gzipped):
    for array in (IMAGES.astype(dtype), np.array([[1, -2], [3, 4]]).astype(dtype)):
        np.testing.assert_array_equal(read_idx(opener(make_idx(array, gzipped)), LIMITS), array, strict=True)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "not an idx file; it ends after 0 bytes"),
        (b"\x00\x00\x08", "not an idx file; it ends after 3 bytes"),
        (b"<html><body>", "not an idx file; it begins with b'<htm'"),
        (b"\x00\x00\x08\x02\x00\x00\x00\x02", "not an idx file; it ends after 8 bytes"),
        (b"\x00\x00\x07\x01\x00\x00\x00\x02\x01\x01", "not an idx file"),
        (make_idx(IMAGES, gzipped=False)[:-1], "expected 24 bytes for 2 x 3 x 4 numbers, received 23"),
        (make_idx(IMAGES, gzipped=False) + b"\0", "expected 24 bytes for 2 x 3 x 4 numbers, received more"),
        (make_idx(IMAGES)[:-9], "not readable as gzip"),
        (make_idx(IMAGES)[:-8] + b"12345678", "not readable as gzip: CRC check failed"),
        (b"\x1f\x8b", "not readable as gzip: "),
        (
            struct.pack(">HBB2I", 0, 8, 2, 2**31, 2**31),
            "need 4,611,686,018,427,387,904 bytes; limits.bytes allows 100,000",
        ),
        (gzip.compress(struct.pack(">HBBI", 0, 8, 1, 100_000) + b"\0" * 10**6), "holds more than 100,000 bytes"),
    ],
)
def test_a_damaged_file_is_refused(content, message):
    assert message in error_message(read_idx, opener(content), LIMITS)


def test_memory_holds_the_numbers_once():
    content = make_idx(np.zeros((60, 1000, 1000), np.uint8))
    tracemalloc.start()
    read_idx(opener(content), Limits())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 65_000_000

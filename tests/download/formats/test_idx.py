import gzip
import struct
import tracemalloc
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stages.core.errors import UserError
from stages.download.formats.idx import read_idx
from stages.download.params import Limits
from tests.download.made import LIMITS, idx, opens

DIGITS = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)


def refused(content, limits=LIMITS):
    with pytest.raises(UserError) as mistake:
        read_idx(opens(content), limits)
    return str(mistake.value)


@pytest.mark.parametrize("packed", [True, False])
def test_digits_come_as_they_were_written(packed):
    np.testing.assert_array_equal(read_idx(opens(idx(DIGITS, packed)), LIMITS), DIGITS, strict=True)


def test_the_header_that_mnist_has():
    """Two labels, byte for byte: a magic of 2049, a count, then the labels."""
    assert read_idx(opens(b"\x00\x00\x08\x01\x00\x00\x00\x02\x07\x02"), LIMITS).tolist() == [7, 2]


@pytest.mark.parametrize("kind", ["u1", "i1", "i2", "i4", "f4", "f8"])
def test_every_type_becomes_the_machines_own_order(kind):
    array = np.array([[1, -2], [3, 4]]).astype(kind)
    np.testing.assert_array_equal(read_idx(opens(idx(array)), LIMITS), array, strict=True)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "not an idx file; it ends after 0 bytes"),
        (b"\x00\x00\x08", "not an idx file; it ends after 3 bytes"),
        (b"<html><body>", "not an idx file; it begins with b'<htm'"),
        (b"\x00\x00\x08\x02\x00\x00\x00\x02", "not an idx file; it ends after 8 bytes"),
        (b"\x00\x00\x07\x01\x00\x00\x00\x02\x01\x01", "not an idx file"),
        (idx(DIGITS, packed=False)[:-1], "wrong length: expected 24 bytes for 2 x 3 x 4 numbers, received 23"),
        (idx(DIGITS, packed=False) + b"\0", "wrong length: expected 24 bytes for 2 x 3 x 4 numbers, received more"),
        (idx(DIGITS)[:-9], "not readable as gzip"),
        (idx(DIGITS)[:-8] + b"12345678", "not readable as gzip: CRC check failed"),
        (b"\x1f\x8b", "not readable as gzip: "),
        (
            struct.pack(">HBB2I", 0, 8, 2, 2**31, 2**31),
            "need 4,611,686,018,427,387,904 bytes; limits.bytes allows 100,000",
        ),
        (gzip.compress(struct.pack(">HBBI", 0, 8, 1, 100_000) + b"\0" * 10**6), "holds more than 100,000 bytes"),
    ],
)
def test_what_is_wrong_is_said(content, said):
    assert said in refused(content)


def test_memory_holds_the_numbers_once():
    packed = idx(np.zeros((60, 1000, 1000), np.uint8))
    tracemalloc.start()
    read_idx(opens(packed), Limits())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 65_000_000


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([b"", b"\x00\x00\x08\x01", b"\x00\x00\x0e\x03", b"\x1f\x8b\x08\x00"]), st.binary(max_size=100))
def test_any_bytes_are_read_or_a_mistake(beginning, rest):
    with suppress(UserError):
        read_idx(opens(beginning + rest), LIMITS)

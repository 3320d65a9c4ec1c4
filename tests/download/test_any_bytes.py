"""Damaged files are read or refused with a UserError, in bounded memory and time.

The bound is a hundred times `limits.bytes` (here 100 kB), for the many small objects of a pickle or a text, and what
libraries load once. A header that declares gigabytes is far beyond it.
"""

import gzip
import io
import json
import pickle
import struct
import zlib
from collections.abc import Callable
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stages.core.errors import UserError
from stages.download.formats.archives import read_members
from stages.download.formats.cifar import read_cifar
from stages.download.formats.idx import read_idx
from stages.download.formats.npz import read_npy, read_npz
from stages.download.formats.restricted_pickle import unpickle
from stages.download.formats.reuters import read_newswires, read_words
from stages.download.formats.table_formats import read_table
from stages.download.params.file_params import File, Limits
from stages.download.params.format_params import Cifar, Newswires
from tests.download.hostile_pickles import hostile_pickles
from tests.download.sample_files import (
    LIMITS,
    ZERO_HASH,
    make_cifar_batch,
    make_idx,
    make_newswires,
    make_npy,
    make_tar,
    make_word_index,
    make_zip,
    object_array,
    opener,
    random_images,
)
from tests.resource_limits import check_bounded

pytestmark = pytest.mark.usefixtures("traced")
BOUND = 100 * LIMITS.bytes + (8 << 20)
CIFAR = Cifar(format="cifar", splits={"train": ["b"]}, labels="labels", meta="m", names="label_names")
NEWSWIRES = Newswires(format="newswires", classes=["earn", "acq"])
BATCH = make_cifar_batch(random_images(2), labels=[1, 0])
META = pickle.dumps({b"label_names": [b"airplane", b"cat"]}, 2)
NUMBERS = np.arange(24, dtype=np.float64).reshape(2, 3, 4)


def make_parquet(**columns: list) -> bytes:
    content = io.BytesIO()
    pq.write_table(pa.table(columns), content)
    return content.getvalue()


def read_file_table(content: bytes, table_format: dict, **options: object) -> object:
    files = {"all": {"path": "x", "sha256": ZERO_HASH}}
    params = File.model_validate({"source": "file", "format": table_format, "files": files} | options)
    return read_table(opener(content), params.format, params)


def read_without_header(content: bytes) -> object:
    csv = {"format": "csv", "header": False, "names": ["a", "b", "c"], "separator": ";"}
    return read_file_table(content, csv, columns=["a"])


def read_x(content: bytes) -> object:
    return read_npz(opener(content), ["x"], LIMITS)


def read_batch(batch: bytes) -> object:
    return read_cifar_archive(make_tar({"b": batch, "m": META}))


def read_cifar_archive(archive: bytes) -> object:
    return read_cifar(opener(archive), CIFAR, LIMITS, {})


def read_word_index(content: bytes) -> object:
    return read_words(opener(content), NEWSWIRES, LIMITS, 5)


def read_archive(content: bytes) -> object:
    return list(read_members(opener(content), {"data/a.csv"}, LIMITS))


CSV = 'name,größe,when\nanna,1.5,2020-01-01\n"b, or\nnot",?,2020-01-02\n,-3e5,\n'
ARCHIVE = {"data/a.csv": b"a\n1\n", "data/b.csv": b"b\n2\n" * 50}
PICKLED = {"a": [1, b"x", "y", (2**40, None)], "data": np.zeros((2, 3), np.uint8)}
# A function that reads a format, and intact files of the format.
READERS: dict[str, tuple[Callable[[bytes], object], list[bytes]]] = {
    "idx": (
        lambda content: read_idx(opener(content), LIMITS),
        [make_idx(NUMBERS), make_idx(random_images(1)[..., 0], gzipped=False)],
    ),
    "npy": (
        lambda content: read_npy("x", content),
        [make_npy(NUMBERS), make_npy(NUMBERS.astype("i2").T), make_npy(object_array([1], [2, 3]))],
    ),
    "npz": (read_x, [make_zip({"x.npy": make_npy(NUMBERS)})]),
    "pickle": (
        unpickle,
        [
            META,
            BATCH,
            pickle.dumps({"data": np.zeros((2, 3), np.uint8)}, 4),
            *(pickle.dumps(PICKLED, protocol) for protocol in range(6)),
        ],
    ),
    "cifar": (read_batch, [BATCH]),
    "cifar archive": (read_cifar_archive, [make_tar({"b": BATCH, "m": META}), make_tar({"m": META})]),
    "newswires": (
        lambda content: read_newswires(opener(content), NEWSWIRES, LIMITS),
        [make_newswires([[1, 2], [3], []], [0, 1, 0])],
    ),
    "words": (read_word_index, [make_word_index("the", "of", "größe")]),
    "csv": (lambda content: read_file_table(content, {"format": "csv"}), [CSV.encode(), CSV.encode("utf-8-sig")]),
    "csv, utf-16": (
        lambda content: read_file_table(content, {"format": "csv", "encoding": "utf-16"}),
        [CSV.encode("utf-16")],
    ),
    "csv, no header": (read_without_header, [CSV.replace(",", ";").encode()]),
    "parquet": (
        lambda content: read_file_table(content, {"format": "parquet"}),
        [make_parquet(a=[1, 2, None], b=["x", "y", "z"]), make_parquet(a=[1.5] * 500, t=[[1], [2]] * 250)],
    ),
    "zip": (read_archive, [make_zip(ARCHIVE)]),
    "tar.gz": (read_archive, [make_tar(ARCHIVE)]),
}
SIGNATURES = [
    b"",
    b"\x1f\x8b\x08\x00",
    b"PK\x03\x04",
    b"PAR1",
    b"\x93NUMPY\x01\x00",
    b"\0\0\x08\x03",
    b"\x80\x02",
    b"\xff\xfe",
    b"{",
]
HARMFUL_NUMBERS = [0, 1, 127, 255, 1 << 15, (1 << 31) - 1, 1 << 31, (1 << 32) - 1]
# Each gives the number of bytes to remove at a position, and the bytes to insert there.
CHANGES: list[Callable[[st.DrawFn, bytearray, int], tuple[int, bytes]]] = [
    lambda draw, content, position: (1, bytes([draw(st.integers(0, 255))])),
    lambda draw, content, position: (
        4,
        struct.pack(draw(st.sampled_from(["<I", ">I"])), draw(st.sampled_from(HARMFUL_NUMBERS))),
    ),
    lambda draw, content, position: (draw(st.integers(1, 8)), b""),
    lambda draw, content, position: (len(content), b""),
    lambda draw, content, position: (0, bytes(content[position : position + draw(st.integers(1, 512))])),
    lambda draw, content, position: (0, draw(st.binary(min_size=1, max_size=8))),
]


@st.composite
def damaged(draw: st.DrawFn, files: list[bytes]) -> bytes:
    """One of the files after one to four changes; or, in one of ten cases, a signature and random bytes."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.sampled_from(SIGNATURES)) + draw(st.binary(max_size=300))
    content = bytearray(draw(st.sampled_from(files)))
    for _ in range(draw(st.integers(1, 4))):
        position = draw(st.integers(0, max(0, len(content) - 1)))
        removed, inserted = draw(st.sampled_from(CHANGES))(draw, content, position)
        content[position : position + removed] = inserted
    return bytes(content)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.filterwarnings("ignore")
def test_damaged_files_are_read_or_refused(reader: str) -> None:
    read, files = READERS[reader]

    @settings(deadline=None)
    @given(damaged(files))
    def check(content: bytes) -> None:
        check_bounded(BOUND, read, content)

    check_bounded(BOUND, read, files[0])  # libraries are loaded before memory is measured
    check()


@pytest.mark.parametrize("reader", READERS)
def test_the_intact_files_are_read(reader: str) -> None:
    """Damage to a file that is refused anyway would prove nothing."""
    read, files = READERS[reader]
    assert read(files[0]) is not None


@settings(deadline=None)
@given(st.data())
def test_damaged_content_in_an_intact_archive(data: st.DataObject) -> None:
    """Checksums of archives hide most damage from the readers, unless it is done before packing."""
    content = data.draw(damaged([make_idx(NUMBERS, gzipped=False)]))
    check_bounded(BOUND, read_idx, opener(gzip.compress(content)), LIMITS)
    content = data.draw(damaged([make_npy(NUMBERS), make_npy(NUMBERS.astype(np.uint8))]))
    check_bounded(BOUND, read_x, make_zip({"x.npy": content}))
    content = data.draw(damaged([gzip.decompress(make_tar(ARCHIVE))]))
    check_bounded(BOUND, read_archive, gzip.compress(content))
    content = data.draw(damaged([json.dumps({"the": 1, "of": 2}).encode()]))
    check_bounded(BOUND, read_word_index, gzip.compress(content))


@cache
def gzip_bomb(size: int) -> bytes:
    compressor = zlib.compressobj(9, wbits=31)
    blocks = [compressor.compress(bytes(1 << 20)) for _ in range(size >> 20)]
    return b"".join([*blocks, compressor.flush()])


@pytest.mark.parametrize("reader", ["idx", "tar.gz", "words"])
def test_a_gzip_bomb_is_refused(reader: str) -> None:
    """256 MB of zeros in 256 kB; only `limits.bytes` are decompressed."""
    header = gzip.compress(b"\0\0\x08\x01" + struct.pack(">I", 1 << 28))
    bomb = gzip_bomb(256 << 20)
    for content in (bomb, header + bomb):
        check_bounded(BOUND, READERS[reader][0], content)


@pytest.mark.parametrize("make_archive", [make_zip, make_tar])
def test_large_archives_take_little_memory(make_archive: Callable[[dict[str, bytes]], bytes]) -> None:
    """A member of 50 MB where 100 kB are allowed; 2,000 members where ten are, and where all are."""
    many = make_archive({f"{n}.csv": b"" for n in range(2000)})
    for content in (make_archive({"data/a.csv": bytes(50 << 20)}), many):
        check_bounded(4 << 20, read_archive, content)
    limits = Limits(members=2000, bytes=10 << 20)
    check_bounded(4 << 20, lambda content: list(read_members(opener(content), ["7.csv"], limits)), many)


def test_hostile_pickles_take_little_memory() -> None:
    for _, content, _ in hostile_pickles():
        check_bounded(100 * len(content) + (1 << 20), unpickle, content)


@pytest.mark.parametrize("depth", [1_000, 50_000])
def test_deeply_nested_content(depth: int) -> None:
    for content in (b"[" * depth, b'{"a":' * depth, b"[" * depth + b"]" * depth):
        check_bounded(BOUND, read_word_index, content)
    header = make_npy(object_array(None))[:128]
    for content in (b"\x80\x02" + b"]" * depth + b"a" * (depth - 1) + b".", b"(" * depth + b"t" * depth + b"."):
        check_bounded(BOUND, unpickle, content)
        check_bounded(BOUND, read_batch, content)
        check_bounded(BOUND, read_npy, "x", header + content)


def test_the_memory_check_fails_for_bugs_and_for_too_much_memory() -> None:
    def raise_key_error() -> None:
        raise KeyError("a bug")

    def raise_user_error() -> None:
        raise UserError("a message")

    with pytest.raises(KeyError):
        check_bounded(BOUND, raise_key_error)
    with pytest.raises(AssertionError, match="the bound is"):
        check_bounded(1000, bytearray, 1 << 20)
    check_bounded(BOUND, raise_user_error)

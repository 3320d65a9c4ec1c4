"""Damaged files are read or refused with a UserError, in bounded memory and time.

The bound is a hundred times `limits.bytes` (here 100 kB), for the many small objects of a pickle or a text, and what
libraries load once. A header that declares gigabytes is far beyond it.
"""

import gzip
import json
import pickle
import struct
from collections.abc import Callable
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stages.core.errors import UserError
from stages.download.formats.archives import read_members
from stages.download.formats.arrays.cifar import read_cifar
from stages.download.formats.arrays.idx import read_idx
from stages.download.formats.arrays.npz import read_npy, read_npz
from stages.download.formats.arrays.restricted_pickle import unpickle
from stages.download.formats.arrays.reuters import read_reuters, read_words
from stages.download.formats.pictures.class_folders import sort_into_classes
from stages.download.formats.pictures.folder_or_archive import PictureArchive
from stages.download.formats.sniff_csv import sniff_csv
from stages.download.params.file_params import Limits
from stages.download.params.format_params import Cifar, Reuters
from stages.download.read_picture_files import decode_all
from tests.core.pictures.picture_files import picture_params, random_pixels, save_picture
from tests.download.formats.csv_dialects import DIALECTS
from tests.download.hostile_pickles import hostile_pickles
from tests.download.sample_files import (
    LIMITS,
    make_cifar_batch,
    make_idx,
    make_npy,
    make_parquet,
    make_reuters,
    make_tar,
    make_word_index,
    make_zip,
    object_array,
    opener,
    random_images,
    read_table_content,
)
from tests.resource_limits import check_bounded

pytestmark = pytest.mark.usefixtures("traced")
BOUND = 100 * LIMITS.bytes + (8 << 20)
CIFAR = Cifar(format="cifar", splits={"train": ["b"]}, labels="labels", meta="m", names="label_names")
REUTERS = Reuters(format="reuters", classes=["earn", "acq"])
BATCH = make_cifar_batch(random_images(2), labels=[1, 0])
META = pickle.dumps({b"label_names": [b"airplane", b"cat"]}, 2)
NUMBERS = np.arange(24, dtype=np.float64).reshape(2, 3, 4)


def read_x(content: bytes) -> object:
    return read_npz(opener(content), ["x"], LIMITS)


def read_batch(batch: bytes) -> object:
    return read_cifar_archive(make_tar({"b": batch, "m": META}))


def read_cifar_archive(archive: bytes) -> object:
    return read_cifar(opener(archive), CIFAR, LIMITS, {})


def read_word_index(content: bytes) -> object:
    return read_words(opener(content), REUTERS, LIMITS, 5)


def read_archive(content: bytes) -> object:
    return list(read_members(opener(content), {"data/a.csv"}, LIMITS))


def read_pictures(content: bytes) -> object:
    """Names and pixels of the archive; what is no picture is an error of its own."""
    files = PictureArchive(opener(content), None, LIMITS)
    paths = [path for paths in sort_into_classes(files.paths()).values() for path in paths]
    return decode_all(files, paths, picture_params(colour="grey", max_pixels=10_000), LIMITS)


PICTURES = {
    f"{folder}/1.{suffix}": save_picture(random_pixels(9, 8, 3), suffix)
    for folder in ("a", "b")
    for suffix in ("png", "jpeg", "bmp", "webp")
}
CSV = 'name,größe,when\nanna,1.5,2020-01-01\n"b, or\nnot",?,2020-01-02\n,-3e5,\n'
ROWS = CSV.replace("or\nnot", "or not")
CSV_WITH_LINE_BREAKS = {"format": "csv", "line_breaks": True}
CSV_WITHOUT_HEADER = {"format": "csv", "header": False, "names": ["a", "b", "c"], "separator": ";"}
CSV_IN_OTHER_NOTATION = {
    "format": "csv",
    "separator": "whitespace",
    "comment": "#",
    "escape": "\\",
    "decimal": ",",
    "thousands": ".",
    "signs": ["%"],
    "negative_in_parentheses": True,
}
JSON_LINES = (
    '{"name": "anna", "size": 1.5, "count": 9007199254740993, "ok": true}\n'
    '{"name": null, "size": 2, "count": null, "ok": false}\n'
)
JSON_LINES_OPTIONS = {
    "format": "jsonl",
    "fields": {"deep": "item.deep.x"},
    "optional": ["deep"],
    "types": {"id": "number"},
}
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
    "reuters": (
        lambda content: read_reuters(opener(content), REUTERS, LIMITS),
        [make_reuters([[1, 2], [3], []], [0, 1, 0])],
    ),
    "words": (read_word_index, [make_word_index("the", "of", "größe")]),
    "csv": (lambda content: read_table_content(content, {"format": "csv"}), [ROWS.encode(), ROWS.encode("utf-8-sig")]),
    "csv, line breaks": (lambda content: read_table_content(content, CSV_WITH_LINE_BREAKS), [CSV.encode()]),
    "csv, other notation": (
        lambda content: read_table_content(content, CSV_IN_OTHER_NOTATION),
        [b'# x\na  b c\n1.200,50 5% "x\\" y"\n(3) -6,0%  z\n'],
    ),
    "csv, sniffed": (lambda content: sniff_csv(opener(content)), [case.data for case in DIALECTS]),
    "csv, utf-16": (
        lambda content: read_table_content(content, CSV_WITH_LINE_BREAKS | {"encoding": "utf-16"}),
        [CSV.encode("utf-16")],
    ),
    "csv, no header": (
        lambda content: read_table_content(content, CSV_WITHOUT_HEADER, columns=["a"]),
        [ROWS.replace(",", ";").encode()],
    ),
    "jsonl": (
        lambda content: read_table_content(content, {"format": "jsonl"}),
        [JSON_LINES.encode(), JSON_LINES.encode("utf-8-sig")],
    ),
    "jsonl, nested": (
        lambda content: read_table_content(content, JSON_LINES_OPTIONS, columns=["id", "deep"], private=["deep"]),
        [b'{"id": 1, "item": {"deep": {"x": 2.5}}}\n{"id": "7", "item": {"deep": null}, "more": [1]}\n'],
    ),
    "parquet": (
        lambda content: read_table_content(content, {"format": "parquet"}),
        [
            make_parquet({"a": [1, 2, None], "b": ["x", "y", "z"]}),
            make_parquet({"a": [1.5] * 500, "t": [[1], [2]] * 250}),
        ],
    ),
    "pictures, zip": (read_pictures, [make_zip(PICTURES)]),
    "pictures, tar.gz": (read_pictures, [make_tar(PICTURES)]),
    "zip": (read_archive, [make_zip(ARCHIVE)]),
    "tar.gz": (read_archive, [make_tar(ARCHIVE)]),
}
SIGNATURES = [
    b"", b"\x1f\x8b\x08\x00", b"PK\x03\x04", b"PAR1", b"\x93NUMPY\x01\x00", b"\0\0\x08\x03", b"\x80\x02",
    b"\xff\xfe", b"{",
]  # fmt: skip
HARMFUL_NUMBERS = [0, 1, 127, 255, 1 << 15, (1 << 31) - 1, 1 << 31, (1 << 32) - 1]
# Each gives the number of bytes to remove at a position, and the bytes to insert there.
CHANGES: list[Callable[[Random, bytearray, int], tuple[int, bytes]]] = [
    lambda random, content, position: (1, random.randbytes(1)),
    lambda random, content, position: (4, struct.pack(random.choice(["<I", ">I"]), random.choice(HARMFUL_NUMBERS))),
    lambda random, content, position: (random.randint(1, 8), b""),
    lambda random, content, position: (len(content), b""),
    lambda random, content, position: (0, bytes(content[position : position + random.randint(1, 512)])),
    lambda random, content, position: (0, random.randbytes(random.randint(1, 8))),
]
# Hypothesis draws a seed for ten files, since it takes much longer than a reader.
FILES_PER_SEED = 10
seeds = st.integers(0, (1 << 32) - 1)
seed_settings = settings(deadline=None, max_examples=settings().max_examples // FILES_PER_SEED)


def damaged(random: Random, files: list[bytes]) -> bytes:
    """One of the files after one to four changes; or, in one of ten cases, a signature and random bytes."""
    if random.randrange(10) == 0:
        return random.choice(SIGNATURES) + random.randbytes(random.randint(0, 300))
    content = bytearray(random.choice(files))
    for _ in range(random.randint(1, 4)):
        position = random.randrange(max(1, len(content)))
        removed, inserted = random.choice(CHANGES)(random, content, position)
        content[position : position + removed] = inserted
    return bytes(content)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.filterwarnings("ignore")
def test_damaged_files_are_read_or_refused(reader: str) -> None:
    read, files = READERS[reader]

    @seed_settings
    @given(seeds)
    def check(seed: int) -> None:
        random = Random(seed)
        for _ in range(FILES_PER_SEED):
            check_bounded(BOUND, read, damaged(random, files))

    # Damage to a file that is refused anyway would prove nothing. Libraries are loaded before memory is measured.
    assert read(files[0]) is not None
    check()


@seed_settings
@given(seeds)
def test_damaged_content_in_an_intact_archive(seed: int) -> None:
    """Checksums of archives hide most damage from the readers, unless it is done before packing."""
    random = Random(seed)
    for _ in range(FILES_PER_SEED):
        content = damaged(random, [make_idx(NUMBERS, gzipped=False)])
        check_bounded(BOUND, read_idx, opener(gzip.compress(content)), LIMITS)
        content = damaged(random, [make_npy(NUMBERS), make_npy(NUMBERS.astype(np.uint8))])
        check_bounded(BOUND, read_x, make_zip({"x.npy": content}))
        content = damaged(random, [gzip.decompress(make_tar(ARCHIVE))])
        check_bounded(BOUND, read_archive, gzip.compress(content))
        content = damaged(random, [json.dumps({"the": 1, "of": 2}).encode()])
        check_bounded(BOUND, read_word_index, gzip.compress(content))


@pytest.mark.parametrize("reader", ["idx", "tar.gz", "words"])
def test_a_gzip_bomb_is_refused(reader: str) -> None:
    """256 MB of zeros in 256 kB; only `limits.bytes` are decompressed."""
    header = gzip.compress(b"\0\0\x08\x01" + struct.pack(">I", 1 << 28))
    bomb = gzip.compress(bytes(1 << 20)) * 256
    for content in (bomb, header + bomb):
        check_bounded(BOUND, READERS[reader][0], content)


@pytest.mark.parametrize("make_archive", [make_zip, make_tar])
def test_large_archives_take_little_memory(make_archive: Callable[[dict[str, bytes]], bytes]) -> None:
    """A member of 20 MB where 100 kB are allowed; 2,000 members where ten are, and where all are."""
    many = make_archive({f"{n}.csv": b"" for n in range(2000)})
    for content in (make_archive({"data/a.csv": bytes(20 << 20)}), many):
        check_bounded(4 << 20, read_archive, content)
    limits = Limits(members=2000, bytes=10 << 20)
    check_bounded(4 << 20, lambda content: list(read_members(opener(content), ["7.csv"], limits)), many)


def test_json_lines_with_many_keys_take_little_memory() -> None:
    """9,000 keys of which each is in one line alone, or all in the first line."""
    alone = b"".join(b'{"%x":1}\n' % number for number in range(9_000))
    first = b"{" + b",".join(b'"%x":1' % number for number in range(9_000)) + b"}\n" + b"{}\n" * 3_000
    for content in (alone, first):
        check_bounded(BOUND, READERS["jsonl"][0], content)


def test_hostile_pickles_take_little_memory() -> None:
    for _, content, _ in hostile_pickles():
        check_bounded(100 * len(content) + (1 << 20), unpickle, content)


@pytest.mark.parametrize("depth", [1_000, 50_000])
def test_deeply_nested_content(depth: int) -> None:
    for content in (b"[" * depth, b'{"a":' * depth, b"[" * depth + b"]" * depth):
        check_bounded(BOUND, read_word_index, content)
        check_bounded(BOUND, READERS["jsonl"][0], b'{"b": ' + content)
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

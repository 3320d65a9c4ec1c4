"""Sound files with bytes changed, cut out, doubled or made up: read, or refused in words, in bounded memory.

What a reader may take: a hundred times `limits.bytes`, here 100 kB, for a pickle's or a text's many small values, and
what its libraries load once. A claim of gigabytes in a header is far beyond.
"""

import gzip
import io
import json
import pickle
import struct
import zlib
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stages.core.errors import UserError
from stages.download.formats.archives import members
from stages.download.formats.cifar import read_cifar
from stages.download.formats.idx import read_idx
from stages.download.formats.npz import read_npy, read_npz
from stages.download.formats.restricted_pickle import unpickled
from stages.download.formats.reuters import read_newswires, read_words
from stages.download.formats.table_formats import read_table
from stages.download.params import Cifar, File, Limits, Newswires
from tests.download.bad_pickles import pickles
from tests.download.made import LIMITS, cifar_batch, idx, newswires_npz, opens, pictures, tarred, word_index, zipped
from tests.resource_limits import check_bounded

pytestmark = pytest.mark.usefixtures("traced")
BOUND = 100 * LIMITS.bytes + (8 << 20)
HASH = "0" * 64
CIFAR = Cifar(format="cifar", splits={"train": ["b"]}, labels="labels", meta="m", names="label_names")
NEWS = Newswires(format="newswires", classes=["earn", "acq"])
BATCH = cifar_batch(pictures(2), labels=[1, 0])
META = pickle.dumps({b"label_names": [b"airplane", b"cat"]}, 2)
NUMBERS = np.arange(24, dtype=np.float64).reshape(2, 3, 4)


def npy(array: "np.ndarray") -> bytes:
    written = io.BytesIO()
    np.save(written, array)
    return written.getvalue()


def npz(**arrays: bytes) -> bytes:
    return zipped({f"{name}.npy": content for name, content in arrays.items()})


def parquet(**columns: list) -> bytes:
    written = io.BytesIO()
    pq.write_table(pa.table(columns), written)
    return written.getvalue()


def table(content: bytes, form: dict, **more: object) -> object:
    files = {"all": {"path": "x", "sha256": HASH}}
    params = File.model_validate({"source": "file", "format": form, "files": files} | more)
    return read_table(opens(content), params.format, params)


def batches(batch: bytes) -> object:
    return read_cifar(opens(tarred({"b": batch, "m": META})), CIFAR, LIMITS, {})


def words(content: bytes) -> object:
    return read_words(opens(content), NEWS, LIMITS, 5)


CSV = 'name,größe,when\nanna,1.5,2020-01-01\n"b, or\nnot",?,2020-01-02\n,-3e5,\n'
ARCHIVE = {"data/a.csv": b"a\n1\n", "data/b.csv": b"b\n2\n" * 50}
READERS: dict[str, tuple[Callable[[bytes], object], list[bytes]]] = {
    "idx": (lambda b: read_idx(opens(b), LIMITS), [idx(NUMBERS), idx(pictures(1)[..., 0], packed=False)]),
    "npy": (lambda b: read_npy("x", b), [npy(NUMBERS), npy(NUMBERS.astype("i2").T)]),
    "npz": (lambda b: read_npz(opens(b), ["x"], LIMITS), [npz(x=npy(NUMBERS))]),
    "pickle": (unpickled, [META, BATCH, *(pickle.dumps({"a": [1, b"x", "y", (2**70, None)]}, p) for p in range(6))]),
    "cifar": (batches, [BATCH]),
    "cifar archive": (
        lambda b: read_cifar(opens(b), CIFAR, LIMITS, {}),
        [tarred({"b": BATCH, "m": META}), tarred({"m": META})],
    ),
    "newswires": (lambda b: read_newswires(opens(b), NEWS, LIMITS), [newswires_npz([[1, 2], [3], []], [0, 1, 0])]),
    "words": (words, [word_index("the", "of", "größe")]),
    "csv": (lambda b: table(b, {"format": "csv"}), [CSV.encode(), CSV.encode("utf-8-sig")]),
    "csv, utf-16": (lambda b: table(b, {"format": "csv", "encoding": "utf-16"}), [CSV.encode("utf-16")]),
    "csv, no header": (
        lambda b: table(
            b, {"format": "csv", "header": False, "names": ["a", "b", "c"], "separator": ";"}, columns=["a"]
        ),
        [CSV.replace(",", ";").encode()],
    ),
    "parquet": (
        lambda b: table(b, {"format": "parquet"}),
        [parquet(a=[1, 2, None], b=["x", "y", "z"]), parquet(a=[1.5] * 500, t=[[1], [2]] * 250)],
    ),
    "zip": (lambda b: list(members(opens(b), {"data/a.csv"}, LIMITS)), [zipped(ARCHIVE)]),
    "tar.gz": (lambda b: list(members(opens(b), {"data/a.csv"}, LIMITS)), [tarred(ARCHIVE)]),
}
MAGIC = [
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


HARMFUL = [0, 1, 127, 255, 1 << 15, (1 << 31) - 1, 1 << 31, (1 << 32) - 1]
ACCIDENTS: list[Callable[[st.DrawFn, bytearray, int], tuple[int, bytes]]] = [
    lambda draw, content, at: (1, bytes([draw(st.integers(0, 255))])),
    lambda draw, content, at: (4, struct.pack(draw(st.sampled_from(["<I", ">I"])), draw(st.sampled_from(HARMFUL)))),
    lambda draw, content, at: (draw(st.integers(1, 8)), b""),
    lambda draw, content, at: (len(content), b""),
    lambda draw, content, at: (0, bytes(content[at : at + draw(st.integers(1, 512))])),
    lambda draw, content, at: (0, draw(st.binary(min_size=1, max_size=8))),
]


@st.composite
def changed(draw: st.DrawFn, sound: list[bytes]) -> bytes:
    """A sound file after one to four accidents; or only the beginning of one, and bytes that mean nothing."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.sampled_from(MAGIC)) + draw(st.binary(max_size=300))
    content = bytearray(draw(st.sampled_from(sound)))
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, max(0, len(content) - 1)))
        gone, put = draw(st.sampled_from(ACCIDENTS))(draw, content, at)
        content[at : at + gone] = put
    return bytes(content)


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.filterwarnings("ignore")
def test_any_accident_is_read_or_told(reader: str) -> None:
    read, sound = READERS[reader]

    @settings(deadline=None)
    @given(changed(sound))
    def holds(content: bytes) -> None:
        check_bounded(BOUND, read, content)

    for content in sound[:1]:
        check_bounded(BOUND, read, content)  # what is loaded once is loaded
    holds()


@pytest.mark.parametrize("reader", READERS)
def test_the_sound_files_are_sound(reader: str) -> None:
    """An accident to a file that was refused anyway would show nothing; a list in a column is refused, and so meant."""
    read, sound = READERS[reader]
    assert read(sound[0]) is not None


@settings(deadline=None)
@given(st.data())
def test_inside_the_packing_too(data: st.DataObject) -> None:
    """A checksum stops most accidents before a format is met; here they happen first."""
    inner = data.draw(changed([idx(NUMBERS, packed=False)]))
    check_bounded(BOUND, read_idx, opens(gzip.compress(inner)), LIMITS)
    inner = data.draw(changed([npy(NUMBERS), npy(NUMBERS.astype(np.uint8))]))
    check_bounded(BOUND, read_npz, opens(npz(x=inner)), ["x"], LIMITS)
    inner = data.draw(changed([gzip.decompress(tarred(ARCHIVE))]))
    check_bounded(BOUND, READERS["tar.gz"][0], gzip.compress(inner))
    inner = data.draw(changed([json.dumps({"the": 1, "of": 2}).encode()]))
    check_bounded(BOUND, words, gzip.compress(inner))


def bomb(size: int) -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    return b"".join([*(packer.compress(bytes(1 << 20)) for _ in range(size >> 20)), packer.flush()])


@pytest.mark.parametrize("reader", ["idx", "tar.gz", "words"])
def test_a_bomb_is_put_out(reader: str) -> None:
    """256 MB of zeros in 256 kB, of which `limits.bytes` are looked at."""
    head = gzip.compress(b"\0\0\x08\x01" + struct.pack(">I", 1 << 28))
    for content in (bomb(256 << 20), head + bomb(256 << 20)):
        check_bounded(BOUND, READERS[reader][0], content)


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_an_archive_takes_what_is_allowed(pack: Callable[[dict[str, bytes]], bytes]) -> None:
    """50 MB in one member and 2,000 members, where 100 kB and ten are allowed, or all of them."""
    many = pack({f"{n}.csv": b"" for n in range(2000)})
    for content in (pack({"data/a.csv": bytes(50 << 20)}), many):
        check_bounded(4 << 20, lambda c: list(members(opens(c), ["data/a.csv"], LIMITS)), content)
    wide = Limits(members=2000, bytes=10 << 20)
    check_bounded(4 << 20, lambda c: list(members(opens(c), ["7.csv"], wide)), many)


def test_a_bad_pickle_takes_little() -> None:
    for _, content, _ in pickles():
        check_bounded(100 * len(content) + (1 << 20), unpickled, content)


@pytest.mark.parametrize("depth", [1_000, 50_000])
def test_nesting_without_end(depth: int) -> None:
    """Recursion is Python's to refuse; the reader has to say so in words."""
    for content in (b"[" * depth, b'{"a":' * depth, b"[" * depth + b"]" * depth):
        check_bounded(BOUND, words, content)
    for content in (b"\x80\x02" + b"]" * depth + b"a" * (depth - 1) + b".", b"(" * depth + b"t" * depth + b"."):
        check_bounded(BOUND, unpickled, content)
        check_bounded(BOUND, batches, content)
        check_bounded(BOUND, read_npy, "x", npy(np.array([None]))[:128] + content)


def test_the_guard_itself_lets_nothing_else_through() -> None:
    def failing() -> None:
        raise KeyError("a bug")

    with pytest.raises(KeyError):
        check_bounded(BOUND, failing)
    with pytest.raises(AssertionError, match="the bound is"):
        check_bounded(1000, bytearray, 1 << 20)

    def mistaken() -> None:
        raise UserError("told")

    check_bounded(BOUND, mistaken)

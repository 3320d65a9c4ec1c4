"""Archives that somebody might send: what each of them is, and what is said of it. Asked for is `data/a.csv`."""

import gzip
import io
import stat
import struct
import tarfile
import warnings
import zipfile
from collections.abc import Iterator

from tests.download.made import LIMITS, tarred, zipped

HELD = {"data/a.csv": b"a\n1\n", "data/b.csv": b"b\n2\n"}
MEGABYTE = bytes(1_000_000)
OUT = ("/etc/passwd", "../a", "data/../../a", "data/..", "C:\\a", "c:a", "..\\a", "\\\\host\\a", "a\\..\\..\\b")
LINKS = {
    "symbolic link": tarfile.SYMTYPE,
    "hard link": tarfile.LNKTYPE,
    "character device": tarfile.CHRTYPE,
    "block device": tarfile.BLKTYPE,
    "fifo": tarfile.FIFOTYPE,
    "file with holes": tarfile.GNUTYPE_SPARSE,
}
CENTRAL, LOCAL, END = b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06"

Archive = tuple[str, bytes, str]


def archives() -> Iterator[Archive]:
    """Each with its name and a part of what is said."""
    for kind, pack in (("zip", zipped), ("tar.gz", tarred)):
        for name in OUT:
            yield f"{kind}: a member named {name!r}", pack({name: b"x"} | HELD), "leads out of the archive"
        yield f"{kind}: a bomb", pack({"data/a.csv": MEGABYTE}), "holds more than 100,000 bytes"
        yield f"{kind}: too much of all that is wanted", pack({"data/a.csv": bytes(100_001)}), "more than 100,000 bytes"
        many = pack({f"{n}.csv": b"" for n in range(10_000)} | HELD)
        yield f"{kind}: ten thousand members", many, f"more than {LIMITS.members} members"
        yield f"{kind}: in other letters only", pack({"data/A.csv": b""}), "no member 'data/a.csv'; did you mean data/A"
        yield f"{kind}: empty", pack({}), "no member 'data/a.csv'"
        yield f"{kind}: something before it", b"something" + pack(HELD), "neither a zip nor a tar.gz"
        whole = pack(HELD)
        for share in range(1, 10):
            yield f"{kind}: cut after {share} of 10", whole[: len(whole) * share // 10], f"not readable as {kind}"
        yield f"{kind}: without its last byte", whole[:-1], f"not readable as {kind}"
    yield from _zips()
    yield from _tars()


def _zips() -> Iterator[Archive]:
    for name, kind in (("link", stat.S_IFLNK), ("device", stat.S_IFCHR), ("fifo", stat.S_IFIFO)):
        yield f"zip: a {name}", zipped_as(kind, f"some {name}"), f"'some {name}' is a link, a device"
    yield "zip: a folder where the file should be", zipped_as(stat.S_IFDIR, "data/a.csv"), "is a folder"
    yield "zip: a folder of that name", zipped({"data/a.csv/": b""}), "no member 'data/a.csv'"
    yield "zip: the same name twice", twice_zipped(), "is there twice"
    yield "zip: encrypted", patched(patched(zipped(HELD), CENTRAL, 8, b"\1"), LOCAL, 6, b"\1"), "is encrypted"
    yield "zip: packed otherwise", packed_by(zipfile.ZIP_LZMA), "in another way than deflate"
    large = zipped({"data/a.csv": MEGABYTE})
    yield "zip: ten bytes claimed, a million there", patched(large, CENTRAL, 24, struct.pack("<I", 10)), "Bad CRC-32"
    both = patched(patched(large, CENTRAL, 24, struct.pack("<I", 10)), LOCAL, 22, struct.pack("<I", 10))
    yield "zip: ten bytes claimed twice", both, "Bad CRC-32"
    far = struct.pack("<I", 0xFFFFFFF0)
    yield "zip: four gigabytes claimed", patched(large, CENTRAL, 20, far), "holds more than 100,000 bytes"
    yield "zip: a member beyond the end", patched(large, CENTRAL, 42, far), "not readable as zip"
    yield "zip: a directory beyond the end", patched(large, END, 12, far), "not readable as zip"
    name = patched(zipped(HELD), LOCAL, 30, b"other/name")
    yield "zip: another name in front of the content", name, "not readable as zip"
    yield "zip: in a zip", zipped({"inner.zip": zipped(HELD)}), "no member 'data/a.csv'"


def _tars() -> Iterator[Archive]:
    for name, kind in LINKS.items():
        yield f"tar.gz: a {name}", tarred({"some link": typed("some link", kind)} | HELD), "is a link, a device"
        yield f"tar.gz: a {name} as wanted", tarred({"data/a.csv": typed("data/a.csv", kind)}), "is a link, a device"
    folder = typed("data/a.csv", tarfile.DIRTYPE)
    yield "tar.gz: a folder where the file should be", tarred({"data/a.csv": folder}), "is a folder"
    yield "tar.gz: the same name twice", twice_tarred(), "is there twice"
    yield "tar.gz: eight gigabytes claimed", gzip.compress(header(size=8 << 30) + b"a\n1\n"), "not readable as tar.gz"
    yield "tar.gz: less than nothing claimed", gzip.compress(negative() + bytes(1024)), "claims -512 bytes"
    yield "tar.gz: less than nothing in an extension", extended(size="-5"), "claims -5 bytes"
    yield "tar.gz: an exabyte in an extension", extended(size=str(1 << 60)), "not readable as tar.gz"
    yield "tar.gz: another name in an extension", extended(path="../../a"), "leads out of the archive"
    holes = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": str(1 << 40)}
    yield "tar.gz: a terabyte of holes in an extension", extended(**holes), "not readable as tar.gz"
    long = header(kind=tarfile.GNUTYPE_LONGNAME, size=1_000_000) + MEGABYTE + bytes(448)
    yield "tar.gz: a name of a megabyte", gzip.compress(long), "more than 100,000 bytes"
    yield "tar.gz: something after it", tarred(HELD) + b"something", "not readable as tar.gz"
    yield "tar.gz: another checksum", tarred(HELD)[:-8] + bytes(8), "not readable as tar.gz"
    yield "tar.gz: no tar in the gzip", gzip.compress(b"hello"), "not readable as tar.gz"
    yield "tar.gz: nothing in the gzip", gzip.compress(b""), "not readable as tar.gz"


def zipped_as(kind: int, name: str) -> bytes:
    info = zipfile.ZipInfo(name)
    info.external_attr = (kind | 0o777) << 16
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(info, "/etc/passwd")
    return packed.getvalue()


def packed_by(method: int) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", method) as archive:
        archive.writestr("data/a.csv", "1")
    return packed.getvalue()


def twice_zipped() -> bytes:
    packed = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(packed, "w") as archive:
        warnings.simplefilter("ignore")
        for content in "12":
            archive.writestr("data/a.csv", content)
    return packed.getvalue()


def twice_tarred() -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        for content in (b"1", b"2"):
            archive.addfile(sized("data/a.csv", 1), io.BytesIO(content))
    return packed.getvalue()


def patched(archive: bytes, sign: bytes, at: int, content: bytes) -> bytes:
    """Other bytes so far behind a sign."""
    begin = archive.index(sign) + at
    return archive[:begin] + content + archive[begin + len(content) :]


def sized(name: str, size: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.size = size
    return info


def typed(name: str, kind: bytes) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, "/etc/passwd"
    return info


def header(kind: bytes = tarfile.REGTYPE, size: int = 0) -> bytes:
    info = sized("data/a.csv", size)
    info.type = kind
    return info.tobuf(tarfile.GNU_FORMAT)


def negative() -> bytes:
    """The size as a number in base 256, which has a sign."""
    block = bytearray(header())
    block[124:136] = (-512).to_bytes(12, "big", signed=True)
    block[148:156] = b"%06o\0 " % tarfile.calc_chksums(bytes(block))[0]
    return bytes(block)


def extended(**entries: str) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz", format=tarfile.PAX_FORMAT) as archive:
        info = sized("data/a.csv", 4)
        info.pax_headers = entries
        archive.addfile(info, io.BytesIO(b"a\n1\n"))
    return packed.getvalue()

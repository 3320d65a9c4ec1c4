"""Archives that must be refused. The requested member is `data/a.csv`."""

import gzip
import io
import stat
import struct
import tarfile
import warnings
import zipfile
from collections.abc import Iterator

from tests.download.sample_files import LIMITS, make_tar, make_zip

MEMBERS = {"data/a.csv": b"a\n1\n", "data/b.csv": b"b\n2\n"}
MEGABYTE = bytes(1_000_000)
OUTSIDE = ("/etc/passwd", "../a", "data/../../a", "data/..", "C:\\a", "c:a", "..\\a", "\\\\host\\a", "a\\..\\..\\b")
SPECIAL_TYPES = {
    "symbolic link": tarfile.SYMTYPE,
    "hard link": tarfile.LNKTYPE,
    "character device": tarfile.CHRTYPE,
    "block device": tarfile.BLKTYPE,
    "fifo": tarfile.FIFOTYPE,
    "sparse file": tarfile.GNUTYPE_SPARSE,
}
# Signatures of the records of a zip.
CENTRAL, LOCAL, END = b"PK\x01\x02", b"PK\x03\x04", b"PK\x05\x06"

# A name, the archive, and a part of the message that refuses it.
HostileArchive = tuple[str, bytes, str]


def hostile_archives() -> Iterator[HostileArchive]:
    for kind, make in (("zip", make_zip), ("tar.gz", make_tar)):
        for name in OUTSIDE:
            yield f"{kind}: a member named {name!r}", make({name: b"x"} | MEMBERS), "has a path outside the archive"
        yield f"{kind}: a bomb", make({"data/a.csv": MEGABYTE}), "holds more than 100,000 bytes"
        yield f"{kind}: one byte too many", make({"data/a.csv": bytes(100_001)}), "more than 100,000 bytes"
        many = make({f"{n}.csv": b"" for n in range(10_000)} | MEMBERS)
        yield f"{kind}: ten thousand members", many, f"more than {LIMITS.members} members"
        yield (
            f"{kind}: a name in another case",
            make({"data/A.csv": b""}),
            "no member 'data/a.csv'; did you mean data/A",
        )
        yield f"{kind}: empty", make({}), "no member 'data/a.csv'"
        yield f"{kind}: bytes before it", b"something" + make(MEMBERS), "neither a zip nor a tar.gz"
        whole = make(MEMBERS)
        for tenths in range(1, 10):
            yield f"{kind}: cut after {tenths} of 10", whole[: len(whole) * tenths // 10], f"not readable as {kind}"
        yield f"{kind}: without its last byte", whole[:-1], f"not readable as {kind}"
    yield from _hostile_zips()
    yield from _hostile_tars()


def _hostile_zips() -> Iterator[HostileArchive]:
    for name, file_type in (("link", stat.S_IFLNK), ("device", stat.S_IFCHR), ("fifo", stat.S_IFIFO)):
        yield f"zip: a {name}", _zip_with_type(file_type, f"some {name}"), f"'some {name}' is a link, a device"
    yield "zip: a folder instead of the file", _zip_with_type(stat.S_IFDIR, "data/a.csv"), "is a folder"
    yield "zip: a folder of that name", make_zip({"data/a.csv/": b""}), "no member 'data/a.csv'"
    nameless = make_zip({"none.csv": b"1"} | MEMBERS).replace(b"none.csv", b"\0one.csv")  # a name ends at a null byte
    yield "zip: a member without a name", nameless, "member '' has a path outside the archive"
    yield "zip: the same name twice", _zip(("data/a.csv", "1"), ("data/a.csv", "2")), "occurs twice"
    yield "zip: encrypted", _patch(_patch(make_zip(MEMBERS), CENTRAL, 8, b"\1"), LOCAL, 6, b"\1"), "is encrypted"
    yield "zip: another compression", _zip(("data/a.csv", "1"), method=zipfile.ZIP_LZMA), "another method than deflate"
    large = make_zip({"data/a.csv": MEGABYTE})
    ten = struct.pack("<I", 10)
    one_header = _patch(large, CENTRAL, 24, ten)
    yield "zip: a declared size of ten bytes", one_header, "Bad CRC-32"
    yield "zip: a declared size of ten bytes in both headers", _patch(one_header, LOCAL, 22, ten), "Bad CRC-32"
    far = struct.pack("<I", 0xFFFFFFF0)
    yield "zip: a declared size of four gigabytes", _patch(large, CENTRAL, 20, far), "holds more than 100,000 bytes"
    yield "zip: a member beyond the end", _patch(large, CENTRAL, 42, far), "not readable as zip"
    yield "zip: a directory beyond the end", _patch(large, END, 12, far), "not readable as zip"
    renamed = _patch(make_zip(MEMBERS), LOCAL, 30, b"other/name")
    yield "zip: another name before the content", renamed, "not readable as zip"
    yield "zip: in a zip", make_zip({"inner.zip": make_zip(MEMBERS)}), "no member 'data/a.csv'"


def _hostile_tars() -> Iterator[HostileArchive]:
    for name, member_type in SPECIAL_TYPES.items():
        unrequested = make_tar({"some link": _member("some link", member_type=member_type)} | MEMBERS)
        yield f"tar.gz: a {name}", unrequested, "is a link, a device"
        requested = make_tar({"data/a.csv": _member("data/a.csv", member_type=member_type)})
        yield f"tar.gz: a {name} instead of the file", requested, "is a link, a device"
    folder = _member("data/a.csv", member_type=tarfile.DIRTYPE)
    yield "tar.gz: a folder instead of the file", make_tar({"data/a.csv": folder}), "is a folder"
    yield "tar.gz: the same name twice", _tar_with_duplicate(), "occurs twice"
    gigabytes = gzip.compress(tar_header(size=8 << 30) + b"a\n1\n")
    yield "tar.gz: a declared size of eight gigabytes", gigabytes, "not readable as tar.gz"
    yield "tar.gz: a negative size", gzip.compress(_header_with_negative_size() + bytes(1024)), "declares -512 bytes"
    yield "tar.gz: a negative size in an extension", _tar_with_extension(size="-5"), "declares -5 bytes"
    yield "tar.gz: an exabyte in an extension", _tar_with_extension(size=str(1 << 60)), "not readable as tar.gz"
    outside = _tar_with_extension(path="../../a")
    yield "tar.gz: another name in an extension", outside, "has a path outside the archive"
    sparse = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": str(1 << 40)}
    yield "tar.gz: a sparse terabyte in an extension", _tar_with_extension(**sparse), "not readable as tar.gz"
    long_name = tar_header(member_type=tarfile.GNUTYPE_LONGNAME, size=1_000_000) + MEGABYTE + bytes(448)
    yield "tar.gz: a name of a megabyte", gzip.compress(long_name), "more than 100,000 bytes"
    yield "tar.gz: bytes after it", make_tar(MEMBERS) + b"something", "not readable as tar.gz"
    yield "tar.gz: another checksum", make_tar(MEMBERS)[:-8] + bytes(8), "not readable as tar.gz"
    yield "tar.gz: no tar in the gzip", gzip.compress(b"hello"), "not readable as tar.gz"
    yield "tar.gz: nothing in the gzip", gzip.compress(b""), "not readable as tar.gz"


def _zip_with_type(file_type: int, name: str) -> bytes:
    info = zipfile.ZipInfo(name)
    info.external_attr = (file_type | 0o777) << 16
    return _zip((info, "/etc/passwd"))


def _zip(*members: tuple[str | zipfile.ZipInfo, str], method: int = zipfile.ZIP_STORED) -> bytes:
    archive = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(archive, "w", method) as opened:
        warnings.simplefilter("ignore")  # of names that occur twice
        for member, content in members:
            opened.writestr(member, content)
    return archive.getvalue()


def _tar_with_duplicate() -> bytes:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as opened:
        for content in (b"1", b"2"):
            opened.addfile(_member("data/a.csv", 1), io.BytesIO(content))
    return archive.getvalue()


def _patch(archive: bytes, signature: bytes, offset: int, content: bytes) -> bytes:
    """The archive with other bytes at this offset from the first signature."""
    start = archive.index(signature) + offset
    return archive[:start] + content + archive[start + len(content) :]


def _member(name: str, size: int = 0, member_type: bytes = tarfile.REGTYPE) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.size, info.linkname = member_type, size, "/etc/passwd"
    return info


def tar_header(member_type: bytes = tarfile.REGTYPE, size: int = 0) -> bytes:
    return _member("data/a.csv", size, member_type).tobuf(tarfile.GNU_FORMAT)


def _header_with_negative_size() -> bytes:
    """Sizes in base 256 have a sign."""
    block = bytearray(tar_header())
    block[124:136] = (-512).to_bytes(12, "big", signed=True)
    return with_checksum(bytes(block))


def with_checksum(block: bytes) -> bytes:
    """The header of a tar with the sum of its bytes, in which the field of the sum counts as spaces."""
    return block[:148] + b"%06o\0 " % sum(block[:148] + b" " * 8 + block[156:]) + block[156:]


def _tar_with_extension(**entries: str) -> bytes:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz", format=tarfile.PAX_FORMAT) as opened:
        info = tarfile.TarInfo("data/a.csv")
        info.size, info.pax_headers = 4, entries
        opened.addfile(info, io.BytesIO(b"a\n1\n"))
    return archive.getvalue()

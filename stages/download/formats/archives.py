"""Members of a zip or tar.gz, read where they are: nothing is ever extracted to a path."""

import gzip
import hashlib
import re
import stat
import struct
import tarfile
import zipfile
from collections.abc import Collection, Iterator, Mapping
from typing import IO, BinaryIO, cast

from stages.core.errors import ErrorList, UserError, format_examples, suggest
from stages.download.formats.bounded_reading import GZIP, ZIP, Counted, Opens, sound, starts
from stages.download.params import Limits

READABLE = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
ENCRYPTED = 0x1
BLOCK = 1 << 16
DRIVE = re.compile(r"[A-Za-z]:")


def members(
    archive: Opens, wanted: Collection[str], limits: Limits, md5: Mapping[str, str] | None = None
) -> Iterator[tuple[str, bytes]]:
    """The wanted ones in the archive's order, each once its md5, where one is known, was checked.

    The whole archive is refused for a member that has no place in it, wanted or not.
    """
    seen: dict[str, None] = {}
    for name, content in _all(archive, wanted, limits):
        _check_name(name, seen)
        seen[name] = None
        if len(seen) > limits.members:
            raise UserError(f"holds more than {limits.members:,} members; limits.members allows no more")
        if content is not None:
            _check_md5(name, content, (md5 or {}).get(name))
            yield name, content
    _check_found(wanted, list(seen))


def member(archive: Opens, name: str, limits: Limits, md5: Mapping[str, str] | None = None) -> bytes:
    [(_, content)] = members(archive, {name}, limits, md5)
    return content


def _all(archive: Opens, wanted: Collection[str], limits: Limits) -> Iterator[tuple[str, bytes | None]]:
    beginning = starts(archive)
    if beginning.startswith(ZIP):
        return _zipped(archive, wanted, limits)
    if beginning.startswith(GZIP):
        return _tarred(archive, wanted, limits)
    raise UserError(f"neither a zip nor a tar.gz archive; it begins with {beginning!r}")


def _zipped(archive: Opens, wanted: Collection[str], limits: Limits) -> Iterator[tuple[str, bytes | None]]:
    read = 0
    with (
        archive() as file,
        sound("zip", zipfile.BadZipFile, struct.error, ValueError, NotImplementedError),
        zipfile.ZipFile(file) as opened,
    ):
        for info in opened.infolist():
            _check_zipped(info)
            content = None
            if info.filename in wanted:
                _check_file(info.filename, stat.S_ISDIR(info.external_attr >> 16))
                with opened.open(info) as member:
                    content = Counted(cast("BinaryIO", member), limits.bytes, read).read()
                read += len(content)
            yield info.filename, content


def _check_zipped(info: zipfile.ZipInfo) -> None:
    kind = stat.S_IFMT(info.external_attr >> 16)
    _check_kind(info.filename, kind not in (0, stat.S_IFREG, stat.S_IFDIR))
    if info.flag_bits & ENCRYPTED:
        raise UserError(f"member {info.filename!r} is encrypted")
    if info.compress_type not in READABLE:
        raise UserError(f"member {info.filename!r} is packed in another way than deflate")


def _tarred(archive: Opens, wanted: Collection[str], limits: Limits) -> Iterator[tuple[str, bytes | None]]:
    """As a stream, from front to back: its headers are counted with the rest, whatever sizes they claim.

    It is read to its very end, where gzip has its checksum.
    """
    damage = (tarfile.TarError, ValueError, RecursionError)
    with archive() as packed, gzip.GzipFile(fileobj=packed) as unpacked, sound("tar.gz", *damage):
        counted = Counted(cast("BinaryIO", unpacked), limits.bytes)
        with tarfile.open(fileobj=counted, mode="r|") as opened:  # type: ignore[call-overload]
            for info in opened:
                _check_tarred(info)
                stream = _file(opened, info) if info.name in wanted else None
                yield info.name, None if stream is None else stream.read()
        while counted.read(BLOCK):
            pass


def _check_tarred(info: tarfile.TarInfo) -> None:
    _check_kind(info.name, info.type not in (*tarfile.REGULAR_TYPES, tarfile.DIRTYPE) or info.issparse())
    if info.size < 0:
        raise UserError(f"member {info.name!r} claims {info.size} bytes")


def _file(archive: tarfile.TarFile, info: tarfile.TarInfo) -> IO[bytes] | None:
    _check_file(info.name, info.isdir())
    return archive.extractfile(info)


def _check_kind(name: str, strange: bool) -> None:
    if strange:
        raise UserError(f"member {name!r} is a link, a device or another thing that is no file; nothing was read")


def _check_file(name: str, folder: bool) -> None:
    if folder:
        raise UserError(f"member {name!r} is a folder; a file is expected")


def _check_name(name: str, seen: Collection[str]) -> None:
    parts = name.replace("\\", "/").split("/")
    if parts[0] == "" or DRIVE.match(name) or ".." in parts:
        raise UserError(f"member {name!r} leads out of the archive; nothing was read")
    if name in seen:
        raise UserError(f"member {name!r} is there twice")


def _check_md5(name: str, content: bytes, expected: str | None) -> None:
    received = hashlib.md5(content, usedforsecurity=False).hexdigest()
    if expected is not None and received != expected:
        raise UserError(f"member {name!r}: wrong content: expected md5 {expected}, received {received}")


def _check_found(wanted: Collection[str], seen: list[str]) -> None:
    errors = ErrorList()
    for name in sorted(wanted):
        where = suggest(name, seen) if seen else f"it has {format_examples(seen) or 'none'}"
        errors.check(name in seen, f"no member {name!r}; {where}")
    errors.raise_if_any()

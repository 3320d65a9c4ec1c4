"""Members of a zip or tar.gz archive, read without extracting anything to a path."""

import gzip
import hashlib
import struct
import tarfile
import zipfile
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Generic, Protocol, TypeVar, cast

from stages.core.errors import ErrorList, UserError, suggest
from stages.core.files.archive_members import check_member_path, check_member_type, is_folder_of_zip
from stages.download.formats.read_untrusted_files import (
    GZIP_SIGNATURE,
    ZIP_SIGNATURE,
    BoundedStream,
    OpenFile,
    explain_damage,
    first_bytes,
)
from stages.download.params.file_params import Limits

BLOCK = 1 << 16
Content = TypeVar("Content")
# Reads a member while the archive is open.
Take = Callable[["Readable"], Content]


class Readable(Protocol):
    def read(self, size: int = -1, /) -> bytes: ...


@dataclass(frozen=True)
class _Member(Generic[Content]):
    """`content` is what was taken of the member, None unless it was requested."""

    name: str
    is_folder: bool
    content: Content | None


def read_members(
    archive: OpenFile, names: Collection[str], limits: Limits, md5: Mapping[str, str] | None = None
) -> Iterator[tuple[str, bytes]]:
    """The requested members in the order of the archive, each after its md5 is checked if it is in `md5`.

    The archive is refused if any member is unsafe, requested or not.
    """
    for name, content in _taken_members(archive, names, limits, lambda member: member.read()):
        if md5 and name in md5:
            _check_md5(name, hashlib.md5(content, usedforsecurity=False).hexdigest(), md5[name])
        yield name, content


def extract_member(
    archive: OpenFile, name: str, target: Path, limits: Limits, md5: Mapping[str, str] | None = None
) -> None:
    """Write a member of any size to a file, which is removed if anything is wrong with the archive."""

    def write(member: Readable) -> str:
        digest = hashlib.md5(usedforsecurity=False)
        with target.open("wb") as output:
            while block := member.read(BLOCK):
                digest.update(block)
                output.write(block)
        return digest.hexdigest()

    try:
        for _, received in _taken_members(archive, {name}, limits, write):
            if md5 and name in md5:
                _check_md5(name, received, md5[name])
    except UserError:
        target.unlink(missing_ok=True)
        raise


def _taken_members(
    archive: OpenFile, names: Collection[str], limits: Limits, take: Take[Content]
) -> Iterator[tuple[str, Content]]:
    seen: set[str] = set()
    for member in _checked_members(archive, names, limits, take):
        seen.add(member.name)
        if member.content is not None:
            yield member.name, member.content
    errors = ErrorList()
    for name in sorted(set(names) - seen):
        hint = suggest(name, sorted(seen)) if seen else "the archive is empty"
        errors.add(f"no member {name!r}; {hint}")
    errors.raise_if_any()


def list_members(archive: OpenFile, limits: Limits) -> list[str]:
    """The names of all members in the order of the archive. That of a folder ends with a slash.

    The archive is refused if any member is unsafe.
    """
    members = _checked_members(archive, (), limits, lambda member: member.read())
    return [f"{member.name.rstrip('/')}/" if member.is_folder else member.name for member in members]


def _checked_members(
    archive: OpenFile, names: Collection[str], limits: Limits, take: Take[Content]
) -> Iterator[_Member[Content]]:
    seen: set[str] = set()
    for member in _iterate(archive, names, limits, take):
        name = member.name
        check_member_path(name)
        if name in seen:
            raise UserError(f"member {name!r} occurs twice")
        seen.add(name)
        if len(seen) > limits.members:
            raise UserError(f"holds more than {limits.members:,} members; limits.members allows no more")
        yield member


def _check_md5(name: str, received: str, expected: str) -> None:
    if received != expected:
        raise UserError(f"member {name!r}: wrong content: expected md5 {expected}, received {received}")


def read_member(archive: OpenFile, name: str, limits: Limits, md5: Mapping[str, str] | None = None) -> bytes:
    [(_, content)] = read_members(archive, {name}, limits, md5)
    return content


def _iterate(
    archive: OpenFile, names: Collection[str], limits: Limits, take: Take[Content]
) -> Iterator[_Member[Content]]:
    start = first_bytes(archive)
    if start.startswith(ZIP_SIGNATURE):
        return _iterate_zip(archive, names, limits, take)
    if start.startswith(GZIP_SIGNATURE):
        return _iterate_tar(archive, names, limits, take)
    raise UserError(f"neither a zip nor a tar.gz archive; it begins with {start!r}")


def _iterate_zip(
    archive: OpenFile, names: Collection[str], limits: Limits, take: Take[Content]
) -> Iterator[_Member[Content]]:
    count = 0
    damage = (zipfile.BadZipFile, struct.error, ValueError, NotImplementedError)
    with archive() as file, explain_damage("zip", *damage), zipfile.ZipFile(file) as opened:
        for info in opened.infolist():
            is_folder = is_folder_of_zip(info)
            _check_requested(info.filename, is_folder, names)
            content = None
            if info.filename in names:
                with opened.open(info) as member:
                    stream = BoundedStream(cast("BinaryIO", member), limits.bytes, count)
                    content = take(stream)
                count = stream.count
            yield _Member(info.filename, is_folder, content)


def _iterate_tar(
    archive: OpenFile, names: Collection[str], limits: Limits, take: Take[Content]
) -> Iterator[_Member[Content]]:
    """The archive is read as a stream, so that headers count towards the limit whatever sizes they declare."""
    damage = (tarfile.TarError, ValueError, RecursionError)
    with archive() as file, gzip.GzipFile(fileobj=file) as unzipped, explain_damage("tar.gz", *damage):
        stream = BoundedStream(cast("BinaryIO", unzipped), limits.bytes)
        with tarfile.open(fileobj=stream, mode="r|") as opened:  # type: ignore[call-overload]
            for info in opened:
                is_file = info.type in tarfile.REGULAR_TYPES and not info.issparse()
                check_member_type(info.name, is_file, info.isdir() and not info.issparse())
                _check_requested(info.name, info.isdir(), names)
                if info.size < 0:
                    raise UserError(f"member {info.name!r} declares {info.size} bytes")
                content = take(opened.extractfile(info)) if info.name in names else None
                yield _Member(info.name, info.isdir(), content)
        # The checksum of gzip is at the end and is checked only when everything is read.
        while stream.read(BLOCK):
            pass


def _check_requested(name: str, is_folder: bool, names: Collection[str]) -> None:
    if is_folder and name in names:
        raise UserError(f"member {name!r} is a folder; a file is expected")

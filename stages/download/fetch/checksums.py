"""No file is read before its content was checked."""

import hashlib
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Protocol, cast

from stages.core.artefacts.raw import sha256_of
from stages.core.errors import ErrorList, UserError
from stages.download.formats.archives import member, members
from stages.download.formats.bounded_reading import Opens
from stages.download.params import AnyFile, Limits

CHECKSUM = re.compile(r"\s*([0-9a-f]{64})(?:\s+\*?(\S+))?\s*")


@dataclass(frozen=True)
class Verified:
    """A file whose content was checked, what a person calls it, and what of it is read.

    `part` is the month that it is of. `instead_of` is the published hash where the file of a mirror stood in for the
    published one; `by_neighbour` says that the hash came from a file beside it.
    """

    path: Path
    called: str
    sha256: str
    stored: AnyFile
    part: str = ""
    instead_of: str | None = None
    by_neighbour: bool = False

    def content(self, limits: Limits) -> Opens:
        """The file's, or that of the one member that is wanted of it."""
        whole = cast("Opens", partial(self.path.open, "rb"))
        if self.stored.member is None:
            return whole
        return partial(BytesIO, member(whole, self.stored.member, limits, self.stored.md5))


class Proof(Protocol):
    """What a content must be; `name` is its own and no other's, and a good name to keep it by."""

    @property
    def name(self) -> str: ...

    def check(self, path: Path) -> str:
        """What is to be recorded of it."""


@dataclass(frozen=True)
class Sha256Proof:
    sha256: str

    @property
    def name(self) -> str:
        return self.sha256

    def check(self, path: Path) -> str:
        check_sha256(path, self.sha256)
        return self.sha256


@dataclass(frozen=True)
class MembersProof:
    """An archive that is known only by what is in it, and may be packed in any way."""

    md5: Mapping[str, str]
    limits: Limits

    @property
    def name(self) -> str:
        return "members-" + hashlib.sha256(repr(sorted(self.md5.items())).encode()).hexdigest()

    def check(self, path: Path) -> str:
        for _ in members(cast("Opens", partial(path.open, "rb")), set(self.md5), self.limits, self.md5):
            pass
        return "not published; known by the md5 of its members"


@dataclass(frozen=True)
class ChecksumFile:
    """A line `<sha256>  <name>`, as sha256sum writes it, about the file beside it."""

    beside: str

    @property
    def name(self) -> str:
        return "checksum-" + hashlib.sha256(self.beside.encode()).hexdigest()

    def check(self, path: Path) -> str:
        about = self.beside.rpartition("/")[2]
        line = CHECKSUM.fullmatch(path.read_text(encoding="utf-8", errors="replace"))
        if line is None or line[2] not in (None, about):
            raise UserError(f"not a checksum file: expected a line `<sha256>  {about}`")
        return line[1]


def check_sha256(path: Path, expected: str) -> None:
    received = sha256_of(path)
    if received != expected:
        raise UserError(f"wrong content: expected sha256 {expected}, received {received}")


@contextmanager
def named(called: str) -> Iterator[None]:
    """One file's errors, each under the file's name."""
    errors = ErrorList()
    with collected(errors, called):
        yield
    errors.raise_if_any()


@contextmanager
def collected(errors: ErrorList, called: str) -> Iterator[None]:
    """One file's errors are told with the others', each under the file's name."""
    try:
        yield
    except UserError as mistake:
        for fault in mistake.messages:
            errors.add(f"{called}: {fault}")

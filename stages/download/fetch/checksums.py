"""Ways to verify the content of a downloaded file."""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Protocol, cast

from stages.core.artefacts.raw_files import sha256_of
from stages.core.errors import UserError
from stages.download.formats.archives import read_members
from stages.download.formats.bounded_reading import OpenFile
from stages.download.params.file_params import Limits

CHECKSUM_LINE = re.compile(r"\s*([0-9a-f]{64})(?:\s+\*?(\S+))?\s*")


class Verification(Protocol):
    """`cache_name` is the name of the file in the download cache; it identifies the expected content."""

    @property
    def cache_name(self) -> str: ...

    def verify(self, path: Path) -> str:
        """Return the hash to record. Raise a UserError if the content is not the expected one."""


@dataclass(frozen=True)
class BySha256:
    sha256: str

    @property
    def cache_name(self) -> str:
        return self.sha256

    def verify(self, path: Path) -> str:
        check_sha256(path, self.sha256)
        return self.sha256


@dataclass(frozen=True)
class ByMembers:
    """For an archive of which only the hashes of its members are known."""

    md5: Mapping[str, str]
    limits: Limits

    @property
    def cache_name(self) -> str:
        return "members-" + hashlib.sha256(repr(sorted(self.md5.items())).encode()).hexdigest()

    def verify(self, path: Path) -> str:
        for _ in read_members(cast("OpenFile", partial(path.open, "rb")), set(self.md5), self.limits, self.md5):
            pass
        return "not published; known by the md5 of its members"


@dataclass(frozen=True)
class ChecksumFile:
    """For the checksum file of `address` itself: one line `<sha256>  <name>`, as sha256sum writes it."""

    address: str

    @property
    def cache_name(self) -> str:
        return "checksum-" + hashlib.sha256(self.address.encode()).hexdigest()

    def verify(self, path: Path) -> str:
        name = self.address.rpartition("/")[2]
        line = CHECKSUM_LINE.fullmatch(path.read_text(encoding="utf-8", errors="replace"))
        if line is None or line[2] not in (None, name):
            raise UserError(f"not a checksum file: expected a line `<sha256>  {name}`")
        return line[1]


def check_sha256(path: Path, expected: str) -> None:
    received = sha256_of(path)
    if received != expected:
        raise UserError(f"wrong content: expected sha256 {expected}, received {received}")

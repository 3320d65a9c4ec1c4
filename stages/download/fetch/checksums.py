"""Ways to verify the content of a downloaded file."""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from stages.core.artefacts.raw.raw_files import sha256_of
from stages.core.errors import UserError
from stages.download.formats.archives import read_members
from stages.download.params.file_params import Limits

CHECKSUM_LINE = re.compile(r"\s*([0-9a-f]{64})(?:\s+\*?(\S+))?\s*")


@dataclass(frozen=True)
class Verification:
    """`cache_name` is the name of the file in the download cache; it identifies the expected content.

    `verify` returns the hash to record. It raises a UserError if the content is not the expected one.
    """

    cache_name: str
    verify: Callable[[Path], str]


def check_sha256(path: Path, expected: str) -> str:
    received = sha256_of(path)
    raise_if_different(received, expected)
    return received


def raise_if_different(received: str, expected: str) -> None:
    if received != expected:
        raise UserError(f"wrong content: expected sha256 {expected}, received {received}")


def by_sha256(sha256: str) -> Verification:
    return Verification(sha256, lambda path: check_sha256(path, sha256))


def by_members(md5: Mapping[str, str], limits: Limits) -> Verification:
    """For an archive of which only the hashes of its members are known."""

    def verify(path: Path) -> str:
        for _ in read_members(lambda: path.open("rb"), set(md5), limits, md5):
            pass
        return "not published; known by the md5 of its members"

    return Verification("members-" + hashlib.sha256(repr(sorted(md5.items())).encode()).hexdigest(), verify)


def as_checksum_file(address: str) -> Verification:
    """For the checksum file of `address` itself: one line `<sha256>  <name>`, as sha256sum writes it."""

    def verify(path: Path) -> str:
        name = address.rpartition("/")[2]
        line = CHECKSUM_LINE.fullmatch(path.read_text(encoding="utf-8", errors="replace"))
        if line is None or line[2] not in (None, name):
            raise UserError(f"not a checksum file: expected a line `<sha256>  {name}`")
        return line[1]

    return Verification("checksum-" + hashlib.sha256(address.encode()).hexdigest(), verify)

"""A mirror of the public files: RESTAGE_MIRROR, an address or a folder, is tried before every public address.

Files of a mirror must have the published content. If a mirror has repacked a file, RESTAGE_MIRROR_MANIFEST names a file
with lines `path  sha256 <hash>` that lists the hashes of the mirror's own files; meta.json records that such a file
was used.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from stages.core.errors import ErrorList, UserError

MIRROR = "RESTAGE_MIRROR"
MANIFEST = "RESTAGE_MIRROR_MANIFEST"
MANIFEST_LINE = re.compile(r"(\S.*?)\s+(?:md5\s+[0-9a-f]{32}\s+)?sha256\s+([0-9a-f]{64})\s*")


@dataclass(frozen=True)
class Mirror:
    """`root` is an address or a folder, `sha256` has the hashes of its manifest by path."""

    root: str
    sha256: Mapping[str, str] = field(default_factory=dict)


def mirror_from_environment() -> Mirror | None:
    root, manifest = os.environ.get(MIRROR), os.environ.get(MANIFEST)
    if manifest and not root:
        raise UserError(f"{MANIFEST} is set, but {MIRROR} is not; set it to the address or folder of the mirror")
    return Mirror(root, read_manifest(Path(manifest).expanduser()) if manifest else {}) if root else None


def read_manifest(path: Path) -> dict[str, str]:
    """The sha256 of each path. Blank lines and lines that begin with # are skipped."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{MANIFEST}: {path} cannot be read: {getattr(error, 'strerror', None) or error}") from None
    errors = ErrorList()
    hashes: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        if match := MANIFEST_LINE.fullmatch(line):
            hashes[match[1]] = match[2]
        else:
            errors.add(f"{path}:{number}: should be `path  sha256 <hash>`; received {line[:80]!r}")
    errors.raise_if_any()
    return hashes

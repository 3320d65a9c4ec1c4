"""A person's own copy of the public files: RESTAGE_MIRROR is tried before every public address.

What it has must be the published content. A mirror that packed a file anew says so in a manifest of its own, one
`path  sha256 <hash>` a line, which RESTAGE_MIRROR_MANIFEST names; meta.json then tells that it stood in.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from stages.core.errors import ErrorList, UserError

MIRROR = "RESTAGE_MIRROR"
MANIFEST = "RESTAGE_MIRROR_MANIFEST"
LINE = re.compile(r"(\S.*?)\s+(?:md5\s+[0-9a-f]{32}\s+)?sha256\s+([0-9a-f]{64})\s*")
ADDRESS = re.compile(r"https?://", re.IGNORECASE)


@dataclass(frozen=True)
class Mirror:
    """An address or a folder, and the hashes of those of its files that its own manifest names."""

    at: str
    sha256: Mapping[str, str] = field(default_factory=dict)

    def place(self, path: str) -> str:
        return f"{self.at.rstrip('/')}/{path}"


def mirror() -> Mirror | None:
    at, manifest = os.environ.get(MIRROR), os.environ.get(MANIFEST)
    if manifest and not at:
        raise UserError(f"{MANIFEST} is set, but {MIRROR} does not say where the mirror is")
    return Mirror(at, read_manifest(Path(manifest).expanduser()) if manifest else {}) if at else None


def is_address(place: str) -> bool:
    return ADDRESS.match(place) is not None


def read_manifest(path: Path) -> dict[str, str]:
    """Blank lines and those that begin with # say nothing."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{MANIFEST}: {path} cannot be read: {getattr(error, 'strerror', None) or error}") from None
    errors, hashes = ErrorList(), {}
    for number, line in enumerate(lines, start=1):
        if not line.strip() or line.startswith("#"):
            continue
        found = LINE.fullmatch(line)
        errors.check(found is not None, f"{path}:{number}: `path  sha256 <hash>` is expected; received {line[:80]!r}")
        if found is not None:
            hashes[found[1]] = found[2]
    errors.raise_if_any()
    return hashes

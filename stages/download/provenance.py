"""What meta.json says of where the data came from: what was read, and not where it lay."""

from collections.abc import Mapping, Sequence

from stages.download.fetch.checksums import Verified
from stages.download.params import File, Http


def origin(params: File | Http, found: Mapping[str, Sequence[Verified]]) -> dict[str, object]:
    """A file that moved is still the same data; one that a mirror packed anew is said to be just that."""
    files = {f"{name} {file.part}".rstrip(): file for name, parts in found.items() for file in parts}
    told: dict[str, object] = {
        "source": params.source,
        "sha256": {name: file.sha256 for name, file in files.items()},
        "licence": params.licence,
        "citation": params.citation,
        "checked_by": "the checksum files beside them" if any(f.by_neighbour for f in files.values()) else None,
        "mirror_manifest": [_stood_in(name, file) for name, file in files.items() if file.instead_of],
    }
    return {name: value for name, value in told.items() if value}


def _stood_in(name: str, file: Verified) -> str:
    return f"{name}: sha256 {file.sha256}, as a mirror's manifest has it, stood in for the published {file.instead_of}"

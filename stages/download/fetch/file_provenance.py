"""What meta.json records of the files of a source."""

from stages.download.fetch.verified_files import VerifiedFiles
from stages.download.params.file_params import File, Http


def file_provenance(params: File | Http, files: VerifiedFiles) -> dict[str, object]:
    """The hashes of the files, but not their paths; a file that a mirror repacked is recorded as such."""
    by_name = {f"{name} {file.month}".rstrip(): file for name, parts in files.items() for file in parts}
    provenance: dict[str, object] = {
        "source": params.source,
        "sha256": {name: file.sha256 for name, file in by_name.items()},
        "licence": params.licence,
        "citation": params.citation,
        "checked_by": "the checksum files beside them" if any(f.by_checksum_file for f in by_name.values()) else None,
        "mirror_manifest": [
            f"{name}: sha256 {file.sha256} from the mirror's manifest was used instead of the published {file.replaces}"
            for name, file in by_name.items()
            if file.replaces
        ],
    }
    return {name: value for name, value in provenance.items() if value}

"""What meta.json records of the files of a source."""

from stages.download.fetch.verified_files import VerifiedFiles
from stages.download.params import FileSource
from stages.download.params.dvc_params import Dvc


def file_provenance(params: FileSource, files: VerifiedFiles) -> dict[str, object]:
    """The hashes of the files, without paths of this machine; a file that a mirror repacked is recorded as such."""
    by_name = {f"{name} {file.month}".rstrip(): file for name, parts in files.items() for file in parts}
    provenance: dict[str, object] = {
        "source": params.source,
        **(_place(params) if isinstance(params, Dvc) else {}),
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


def _place(params: Dvc) -> dict[str, object]:
    """Where the files were, so that a person finds them again. conf/ has no address with a password."""
    files = params.files | params.picture_files
    return {"repo": params.repo, "rev": params.rev, "paths": {name: file.path for name, file in files.items()}}

"""Files whose content was verified by a hash, the only ones that are read; and what meta.json records of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from pathlib import Path

from stages.core.errors import ErrorList, UserError
from stages.download.fetch.checksums import check_sha256
from stages.download.file_errors import prefix_errors
from stages.download.formats.archives import read_member
from stages.download.formats.bounded_reading import OpenFile
from stages.download.params.file_params import File, Http, Limits, LocalFile, SourceFile


@dataclass(frozen=True)
class VerifiedFile:
    """`name` is the path or address that messages show, `month` the month of the data if there is a file per month.

    `replaces` is the published hash, if a mirror has the content in another archive. `by_checksum_file` says that the
    hash was published in a file beside this one.
    """

    path: Path
    name: str
    sha256: str
    params: SourceFile
    month: str = ""
    replaces: str | None = None
    by_checksum_file: bool = False

    def content(self, limits: Limits) -> OpenFile:
        """A function that opens the file, or the member to read from it."""
        if self.params.member is None:
            return lambda: self.path.open("rb")
        read = partial(read_member, lambda: self.path.open("rb"), self.params.member, limits, self.params.md5)
        return lambda: BytesIO(read())


VerifiedFiles = Mapping[str, Sequence[VerifiedFile]]


def verify_local(files: Mapping[str, LocalFile]) -> VerifiedFiles:
    errors = ErrorList()
    verified = {}
    for name, file in files.items():
        path = Path(file.path)
        with errors.collect(), prefix_errors(file.path):
            try:
                sha256 = check_sha256(path, file.sha256)
            except FileNotFoundError:
                raise UserError(f"no such file; looked for {path.absolute()}") from None
            except OSError as error:
                raise UserError(f"cannot be read: {error.strerror}") from None
            verified[name] = [VerifiedFile(path, file.path, sha256, file)]
    errors.raise_if_any()
    return verified


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
            f"{name}: sha256 {file.sha256}, as a mirror's manifest has it, stood in for the published {file.replaces}"
            for name, file in by_name.items()
            if file.replaces
        ],
    }
    return {name: value for name, value in provenance.items() if value}

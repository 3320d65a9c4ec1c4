"""Verification of local files."""

from collections.abc import Mapping
from pathlib import Path

from stages.core.errors import ErrorList, UserError
from stages.download.fetch.checksums import check_sha256
from stages.download.fetch.verified_file import VerifiedFile
from stages.download.file_errors import prefix_errors
from stages.download.params.file_params import LocalFile


def verify_local(files: Mapping[str, LocalFile]) -> dict[str, list[VerifiedFile]]:
    errors = ErrorList()
    verified: dict[str, list[VerifiedFile]] = {}
    for name, file in files.items():
        with errors.collect(), prefix_errors(file.path):
            verified[name] = [_verify(file)]
    errors.raise_if_any()
    return verified


def _verify(file: LocalFile) -> VerifiedFile:
    path = Path(file.path)
    try:
        check_sha256(path, file.sha256)
    except FileNotFoundError:
        raise UserError(f"no such file; looked for {path.absolute()}") from None
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror}") from None
    return VerifiedFile(path, file.path, file.sha256, file)

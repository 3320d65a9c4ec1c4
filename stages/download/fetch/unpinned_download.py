"""Downloads of files as they are now, whatever hash is pinned for them."""

import tempfile
from pathlib import Path
from typing import NamedTuple

from stages.core.artefacts.raw.raw_files import sha256_of
from stages.core.errors import UserError
from stages.download.fetch.cached_download import WEB_PAGE_STARTS, cached_file
from stages.download.fetch.checksums import Verification
from stages.download.fetch.download_files import Candidate, candidates, explain_cache_errors, first_with_the_file
from stages.download.fetch.transfers.mirror import Mirror
from stages.download.fetch.transfers.transfer import TransferLimits
from stages.download.params.file_params import Http, RemoteFile


class UnpinnedFile(NamedTuple):
    """A file in the download cache, under its own hash, and the address that it came from."""

    path: Path
    sha256: str
    candidate: Candidate


def download_unpinned(file: RemoteFile, params: Http, cache: Path, mirror: Mirror | None) -> UnpinnedFile:
    """The file from the first address that answers. The cache is not asked: it has the old content."""

    def fetch(candidate: Candidate) -> UnpinnedFile:
        # In a folder of its own, so that the download does not continue one of the old content.
        with tempfile.TemporaryDirectory(prefix="unpinned-", dir=cache) as folder:
            path, sha256 = cached_file(Path(folder), candidate.address, Verification("file", _hash_of_data), limits)
            return UnpinnedFile(path.replace(cache / sha256), sha256, candidate)

    limits = TransferLimits(params.timeout, params.minimum_rate, params.retries, None, params.limits.bytes)
    with explain_cache_errors(cache):
        return first_with_the_file(candidates(file, mirror), file, fetch)


def _hash_of_data(path: Path) -> str:
    with path.open("rb") as file:
        if file.read(512).lstrip().lower().startswith(WEB_PAGE_STARTS):
            raise UserError("a web page instead of the file")
    return sha256_of(path)

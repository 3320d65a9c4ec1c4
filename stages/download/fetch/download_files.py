"""Downloads of all files of a source. Verified files stay in the user's cache, so that each is downloaded once."""

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from platformdirs import user_cache_path

from stages.core.address_secrets import without_secrets
from stages.core.errors import ErrorList, UserError, prefix_errors
from stages.download.fetch.cached_download import cached_file, published_sha256
from stages.download.fetch.checksums import Verification, by_members, by_sha256
from stages.download.fetch.transfers.mirror import MIRROR, Mirror
from stages.download.fetch.transfers.transfer import TransferLimits
from stages.download.fetch.verified_files import VerifiedFile, VerifiedFiles
from stages.download.params.file_params import Http, RemoteFile

Result = TypeVar("Result")
CACHE = "RESTAGE_CACHE"
MAX_CHECKSUM_BYTES = 1 << 16


def cache_folder() -> Path:
    folder = os.environ.get(CACHE)
    return Path(folder).expanduser() if folder else user_cache_path("restage")


def download(params: Http, cache: Path, mirror: Mirror | None = None) -> VerifiedFiles:
    """Every file of the source, from the cache, the mirror or the first public address that has it."""
    errors = ErrorList()
    verified: dict[str, list[VerifiedFile]] = {name: [] for name in params.files}
    with explain_cache_errors(cache):
        for name, remote in params.files.items():
            for month, file in remote.by_month().items():
                with errors.collect(), prefix_errors(f"{name} {month}".rstrip()):
                    verified[name].append(_download_file(file, month, params, cache, mirror))
    errors.raise_if_any()
    return verified


@contextmanager
def explain_cache_errors(cache: Path) -> Iterator[None]:
    """Make the folder of the cache; turn an error of the disk in the block into a UserError."""
    try:
        cache.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise UserError(f"{cache}: {error.strerror}; set {CACHE} to a writable folder with enough space") from None


@dataclass(frozen=True)
class Candidate:
    """An address that may have the file, and the hash and size that the file must have there.

    `replaces` is the published hash if a mirror's own hash is used instead of it.
    """

    address: str
    sha256: str | None
    size: int | None
    replaces: str | None = None


def candidates(file: RemoteFile, mirror: Mirror | None) -> list[Candidate]:
    """The mirror first, then the public addresses. Only a mirror may have a hash of its own."""
    public = [Candidate(url, file.sha256, file.size) for url in file.urls]
    if mirror is None or file.mirror is None:
        return public
    address = f"{mirror.root.rstrip('/')}/{file.mirror}"
    mirror_sha256 = file.mirror_sha256 or mirror.sha256.get(file.mirror)
    if mirror_sha256 is None or mirror_sha256 == file.sha256:
        return [Candidate(address, file.sha256, file.size), *public]
    return [Candidate(address, mirror_sha256, None, file.sha256 or "checksum beside it"), *public]


def first_with_the_file(
    candidates: Sequence[Candidate], file: RemoteFile, fetch: Callable[[Candidate], Result]
) -> Result:
    """What `fetch` returns for the first address that has the file. If none has it, the error lists all reasons."""
    if not candidates:
        raise UserError(f"no public address; set {MIRROR} to a folder or an address that has {file.mirror}")
    reasons = []
    for candidate in candidates:
        try:
            return fetch(candidate)
        except UserError as error:
            reasons.append(without_secrets(f"  {candidate.address}: {error}", candidate.address))
    raise UserError("\n".join(["no address has this file", *reasons]))


def _download_file(file: RemoteFile, month: str, params: Http, cache: Path, mirror: Mirror | None) -> VerifiedFile:
    def fetch(candidate: Candidate) -> VerifiedFile:
        limits = TransferLimits(
            params.timeout, params.minimum_rate, params.retries, candidate.size, params.limits.bytes
        )
        verification = _verification(candidate, file, params, cache)
        path, sha256 = cached_file(cache, candidate.address, verification, limits)
        name = file.urls[0] if file.urls else str(file.mirror)
        by_checksum_file = candidate.sha256 is None and file.checksum_suffix is not None
        return VerifiedFile(path, name, sha256, file, month, candidate.replaces, by_checksum_file)

    return first_with_the_file(candidates(file, mirror), file, fetch)


def _verification(candidate: Candidate, file: RemoteFile, params: Http, cache: Path) -> Verification:
    if candidate.sha256 is not None:
        return by_sha256(candidate.sha256)
    if file.checksum_suffix is None:
        return by_members(file.md5, params.limits)
    limits = TransferLimits(params.timeout, params.minimum_rate, params.retries, None, MAX_CHECKSUM_BYTES)
    return by_sha256(published_sha256(cache, candidate.address, file.checksum_suffix, limits))

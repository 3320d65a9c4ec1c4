"""Downloads of all files of a source. Verified files stay in the user's cache, so that each is downloaded once."""

import os
from dataclasses import dataclass
from pathlib import Path

from platformdirs import user_cache_path

from stages.core.address_secrets import without_secrets
from stages.core.errors import ErrorList, UserError
from stages.download.fetch.cached_download import cached_file, published_sha256
from stages.download.fetch.checksums import Verification, by_members, by_sha256
from stages.download.fetch.mirror import MIRROR, Mirror
from stages.download.fetch.transfer import TransferLimits
from stages.download.fetch.verified_files import VerifiedFile, VerifiedFiles
from stages.download.params.file_params import Http, RemoteFile
from stages.download.prefix_errors import prefix_errors

CACHE = "RESTAGE_CACHE"
MAX_CHECKSUM_BYTES = 1 << 16


def cache_folder() -> Path:
    folder = os.environ.get(CACHE)
    return Path(folder).expanduser() if folder else user_cache_path("restage")


def download(params: Http, cache: Path, mirror: Mirror | None = None) -> VerifiedFiles:
    """Every file of the source, from the cache, the mirror or the first public address that has it."""
    errors = ErrorList()
    verified: dict[str, list[VerifiedFile]] = {name: [] for name in params.files}
    try:
        cache.mkdir(parents=True, exist_ok=True)
        for name, remote in params.files.items():
            for month, file in remote.by_month().items():
                with errors.collect(), prefix_errors(f"{name} {month}".rstrip()):
                    verified[name].append(_download_file(file, month, params, cache, mirror))
    except OSError as error:
        raise UserError(f"{cache}: {error.strerror}; set {CACHE} to a writable folder with enough space") from None
    errors.raise_if_any()
    return verified


@dataclass(frozen=True)
class _Candidate:
    """An address that may have the file, and the hash and size that the file must have there.

    `replaces` is the published hash if a mirror's own hash is used instead of it.
    """

    address: str
    sha256: str | None
    size: int | None
    replaces: str | None = None


def _candidates(file: RemoteFile, mirror: Mirror | None) -> list[_Candidate]:
    """The mirror first, then the public addresses. Only a mirror may have a hash of its own."""
    public = [_Candidate(url, file.sha256, file.size) for url in file.urls]
    if mirror is None or file.mirror is None:
        return public
    address = f"{mirror.root.rstrip('/')}/{file.mirror}"
    mirror_sha256 = file.mirror_sha256 or mirror.sha256.get(file.mirror)
    if mirror_sha256 is None or mirror_sha256 == file.sha256:
        return [_Candidate(address, file.sha256, file.size), *public]
    return [_Candidate(address, mirror_sha256, None, file.sha256 or "checksum beside it"), *public]


def _download_file(file: RemoteFile, month: str, params: Http, cache: Path, mirror: Mirror | None) -> VerifiedFile:
    """The file from the first address that has it. If none has it, the error lists the reason for each address."""
    candidates = _candidates(file, mirror)
    if not candidates:
        raise UserError(f"no public address; set {MIRROR} to a folder or an address that has {file.mirror}")
    reasons = []
    for candidate in candidates:
        limits = TransferLimits(
            params.timeout, params.minimum_rate, params.retries, candidate.size, params.limits.bytes
        )
        try:
            verification = _verification(candidate, file, params, cache)
            path, sha256 = cached_file(cache, candidate.address, verification, limits)
        except UserError as error:
            reasons.append(without_secrets(f"  {candidate.address}: {error}", candidate.address))
            continue
        name = file.urls[0] if file.urls else str(file.mirror)
        by_checksum_file = candidate.sha256 is None and file.checksum_suffix is not None
        return VerifiedFile(path, name, sha256, file, month, candidate.replaces, by_checksum_file)
    raise UserError("\n".join(["no address has this file", *reasons]))


def _verification(candidate: _Candidate, file: RemoteFile, params: Http, cache: Path) -> Verification:
    if candidate.sha256 is not None:
        return by_sha256(candidate.sha256)
    if file.checksum_suffix is None:
        return by_members(file.md5, params.limits)
    limits = TransferLimits(params.timeout, params.minimum_rate, params.retries, None, MAX_CHECKSUM_BYTES)
    return by_sha256(published_sha256(cache, candidate.address, file.checksum_suffix, limits))

"""Files fetched, checked, and kept by what they must be, so that each is fetched once per person."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pooch

from stages.core.errors import ErrorList, UserError
from stages.download.fetch.checksums import MembersProof, Proof, Sha256Proof, Verified, collected
from stages.download.fetch.download_cache import kept, published_beside
from stages.download.fetch.mirror import MIRROR, Mirror
from stages.download.fetch.transfer import Terms
from stages.download.params import Http, RemoteFile

CACHE = "RESTAGE_CACHE"
CHECKSUM_BYTES = 1 << 16


def cache() -> Path:
    own = os.environ.get(CACHE)
    return Path(own).expanduser() if own else Path(pooch.os_cache("restage"))


def fetched(params: Http, folder: Path, mirror: Mirror | None = None) -> dict[str, list[Verified]]:
    errors = ErrorList()
    found: dict[str, list[Verified]] = {name: [] for name in params.files}
    with _writable(folder):
        for name, remote in params.files.items():
            for part, file in remote.each().items():
                with collected(errors, f"{name} {part}".rstrip()):
                    found[name].append(_verified(file, part, params, folder, mirror))
    errors.raise_if_any()
    return found


@contextmanager
def _writable(folder: Path) -> Iterator[None]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise UserError(f"{folder}: {error.strerror}; set {CACHE} to a folder with room to keep downloads") from None


@dataclass(frozen=True)
class Offer:
    """A place that may have the file, and what it must be when it comes from there."""

    place: str
    sha256: str | None
    size: int | None
    instead_of: str | None = None


def offers(remote: RemoteFile, mirror: Mirror | None) -> list[Offer]:
    """The mirror first; only there a hash of its own may stand in for the published one."""
    public = [Offer(url, remote.sha256, remote.size) for url in remote.urls]
    if mirror is None or remote.mirror is None:
        return public
    own = remote.mirror_sha256 or mirror.sha256.get(remote.mirror)
    published = remote.sha256 or "checksum beside it"
    if own is None or own == remote.sha256:
        return [Offer(mirror.place(remote.mirror), remote.sha256, remote.size), *public]
    return [Offer(mirror.place(remote.mirror), own, None, published), *public]


def _verified(remote: RemoteFile, part: str, params: Http, folder: Path, mirror: Mirror | None) -> Verified:
    """From the first place that gives the file; when none does, every one is told with its reason."""
    reasons = []
    for offer in (tried := offers(remote, mirror)):
        try:
            return _taken(offer, remote, part, params, folder)
        except UserError as mistake:
            reasons.append(f"  {offer.place}: {mistake}")
    if not tried:
        raise UserError(f"no public address; set {MIRROR} to a folder or an address that has {remote.mirror}")
    raise UserError("\n".join(["no address gives this file", *reasons]))


def _taken(offer: Offer, remote: RemoteFile, part: str, params: Http, folder: Path) -> Verified:
    proof = _proof(offer, remote, params, folder)
    path, sha256 = kept(folder, offer.place, proof, _terms(params, offer.size), params.retries)
    called = remote.urls[0] if remote.urls else str(remote.mirror)
    beside = offer.sha256 is None and remote.checksum_suffix is not None
    return Verified(path, called, sha256, remote, part, offer.instead_of, beside)


def _proof(offer: Offer, remote: RemoteFile, params: Http, folder: Path) -> Proof:
    if offer.sha256 is not None:
        return Sha256Proof(offer.sha256)
    if remote.checksum_suffix is None:
        return MembersProof(remote.md5, params.limits)
    terms = _terms(params, None, CHECKSUM_BYTES)
    return Sha256Proof(published_beside(folder, offer.place, remote.checksum_suffix, terms, params.retries))


def _terms(params: Http, size: int | None, most: int | None = None) -> Terms:
    return Terms(params.timeout, params.minimum_rate, size, params.limits.bytes if most is None else most)

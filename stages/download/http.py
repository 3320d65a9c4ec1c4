"""Files fetched over HTTP, checked, and kept by their hash, so that each is fetched once per person."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import pooch
import requests

from stages.core.errors import Faults, Mistake
from stages.download.params import Http, RemoteFile
from stages.download.verifying import Verified, check_sha256, collected

CACHE = "RESTAGE_CACHE"
CHUNK = 1 << 18
WORTH_A_RETRY = {408, 425, 429}


def cache() -> Path:
    own = os.environ.get(CACHE)
    return Path(own).expanduser() if own else Path(pooch.os_cache("restage"))


def fetched(params: Http, folder: Path) -> dict[str, Verified]:
    faults, found = Faults(), {}
    with _writable(folder):
        for split, remote in params.files.items():
            with collected(faults, split):
                found[split] = Verified(_kept(remote, params, folder), remote.urls[0])
    faults.stop()
    return found


@contextmanager
def _writable(folder: Path) -> Iterator[None]:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as error:
        raise Mistake(f"{folder}: {error.strerror}; set {CACHE} to a folder with room to keep downloads") from None


def _kept(remote: RemoteFile, params: Http, folder: Path) -> Path:
    kept = folder / remote.sha256
    if not _is_whole(kept, remote.sha256):
        _download(remote, params, folder)
    return kept


def _is_whole(kept: Path, sha256: str) -> bool:
    """A damaged copy is dropped, so that it does not outlive a download that fails."""
    try:
        check_sha256(kept, sha256)
    except FileNotFoundError:
        return False
    except Mistake:
        kept.unlink()
        return False
    return True


def _download(remote: RemoteFile, params: Http, folder: Path) -> None:
    """From the first address that gives the file; when none does, every one is told with its reason."""
    reasons = []
    for url in remote.urls:
        try:
            return _download_from(url, remote, params, folder)
        except (Mistake, ValueError, requests.RequestException) as error:
            reasons.append(f"  {url}: {_reason(error, params.timeout)}")
    raise Mistake("\n".join(["no address gives this file", *reasons]))


def _download_from(url: str, remote: RemoteFile, params: Http, folder: Path) -> None:
    name = remote.sha256
    known = {"registry": {name: f"sha256:{name}"}, "urls": {name: url}}
    registry = pooch.create(folder, base_url="", retry_if_failed=params.retries, **known)
    registry.fetch(name, downloader=partial(_transfer, remote, params.timeout))


def _transfer(remote: RemoteFile, timeout: float, url: str, draft: str, _registry: object) -> None:
    """pooch tries again after its own kinds of error; what another try would not mend is a Mistake at once."""
    # A server that packs on the way would hand over other bytes than those that were hashed.
    asked = {"Accept-Encoding": "identity"}
    download = pooch.HTTPDownloader(sys.stderr.isatty(), CHUNK, timeout=timeout, headers=asked)
    try:
        download(url, draft, None)
    except requests.HTTPError as error:
        if _final(error.response):
            raise Mistake(_reason(error, timeout)) from None
        raise
    _check(Path(draft), remote)


def _final(answer: requests.Response | None) -> bool:
    return answer is not None and answer.status_code < 500 and answer.status_code not in WORTH_A_RETRY


def _check(draft: Path, remote: RemoteFile) -> None:
    received = draft.stat().st_size
    if remote.size is not None and received != remote.size:
        raise Mistake(f"wrong size: expected {remote.size:,} bytes, received {received:,}")
    check_sha256(draft, remote.sha256)


def _reason(error: Exception, timeout: float) -> str:
    match error:
        case requests.HTTPError(response=requests.Response() as answer):
            return f"{answer.status_code} {answer.reason}"
        case requests.Timeout():
            return f"no answer within {timeout:g} s"
        case requests.exceptions.ChunkedEncodingError():
            return "broke off before the end"
        case requests.ConnectionError():
            return f"no connection ({_root(error)})"
        case _:
            return str(error)


def _root(error: BaseException) -> str:
    """The library wraps what the system said several times over."""
    while (inner := error.__cause__ or error.__context__) is not None:
        error = inner
    return getattr(error, "strerror", None) or str(error)

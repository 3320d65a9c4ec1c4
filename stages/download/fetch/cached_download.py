"""The cache of downloaded files. A file gets its name, the expected hash, when it is verified; before that it is a
partial file `<name>.part`, from which a later attempt resumes.
"""

import fcntl
import os
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from stages.core.errors import UserError
from stages.download.fetch.checksums import Verification, as_checksum_file
from stages.download.fetch.transfers.fsspec_transfer import transfer_file
from stages.download.fetch.transfers.http_transfer import transfer_http
from stages.download.fetch.transfers.transfer import RetryableError, TransferLimits, check_length

# Writes the file at an address to a path.
Transfer = Callable[[str, Path, TransferLimits], None]
PARTIAL = ".part"
MAX_PAUSE = 10
HTTP_ADDRESS = re.compile(r"https?://", re.IGNORECASE)
WEB_PAGE_STARTS = (b"<!doctype html", b"<html")
sleep = time.sleep


def cached_file(cache: Path, address: str, verification: Verification, limits: TransferLimits) -> tuple[Path, str]:
    """The path of the verified file and the hash to record; the file is downloaded if it is not in the cache."""
    file = cache / verification.cache_name
    recorded = verify_cached(file, verification)
    if recorded is None:
        with locked_partial_file(file) as partial_file:
            # Another process may have downloaded the file while this one waited for the lock.
            recorded = verify_cached(file, verification)
            if recorded is None:
                recorded = _download(address, partial_file, verification, limits)
                partial_file.replace(file)
    return file, recorded


def published_sha256(cache: Path, address: str, suffix: str, limits: TransferLimits) -> str:
    """The hash in the checksum file at `address` + `suffix`. It is downloaded each time and not kept."""
    verification = as_checksum_file(address)
    with locked_partial_file(cache / verification.cache_name) as partial_file:
        try:
            return _download(address + suffix, partial_file, verification, limits)
        finally:
            partial_file.write_bytes(b"")


@contextmanager
def locked_partial_file(file: Path) -> Iterator[Path]:
    """The partial file, locked against other processes. It is removed at the end if it is empty."""
    partial_file = file.with_name(file.name + PARTIAL)
    with partial_file.open("ab") as opened:
        fcntl.flock(opened, fcntl.LOCK_EX)
        if not _is_same_file(partial_file, opened.fileno()):
            # The process that held the lock renamed or removed the file that was opened here.
            with locked_partial_file(file) as reopened:
                yield reopened
            return
        try:
            yield partial_file
        finally:
            if _is_same_file(partial_file, opened.fileno()) and not partial_file.stat().st_size:
                partial_file.unlink()


def _is_same_file(path: Path, descriptor: int) -> bool:
    return path.exists() and path.stat().st_ino == os.fstat(descriptor).st_ino


def verify_cached(file: Path, verification: Verification) -> str | None:
    """The hash to record, or None if the file is absent. A damaged file is removed."""
    try:
        return verification.verify(file)
    except FileNotFoundError:
        return None
    except UserError:
        file.unlink()
        return None


def _download(address: str, partial_file: Path, verification: Verification, limits: TransferLimits) -> str:
    """Download with retries after growing pauses. Each attempt resumes where the previous one stopped."""
    with suppress(UserError):
        # An earlier process may have ended between the download and its verification.
        if partial_file.stat().st_size:
            return verification.verify(partial_file)
    transfer = _transfer_for(address)
    for attempt in range(limits.retries + 1):
        if attempt:
            sleep(min(attempt, MAX_PAUSE))
        resumed = partial_file.stat().st_size > 0
        try:
            transfer(address, partial_file, limits)
            check_length(partial_file, limits)
        except RetryableError as error:
            reason = str(error)
            continue
        try:
            return verification.verify(partial_file)
        except UserError as error:
            reason = _explain_wrong_content(partial_file, error)
            # Emptied and not removed, since the lock belongs to the file.
            partial_file.write_bytes(b"")
        if not resumed:  # otherwise, the beginning may have been of another file
            break
    raise UserError(reason)


def _transfer_for(address: str) -> Transfer:
    return transfer_http if HTTP_ADDRESS.match(address) else transfer_file


def _explain_wrong_content(file: Path, error: UserError) -> str:
    with file.open("rb") as opened:
        is_web_page = opened.read(512).lstrip().lower().startswith(WEB_PAGE_STARTS)
    return f"a web page instead of the file: {error}" if is_web_page else str(error)

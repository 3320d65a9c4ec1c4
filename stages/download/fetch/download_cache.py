"""What was fetched is kept once it is proved, under the name of what proves it; until then it is a draft."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from stages.core.errors import UserError
from stages.download.fetch.checksums import ChecksumFile, Proof
from stages.download.fetch.transfer import Interrupted, Terms, is_page, transfer

DRAFT = ".part"
LONGEST_PAUSE = 10
pause = time.sleep


def kept(folder: Path, place: str, proof: Proof, terms: Terms, retries: int) -> tuple[Path, str]:
    """The proved file, and what is to be recorded of it; fetched when it is not here yet."""
    file = folder / proof.name
    recorded = _proved(file, proof)
    if recorded is None:
        with _alone(file) as draft:
            # Whoever was waited for may have fetched it.
            recorded = _proved(file, proof)
            if recorded is None:
                recorded = _fetched(place, draft, proof, terms, retries)
                draft.replace(file)
    return file, recorded


def published_beside(folder: Path, place: str, suffix: str, terms: Terms, retries: int) -> str:
    """The sha256 in the file whose name is longer by `suffix`; asked for every time, and not kept."""
    proof = ChecksumFile(place)
    with _alone(folder / proof.name) as draft:
        try:
            return _fetched(place + suffix, draft, proof, terms, retries)
        finally:
            _empty(draft)


@contextmanager
def _alone(file: Path) -> Iterator[Path]:
    """The draft of a file, for one process at a time; one that was given up empty leaves nothing."""
    draft = file.with_name(file.name + DRAFT)
    with draft.open("ab") as opened:
        fcntl.flock(opened, fcntl.LOCK_EX)
        if not _is(draft, opened.fileno()):
            with _alone(file) as again:
                yield again
            return
        try:
            yield draft
        finally:
            if _is(draft, opened.fileno()) and not draft.stat().st_size:
                draft.unlink()


def _is(path: Path, opened: int) -> bool:
    """Whoever held the lock before may have renamed or removed what was opened."""
    return path.exists() and path.stat().st_ino == os.fstat(opened).st_ino


def _proved(file: Path, proof: Proof) -> str | None:
    """A damaged copy is dropped, so that it does not outlive a download that fails."""
    try:
        return proof.check(file)
    except FileNotFoundError:
        return None
    except UserError:
        file.unlink()
        return None


def _fetched(place: str, draft: Path, proof: Proof, terms: Terms, retries: int) -> str:
    """Tried again after growing pauses while that may help; each try goes on where the last one broke off."""
    with suppress(UserError):
        # All that was missing may have been the check.
        if draft.stat().st_size:
            return proof.check(draft)
    for attempt in range(retries + 1):
        if attempt:
            pause(min(attempt, LONGEST_PAUSE))
        begun = draft.stat().st_size > 0
        try:
            transfer(place, draft, terms)
            return _checked(draft, proof)
        except Interrupted as interrupted:
            reason = str(interrupted)
        except _Wrong as wrong:
            # What was there before may have been the beginning of something else.
            if not begun:
                raise
            reason = str(wrong)
    raise UserError(reason)


class _Wrong(UserError):
    """All of it is there, and it is something else."""


def _checked(draft: Path, proof: Proof) -> str:
    try:
        return proof.check(draft)
    except UserError as mistake:
        page = "a web page instead of the file: " if is_page(draft) else ""
        _empty(draft)
        raise _Wrong(f"{page}{mistake}") from None


def _empty(draft: Path) -> None:
    """Not removed, because it is what the lock is on."""
    draft.write_bytes(b"")
